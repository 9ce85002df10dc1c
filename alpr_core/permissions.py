"""Who may do what: one table of roles and actions.

Every screen, command and job asks this table through the service layer; nothing else decides. An action
that is not in the table cannot be done by anybody.

Source: design.md section 1 (roles); policy 462.2, 462.3, 462.5, 462.7; Civil Code 1798.90.52;
CJIS Security Policy AC-2, AC-5 (separation of duties), AC-6 (least privilege), IA-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Role(Enum):
    """What a user is to the box. A role is a set of permissions, nothing more."""

    OFFICER = "officer"
    TECHNICIAN = "technician"
    ADMINISTRATOR = "administrator"
    """The Professional Standards Unit Commander or the designee. Source: policy 462.2, 462.2.1(e)."""
    AUDITOR = "auditor"


ROLES_THAT_STAND_ALONE = frozenset({Role.TECHNICIAN, Role.AUDITOR})
"""Whoever must never see a plate, or never change anything, holds no second role that may. Source: AC-5."""


class Action(Enum):
    """Everything that needs a permission. The value is the action's name in the audit log."""

    START_SHIFT = "shift.start"
    END_SHIFT = "shift.end"
    PAUSE_CAPTURE = "capture.pause"
    SEE_LIVE_READS = "live.see"
    VIEW_READ = "sighting.view"
    VIEW_PICTURE = "picture.view"
    SEARCH = "search"
    CORRECT_READ = "sighting.correct"
    ENTER_READ = "sighting.enter"
    NOTE_HIT = "hit.note"
    VIEW_HIT = "hit.view"
    VERIFY_HIT = "hit.verify"
    VIEW_PRECISION = "hit.view_precision"
    RUN_CANVASS = "canvass.run"
    EXPORT_CANVASS = "canvass.export"

    VIEW_HOTLIST = "hotlist.view"
    ADD_LOCAL_ENTRY = "hotlist.add_entry"
    REMOVE_LOCAL_ENTRY = "hotlist.remove_entry"
    IMPORT_HOTLIST = "hotlist.import"
    AUTHORISE_CLASSES = "hotlist.authorise_classes"

    SEE_DEVICES = "device.see"
    CONFIGURE_DEVICES = "device.configure"
    CHANGE_DEVICE_PROFILE = "device.change_profile"
    READ_TEST_PLATES = "device.read_test_plates"
    UPDATE_FIRMWARE = "device.update_firmware"

    VIEW_USERS = "user.view"
    MANAGE_USERS = "user.manage"
    CHANGE_ROLES = "user.change_roles"
    DISABLE_USER = "user.disable"
    UNLOCK_ACCOUNT = "user.unlock"
    RESET_CREDENTIALS = "user.reset_credentials"
    CHANGE_OWN_PASSWORD = "user.change_own_password"
    RECORD_TRAINING = "training.record"
    NAME_DESIGNEE = "designee.name"

    CHANGE_SETTINGS = "settings.change"
    SEE_RECORDS = "records.see"
    """Holds, purges, packages, requests, reports: what is kept about the reads, without their plates."""
    SET_RETENTION = "retention.set"
    SET_HOLD = "hold.set"
    LIFT_HOLD = "hold.lift"
    PURGE = "purge.ask"
    """Let the job of purging run now; it does no more than rules and confirmations allow."""
    CONFIRM_PURGE = "purge.confirm"
    SEE_REQUESTS = "release.see"
    """Other agencies' requests and what became of them: all for whoever sees records, else those he entered."""
    REQUEST_RELEASE = "release.request"
    APPROVE_RELEASE = "release.approve"
    EXPORT_RELEASE = "release.export"
    EXPORT_EVIDENCE = "evidence.export"
    HAND_OVER = "evidence.hand_over"
    MAKE_REPORT = "report.make"

    VIEW_AUDIT = "audit.view"
    VERIFY_AUDIT = "audit.verify"
    SIGN_OFF_REVIEW = "audit.sign_off"
    EXPORT_AUDIT = "audit.export"

    SEE_JOBS = "job.see"
    RUN_JOB = "job.run"
    SYNCHRONISE = "sync.run"
    ENROL_BOX = "sync.enrol"
    CHOOSE_SERVER = "sync.choose"
    RESUME_SYNC = "sync.resume"
    SEE_BOXES = "box.view"
    MANAGE_BOXES = "box.manage"
    BACK_UP = "store.back_up"
    RESTORE = "store.restore"
    ROTATE_KEYS = "key.rotate"


class Trait(Enum):
    """What an action brings with it, besides the question of who may do it."""

    SHOWS_PLATES = "shows plates"
    """Shows or changes reads or hits: never a technician's, and needs authorisation for department data."""
    NEEDS_PURPOSE = "needs a purpose"
    """Opens stored reads. Source: policy 462.5(b); Civil Code 1798.90.52(a)(4)."""
    NEEDS_REAUTHENTICATION = "needs password and code again"
    """Takes data out, destroys it or gives power away. Source: CJIS IA-11."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of the table."""

    roles: frozenset[Role]
    traits: frozenset[Trait]


_LETTERS = {
    "O": Role.OFFICER,
    "T": Role.TECHNICIAN,
    "A": Role.ADMINISTRATOR,
    "U": Role.AUDITOR,
}
_PLATES = Trait.SHOWS_PLATES
_PURPOSE = Trait.NEEDS_PURPOSE
_AGAIN = Trait.NEEDS_REAUTHENTICATION


def _of(letters: str, *traits: Trait) -> Permission:
    return Permission(frozenset(_LETTERS[letter] for letter in letters), frozenset(traits))


PERMISSIONS: Mapping[Action, Permission] = MappingProxyType(
    {
        Action.START_SHIFT: _of("O"),
        Action.END_SHIFT: _of("O"),
        Action.PAUSE_CAPTURE: _of("O"),
        # The purpose of the live picture is the patrol itself, recorded at the start of the shift.
        Action.SEE_LIVE_READS: _of("OA", _PLATES),
        Action.VIEW_READ: _of("OA", _PLATES, _PURPOSE),
        Action.VIEW_PICTURE: _of("OA", _PLATES, _PURPOSE),
        Action.SEARCH: _of("OA", _PLATES, _PURPOSE),
        Action.CORRECT_READ: _of("OA", _PLATES, _PURPOSE),
        Action.ENTER_READ: _of("O", _PLATES, _PURPOSE),
        # Of a hit that the store refused: there is nothing on record to verify.
        Action.NOTE_HIT: _of("OA", _PLATES),
        # The purpose of a hit is the hit: it came by itself, nobody searched.
        Action.VIEW_HIT: _of("OA", _PLATES),
        # Whoever stands in the road verifies. Source: policy 462.3(f).
        Action.VERIFY_HIT: _of("O", _PLATES),
        Action.VIEW_PRECISION: _of("OA"),
        Action.RUN_CANVASS: _of("O", _PLATES, _PURPOSE),
        Action.EXPORT_CANVASS: _of("OA", _PLATES, _PURPOSE, _AGAIN),
        Action.VIEW_HOTLIST: _of("OA", _PLATES),
        Action.ADD_LOCAL_ENTRY: _of("OA", _PLATES, _PURPOSE),
        Action.REMOVE_LOCAL_ENTRY: _of("OA", _PLATES, _PURPOSE),
        Action.IMPORT_HOTLIST: _of("A"),
        Action.AUTHORISE_CLASSES: _of("A"),
        Action.SEE_DEVICES: _of("OTAU"),
        Action.CONFIGURE_DEVICES: _of("TA"),
        Action.CHANGE_DEVICE_PROFILE: _of("TA"),
        Action.READ_TEST_PLATES: _of("TA"),
        Action.UPDATE_FIRMWARE: _of("TA"),
        Action.VIEW_USERS: _of("AU"),
        # Making an account gives it its first roles, resetting one gives its roles to another person.
        Action.MANAGE_USERS: _of("A", _AGAIN),
        Action.CHANGE_ROLES: _of("A", _AGAIN),
        # At once, without another password: a live session may have to be ended in a hurry.
        Action.DISABLE_USER: _of("A"),
        Action.UNLOCK_ACCOUNT: _of("A"),
        Action.RESET_CREDENTIALS: _of("A", _AGAIN),
        Action.CHANGE_OWN_PASSWORD: _of("OTAU"),
        Action.RECORD_TRAINING: _of("A"),
        Action.NAME_DESIGNEE: _of("A", _AGAIN),
        Action.CHANGE_SETTINGS: _of("A"),
        Action.SEE_RECORDS: _of("AU"),
        Action.SET_RETENTION: _of("A", _AGAIN),
        # An officer may keep what his case needs; letting go of it is an administrator's.
        Action.SET_HOLD: _of("OA", _PLATES, _PURPOSE),
        Action.LIFT_HOLD: _of("A", _PLATES, _PURPOSE, _AGAIN),
        Action.PURGE: _of("A", _AGAIN),
        Action.CONFIRM_PURGE: _of("A", _AGAIN),
        Action.SEE_REQUESTS: _of("OAU"),
        Action.REQUEST_RELEASE: _of("OA", _PLATES, _PURPOSE),
        Action.APPROVE_RELEASE: _of("A", _PLATES, _PURPOSE),
        Action.EXPORT_RELEASE: _of("A", _PLATES, _PURPOSE, _AGAIN),
        Action.EXPORT_EVIDENCE: _of("A", _PLATES, _PURPOSE, _AGAIN),
        Action.HAND_OVER: _of("A"),
        Action.MAKE_REPORT: _of("A"),
        Action.VIEW_AUDIT: _of("AU"),
        Action.VERIFY_AUDIT: _of("AU"),
        Action.SIGN_OFF_REVIEW: _of("U"),
        Action.EXPORT_AUDIT: _of("AU", _AGAIN),
        Action.SEE_JOBS: _of("TAU"),
        Action.RUN_JOB: _of("A"),
        Action.SYNCHRONISE: _of("OTA"),
        # A technician brings the administrator's one-time code to the car.
        Action.ENROL_BOX: _of("TA"),
        # Every record goes where the code says, so the first one of a server is not a technician's to choose.
        Action.CHOOSE_SERVER: _of("A"),
        # After a refusal or an alarm a person has to look before anything is sent again.
        Action.RESUME_SYNC: _of("A"),
        Action.SEE_BOXES: _of("AU"),
        Action.MANAGE_BOXES: _of("A", _AGAIN),
        Action.BACK_UP: _of("A", _AGAIN),
        Action.RESTORE: _of("A", _AGAIN),
        Action.ROTATE_KEYS: _of("A", _AGAIN),
    }
)
"""The table. O officer, T technician, A administrator, U auditor."""


def may(roles: Iterable[Role], action: Action) -> bool:
    """Tell whether these roles together allow the action; roles that exclude each other allow nothing."""
    held = frozenset(roles)
    return conflict_of(held) is None and not held.isdisjoint(PERMISSIONS[action].roles)


def has_trait(action: Action, trait: Trait) -> bool:
    """Tell whether the action has the trait, whoever does it."""
    return trait in PERMISSIONS[action].traits


def conflict_of(roles: Iterable[Role]) -> str | None:
    """Return why one person cannot hold these roles together, None if he can.

    Source: design.md section 1 ("must never"); CJIS AC-5.
    """
    held = frozenset(roles)
    for role in sorted(held & ROLES_THAT_STAND_ALONE, key=lambda one: one.value):
        if len(held) > 1:
            return f"The role {role.value} stands alone: it cannot be joined with another role."
    return None


def may_approve_release(roles: Iterable[Role], approver_id: str, requester_id: str) -> bool:
    """Tell whether this user may approve the release that `requester_id` entered.

    Nobody approves what he requested himself. Source: policy 462.7(b); design.md section 1.
    """
    return may(roles, Action.APPROVE_RELEASE) and approver_id != requester_id
