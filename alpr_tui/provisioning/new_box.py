"""Makes a box of a plan, beside its place; one rename puts it there, so that there is no half box.

    FOLDER/box/store        the store, with keys.set
    FOLDER/box/root.key     the root key: credential, passphrase file or DEMO file
    FOLDER/box/box.toml     the configuration; a copy of it is installed where `alpr run` looks
    FOLDER/box/log.vkey     the audit log's verifier key, for the agency to keep
    FOLDER/box/agency.keys  the agency's escrow copy, for the agency to keep

Killed before the rename there is no box, and the next start begins again. Killed after it there is a whole one,
and the next start only installs the copy of its configuration.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.accounts.user import DataAuthorisation, DesigneeRecord
from alpr_core.agency import Agency
from alpr_core.audit.entry import Actor, EntryDraft
from alpr_core.errors import StoreFullError, UsageError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.provisioning.plan import KeyKind, Plan
from db.credentials import Argon2Cost
from db.disk_faults import told_as_store_errors
from db.durable_files import flush_folder, put_in_place, write_new
from db.image_vault import FOLDER_MODE
from db.key_rotation import escrow_copy
from db.key_set import fresh_key_set, seal
from db.key_sources import credential_text, passphrase_file_text
from db.keys import RootKey, demo_key_text, fresh_root_key
from db.store import Store
from db.store_keys import write_editions

BOX_FOLDER = "box"
CREDENTIAL_NAME = "alpr-root-key"
CONFIGURATION_FILE = "box.toml"
KEY_FILE = "root.key"
VKEY_FILE = "log.vkey"
ESCROW_COPY_FILE = "agency.keys"
STORE_FOLDER = "store"
_STAGING = ".unfinished-box"

Enrol = Callable[[Enrolment], None]
"""Shows the administrator what he needs to log in and returns when he has proved that he has it."""


@dataclass(frozen=True, slots=True)
class MadeBox:
    """A box that is in its place."""

    folder: Path
    vkey: str
    escrow_copy: Path | None
    """None means that the agency gave no key."""


def made_box(folder: Path) -> Path | None:
    """Return the box in this folder, None if there is none."""
    box = folder / BOX_FOLDER
    return box if (box / CONFIGURATION_FILE).is_file() else None


def install_configuration(box: Path, config: Path) -> None:
    """Copy the box's configuration to where `alpr run` looks.

    Raises:
        StoreFullError: it cannot be written; the box itself is whole.
    """
    try:
        content = (box / CONFIGURATION_FILE).read_bytes()
        config.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(config, content)
    except OSError as fault:
        raise StoreFullError(
            f"{clean_text(str(config))} cannot be written: {fault.strerror}.",
            f"The box is whole; start it with --config {clean_text(str(box / CONFIGURATION_FILE))}.",
        ) from fault


def make_box(
    folder: Path,
    plan: Plan,
    set_password: Callable[[Callable[[str], Enrolment]], Enrolment],
    enrol: Enrol,
    now: Callable[[], datetime],
    cost: Argon2Cost | None = None,
) -> MadeBox:
    """Make the box in `folder`.

    Args:
        set_password: Calls what it is given with a password, again while that raises InputError.
        enrol: Called before anything is final; if it raises, there is no box.
        cost: Of password hashes; None means the usual one.

    Raises:
        AlprError: it cannot be made; there is no box.
    """
    root_key = fresh_root_key()
    keys = fresh_key_set(plan.escrow)
    with _beside(folder) as staging:
        with closing(Store.open(staging / STORE_FOLDER, keys, now, plan.name)) as store:
            store.argon2_cost = cost
            _write_agency(store, plan)
            enrol(_add_administrator(store, plan, set_password, now))
            _record_provisioning(store, plan)
            store.audit.checkpoint()
            vkey = store.audit.vkey()
        write_editions(staging / STORE_FOLDER, seal(keys, root_key))
        write_new(staging / KEY_FILE, _key_text(plan, root_key))
        write_new(staging / VKEY_FILE, f"{vkey}\n".encode())
        copy = escrow_copy(keys)
        if copy is not None:
            write_new(staging / ESCROW_COPY_FILE, copy)
        box = folder.absolute() / BOX_FOLDER
        write_new(staging / CONFIGURATION_FILE, configuration_text(plan, box).encode())
    return MadeBox(box, vkey, None if copy is None else box / ESCROW_COPY_FILE)


def configuration_text(plan: Plan, box: Path) -> str:
    """Return the configuration as TOML."""
    settings = {
        "name": plan.name,
        "store": str(box / STORE_FOLDER),
        "key_file": str(box / KEY_FILE),
    }
    if plan.key_kind is KeyKind.CREDENTIAL:
        settings["key_credential"] = CREDENTIAL_NAME
    tables = [_table("[box]", settings)]
    for name, source in plan.cameras:
        tables.append(_table("[[camera]]", {"name": name, "source": source}))
    return "\n".join(tables)


def _table(head: str, settings: dict[str, str]) -> str:
    # A JSON text is a TOML basic string, as long as it holds no control sign; clean_text sees to that.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()
    ]
    return "\n".join([head, *lines, ""])


def _key_text(plan: Plan, root_key: RootKey) -> bytes:
    match plan.key_kind:
        case KeyKind.CREDENTIAL:
            return credential_text(root_key, CREDENTIAL_NAME)
        case KeyKind.PASSPHRASE:
            return passphrase_file_text(root_key, plan.passphrase)
        case KeyKind.DEMO:
            return demo_key_text(root_key)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a folder to build the box in; it becomes the box when the body ends well, else it goes."""
    staging = folder / _STAGING
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if staging.exists():  # of a set-up that was killed; nobody ever used it
            shutil.rmtree(staging)
        staging.mkdir(mode=FOLDER_MODE)
    except OSError as fault:
        raise StoreFullError(
            f"{clean_text(str(folder))} cannot be written: {fault.strerror}."
        ) from fault
    try:
        with told_as_store_errors(staging):
            yield staging
        _take_place(staging, folder)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _take_place(staging: Path, folder: Path) -> None:
    box = folder / BOX_FOLDER
    if box.exists():
        raise UsageError(
            f"{clean_text(str(box))} is there already.",
            "Name another --folder; nothing was changed.",
        )
    try:
        flush_folder(staging)
        staging.rename(box)
        flush_folder(folder)
    except OSError as fault:
        raise StoreFullError(
            f"{clean_text(str(box))} cannot be written: {fault.strerror}.",
            "Check the disk, then begin again.",
        ) from fault


def _write_agency(store: Store, plan: Plan) -> None:
    with store.ledger.writing():
        store.settings.write_agency(
            Agency(
                organisation=plan.administrator.organisation,
                required_courses=frozenset({plan.training.course}),
            )
        )
        facts = (
            ("organisation", plan.administrator.organisation),
            ("required_courses", plan.training.course),
        )
        store.ledger.append(_draft(Action.CHANGE_SETTINGS.value, *facts))


def _add_administrator(
    store: Store,
    plan: Plan,
    set_password: Callable[[Callable[[str], Enrolment]], Enrolment],
    now: Callable[[], datetime],
) -> Enrolment:
    user, accounts = plan.administrator, store.people.accounts

    def telling(action: Action, *facts: tuple[str, str]) -> Callable[[], None]:
        return lambda: _append(store, action, ("badge", user.badge), *facts)

    def create(password: str) -> Enrolment:
        roles = ("roles", ",".join(sorted(role.value for role in user.roles)))
        also = telling(Action.MANAGE_USERS, roles)
        return accounts.create(user, password, now(), also, is_temporary=False)

    enrolment = set_password(create)
    training = plan.training
    accounts.record_training(
        user.user_id,
        training,
        telling(
            Action.RECORD_TRAINING, ("course", training.course), ("given_by", training.given_by)
        ),
    )
    if plan.is_authorised:
        department = DataAuthorisation.DEPARTMENT
        also = telling(Action.MANAGE_USERS, ("authorised_for", department.value))
        accounts.authorise(user.user_id, [department], also)
    if plan.named_by:
        also = telling(Action.NAME_DESIGNEE, ("named_by", plan.named_by))
        accounts.name_designee(user.user_id, DesigneeRecord(plan.named_by, now()), also)
    return enrolment


def _record_provisioning(store: Store, plan: Plan) -> None:
    escrow = "none" if plan.escrow is None else "sealed for the agency"
    facts = (("key_kept_by", plan.key_kind.value), ("escrow", escrow))
    store.record_action(_draft("box.provision", *facts))


def _append(store: Store, action: Action, *facts: tuple[str, str]) -> None:
    store.ledger.append(_draft(action.value, *facts))


def _draft(action: str, *facts: tuple[str, str]) -> EntryDraft:
    return EntryDraft(action=action, actor=_technician(), where="provisioning", facts=facts)


def _technician() -> Actor:
    return Actor(f"uid {os.getuid()}", "", "")
