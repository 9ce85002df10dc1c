"""`alpr keys release-key` and `release-code`: what the administrator's office needs to lift a lock over the radio.

The key is taken once out of the agency's escrow copy, so that the agency's private key can stay in its safe.

Source: `alpr_core/accounts/release_code.py`; CJIS Security Policy AC-7 b.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from alpr_core.accounts.one_time_code import mended_signs
from alpr_core.accounts.release_code import CHALLENGE_BYTES, ReleaseChallenge, release_code
from alpr_core.accounts.user import canonical_badge
from alpr_core.errors import InputError, KeyFileError
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_escrow_options, dialogue_of, escrow_private_of
from db.key_set import FILE_BYTES_MAX, open_by_escrow, parse_key_sets
from db.keys import KeyUse, read_bounded, write_new_key_file

_LINE = re.compile(r"ALPR-RELEASE-KEY-1 ([0-9a-f]{64})\s*")
_CHALLENGE_SIGNS = CHALLENGE_BYTES * 8 // 5


def add_deeds(deeds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both to `alpr keys`."""
    key = deeds.add_parser("release-key", help="in the office: the key of a box's release codes")
    key.add_argument("copy", type=Path, metavar="COPY", help="the agency's escrow copy of the box")
    key.add_argument("file", type=Path, metavar="FILE", help="new file for the office")
    add_escrow_options(key, required=True)
    key.set_defaults(command=write_release_key)
    code = deeds.add_parser("release-code", help="in the office: the answer to a locked-out user")
    code.add_argument("key", type=Path, metavar="FILE", help="the office's file for this box")
    code.add_argument("--box", required=True, metavar="NAME", help="name of the box")
    code.add_argument("--locked", required=True, metavar="B", help="badge that is locked")
    code.add_argument("--challenge", required=True, metavar="C", help="what the user reads out")
    code.add_argument("--by", required=True, metavar="B", help="your badge")
    code.set_defaults(command=print_release_code)


def write_release_key(options: argparse.Namespace) -> int:
    """Write the release key of a box, out of the agency's escrow copy, into a file for the office."""
    private = escrow_private_of(options, dialogue_of(options))
    if private is None:
        raise RuntimeError("the command line asks for the agency's key")
    shown = clean_text(str(options.copy))
    for sealed in parse_key_sets(read_bounded(options.copy, FILE_BYTES_MAX), shown):
        keys = open_by_escrow(sealed, private)
        if keys is not None:
            line = f"ALPR-RELEASE-KEY-1 {keys.derive(KeyUse.RELEASE_KEY).hex()}\n"
            write_new_key_file(options.file, line.encode("ascii"))
            return 0
    raise KeyFileError(
        f"{shown} does not open: the key is another agency's, or the file is damaged.",
        "Name the escrow copy of the box and the private key it was sealed for.",
    )


def print_release_code(options: argparse.Namespace) -> int:
    """Print the code that lifts one lock, once."""
    line = _LINE.fullmatch(read_bounded(options.key).decode("ascii", errors="replace"))
    if line is None:
        raise KeyFileError(
            f"{clean_text(str(options.key))} is no release key, or it is damaged.",
            "Make it again with `alpr keys release-key`.",
        )
    nonce = mended_signs(options.challenge)
    if len(nonce) != _CHALLENGE_SIGNS:
        raise InputError(f"A challenge has {_CHALLENGE_SIGNS} signs.", "Have it read again.")
    badges = [canonical_badge(options.locked), canonical_badge(options.by)]
    if badges[0] is None or badges[1] is None:
        raise InputError("That is no badge number.", "Have it read again.")
    challenge = ReleaseChallenge(options.box, badges[0], nonce)
    print(f"code\t{release_code(bytes.fromhex(line.group(1)), challenge, badges[1])}")
    return 0
