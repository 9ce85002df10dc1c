from __future__ import annotations

from pathlib import Path

import pytest

from alpr_core.errors import ConfigError
from alpr_tui.configuration import read_configuration

GOOD = """
[box]
name = "unit 12"
store = "store"
key_file = "/etc/alpr/box.key"

[[camera]]
name = "front"
source = "/dev/video0"

[[camera]]
name = "rear"
source = "rtsp://camera.local/stream"
"""


def test_good_configuration(tmp_path: Path) -> None:
    """Relative paths are taken from the file's folder; devices and addresses stay as they are."""
    (tmp_path / "box.toml").write_text(GOOD)
    configuration = read_configuration(tmp_path / "box.toml")
    assert configuration.store == tmp_path / "store"
    assert configuration.key_file == Path("/etc/alpr/box.key")
    assert [c.source for c in configuration.cameras] == [
        "/dev/video0",
        "rtsp://camera.local/stream",
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "[box]"),
        ("[box", "Expected"),
        (GOOD.replace("store =", "stor ="), "stor"),
        (GOOD.replace('name = "unit 12"', ""), "name"),
        (GOOD.replace('"rear"', '"front"'), "same name"),
        (GOOD.replace('"rear"', '"manual"'), "people type"),
        (GOOD.replace('source = "/dev/video0"', "source = true"), "source"),
        (GOOD + "\n[extra]\n", "extra"),
        (GOOD.replace('"store"', '""'), "store"),
    ],
)
def test_bad_configuration_is_named(tmp_path: Path, text: str, named: str) -> None:
    """Each mistake is refused with the file and the word that is wrong."""
    (tmp_path / "box.toml").write_text(text)
    with pytest.raises(ConfigError, match="box.toml") as refusal:
        read_configuration(tmp_path / "box.toml")
    assert named in str(refusal.value)


def test_missing_and_binary_file(tmp_path: Path) -> None:
    """A file that is not there or no text is a clear refusal."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_configuration(tmp_path / "none.toml")
    (tmp_path / "box.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_configuration(tmp_path / "box.toml")
