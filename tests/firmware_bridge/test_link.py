"""A real serial port, real threads: the plug pulled, the commands, the documents written from the catalogue."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from alpr_tui.__main__ import main
from bench.pulled_plug import pull_plugs
from firmware_bridge.catalogue import PARAMETERS
from firmware_bridge.simulated_board import SimulatedBoard
from firmware_bridge.table_writer import (
    BEGIN,
    DOCUMENT,
    END,
    FIRMWARE_TABLE,
    document_tables,
    firmware_table,
)
from hw.simulated_port import SimulatedPort

KEY = bytes(range(32))


def test_pulled_plugs() -> None:
    """A pulled plug is told within 1 s, the board is safe within 250 ms, and triggers again within 3 s,
    also under another name."""
    figures = pull_plugs(3, 1)
    assert max(figures.told_s) <= 1.0
    assert max(figures.safe_s) <= 0.250
    assert max(figures.back_s) <= 3.0
    assert figures.other_names > 0


def test_commands_over_a_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """params, set and trigger work over a port; a value out of range is an error that names the range."""
    port = SimulatedPort(SimulatedBoard(KEY, now_s=time.monotonic()))
    port.start()
    key = tmp_path / "key"
    key.write_bytes(KEY)
    board = ["board", "--port", port.name, "--key", str(key)]
    try:
        assert main([*board, "params"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("\t")[0] for line in lines] == [row.name for row in PARAMETERS]
        assert main([*board, "set", "TRG_RATE_HZ", "12.5"]) == 0
        assert capsys.readouterr().out == "12.5\n"
        assert main([*board, "trigger", "--count", "2"]) == 0
        assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["1", "2"]
        assert main([*board, "set", "TRG_RATE_HZ", "61"]) == 2
        assert "from 1 to 60 Hz" in capsys.readouterr().err
        assert main(["board", "--port", port.name, "params"]) == 4
    finally:
        port.stop()


def test_tables_come_from_the_catalogue() -> None:
    """The firmware's table and the document's are what the catalogue gives."""
    assert FIRMWARE_TABLE.read_text("utf-8") == firmware_table()
    between = DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert between.strip() == document_tables()
    assert all(len(row.name) <= 16 and row.low <= row.default <= row.high for row in PARAMETERS)
