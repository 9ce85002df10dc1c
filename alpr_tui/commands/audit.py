"""`alpr audit`: the audit log as files for an outsider, and the check that an outsider would make."""

from __future__ import annotations

import argparse
import base64
import os
import sys
from datetime import datetime
from pathlib import Path

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.entry import Stamp, TimeQuality
from alpr_core.audit.entry_form import write_time
from alpr_core.audit.log_check import CHECKPOINT_PATH, check_log
from alpr_core.audit.signed_note import NOTE_BYTES_MAX, Verifier
from alpr_core.errors import AlprError, AuditError, InputError, StoreFullError, UsageError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.commands import audit_list
from alpr_tui.key_access import add_store_options, dialogue_of, named_store
from alpr_tui.signing_in import command_work
from db.audit_folder import FolderFiles, refuse_filled_folder
from db.audit_opening import readable_audit_trail
from db.instants import utc_now


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    export = deeds.add_parser("export", help="write the log as a tlog-tiles folder")
    export.add_argument("folder", type=Path, metavar="DIR", help="new or empty folder")
    export.add_argument(
        "--every-checkpoint", action="store_true", help="also those at which no key changed"
    )
    export.set_defaults(command=export_log)
    verify = deeds.add_parser("verify", help="check an exported folder, or a store")
    verify.add_argument("folder", type=Path, metavar="DIR", nargs="?", help="exported folder")
    verify.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="an older checkpoint that you kept"
    )
    verify.add_argument(
        "--remember", type=Path, metavar="FILE", help="check against FILE, then renew it"
    )
    verify.add_argument(
        "--vkey", metavar="KEY", help="a key of this log that you trust, or a file that holds it"
    )
    verify.set_defaults(command=verify_log)
    audit_list.add_to(deeds)
    for deed in (export, verify):
        add_store_options(deed)


def export_log(options: argparse.Namespace) -> int:
    """Record the export, sign the log, write the folder, and check what was written."""
    refuse_filled_folder(options.folder)
    with command_work(options, "alpr audit") as work:
        with work.doing(Action.EXPORT_AUDIT):
            pass
        work.store.audit.checkpoint()
        try:
            work.store.audit.export(options.folder, with_every_checkpoint=options.every_checkpoint)
            checked = check_log(FolderFiles(options.folder))
        except AlprError:
            with work.doing(Action.EXPORT_AUDIT):
                raise
    _print("entries", str(checked.checkpoint.size))
    _print("key", checked.keys[-1].vkey)
    return 0


def verify_log(options: argparse.Namespace) -> int:
    """Check a folder or a store and print what it holds; the first bad entry is named on stderr."""
    if options.folder is not None and (options.store is not None or options.key is not None):
        raise UsageError("A folder and a store were named.", "Name one of them.")
    notes = [] if options.checkpoint is None else [_read(options.checkpoint)]
    if options.remember is not None and options.remember.exists():
        notes.append(_read(options.remember))
    newest = _verify_folder(options, notes) if options.folder else _verify_store(options, notes)
    if options.remember is not None:
        _write(options.remember, newest)
    return 0


def _verify_folder(options: argparse.Namespace, notes: list[bytes]) -> bytes:
    trusted = None if options.vkey is None else _trusted_key(options.vkey)
    files = FolderFiles(options.folder)
    checked = check_log(files, trusted, notes)
    _print_log(checked.checkpoint, checked.first_at, checked.last_at)
    for key in checked.keys:
        _print("key", key.vkey)
    if trusted is None and not notes:
        print(
            "alpr: The folder is whole. Whether it is the log you mean, only a key (--vkey) or a"
            " checkpoint (--checkpoint) from another hand can tell.",
            file=sys.stderr,
        )
    return files.read(CHECKPOINT_PATH)


def _verify_store(options: argparse.Namespace, notes: list[bytes]) -> bytes:
    named = named_store(options, dialogue_of(options))
    trusted = None if options.vkey is None else _trusted_key(options.vkey)
    with readable_audit_trail(named.folder, named.source().read(), _stamp) as trail:
        checked = trail.verify(notes)
    if trusted is not None and trusted.vkey not in {known.vkey for known in checked.keys}:
        raise AuditError("The trusted key is none of this log's keys.")
    _print_log(checked.now, checked.first_at, checked.last_at)
    _print("signed", str(checked.signed_size))
    for known in checked.keys:
        _print("key", known.vkey)
    return checked.note


def _stamp() -> Stamp:
    return Stamp(utc_now(), TimeQuality.UNTRUSTED)


def _trusted_key(named: str) -> Verifier:
    file = Path(named)
    if "+" in named and not file.is_file():
        return Verifier.parse(named)
    try:
        return Verifier.parse(_read(file).decode("ascii").strip())
    except UnicodeDecodeError as error:
        raise InputError(f"{_shown(file)} is no verifier key.") from error


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(NOTE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError(f"{_shown(file)} cannot be read ({error.strerror}).") from error


def _write(file: Path, note: bytes) -> None:
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(note)
        unfinished.replace(file)
    except OSError as error:
        raise StoreFullError(f"{_shown(file)} cannot be written ({error.strerror}).") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _print_log(log: Checkpoint, first_at: datetime, last_at: datetime) -> None:
    _print("log", log.origin)
    _print("entries", str(log.size))
    _print("root", base64.b64encode(log.root).decode("ascii"))
    _print("first", write_time(first_at))
    _print("last", write_time(last_at))


def _print(name: str, value: str) -> None:
    print(f"{name}\t{clean_text(value)}")


def _shown(path: Path) -> str:
    return clean_text(path.name)
