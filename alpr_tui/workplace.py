"""What the screens work with: the desk and its services, and the box's counters. Joined in `box.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alpr_core.agency import Agency
from alpr_core.desk.audit_review import AuditReview
from alpr_core.desk.canvasses import Canvasses
from alpr_core.desk.desk import Desk
from alpr_core.desk.devices import Devices
from alpr_core.desk.hits import Hits
from alpr_core.desk.holds import Holds
from alpr_core.desk.jobs import Jobs
from alpr_core.desk.lists import Lists
from alpr_core.desk.manual_entries import ManualEntries
from alpr_core.desk.own_entries import OwnEntries
from alpr_core.desk.pauses import Pauses
from alpr_core.desk.ports import LockoutRelease
from alpr_core.desk.purges import Purges
from alpr_core.desk.reads import Reads
from alpr_core.desk.shifts import Shifts
from alpr_core.desk.sync import SyncDesk
from alpr_core.desk.users import Users
from alpr_core.desk.weekly_review import WeeklyReview
from alpr_tui.box_status import BoxStatus
from alpr_tui.car_devices import CarDevices
from alpr_tui.device_log import DeviceLog
from alpr_tui.record_services import RecordServices

if TYPE_CHECKING:  # a car's screens load nothing of the server
    from alpr_tui.central.box_desk import BoxDesk


@dataclass(frozen=True, slots=True)
class Workplace:
    """Everything a screen may ask for; a screen has no other way to the store."""

    unit: str
    """Name of the car, shown at the left of the status line."""
    desk: Desk
    reads: Reads
    """Stored reads: search, view, correct."""
    users: Users
    """Accounts."""
    manual_entries: ManualEntries
    """Plates that a person types."""
    canvasses: Canvasses
    """Canvasses of this car: started, watched, ended, reported."""
    own_entries: OwnEntries
    """Own list entries (BOLO)."""
    pauses: Pauses
    """Pauses of the reading, for a reason."""
    shifts: Shifts
    """Shifts of this car: checked, started, ended."""
    hits: Hits
    """Hits: the queue, their verification, what they were worth."""
    lists: Lists
    """Hotlists: how they are, their classes, their import."""
    status: Callable[[], BoxStatus]
    """Returns the box's counters; quick, from any thread."""
    agency: Callable[[], Agency]
    """Returns what the agency has set."""
    lockout: LockoutRelease
    """The way out of a locked account."""
    now: Callable[[], datetime]
    """Gives the aware UTC time."""
    audit: AuditReview
    """The audit log: looked at, proved, verified, exported."""
    reviews: WeeklyReview
    """Weekly reviews of the audit log."""
    jobs: Jobs
    """What the box does by itself: looked at, run now, cancelled."""
    holds: Holds
    """What must stay whatever the rules say."""
    purges: Purges
    """Retention rules, what is due by them, and the certificates of what went."""
    records: RecordServices
    """Evidence, releases, reports."""
    sync: SyncDesk
    """How far records have come to the server."""
    devices: Devices
    """The car's devices: looked at, set, tested."""
    car: CarDevices
    """The same devices live, for what moves on a page; changes nothing without `devices`."""
    files_folder: Callable[[], Path]
    """Returns where files to be carried away go by default: the plugged-in stick, else the box's own folder."""
    device_log: DeviceLog = field(default_factory=DeviceLog)
    """What the devices told lately."""
    boxes: BoxDesk | None = None
    """The fleet's boxes; None in a car."""
