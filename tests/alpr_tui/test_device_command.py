"""`alpr device profile`: from one car's store to another's, by whoever may."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

from alpr_core.agency import Agency
from alpr_core.device_profile import DeviceProfile, sign_profile
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import Role
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from tests.alpr_tui.test_user_command import Typed, people, typed

__all__ = ["people", "typed"]

PROFILE = DeviceProfile((("TRG_RATE_HZ", 12.0),), (("icr", "on"),))


def set_profile(folder: Path, profile: DeviceProfile) -> None:
    with (
        closing(Store.open(folder / "store", read_key_file(folder / "key"))) as store,
        store.ledger.writing(),
    ):
        store.settings.write_device_profile(profile)


def test_profile_goes_out_and_is_compared(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A technician saves a profile, an administrator compares it, and an officer cannot apply it."""
    set_profile(tmp_path, PROFILE)
    out = tmp_path / "usb"
    out.mkdir()
    assert typed(Role.TECHNICIAN, "device", "profile", "save", str(out)) == 0
    set_profile(tmp_path, DeviceProfile())
    capsys.readouterr()
    assert typed(Role.ADMINISTRATOR, "device", "profile", "compare", str(out)) == 1
    assert capsys.readouterr().out.splitlines() == ["board\tTRG_RATE_HZ\t\t12", "camera\ticr\t\ton"]
    assert typed(Role.OFFICER, "device", "profile", "apply", str(out)) == AccessRefused.exit_code


def test_another_cars_profile_needs_its_key(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of another car is refused until its key stands in the agency's settings."""
    (tmp_path / "other").mkdir()
    key = make_demo_key_file(tmp_path / "other" / "key")
    with closing(Store.open(tmp_path / "other" / "store", key, box="unit 7")) as other:
        file = tmp_path / "unit-7.alpr-profile"
        file.write_bytes(sign_profile(PROFILE, "unit 7", "2026-11-28", other.profile_signer))
        vkey = other.profile_signer.verifier.vkey
    apply = ("device", "profile", "apply", str(file))
    assert typed(Role.ADMINISTRATOR, *apply) == InputError.exit_code
    opened = Store.open(tmp_path / "store", read_key_file(tmp_path / "key"))
    with closing(opened) as store, store.ledger.writing():
        store.settings.write_agency(Agency(profile_keys=(vkey,)))
    capsys.readouterr()
    assert typed(Role.TECHNICIAN, *apply) == 0
    assert capsys.readouterr().out.startswith(
        "applied\tunit 7\t2026-11-28\talpr-tui/profile/unit-7"
    )


def test_report_is_written_from_the_configured_devices(typed: Typed, tmp_path: Path) -> None:
    """`alpr device report` asks what the configuration names and writes a PDF; what is not fitted is said."""
    config = tmp_path / "box.toml"
    config.write_text(
        '[box]\nname = "unit 12"\nstore = "store"\nkey_file = "key"\n'
        '[[camera]]\nname = "front"\nsource = "/dev/video0"\n'
    )
    file = tmp_path / "report.pdf"
    assert typed(Role.TECHNICIAN, "device", "report", str(file), "--config", str(config)) == 0
    words = " ".join(page.extract_text() for page in PdfReader(file).pages)
    assert "PRE-INSTALLATION REPORT" in words
    assert "badge T20" in words
