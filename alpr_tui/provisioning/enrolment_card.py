"""What a new user takes away, once: the QR code for the authenticator app, and the recovery codes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import datetime

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.accounts.one_time_code import matching_step, secret_of
from alpr_core.errors import InputError
from alpr_tui.provisioning.dialogue import Dialogue, read_yes
from alpr_tui.qr_code import qr_lines


def show_enrolment(dialogue: Dialogue, enrolment: Enrolment) -> None:
    """Show QR code and typed form of the secret; nobody who looks later finds it anywhere."""
    lines = qr_lines(enrolment.uri, shutil.get_terminal_size().columns)
    is_unicode = (getattr(sys.stderr, "encoding", "") or "").casefold().replace("-", "") == "utf8"
    dialogue.say()
    if lines is not None and is_unicode:
        dialogue.say("Scan this with the authenticator app:")
        # Colours said, not assumed: a code on a light terminal would be its own negative.
        begin, end = ("\x1b[97;40m", "\x1b[0m") if sys.stderr.isatty() else ("", "")
        for line in lines:
            dialogue.say(f"{begin}{line}{end}")
    secret = enrolment.uri.partition("secret=")[2].partition("&")[0]
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    dialogue.say(f"Or type it there (time based, 6 digits): {groups}")


def confirm_code(dialogue: Dialogue, enrolment: Enrolment, now: Callable[[], datetime]) -> None:
    """Raise InputError unless a code of the enrolled secret was typed."""

    def read(typed: str) -> int:
        step = matching_step(secret_of(enrolment.uri), typed, now(), None)
        if step is None:
            raise InputError(
                "That is not the code of this moment.",
                "Wait for the next one; if it is wrong again, the clock of phone or box is.",
            )
        return step

    dialogue.answer("code", "Code that the app shows now", read)


def show_recovery_codes(dialogue: Dialogue, enrolment: Enrolment) -> None:
    """Show the recovery codes and have it confirmed that they were written down."""
    dialogue.say()
    dialogue.say("Recovery codes, each stands in for one code. They are shown this once:")
    for first, second in zip(
        enrolment.recovery_codes[::2], enrolment.recovery_codes[1::2], strict=True
    ):
        dialogue.say(f"    {first}    {second}")

    def read(typed: str) -> None:
        if not read_yes(typed):
            raise InputError("Write them down and lock them away.", "They cannot be shown again.")

    dialogue.answer("administrator.codes_kept", "Written down and locked away? yes/no", read)
    if sys.stderr.isatty():
        # Off the screen and out of what can be scrolled back to. Source: xterm control sequences, ED 2, ED 3.
        dialogue.say("\x1b[H\x1b[2J\x1b[3J(The screen was cleared.)")
