"""No text from outside reaches the terminal raw: everything that a real screen writes is looked at."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAUGHTY = ROOT.parent / "shared" / "hostile" / "blns.json"
LIMIT_S = 240.0

SEQUENCES = [
    *(f"\x1b]52;c;{number:04d}\x07" for number in range(30)),  # writes the clipboard
    *(f"\x1b]0;title {number}\x1b\\" for number in range(20)),
    *(f"\x1b[{7000 + number}m" for number in range(30)),
    *(f"\x1b[{number + 300};{number + 300}H" for number in range(20)),
    *(f"\x9b{7000 + number}m" for number in range(20)),  # C1 control sequence introducer
    *(f"\x1bPq{number:04d}\x1b\\" for number in range(20)),  # Sixel picture
    *(f"\x1b_Ga=T,f={number:04d};\x1b\\" for number in range(20)),  # Kitty picture
    *(f"\u202e{number:04d}\u2066" for number in range(20)),  # bidirectional override
    *(f"A{sign}B" for sign in "\x00\x07\x08\x0b\x0c\x0e\x0f\x11\x13\x18\x1a\x7f\x85"),
    *(f"A{sign}B" for sign in "\u200b\u200e\u2028\u2029\ufeff\u061c\u2060"),
]  # fmt: skip
"""200 texts that a terminal would act on, each of which can be told from Textual's own sequences."""

OWN = re.compile(
    rb"\x1b\[[?>=<]?[0-9;:]*[A-Za-z]|\x1b\[[0-9;]*\$p|\x1b[78=>]|\x1b\[\?[0-9;]*\$p|[\r\n]|\x1b\[[0-9;]*[ ]q"
    rb"|\x1b_Gi=\d+,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\|\x1b\]8;[^\x07\x1b]*\x1b\\|\x1b\]22;\w+\x07"
)
"""What Textual itself writes: cursor, colours, modes; and textual-image's question for Kitty pictures."""


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the naughty strings are not beside the checkout")
def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Naughty strings and escape sequences as plate, note, list, purpose, notice and user are shown as text."""
    assert len(SEQUENCES) >= 200
    texts = [*SEQUENCES, *json.loads(NAUGHTY.read_text("utf-8"))]
    assert len(texts) >= 700
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    written = run_on_terminal(tmp_path)
    assert len(written) > 200_000
    for text in SEQUENCES:
        assert text.encode("utf-8", "surrogatepass") not in written, ascii(text)
    left = OWN.sub(b"", written).decode("utf-8", "replace")
    obeyed = {sign for sign in left if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"}}
    assert not obeyed, sorted(map(ascii, obeyed))
    shown = left.replace(" ", "")
    assert "<script>alert(" in shown and "[/red]" not in shown


def run_on_terminal(folder: Path) -> bytes:
    """Run the screen program on a large terminal; return everything that it wrote there."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS_HIGH, COLUMNS_WIDE, 0, 0))
    words = [folder / "texts.json", folder / "store"]
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.alpr_tui.hostile_screen", *map(str, words)],
        cwd=ROOT,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
    )
    os.close(slave)
    written = bytearray()
    while select.select([master], [], [], LIMIT_S)[0]:
        try:
            written += os.read(master, 1 << 16)
        except OSError:
            break
    os.close(master)
    assert running.wait(LIMIT_S) == 0, bytes(written[-3000:]).decode("utf-8", "replace")
    return bytes(written)


ROWS_HIGH, COLUMNS_WIDE = 60, 100
