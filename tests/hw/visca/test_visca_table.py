"""The bytes we send, against the command lists of Sony's manuals."""

from __future__ import annotations

import pytest

from alpr_core.errors import UsageError
from hw.visca.visca_session import ADDRESS_SET, IF_CLEAR
from hw.visca.visca_settings import DEEDS, SETTINGS, VERSION_INQUIRY, Deed, read_version

COMMANDS = [
    ("CAM_Power On", "power", "on", ["00 02"]),
    ("CAM_Power Off", "power", "off", ["00 03"]),
    ("CAM_Zoom Direct", "zoom", "0", ["47 00 00 00 00"]),
    ("CAM_Zoom Direct, optical end", "zoom", "0x4000", ["47 04 00 00 00"]),
    ("CAM_Zoom Direct, digital end", "zoom", "31424", ["47 07 0A 0C 00"]),
    ("CAM_Zoom Stop", "zoom-drive", "stop", ["07 00"]),
    ("CAM_Zoom Tele (Standard)", "zoom-drive", "tele", ["07 02"]),
    ("CAM_Zoom Wide (Standard)", "zoom-drive", "wide", ["07 03"]),
    ("CAM_Focus Auto Focus", "focus-mode", "auto", ["38 02"]),
    ("CAM_Focus Manual Focus", "focus-mode", "manual", ["38 03"]),
    ("CAM_Focus Direct", "focus", "0x1000", ["48 01 00 00 00"]),
    ("CAM_Focus Direct, nearest", "focus", "0xF000", ["48 0F 00 00 00"]),
    ("CAM_Focus Stop", "focus-drive", "stop", ["08 00"]),
    ("CAM_Focus Far (Standard)", "focus-drive", "far", ["08 02"]),
    ("CAM_Focus Near (Standard)", "focus-drive", "near", ["08 03"]),
    ("CAM_Focus One Push Trigger", "focus-drive", "once", ["18 01"]),
    ("CAM_Focus Infinity", "focus-drive", "infinity", ["18 02"]),
    ("CAM_AE Full Auto", "exposure", "auto", ["39 00"]),
    ("CAM_AE Manual", "exposure", "manual", ["39 03"]),
    ("CAM_AE Shutter Priority", "exposure", "shutter", ["39 0A"]),
    ("CAM_AE Iris Priority", "exposure", "iris", ["39 0B"]),
    ("CAM_AE Bright", "exposure", "bright", ["39 0D"]),
    ("CAM_Shutter Direct", "shutter", "0x15", ["4A 00 00 01 05"]),
    ("CAM_Iris Direct", "iris", "0x11", ["4B 00 00 01 01"]),
    ("CAM_Gain Direct", "gain", "15", ["4C 00 00 00 0F"]),
    ("CAM_Bright Direct", "brightness", "31", ["4D 00 00 01 0F"]),
    ("CAM_Backlight On", "backlight", "on", ["33 02"]),
    ("CAM_Backlight Off", "backlight", "off", ["33 03"]),
    ("CAM_SlowShutter Auto", "slow-shutter", "on", ["5A 02"]),
    ("CAM_SlowShutter Manual", "slow-shutter", "off", ["5A 03"]),
    ("CAM_AutoICR Off, CAM_ICR On", "icr", "on", ["51 03", "01 02"]),
    ("CAM_AutoICR Off, CAM_ICR Off", "icr", "off", ["51 03", "01 03"]),
    ("CAM_AutoICR On", "icr", "auto", ["51 02"]),
    ("CAM_Memory Reset", "preset-reset", "0", ["3F 00 00"]),
    ("CAM_Memory Set", "preset-set", "5", ["3F 01 05"]),
    ("CAM_Memory Recall", "preset-recall", "15", ["3F 02 0F"]),
]

INQUIRIES = [
    ("CAM_PowerInq", "power", ["00"]),
    ("CAM_ZoomPosInq", "zoom", ["47"]),
    ("CAM_FocusModeInq", "focus-mode", ["38"]),
    ("CAM_FocusPosInq", "focus", ["48"]),
    ("CAM_AEModeInq", "exposure", ["39"]),
    ("CAM_ShutterPosInq", "shutter", ["4A"]),
    ("CAM_IrisPosInq", "iris", ["4B"]),
    ("CAM_GainPosInq", "gain", ["4C"]),
    ("CAM_BrightPosInq", "brightness", ["4D"]),
    ("CAM_BacklightModeInq", "backlight", ["33"]),
    ("CAM_SlowShutterModeInq", "slow-shutter", ["5A"]),
    ("CAM_AutoICRModeInq, CAM_ICRModeInq", "icr", ["51", "01"]),
]


@pytest.mark.parametrize(("sony", "name", "value", "codes"), COMMANDS, ids=str)
def test_command_is_as_the_manual_prints_it(
    sony: str, name: str, value: str, codes: list[str]
) -> None:
    """Each setting and deed sends exactly the bytes of the manual's row."""
    row = SETTINGS.get(name) or DEEDS[name]
    frames = row.frames(value)
    assert [frame.hex(" ").upper() for frame in frames] == [f"80 01 04 {code} FF" for code in codes]
    assert any(word.startswith("CAM_") and word.rstrip(",") in sony for word in row.sony.split())


@pytest.mark.parametrize(("sony", "name", "codes"), INQUIRIES, ids=str)
def test_inquiry_is_as_the_manual_prints_it(sony: str, name: str, codes: list[str]) -> None:
    """Each setting asks with exactly the bytes of the manual's row."""
    asked = [frame.hex(" ").upper() for frame in SETTINGS[name].inquiries()]
    assert asked == [f"80 09 04 {code} FF" for code in codes]
    assert sony.startswith("CAM_")


def test_every_row_is_covered() -> None:
    """No setting and no deed is left out of the two tables above."""
    assert {name for _, name, _, _ in COMMANDS} == {*SETTINGS, *DEEDS}
    assert {name for _, name, _ in INQUIRIES} == set(SETTINGS)


def test_network_commands_are_as_the_manual_prints_them() -> None:
    """AddressSet, IF_Clear and CAM_VersionInq."""
    assert ADDRESS_SET.hex(" ") == "88 30 01 ff"
    assert IF_CLEAR.hex(" ") == "88 01 00 01 ff"
    assert VERSION_INQUIRY.hex(" ") == "80 09 00 02 ff"
    version = read_version(bytes.fromhex("00 20 04 67 01 02 02"))
    assert version is not None
    assert (version.vendor, version.model, version.revision, version.sockets) == (32, 0x467, 258, 2)
    assert read_version(b"\x00") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("zoom", "31425"), ("zoom", "-1"), ("zoom", "x"), ("focus", "0"), ("icr", "maybe"),
     ("preset-set", "16"), ("shutter", "22"), ("gain", "1e3"), ("power", "")],
)  # fmt: skip
def test_impossible_value_is_refused_before_the_cable(name: str, value: str) -> None:
    """A value that no camera knows is refused with the range that it takes."""
    row: object = SETTINGS.get(name) or DEEDS[name]
    assert isinstance(row, Deed) or hasattr(row, "inquiries")
    with pytest.raises(UsageError, match="takes"):
        (SETTINGS.get(name) or DEEDS[name]).frames(value)
