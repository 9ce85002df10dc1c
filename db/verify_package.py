#!/usr/bin/env python3
"""Checks a package of license plate reads, and opens it with the private key. This file travels with each package.

    python3 verify_package.py                      is the package whole, and on the agency's audit log?
    python3 verify_package.py --key KEY.pem        the same, and every file, picture and entry inside
    python3 verify_package.py --key KEY.pem --out DIR    the same, and the files are written to DIR

It needs Python 3.9 or newer and a recent package `cryptography` (with HPKE, for opening), and nothing of alpr-tui:
whoever doubts the agency reads this one file. Exit code 0: everything fits. 1: something does not. 2: not checked.

Form, version 1. `package.json` names the package, its recipients and the digests of what follows.
`contents.sealed` is a tar archive in chunks of 1 MiB, each AES-256-GCM under one random key; the nonce is an
11-byte counter and a byte that is 1 for the last chunk (the STREAM construction); the package's number is bound
in. The key is sealed for each recipient by HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM). `manifest.json`,
last in the archive, has the SHA-256 of each file. `proof.json` is the entry of the export on the agency's audit
log, with its inclusion proof (RFC 6962) to a signed checkpoint (C2SP tlog-checkpoint). The entry states the
digests, so nobody can change the package afterwards. The entry that recorded a read commits to its plate, state,
time, camera and pictures by a salted SHA-256; `reads.json` opens it, so the read is the one that the log recorded.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Optional

FORMAT, COMMITMENT = "alpr-tui package 1", "read_sha256"
HEAD_FILE, CONTENTS_FILE, PROOF_FILE = "package.json", "contents.sealed", "proof.json"
MANIFEST_FILE, ENTRIES_FILE, READS_FILE = "manifest.json", "audit/entries.json", "reads.json"
CHUNK_BYTES, TAG_BYTES = 1 << 20, 16
SMALL_FILE_BYTES_MAX = 16 << 20  # longest file beside the sealed contents that is read


class Unfit(Exception):
    """Something does not fit; the text says what."""


def main(arguments: Optional[list[str]] = None) -> int:
    """Check the package that the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(description="Checks and opens a package of plate reads.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", type=Path, help="private X25519 key (PEM) of a recipient")
    parser.add_argument("--out", type=Path, help="new folder for the files; needs --key")
    parser.add_argument("--vkey", help="the log's key, as you got it from the agency another way")
    options = parser.parse_args(arguments)
    try:
        check(options.folder, options.vkey, options.key, options.out, print)
    except Unfit as fault:
        print(f"DOES NOT FIT: {fault}", file=sys.stderr)
        return 1
    except (OSError, ImportError) as fault:
        print(f"NOT CHECKED: {fault}", file=sys.stderr)
        return 2
    return 0


def check(
    folder: Path,
    vkey: Optional[str] = None,
    key_file: Optional[Path] = None,
    out: Optional[Path] = None,
    say: Callable[[str], None] = print,
) -> None:
    """Check everything that can be checked; raise Unfit for the first thing that does not fit."""
    try:
        _check(folder, vkey, key_file, out, say)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as fault:
        raise Unfit(f"a file is damaged ({fault}).") from fault


def _check(folder: Path, vkey: Any, key_file: Any, out: Any, say: Callable[[str], None]) -> None:
    head = read_head(folder)
    kind, made_at = head["kind"], head["made_at"]
    say(f"package {head['number']} ({kind}), made {made_at} by {head['organisation']}")
    contents = head["contents"]
    check_contents(folder, contents)
    say(f"ok    {CONTENTS_FILE}: {contents['bytes']} bytes, SHA-256 as stated")
    check_proof(folder, head, vkey)
    say("ok    the export is on the audit log, with these digests, under a signed checkpoint")
    if vkey is None:
        say("note  the log's key came with the package; --vkey checks one that came another way")
    if key_file is None:
        say("note  the contents were not opened; --key opens them")
        return
    key = content_key(head, read_private_key(key_file))
    check_files(folder, head, key, out, say)
    if out is not None:
        say(f"ok    written to {out}")


def read_head(folder: Path) -> Any:
    head = _json(_small(folder / HEAD_FILE))
    try:
        if head["format"] != FORMAT:
            raise Unfit(f"{HEAD_FILE} is of another form than this program knows.")
        texts = [head[name] for name in ("number", "kind", "made_at", "organisation")]
        digests = [head["contents"][name] for name in ("sha256", "manifest_sha256")]
        sizes = [head["contents"]["bytes"], *(len(one["sealed_key"]) for one in head["recipients"])]
    except (KeyError, TypeError) as fault:
        raise Unfit(f"{HEAD_FILE} lacks {fault}.") from fault
    if not all(isinstance(text, str) and text.isprintable() for text in [*texts, *digests]):
        raise Unfit(f"{HEAD_FILE} holds what is no text.")
    if not all(isinstance(size, int) for size in sizes):
        raise Unfit(f"{HEAD_FILE} holds what is no number.")
    return head


def head_digest(head: Any) -> str:
    """Return the digest of all that the head says, but for the sealed keys."""
    said = {name: value for name, value in head.items() if name != "recipients"}
    form = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()


def check_contents(folder: Path, contents: Any) -> None:
    digest, size = hashlib.sha256(), 0
    with (folder / CONTENTS_FILE).open("rb") as file:
        for part in iter(lambda: file.read(CHUNK_BYTES), b""):
            digest.update(part)
            size += len(part)
    if size != contents["bytes"] or digest.hexdigest() != contents["sha256"]:
        raise Unfit(f"{CONTENTS_FILE} was changed, or is not all there.")


def check_proof(folder: Path, head: Any, vkey: Optional[str]) -> None:
    """Check that the entry of the export states these digests and lies under a signed checkpoint."""
    proof = _json(_small(folder / PROOF_FILE))
    try:
        leaf = base64.b64decode(proof["entry"], validate=True)
        keys = [vkey] if vkey else proof["vkeys"]
        entry = json.loads(leaf)
        index, facts = entry["index"], entry["facts"]
        hashes, note = proof["hashes"], proof["checkpoint"]
    except (KeyError, TypeError, ValueError) as fault:
        raise Unfit(f"{PROOF_FILE} is damaged ({fault}).") from fault
    stated = {
        "package": head["number"],
        "contents_sha256": head["contents"]["sha256"],
        "manifest_sha256": head["contents"]["manifest_sha256"],
        "head_sha256": head_digest(head),
    }
    for name, value in stated.items():
        if facts.get(name) != value:
            raise Unfit(f"the audit log states another {name} than {HEAD_FILE}.")
    check_inclusion(leaf, index, hashes, note, keys)


def check_inclusion(leaf: bytes, index: int, hashes: Any, note: str, vkeys: Any) -> None:
    """Check that a leaf is in the log under the checkpoint, and that one of the keys signed that."""
    origin, size, root = read_checkpoint(note, vkeys)
    if json.loads(leaf).get("log") != origin or not 0 <= index < size:
        raise Unfit(f"entry {index} is of another log than its checkpoint.")
    number, last = index, size - 1
    found = hashlib.sha256(b"\x00" + leaf).digest()
    for text in hashes:
        step = _bytes(text)
        if last == 0:
            raise Unfit(f"the proof of entry {index} is too long.")
        if number & 1 or number == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        number, last = number >> 1, last >> 1
    if last != 0 or found != root:
        raise Unfit(f"entry {index} is not in the log that the checkpoint signs.")


def read_checkpoint(note: str, vkeys: Any) -> tuple[str, int, bytes]:
    """Return origin, size and root of a signed checkpoint."""
    text, mark, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not mark or len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit():
        raise Unfit("the checkpoint is damaged.")
    if not any(_has_signed(vkey, f"{text}\n", signatures) for vkey in vkeys):
        raise Unfit("none of the keys has signed the checkpoint.")
    if not any(vkey.split("+")[0] == lines[0] for vkey in vkeys):
        raise Unfit("the checkpoint is of another log than the key.")
    return lines[0], int(lines[1]), _bytes(lines[2])


def _has_signed(vkey: str, text: str, signatures: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, _, rest = vkey.partition("+")
    public = _bytes(rest.partition("+")[2])
    if public[:1] != b"\x01" or len(public) != 33:
        raise Unfit("a key of the log is no Ed25519 key.")
    key_id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    for line in signatures.splitlines():
        mark, _, encoded = line.removeprefix("\u2014 ").partition(" ")
        signature = _bytes(encoded)
        if mark == name and signature[:4] == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], text.encode())
            except InvalidSignature:
                return False
            return True
    return False


def read_private_key(file: Path) -> Any:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = _small(file)
    try:
        try:
            key = load_pem_private_key(pem, None)
        except TypeError:
            key = load_pem_private_key(pem, getpass.getpass("Passphrase of the key: ").encode())
    except ValueError as fault:
        raise Unfit(f"{file.name} is no private key, or its passphrase is another one.") from fault
    if not isinstance(key, X25519PrivateKey):
        raise Unfit(f"{file.name} is no X25519 key.")
    return key


def content_key(head: Any, private: Any) -> bytes:
    """Return the key of the contents, opened with a recipient's private key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    for recipient in head["recipients"]:
        try:
            sealed = _bytes(recipient["sealed_key"])
            return bytes(suite.decrypt(sealed, private, bound_to(head["number"])))
        except (InvalidTag, ValueError):
            continue
    raise Unfit("this key is none of the recipients' keys.")


def bound_to(number: str) -> bytes:
    """Return what key and contents are bound to: neither opens under another number."""
    return f"{FORMAT}\n{number}\n".encode()


def nonce_of(number: int, is_last: bool) -> bytes:
    """Return the nonce of a chunk. Source: STREAM, Hoang, Reyhanitabar, Rogaway, Vizar 2015."""
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


class OpenedContents(io.RawIOBase):
    """The archive as a stream; raises Unfit at the first chunk that was changed, moved or is missing."""

    def __init__(self, file: BinaryIO, key: bytes, number: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        super().__init__()
        self._file, self._cipher, self._bound = file, AESGCM(key), bound_to(number)
        self._next, self._count, self._plain = file.read(CHUNK_BYTES + TAG_BYTES), 0, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._plain and self._next:
            self._plain = self._open_chunk()
        taken = self._plain[: len(buffer)]
        buffer[: len(taken)] = taken
        self._plain = self._plain[len(taken) :]
        return len(taken)

    def _open_chunk(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        sealed, self._next = self._next, self._file.read(CHUNK_BYTES + TAG_BYTES)
        try:
            plain = self._cipher.decrypt(nonce_of(self._count, not self._next), sealed, self._bound)
        except (InvalidTag, ValueError) as fault:
            raise Unfit(f"{CONTENTS_FILE} does not open at chunk {self._count}.") from fault
        self._count += 1
        return plain


def files_inside(folder: Path, head: Any, key: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file of the archive."""
    with (folder / CONTENTS_FILE).open("rb") as file:
        opened = io.BufferedReader(OpenedContents(file, key, head["number"]), CHUNK_BYTES)
        try:
            with tarfile.open(fileobj=opened, mode="r|") as archive:
                for member in archive:
                    if not member.isfile() or not _is_safe(member.name):
                        raise Unfit(f"{member.name!r} may not be in a package.")
                    opened_file = archive.extractfile(member)
                    yield member.name, b"" if opened_file is None else opened_file.read()
        except tarfile.TarError as fault:
            raise Unfit("the archive inside is damaged.") from fault


def check_files(folder: Path, head: Any, key: bytes, out: Optional[Path], say: Any) -> None:
    """Check every file, picture, entry and read inside; write the files if a folder is named."""
    digests: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    if out is not None:
        out.mkdir(parents=True, exist_ok=False)
    for name, content in files_inside(folder, head, key):
        digests[name] = hashlib.sha256(content).hexdigest()
        if name in (MANIFEST_FILE, ENTRIES_FILE, READS_FILE):
            kept[name] = content
        if out is not None:
            target = out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    if digests.pop(MANIFEST_FILE, None) != head["contents"]["manifest_sha256"]:
        raise Unfit("the manifest is another one than the audit log states.")
    if not {MANIFEST_FILE, ENTRIES_FILE, READS_FILE} <= kept.keys():
        raise Unfit("a list is missing inside.")
    if _json(kept[MANIFEST_FILE]).get("files") != digests:
        raise Unfit("a file inside is another one than the manifest says.")
    say(f"ok    {len(digests)} files inside, each with the SHA-256 of the manifest")
    bound, of = _check_reads(_json(kept[READS_FILE]), _json(kept[ENTRIES_FILE]), digests)
    say(f"{'ok  ' if bound == of else 'note'}  {bound} of {of} reads are as the log recorded them")


def _check_reads(reads: Any, entries: Any, digests: dict[str, str]) -> tuple[int, int]:
    """Check each read's pictures and entries; return how many reads their entries commit to, and of how many."""
    committed: dict[str, str] = {}
    try:
        for read in reads["reads"]:
            for picture in read["pictures"]:
                if digests.get(picture["file"]) != picture["sha256"]:
                    raise Unfit(f"{picture['file']} is not the picture of its read.")
        for one in entries["entries"]:
            note = entries["checkpoints"][str(one["size"])]
            leaf = base64.b64decode(one["entry"], validate=True)
            check_inclusion(leaf, one["index"], one["hashes"], note, entries["vkeys"])
            facts = json.loads(leaf)["facts"]
            if COMMITMENT in facts:
                committed[facts["sighting"]] = facts[COMMITMENT]
        bound = [_is_bound(read, committed.get(read["read"])) for read in reads["reads"]]
        return sum(bound), len(bound)
    except (KeyError, TypeError, ValueError) as fault:
        raise Unfit(f"the lists of reads and entries are damaged ({fault}).") from fault


def _is_bound(read: Any, commitment: Optional[str]) -> bool:
    """Check that a read is the one that the log recorded; False if no entry commits to it."""
    if commitment is None:
        return False
    opened = read["committed"] or {"text": "", "salt": ""}
    text, salt = opened["text"].encode(), bytes.fromhex(opened["salt"])
    if hashlib.sha256(salt + text).hexdigest() != commitment:
        raise Unfit(f"read {read['read']} is another one than its entry on the log commits to.")
    told, corrections = _json(text), read["corrections"]
    was = corrections[0]["from"] if corrections else read["plate"]
    stated = [read["read"], read["camera"], read["read_as"], was]
    pictures = {Path(one["file"]).stem: one["sha256"] for one in read["pictures"]}
    fits = stated == [told[name] for name in ("sighting", "camera", "plate", "plate")]
    fits = fits and (told["seen_at"][:22] == read["seen_at"][:22])
    fits = fits and (corrections or read["state"] == told["state"])
    if not (fits and pictures.items() <= told["pictures"].items()):
        raise Unfit(f"read {read['read']} is told otherwise than the log recorded it.")
    return True


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    is_relative = all(part not in ("", ".", "..") for part in parts)
    return is_relative and name.isprintable() and "\\" not in name and ":" not in name


def _small(file: Path) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(SMALL_FILE_BYTES_MAX + 1)
    if len(content) > SMALL_FILE_BYTES_MAX:
        raise Unfit(f"{file.name} is too long.")
    return content


def _json(content: bytes) -> Any:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise Unfit("a file that should be JSON is not.") from fault
    if not isinstance(found, dict):
        raise Unfit("a file that should be a JSON object is not.")
    return found


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError) as fault:
        raise Unfit("a text that should be base64 is not.") from fault


if __name__ == "__main__":
    sys.exit(main())
