"""The pre-installation report, written beside the device profile."""

from __future__ import annotations

from pathlib import Path

from alpr_core.accounts.user import User
from alpr_core.device_profile import DeviceProfile
from alpr_reports.installation_report import installation_report_pdf
from alpr_tui.installation_facts import installation_of
from alpr_tui.profile_files import write_beside
from alpr_tui.workplace import Workplace

FILE_ENDING = "-devices.pdf"


def write_report(where: Path, place: Workplace) -> Path:
    """Write the report and return its file.

    Args:
        where: The file, or a folder that gets a file named after the car.

    Raises:
        AccessRefused, StoreError, AuditError: there is no report.
        DeviceError, InputError: a device does not answer, or the file cannot be written.
    """

    def make(profile: DeviceProfile, user: User) -> bytes:
        car, status = place.car, place.status()
        camera = None if car.board is None else car.board.set_up.camera
        aim = None if camera is None else car.bench.aim(camera)
        named = (place.unit, place.agency().organisation, f"{user.name} (badge {user.badge})")
        return installation_report_pdf(
            installation_of(car, status, aim, profile, named, place.now())
        )

    return write_beside(where, place.unit, FILE_ENDING, place.devices.report(make))
