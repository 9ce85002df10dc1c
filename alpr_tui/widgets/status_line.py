"""One line at the top: cameras with the age of their last picture, counters, time."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from alpr_core.accounts.user import User
from alpr_tui.box_status import BoxStatus, CameraStatus
from alpr_tui.capture_gate import CaptureState
from alpr_tui.device_words import gps_word

STALE_AFTER_S = 2.0
"""A camera without a picture for so long is shown as stale."""

WIDE_FROM = 110
"""Columns from which counters are written out."""


class StatusLine(Static):
    """Badges and counters of the box."""

    def show(self, unit: str, status: BoxStatus, user: User | None = None) -> None:
        """Draw the line anew."""
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f" {unit} ", Style(bold=True, reverse=True))
        if status.capture is not CaptureState.RUNNING:
            line.append(" ")
            line.append(f"■ {status.capture.value}", Style(bold=True, reverse=True))
        if status.not_recorded:
            line.append(" ")
            line.append(f"NOT RECORDED {status.not_recorded}", Style(bold=True, reverse=True))
        for camera in status.cameras:
            line.append("  ")
            line.append_text(_badge(camera))
        if status.gps is not None:
            word, is_wrong = gps_word(status.gps)
            line.append("  ")
            line.append(word, Style(bold=True, reverse=True) if is_wrong else Style())
        line.append("  ")
        line.append_text(_counters(status, is_wide=self.size.width >= WIDE_FROM))
        who = "" if user is None else f" {user.badge}"
        clock = f"{who} {datetime.now(UTC).astimezone():%H:%M:%S}"
        gap = self.size.width - line.cell_len - len(clock)
        line.append(" " * max(0, gap) + clock)
        self.update(line)


def _badge(camera: CameraStatus) -> Text:
    if camera.is_over:
        return Text(f"■ {camera.name} read to its end")
    if camera.is_blind:
        return Text(f"✗ {camera.name} NOT READING", Style(bold=True, reverse=True))
    if camera.is_lost:
        return Text(f"✗ {camera.name} LOST", Style(bold=True, reverse=True))
    age_s = camera.last_frame_age_s
    if age_s is None:
        return Text(f"○ {camera.name} opening")
    if age_s > STALE_AFTER_S:
        return Text(f"◌ {camera.name} {age_s:.0f} s OLD", Style(bold=True))
    return Text(f"● {camera.name} {age_s:.1f} s")


def _counters(status: BoxStatus, *, is_wide: bool) -> Text:
    if is_wide:
        words = (
            f"frames {status.frames}  dropped {status.dropped}  "
            f"reads {status.sightings}  stored {status.stored}"
        )
    else:
        words = (
            f"fr {status.frames} drop {status.dropped} reads {status.sightings} sto {status.stored}"
        )
    return Text(words)
