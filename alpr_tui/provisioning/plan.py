"""What is asked of a technician and an administrator before a box is made.

Source: policy 462.2.1(a)(e), 462.3(d)(e), 462.8 (who administers, trained by whom); design.md section 4, Keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path

from alpr_core.accounts.login_rules import DEFAULT_COURSES
from alpr_core.accounts.user import TrainingRecord, User, make_training, make_user
from alpr_core.errors import InputError, KeyFileError
from alpr_core.permissions import Role
from alpr_tui.provisioning.dialogue import Dialogue, read_text, read_yes
from db.key_escrow import fingerprint, read_escrow_public
from db.key_sources import has_systemd_creds, has_tpm2, passphrase_refusal

TRAINED_FOR = timedelta(days=365)
"""Offered as the time that a training holds; the agency decides."""


class KeyKind(Enum):
    """How the root key is kept; the value is the answer."""

    CREDENTIAL = "credential"
    PASSPHRASE = "passphrase"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a box is made of, but the administrator's password."""

    name: str
    cameras: tuple[tuple[str, str], ...]
    """Name and source."""
    key_kind: KeyKind
    passphrase: str = field(repr=False)
    """Empty unless the key is kept by a passphrase."""
    escrow: bytes | None
    """The agency's public key; None means no second way in."""
    administrator: User
    is_authorised: bool
    """True for department data. Source: policy 462.3(e)."""
    named_by: str
    """Who made the administrator the designee; empty means that he is none."""
    training: TrainingRecord


def ask_plan(dialogue: Dialogue, user_id: str, today: date) -> Plan:
    """Return what was answered.

    Args:
        user_id: Id of the administrator's account.
    """
    dialogue.say()
    dialogue.say("The box")
    name = dialogue.answer("box.name", "  Name of this car or unit", read_text)
    source = dialogue.answer(
        "box.camera", "  Camera: device, rtsp address, video or folder", read_text, "/dev/video0"
    )
    kind = _ask_key_kind(dialogue)
    passphrase = _ask_passphrase(dialogue) if kind is KeyKind.PASSPHRASE else ""
    escrow = _ask_escrow(dialogue)
    dialogue.say()
    dialogue.say("The first administrator (Professional Standards Unit Commander or designee)")
    user = _ask_administrator(dialogue, user_id)
    named_by = dialogue.answer(
        "administrator.named_by",
        "  Named designee by",
        lambda typed: "" if typed == "nobody" else read_text(typed),
        "nobody",
    )
    is_authorised = dialogue.answer(
        "administrator.department_data",
        "  Authorised for department data (policy 462.3(e))? yes/no",
        read_yes,
        "yes",
    )
    training = _ask_training(dialogue, today)
    return Plan(
        name=name,
        cameras=(("front", source),),
        key_kind=kind,
        passphrase=passphrase,
        escrow=escrow,
        administrator=user,
        is_authorised=is_authorised,
        named_by=named_by,
        training=training,
    )


def read_date(typed: str) -> date:
    """Return a typed day; InputError if it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError as fault:
        raise InputError("A day is written like 2026-11-23.", "Type it again.") from fault


def _ask_key_kind(dialogue: Dialogue) -> KeyKind:
    dialogue.say()
    dialogue.say("The key that everything on this box is encrypted with is kept by")
    chip = "this computer's TPM2 chip" if has_tpm2() else "a host key on this computer's disk"
    can_seal = has_systemd_creds()
    if can_seal:
        dialogue.say(f"  credential   {chip}, through systemd; starts by itself")
    dialogue.say("  passphrase   a passphrase, asked for at each start")
    dialogue.say("  demo         nothing: whoever has the disk reads everything")

    def read(typed: str) -> KeyKind:
        try:
            kind = KeyKind(typed.casefold())
        except ValueError as fault:
            raise InputError("Answer with one of these words.", "") from fault
        if kind is KeyKind.CREDENTIAL and not can_seal:
            raise InputError("systemd-creds is not installed here.", "Choose a passphrase.")
        return kind

    default = KeyKind.CREDENTIAL if can_seal else KeyKind.PASSPHRASE
    kind = dialogue.answer("key.kept_by", "  Kept by", read, default.value)
    if kind is KeyKind.DEMO:
        dialogue.say("  *** DEMO KEY: this box protects NOTHING. Never put it into a car. ***")
    return kind


def _ask_passphrase(dialogue: Dialogue) -> str:
    def read(typed: str) -> str:
        refusal = passphrase_refusal(typed)
        if refusal is not None:
            raise InputError(refusal, "")
        return typed

    return dialogue.secret("passphrase", "  Passphrase (not shown)", read, twice=True)


def _ask_escrow(dialogue: Dialogue) -> bytes | None:
    dialogue.say()
    dialogue.say("The agency's escrow key is the only way in if this computer or its passphrase is")
    dialogue.say("lost. Its public half is a file; the private half stays in the agency's safe.")

    def read(typed: str) -> bytes | None:
        if typed.casefold() == "none":
            return None
        try:
            return read_escrow_public(Path(typed).expanduser())
        except KeyFileError as fault:
            raise InputError(fault.what, fault.hint) from fault

    public = dialogue.answer("key.escrow", "  File of the public key, or none", read)
    if public is not None:
        dialogue.say(f"  Compare with the agency: {fingerprint(public)}")
        return public
    dialogue.say(
        "  *** NO ESCROW: if the key is lost, every read, picture and record on this box is"
    )
    dialogue.say("  *** lost for ever, evidence and audit log included. Nobody can help then.")

    def insist(typed: str) -> None:
        if not read_yes(typed):
            raise InputError("Stop with Ctrl-C, make a pair", "(`alpr keys make-escrow-pair`).")

    dialogue.answer("key.without_escrow", "  Go on without? yes/no", insist)
    return None


def _ask_administrator(dialogue: Dialogue, user_id: str) -> User:
    """Ask for one person; what cannot be a badge or name is asked again at once."""

    def check(badge: str = "1", name: str = "x", title: str = "x", organisation: str = "x") -> User:
        return make_user(user_id, badge, name, title, organisation, [Role.ADMINISTRATOR])

    badge = dialogue.answer("administrator.badge", "  Badge number", lambda t: check(badge=t).badge)
    name = dialogue.answer("administrator.name", "  Name", lambda t: check(name=t).name)
    title = dialogue.answer(
        "administrator.title",
        "  Title",
        lambda t: check(title=t).title,
        "Professional Standards Unit Commander",
    )
    organisation = dialogue.answer(
        "administrator.organisation",
        "  Agency",
        lambda t: check(organisation=t).organisation,
        "Westminster Police Department",
    )
    return check(badge, name, title, organisation)


def _ask_training(dialogue: Dialogue, today: date) -> TrainingRecord:
    dialogue.say("  Nobody works without a training record (policy 462.3(d), 462.8).")
    course = dialogue.answer("training.course", "  Course", read_text, min(DEFAULT_COURSES))
    given_by = dialogue.answer("training.given_by", "  Given by (Training Sergeant)", read_text)
    completed = dialogue.answer("training.completed_on", "  On", read_date, today.isoformat())
    holds_until = (completed + TRAINED_FOR).isoformat()

    def read(typed: str) -> TrainingRecord:
        expires_at = datetime.combine(read_date(typed), time(), UTC)
        if expires_at.date() <= today:
            raise InputError("A training that has expired lets nobody in.", "Correct the day.")
        return make_training(course, given_by, completed, expires_at)

    return dialogue.answer("training.expires_on", "  Holds until", read, holds_until)
