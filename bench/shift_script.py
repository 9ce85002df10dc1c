"""A whole shift in a real terminal on the simulated car, key by key, as an officer works; then the log is asked.

Hits come whenever vehicles pass: whatever step is under way, an alert is verified first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bench.demo_terminal import DemoCodes, start_demo

BADGE, PASSWORD = "4711", "copper lantern meadow"
"""The demo's officer; no secret."""

CASE = "26-012345"
STEP_LIMIT_S = 60.0
"""For one answer of the screen; a busy machine is slow."""

ALERTS = 5
"""Hits that the demo's lists raise on the screen; the sixth is covert."""

PAST_HITS = 2
"""What the script itself lists and was read before: by the lookout, and by the witness's plate."""

HAND_PLATE, BOLO_PLATE = "5TMP777", "5TMP*"
"""Entered by hand and then looked out for: no vehicle of the drive carries it."""

OTHER_PURPOSE = "Active warrant"
"""Shown only while the list of purposes is open."""

PART = "SPA"
"""Part of a plate that the drive's seventh vehicle carries."""

_ALERT, _CARD = "Later: stays in the queue", "Characters match?"


@dataclass(frozen=True, slots=True)
class ShiftRun:
    """What a scripted shift did."""

    seconds: float
    vehicles: int
    """Reads that the summary at its end counted."""
    verified: int
    """Alerts that were verified at the card."""
    report: Path


class ShiftScript:
    """Drives `alpr demo` through one shift.

    Args:
        folder: Empty; the demo's store, key and logins lie there afterwards.
        vehicles: Reads that the shift must have before it ends.
        lap: Vehicles of one lap of the drive, at least 15.
        picture: Called with a name at each page that is worth a picture.
    """

    def __init__(
        self,
        folder: Path,
        columns: int,
        rows: int,
        vehicles: int,
        lap: int,
        picture: Callable[[str, str], None] = lambda _name, _text: None,
    ) -> None:
        self._folder = folder
        self._vehicles = vehicles
        self._lap = lap
        self._picture = picture
        self._verified = 0
        self._codes = DemoCodes(folder, BADGE)
        self._terminal = start_demo(folder, columns, rows, "--log-in", "--vehicles", str(lap))

    def run(self) -> ShiftRun:
        """Drive the whole shift.

        Raises:
            NotShownError: a step's answer did not come.
        """
        began_s = monotonic()
        try:
            self._log_in()
            self._check_and_start()
            self._hit_behind_the_lock()
            self._wait(self._has_verified(ALERTS), self._lap * 6 + STEP_LIMIT_S)
            self._search_and_correct()
            self._enter_by_hand_and_look_out()
            report = self._canvass()
            self._verify_the_past()
            reads = self._end()
            return ShiftRun(monotonic() - began_s, reads, self._verified, report)
        finally:
            self._terminal.close()

    def _log_in(self) -> None:
        self._terminal.wait_until(lambda text: "Badge number" in text, 2 * STEP_LIMIT_S)
        self._type(BADGE, PASSWORD, self._codes.next())
        text = self._see("Shift · no shift")
        self._picture("shift-none", text)

    def _check_and_start(self) -> None:
        """Walk through every item; what is not in order gets a remark."""
        self._go("n", "New shift")
        self._type("", "lee", "beat 4")
        self._see("Check of the car")
        while True:
            text = self._wait(lambda text: "▶ ✓" in text or "▶ ✗" in text or _is_live(text))
            if _is_live(text):
                return
            self._picture("shift-check", text)
            line = next(line for line in text.splitlines() if "▶ " in line)
            self._type("seen, reported to the watch" if "✗" in line else "")
            self._wait(_lacks(line))

    def _hit_behind_the_lock(self) -> None:
        """A hit that comes while the screen is locked waits, and is verified after the unlocking."""
        self._go("F9", "Screen locked")
        text = self._terminal.wait_until(
            lambda text: "WAITING" in text, self._lap * 6 + STEP_LIMIT_S
        )
        self._picture("lock-hit", text)
        self._type(PASSWORD)
        self._wait(lambda text: "Screen locked" not in text)

    def _search_and_correct(self) -> None:
        self._terminal.press("F3")
        self._state_purpose(downs=1)
        self._see("Enter searches")
        self._type(PART)
        text = self._wait(lambda text: "These are all" in text or "n shows older" in text)
        self._picture("search-part", text)
        self._go("Enter", "weakest sign")
        self._go("c", "Correct this read")
        self._type("", "CA", "the picture shows California")
        self._see("corrected")
        self._go("Escape", "These are all", "n shows older")

    def _enter_by_hand_and_look_out(self) -> None:
        self._go("m", "A plate by hand")
        self._type(HAND_PLATE, "CA", "", "")
        self._picture("manual-entry", self._see(f"{HAND_PLATE} is stored"))
        self._go("Escape", "Enter searches", "older ones", "These are all", "Type a plate")
        self._go("b", "Own list entries")
        self._go("n", "Look out for")
        self._type(BOLO_PLATE, "", "white Ford", "hit and run on Elm Street", "")
        self._picture("past-reads", self._see("Read before:"))
        self._go("Escape", "Own list entries")
        self._picture("own-entries", self._terminal.text())
        self._go("Escape", "case 26-012345")

    def _canvass(self) -> Path:
        self._go("F7", "Shift · shift runs")
        self._go("k", "No canvass runs")
        self._terminal.press("n")
        self._state_purpose()
        self._see("Type of crime")
        self._type("shooting", "here", "500")
        self._see("Canvass · case")
        self._wait(lambda text: "reads inside      0" not in text and "reads inside" in text)
        self._go("r", "reads, newest first")
        self._go("p", "What a witness saw")
        self._type(BOLO_PLATE, "", "dark sedan", "left fast")
        self._see("Read before:")
        self._go("Escape", "Canvass · case")
        self._picture("canvass", self._wait(lambda text: "driven inside" in text))
        self._go("e", "Ended; held:")
        self._terminal.press("x")
        self._prove_again_if_asked("Report of a canvass")
        report = self._folder / "canvass.pdf"
        self._terminal.press("End")
        self._terminal.press(*(["BSpace"] * 60))
        self._type(str(report))
        self._wait(lambda _text: report.exists())
        self._go("Escape", "Canvass", "Shift ·")
        return report

    def _verify_the_past(self) -> None:
        """What was read before it was listed waits in the queue; it is verified from there."""
        self._go("F6", "Precision")
        for left in range(PAST_HITS, 0, -1):
            wanted = self._verified + 1
            self._see(f"{left} waiting")
            self._terminal.wait_until_calm()
            self._terminal.press("Enter")
            self._wait(self._has_verified(wanted))

    def _end(self) -> int:
        """End the shift once enough vehicles have passed; return the reads of its summary."""
        limit_s = self._vehicles * 4 + STEP_LIMIT_S
        self._go("F7", "Shift · shift runs")
        deadline_s = monotonic() + limit_s
        while True:
            text = self._go("e", "Enter ends the shift")
            reads = _reads_in(text)
            if reads >= self._vehicles or monotonic() >= deadline_s:
                break
            self._go("Escape", "Shift · shift runs")
            self._wait_a_while()
        text = self._go("Enter", "Shift ended: summary")
        self._picture("shift-summary", text)
        self._go("F10", "Badge number")
        self._terminal.press("C-q")
        self._terminal.wait_until(lambda text: "Stopped." in text or not text, STEP_LIMIT_S)
        return _reads_in(text)

    def _state_purpose(self, downs: int = 0) -> None:
        """Fill in the form of the purpose; the line so far below the proposed one is chosen."""
        self._see("Why?")
        if downs:
            self._terminal.wait_until_calm()
            self._go("Enter", OTHER_PURPOSE)
            self._terminal.press(*["Down"] * downs, "Enter")
            self._wait(_lacks(OTHER_PURPOSE))
        self._type(CASE, "silver van seen on Elm Street")

    def _prove_again_if_asked(self, words: str) -> None:
        text = self._wait(lambda text: words in text or "who are you" in text)
        if "who are you" in text:
            self._type(PASSWORD, self._codes.next())
            self._see(words)

    def _go(self, key: str, *wanted: str) -> str:
        """Press a key and wait until one of these words is on the screen; a key lost to an alert goes again."""
        while True:
            title = self._settle().split("\n", 1)[0]
            is_there = _shows(*wanted)
            has_verified = self._has_verified(self._verified + 1)
            self._terminal.press(key)
            text = self._wait(_either(is_there, has_verified))
            if is_there(text) or not text.startswith(title):
                return self._wait(is_there)

    def _type(self, *lines: str) -> None:
        """Type lines into the fields of a form, Enter after each; an Enter lost to an alert goes again."""
        self._terminal.wait_until_calm()
        for line in lines:
            page, row, verified = self._at_rest(), self._terminal.row(), self._verified
            self._terminal.type(line)
            while _titles(self._at_rest()) == _titles(page) and self._terminal.row() == row:
                if self._verified == verified:
                    break
                verified = self._verified
                self._terminal.press("Enter")

    def _at_rest(self) -> str:
        """Verify whatever alert lies over the page; return what it shows once no other one came meanwhile."""
        while True:
            verified, text = self._verified, self._settle()
            if self._verified == verified:
                return text
            self._terminal.wait_until_calm()

    def _see(self, words: str) -> str:
        return self._wait(lambda text: words in text)

    def _wait_a_while(self) -> None:
        until_s = monotonic() + 2.0
        self._wait(lambda _text: monotonic() >= until_s)

    def _settle(self) -> str:
        """Verify whatever alert lies over the page, and return what it shows."""
        return self._wait(lambda _text: True)

    def _wait(self, is_so: Callable[[str], bool], limit_s: float = STEP_LIMIT_S) -> str:
        """Return the text once something is so; an alert that comes meanwhile is verified first."""
        deadline_s = monotonic() + limit_s
        while True:
            left_s = max(0.0, deadline_s - monotonic())
            text = self._terminal.wait_until(
                lambda text: _ALERT in text or _CARD in text or is_so(text), left_s
            )
            if _ALERT not in text and _CARD not in text:
                return text
            self._verify(text)

    def _verify(self, text: str) -> None:
        """Answer every question of the card, as for a hit that CLETS confirms."""
        self._picture("alert" if _ALERT in text else "card", text)
        if _ALERT in text:
            self._terminal.press("F6")
            text = self._terminal.wait_until(
                lambda text: _CARD in text or _ALERT not in text, STEP_LIMIT_S
            )
            if _CARD not in text:
                return  # a lock came between, or the card is not drawn yet
        self._picture("card", text)
        for key, question in (("y", "State"), ("y", "Vehicle"), ("y", "CLETS"), ("c", "Inquiry")):
            self._terminal.press(key)
            self._terminal.wait_until(_shows(f"▶ {question}"), STEP_LIMIT_S)
        self._terminal.press("Enter")
        self._terminal.wait_until(_shows("▶ Reference"), STEP_LIMIT_S)
        self._terminal.type("CL-4711")
        self._terminal.wait_until(_shows("▶ It is"), STEP_LIMIT_S)
        self._terminal.press("a")
        self._terminal.wait_until(_shows("▶ Done"), STEP_LIMIT_S)
        self._terminal.press("o")
        self._terminal.wait_until(lambda text: "Done" not in text, STEP_LIMIT_S)
        self._verified += 1

    def _has_verified(self, count: int) -> Callable[[str], bool]:
        return lambda _text: self._verified >= count


def _titles(text: str) -> list[str]:
    """Return the lines of a page that stay while its fields are filled: borders with their titles."""
    return [line for line in text.splitlines() if "─" in line]


def _shows(*wanted: str) -> Callable[[str], bool]:
    return lambda text: any(words in text for words in wanted)


def _lacks(words: str) -> Callable[[str], bool]:
    return lambda text: words not in text


def _either(one: Callable[[str], bool], other: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: one(text) or other(text)


def _is_live(text: str) -> bool:
    return " reads " in text.split("\n", 1)[0] and "NO SHIFT" not in text.split("\n", 1)[0]


def _reads_in(text: str) -> int:
    """Return the number of reads in a shift's summary."""
    line = next(line for line in text.splitlines() if line.strip().startswith("reads "))
    return int(line.split()[1].replace(",", ""))
