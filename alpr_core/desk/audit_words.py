"""What the actions of the audit log are called when people read them, and what people type to find them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from alpr_core.accounts.user import BADGE_CHARS_MAX, NAME_CHARS_MAX
from alpr_core.audit.checkpoint import KEY_CHANGED, LOG_STARTED
from alpr_core.audit.entry import TEXT_CHARS_MAX, Entry, Outcome
from alpr_core.desk.audit_ports import EntryFilter
from alpr_core.desk.session_entries import (
    ACCOUNT_LOCKED,
    LOCK,
    LOG_IN,
    LOG_OUT,
    PROVE_AGAIN,
    UNLOCK,
)
from alpr_core.errors import InputError
from alpr_core.permissions import Action
from alpr_core.purge import ANNOUNCED, BEGUN, COPIES_RENEWED, PURGED, WITHDRAWN
from alpr_core.terminal_text import clean_text

ACTION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Action.START_SHIFT.value: "started shift",
        Action.END_SHIFT.value: "ended shift",
        Action.PAUSE_CAPTURE.value: "paused capture",
        Action.SEE_LIVE_READS.value: "saw live read",
        Action.VIEW_READ.value: "opened read",
        Action.VIEW_PICTURE.value: "opened picture",
        Action.SEARCH.value: "searched",
        Action.CORRECT_READ.value: "corrected read",
        Action.ENTER_READ.value: "entered read",
        Action.NOTE_HIT.value: "noted hit",
        Action.VIEW_HIT.value: "viewed hits",
        Action.VERIFY_HIT.value: "verified hit",
        Action.VIEW_PRECISION.value: "viewed precision",
        Action.RUN_CANVASS.value: "ran canvass",
        Action.EXPORT_CANVASS.value: "exported canvass",
        Action.VIEW_HOTLIST.value: "viewed hotlist",
        Action.ADD_LOCAL_ENTRY.value: "added list entry",
        Action.REMOVE_LOCAL_ENTRY.value: "removed list entry",
        Action.IMPORT_HOTLIST.value: "imported hotlist",
        Action.AUTHORISE_CLASSES.value: "authorised classes",
        Action.SEE_DEVICES.value: "viewed devices",
        Action.CONFIGURE_DEVICES.value: "set device",
        Action.CHANGE_DEVICE_PROFILE.value: "changed profile",
        Action.READ_TEST_PLATES.value: "read test plates",
        Action.UPDATE_FIRMWARE.value: "updated firmware",
        Action.VIEW_USERS.value: "viewed users",
        Action.MANAGE_USERS.value: "managed users",
        Action.CHANGE_ROLES.value: "changed roles",
        Action.DISABLE_USER.value: "disabled user",
        Action.UNLOCK_ACCOUNT.value: "unlocked account",
        Action.RESET_CREDENTIALS.value: "reset credentials",
        Action.CHANGE_OWN_PASSWORD.value: "changed password",
        Action.RECORD_TRAINING.value: "recorded training",
        Action.NAME_DESIGNEE.value: "named designee",
        Action.CHANGE_SETTINGS.value: "changed settings",
        Action.SEE_RECORDS.value: "viewed records",
        Action.SET_RETENTION.value: "set retention",
        Action.SET_HOLD.value: "set hold",
        Action.LIFT_HOLD.value: "lifted hold",
        Action.PURGE.value: "asked for purge",
        Action.CONFIRM_PURGE.value: "confirmed purge",
        ANNOUNCED: "announced purge",
        WITHDRAWN: "withdrew purge",
        BEGUN: "began purge",
        PURGED: "purged",
        COPIES_RENEWED: "renewed backups",
        Action.SEE_REQUESTS.value: "viewed requests",
        Action.REQUEST_RELEASE.value: "requested release",
        Action.APPROVE_RELEASE.value: "approved release",
        Action.EXPORT_RELEASE.value: "exported release",
        Action.EXPORT_EVIDENCE.value: "exported evidence",
        Action.HAND_OVER.value: "handed over medium",
        Action.MAKE_REPORT.value: "made report",
        Action.VIEW_AUDIT.value: "viewed audit log",
        Action.VERIFY_AUDIT.value: "verified audit log",
        Action.SIGN_OFF_REVIEW.value: "reviewed accesses",
        Action.EXPORT_AUDIT.value: "exported audit log",
        Action.SEE_JOBS.value: "viewed jobs",
        Action.RUN_JOB.value: "ran job",
        Action.SYNCHRONISE.value: "synchronised",
        Action.ENROL_BOX.value: "enrolled box",
        Action.CHOOSE_SERVER.value: "chose the server",
        Action.RESUME_SYNC.value: "resumed sync",
        Action.SEE_BOXES.value: "viewed boxes",
        Action.MANAGE_BOXES.value: "managed boxes",
        Action.BACK_UP.value: "backed up",
        Action.RESTORE.value: "restored backup",
        Action.ROTATE_KEYS.value: "rotated keys",
        LOG_IN: "logged in",
        LOG_OUT: "logged out",
        LOCK: "locked screen",
        UNLOCK: "unlocked screen",
        PROVE_AGAIN: "proved identity",
        ACCOUNT_LOCKED: "account locked",
        LOG_STARTED: "began audit log",
        KEY_CHANGED: "changed log key",
        "sighting.record": "recorded read",
        "box.start": "box started",
        "hotlist.match_past": "matched the past",
        "box.stop": "box stopped",
        "user.provision": "made first user",
    }
)
"""Name of an action in the log, and at most 18 signs that say it with its actor before them."""

WORK_OF_THE_BOX = ("sighting.record", Action.SEE_LIVE_READS.value, LOG_STARTED, KEY_CHANGED)
"""What the box does by itself thousands of times a day: reads as they come, seen live or not, and keys."""


def action_words(action: str) -> str:
    """Return what an action is called; a name that this version does not know is shown as it is."""
    return ACTION_WORDS.get(action) or clean_text(action.replace(".", " ").replace("_", " "), 40)


def outcome_words(entry: Entry) -> str:
    """Return how it ended, with a sign that needs no colour."""
    return {
        Outcome.DONE: "✓ done",
        Outcome.REFUSED: "✗ REFUSED",
        Outcome.FAILED: "! FAILED",
    }[entry.outcome]


def actions_named(typed: str) -> tuple[str, ...]:
    """Return the names of the actions that somebody means: by name, its beginning, or part of its words.

    Raises:
        InputError: there is none.
    """
    asked = clean_text(typed, 64).lower()
    if asked in ACTION_WORDS:
        return (asked,)
    found = tuple(
        name for name, words in ACTION_WORDS.items() if name.startswith(asked) or asked in words
    )
    if not found:
        raise InputError(
            f"No action is called “{asked}”.", "Type part of what stands in the list: “search”."
        )
    return found


def outcome_named(typed: str) -> Outcome:
    """Return the outcome whose name begins so.

    Raises:
        InputError: there is none.
    """
    asked = clean_text(typed, 20).lower()
    for outcome in Outcome:
        if asked and outcome.value.startswith(asked):
            return outcome
    raise InputError(f"No outcome is called “{asked}”.", "Type done, refused or failed.")


def filter_of(
    typed: Mapping[str, str],
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    with_work_of_the_box: bool = False,
) -> EntryFilter:
    """Return what the fields `who action plate purpose case outcome` ask for; empty ones ask nothing.

    Args:
        with_work_of_the_box: Also what WORK_OF_THE_BOX names; an action that was asked for is shown anyway.

    Raises:
        InputError: a field says what cannot be.
    """
    texts = {name: clean_text(text, _FIELD_CHARS_MAX) for name, text in typed.items()}
    actions = actions_named(texts["action"]) if texts.get("action") else ()
    hides = not with_work_of_the_box and not actions and not texts.get("plate")
    return EntryFilter(
        who=texts.get("who") or None,
        actions=actions,
        plate=texts.get("plate", "").upper() or None,
        purpose_part=texts.get("purpose") or None,
        case=texts.get("case", "").upper().replace(" ", "") or None,
        outcome=outcome_named(texts["outcome"]) if texts.get("outcome") else None,
        since=since,
        until=until,
        without=WORK_OF_THE_BOX if hides else (),
    )


def query_of(wanted: EntryFilter) -> tuple[tuple[str, str], ...]:
    """Return a filter as elements of a query for the entry of a look; the plate apart."""
    elements: Iterable[tuple[str, str | None]] = (
        ("user", wanted.user_id or wanted.who),
        ("not_by", wanted.not_by),
        ("actions", " ".join((*filter(None, [wanted.action]), *wanted.actions))),
        ("without", " ".join(wanted.without)),
        ("purpose", wanted.purpose or wanted.purpose_part),
        ("case_number", wanted.case),
        ("since", None if wanted.since is None else wanted.since.isoformat()),
        ("until", None if wanted.until is None else wanted.until.isoformat()),
        ("outcome", None if wanted.outcome is None else wanted.outcome.value),
    )
    return tuple((name, text[:TEXT_CHARS_MAX]) for name, text in elements if text)


_FIELD_CHARS_MAX = max(BADGE_CHARS_MAX, NAME_CHARS_MAX)
