"""Badges of cameras, board, receiver, store, audit log, lists, server. Rules and words only; see `badge_board`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alpr_core.badge import Badge, Light
from alpr_core.device_status import BoardStatus, GpsStatus
from alpr_core.fix import STALE_AFTER_S as FIX_STALE_AFTER_S
from alpr_core.hotlists.health import ListHealth, told_to_all
from alpr_core.jobs import JobOutcome, JobRun, JobStatus
from alpr_core.sync.state import ServerContact
from alpr_core.terminal_text import clean_text
from alpr_tui.box_counters import Counts
from alpr_tui.box_status import CameraStatus
from alpr_tui.device_words import FIX_WORDS

CAMERA_STALE_AFTER_S = 2.0
"""A camera without a picture for so long is shown as stale."""

UNSIGNED_MAX = timedelta(minutes=3)
"""Three rounds of the job that signs the log; then something keeps it from being signed."""

UNREACHED_MAX = timedelta(days=3)
"""A car that has not met its server for so long misses news of people and lists."""

FREE_BYTES_MIN = 1_000_000_000
"""Room on the disk below which the driver is told: some 15,000 reads with their pictures."""

NAME_CHARS_MAX = 12
"""Of a camera's name in its badge."""


def camera_badge(camera: CameraStatus) -> Badge:
    """Return how a camera is; its age is that of its last picture."""
    name, age_s = clean_text(camera.name, NAME_CHARS_MAX), camera.last_frame_age_s
    if camera.is_over:
        return Badge(name, Light.OFF, "at its end", None, "The file was read to its end.")
    if camera.is_blind:
        words = "Its pictures cannot be looked at: NO PLATE IS READ. Tell a technician."
        return Badge(name, Light.FAILED, "NOT READING", age_s, words)
    if camera.is_lost:
        words = "Gone; it comes back by itself. Check cable and power."
        return Badge(name, Light.FAILED, "LOST", age_s, words)
    if age_s is None:
        return Badge(name, Light.WAITING, "opening", None, "No picture has come yet.")
    if age_s > CAMERA_STALE_AFTER_S:
        words = "No new picture. Check cable and power if it does not come back."
        return Badge(name, Light.STALE, "OLD", age_s, words)
    return Badge(name, Light.GOOD, "", age_s, "Pictures come and are looked at.")


def gps_badge(gps: GpsStatus | None) -> Badge:
    """Return how the receiver is; its age is that of the last position."""
    if gps is None:
        return Badge(
            "GPS", Light.OFF, "none", None, "This car has no receiver: reads get no place."
        )
    age_s = gps.fix_age_s
    if gps.is_lost:
        words = "The receiver is gone or silent: reads get no place. Check its cable."
        return Badge("GPS", Light.FAILED, "LOST", age_s, words)
    if gps.fix is None:
        return Badge("GPS", Light.WAITING, "opening", None, "The receiver has said nothing yet.")
    if age_s is None:
        words = "No position yet: reads get no place. It needs free sky."
        return Badge("GPS", Light.WAITING, "no fix", None, words)
    if age_s > FIX_STALE_AFTER_S:
        return Badge("GPS", Light.STALE, "OLD", age_s, "No position now: reads get no place.")
    words = f"Reads get their place. Time on record: {gps.time_quality.value}."
    return Badge("GPS", Light.GOOD, FIX_WORDS[gps.fix.mode], age_s, words)


def board_badge(board: BoardStatus | None) -> Badge:
    """Return how the trigger board is; its age is that of the last trigger."""
    if board is None:
        return Badge("board", Light.OFF, "none", None, "This car has no trigger board.")
    age_s = board.last_trigger_age_s
    if board.is_lost:
        why = clean_text(board.why)
        words = f"It is gone: no infrared light. It is looked for by itself. {why}".rstrip()
        return Badge("board", Light.FAILED, "LOST", age_s, words)
    if not board.is_ready:
        return Badge("board", Light.WAITING, "starting", age_s, "It is asked who it is.")
    if not board.are_triggers_on:
        return Badge("board", Light.OFF, "dark", age_s, "Ready; its light is off.")
    return Badge("board", Light.GOOD, "", age_s, "It fires the light with every frame.")


def store_badge(counts: Counts, free_bytes: int | None) -> Badge:
    """Return how the store is; its age is that of the last stored read.

    Args:
        free_bytes: Room on its disk; None where it cannot be asked.
    """
    age_s = counts.stored_age_s
    room = "" if free_bytes is None else f" {free_bytes / 1e9:.1f} GB are free."
    if counts.is_refusing:
        words = f"Reads are shown and NOT RECORDED. Tell a technician.{room}"
        return Badge("store", Light.FAILED, "REFUSES", age_s, words)
    if free_bytes is None or free_bytes < FREE_BYTES_MIN:
        words = f"The disk is nearly full: connect the car.{room}"
        return Badge("store", Light.STALE, "FULL" if room else "?", age_s, words)
    return Badge("store", Light.GOOD, "", age_s, f"Every read is on the disk.{room}")


def chain_badge(signing: JobStatus | None, verifying: JobStatus | None, now: datetime) -> Badge:
    """Return how the audit log is; its age is that of the last signature."""
    signed_at = None if signing is None else signing.succeeded_at
    age_s = None if signed_at is None else max(0.0, (now - signed_at).total_seconds())
    last = None if verifying is None else verifying.last
    if last is not None and last.outcome is JobOutcome.FAILED:
        words = f"THE AUDIT LOG DOES NOT VERIFY: tell the administrator. {last.why}"
        return Badge("chain", Light.FAILED, "BROKEN", age_s, words)
    if age_s is None:
        return Badge("chain", Light.WAITING, "", None, "The audit log was not signed yet.")
    if age_s > UNSIGNED_MAX.total_seconds():
        words = "News of the audit log stays unsigned: tell the administrator."
        return Badge("chain", Light.STALE, "UNSIGNED", age_s, words)
    return Badge("chain", Light.GOOD, "", age_s, "The audit log is whole and signed.")


def lists_badge(lists: Sequence[ListHealth], now: datetime) -> Badge:
    """Return how the hotlists are, those left out that may be covert; its age is that of the oldest list."""
    lists = told_to_all(lists)
    ages = [age.total_seconds() for each in lists if (age := each.age(now)) is not None]
    age_s = max(ages, default=None)
    if age_s is None:
        words = "No list is installed: no plate is a hit."
        return Badge("lists", Light.STALE, "NONE", None, words)
    stale = [clean_text(each.name, 40) for each in lists if each.is_stale(now)]
    if stale:
        words = f"Too old: {', '.join(stale)}. Their hits are less urgent; verify with care."
        return Badge("lists", Light.STALE, "STALE", age_s, words)
    failed = [clean_text(each.name, 40) for each in lists if each.failure]
    if failed:
        words = f"The last import failed: {', '.join(failed)}. The edition before still counts."
        return Badge("lists", Light.STALE, "IMPORT", age_s, words)
    return Badge("lists", Light.GOOD, "", age_s, f"{len(lists)} lists, none too old.")


def server_badge(
    contact: ServerContact, sync: JobStatus | None, unsent: int, now: datetime
) -> Badge:
    """Return how the way to the server is; its age is that of the server's last answer.

    Args:
        sync: The job that brings everything there; None if there is none.
    """
    waiting = f"{unsent} records wait in the car."
    if contact.server is None:
        return Badge("server", Light.OFF, "none", None, f"No server is set up; {waiting}")
    at = contact.reached_at
    age_s = None if at is None else max(0.0, (now - at).total_seconds())
    if contact.stopped_why is not None:
        why = clean_text(contact.stopped_why)
        words = f"NOTHING IS SENT any more: tell the administrator. {why} {waiting}"
        return Badge("server", Light.FAILED, "STOPPED", age_s, words)
    if age_s is None:
        return Badge("server", Light.WAITING, "", None, f"It was not reached yet; {waiting}")
    if age_s > UNREACHED_MAX.total_seconds():
        words = f"Not reached for days: bring the car to where it has a network. {waiting}"
        return Badge("server", Light.STALE, "LATE", age_s, words)
    light, word, words = _last_contact(None if sync is None else sync.last)
    return Badge("server", light, word, age_s, f"{words} {waiting}")


def _last_contact(last: JobRun | None) -> tuple[Light, str, str]:
    """Return how the last run of sync ended."""
    if last is not None and last.outcome is JobOutcome.WAITING:
        return Light.WAITING, "away", "Not reached now; it is tried again and again."
    if last is None or last.outcome is not JobOutcome.FAILED:
        return Light.GOOD, "", "The server takes the records;"
    return Light.STALE, "WAITS", f"It answers and takes nothing now. {clean_text(last.why)}"
