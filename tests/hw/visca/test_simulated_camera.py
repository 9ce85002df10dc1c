"""The simulated camera behaves as the manuals say, by hand-moved time."""

from __future__ import annotations

import pytest

from hw.visca.simulated_camera import SimulatedCamera


class Bench:
    """One camera and a clock that jumps to the next answer."""

    def __init__(self) -> None:
        self.camera = SimulatedCamera()
        self.now_s = 0.0

    def say(self, text: str) -> None:
        self.camera.feed(bytes.fromhex(text), self.now_s)

    def hear(self, seconds: float = 10.0) -> list[str]:
        """Return everything that the camera says within some seconds."""
        heard, end_s = [], self.now_s + seconds
        while (due_s := self.camera.next_due_s()) is not None and due_s <= end_s:
            self.now_s = max(self.now_s, due_s)
            heard += [frame.hex(" ").upper() for frame in self.camera.output(self.now_s)]
        self.now_s = end_s
        return heard

    def ask(self, text: str) -> list[str]:
        self.say(text)
        return self.hear()


def test_line_is_set_up() -> None:
    """Address, clearing and version are answered as the manual prints them."""
    bench = Bench()
    assert bench.ask("88 30 01 FF 88 01 00 01 FF") == ["88 30 02 FF", "88 01 00 01 FF"]
    assert bench.ask("81 01 00 01 FF") == ["90 50 FF"]
    assert bench.ask("81 09 00 02 FF") == ["90 50 00 20 04 67 01 00 02 FF"]
    assert bench.ask("82 09 00 02 FF") == []
    assert bench.ask("88 30 09 FF 88 30 00 FF") == []


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("81 01 04 38 FF", "90 60 02 FF"),
        ("81 09 04 7E FF", "90 60 02 FF"),
        ("81 01 04 47 00 00 FF", "90 60 02 FF"),
        ("81 01 04 47 07 0A 0C 01 FF", "90 60 02 FF"),
        ("81 07 04 38 02 FF", "90 60 02 FF"),
        ("81 01 04 48 08 00 00 00 FF", "90 61 41 FF"),
        ("81 01 04 4A 00 00 00 05 FF", "90 61 41 FF"),
        ("81 01 04 3F 02 05 FF", "90 61 41 FF"),
        ("81 21 FF", "90 61 05 FF"),
        ("81 " + "00 " * 20 + "FF", "90 60 01 FF"),
    ],
)
def test_what_cannot_be_done_is_refused(command: str, answer: str) -> None:
    """Unknown, misshapen and at present impossible commands get the manual's errors."""
    assert Bench().ask(command) == [answer]


def test_third_command_finds_the_buffer_full() -> None:
    """Two commands run in sockets 1 and 2; a third is told so and one runs again after a completion."""
    bench = Bench()
    bench.say("81 01 04 47 04 00 00 00 FF 81 01 04 38 03 FF 81 01 04 33 02 FF")
    assert bench.hear(0.02) == ["90 41 FF", "90 42 FF", "90 60 03 FF"]
    assert bench.hear() == ["90 52 FF", "90 51 FF"]


def test_zoom_moves_and_can_be_watched() -> None:
    """On the way the position is between start and goal; the completion comes when it has arrived."""
    bench = Bench()
    bench.say("81 01 04 47 04 00 00 00 FF")
    assert bench.hear(1.0) == ["90 41 FF"]
    bench.say("81 09 04 47 FF")
    (answer,) = bench.hear(0.02)
    digits = [int(byte, 16) for byte in answer.split()[2:6]]
    assert 0 < digits[0] * 4096 + digits[1] * 256 + digits[2] * 16 + digits[3] < 0x4000
    assert bench.hear() == ["90 51 FF"]
    assert bench.ask("81 09 04 47 FF") == ["90 50 04 00 00 00 FF"]


def test_running_command_can_be_cancelled() -> None:
    """A cancelled command gives 6y 04 and no completion."""
    bench = Bench()
    bench.say("81 01 04 47 04 00 00 00 FF")
    bench.hear(0.1)
    assert bench.ask("81 21 FF") == ["90 61 04 FF"]


def test_standby_answers_only_power() -> None:
    """Switched off, everything but power and version is not executable; switching on takes its time."""
    bench = Bench()
    assert bench.ask("81 01 04 00 03 FF") == ["90 41 FF", "90 51 FF"]
    assert bench.ask("81 09 04 47 FF") == ["90 60 41 FF"]
    assert bench.ask("81 09 04 00 FF") == ["90 50 03 FF"]
    bench.say("81 01 04 00 02 FF")
    assert bench.hear(1.0) == ["90 41 FF"]
    assert bench.hear(1.0) == ["90 51 FF"]


def test_steps_and_drives() -> None:
    """Up and down step a value within its range; a drive goes on until it is stopped."""
    bench = Bench()
    for command in ("39 03", "0C 03", "0C 03", "0C 03", "0C 03", "07 23"):
        assert bench.ask(f"81 01 04 {command} FF")[-1] == "90 51 FF"
    assert bench.ask("81 09 04 4C FF") == ["90 50 00 00 00 00 FF"]
    assert bench.ask("81 09 04 47 FF") == ["90 50 07 0A 0C 00 FF"]
    assert bench.ask("81 01 04 0C 07 FF") == ["90 60 02 FF"]


def test_presets_bring_the_lens_back() -> None:
    """A stored position is found again."""
    bench = Bench()
    for command in ("47 02 00 00 00", "3F 01 04", "47 00 00 00 00", "3F 02 04"):
        assert bench.ask(f"81 01 04 {command} FF")[-1] == "90 51 FF"
    assert bench.ask("81 09 04 47 FF") == ["90 50 02 00 00 00 FF"]
