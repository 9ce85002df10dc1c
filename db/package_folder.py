"""A package on a portable medium: sealed while it is written, flushed, and read back before anybody relies on it.

Contents are written first, head and proof last: what was broken off does not verify.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alpr_core.audit.entry_form import canonical_json
from alpr_core.errors import StoreError, StoreFullError, UsageError
from alpr_core.packages.contents import CONTENTS_FILE, HEAD_FILE, MANIFEST_FILE, PROOF_FILE, Member
from alpr_core.packages.order import Recipient, SealedContents
from alpr_core.sealing import seal_for
from alpr_core.terminal_text import clean_text
from db import verify_package
from db.durable_files import flush_folder, write_new
from db.keys import KEY_BYTES

VERIFIER_FILE, README_FILE = "verify_package.py", "README.txt"

README = """This folder holds license plate reads of a police department, sealed for named recipients.

To check it:   python3 verify_package.py
To open it:    python3 verify_package.py --key YOUR-PRIVATE-KEY.pem --out NEW-FOLDER

You need Python 3.9 or newer and its package `cryptography`. verify_package.py describes the form at its head.
If fewer reads than there are inside are "as the log recorded them": reads from a server were recorded on the logs
of their cars. Ask for an export of that log: text and salt in reads.json fit the entry there. Of other reads ask
for the entry.
custody.pdf goes with the medium: whoever takes it signs. Nothing in this folder may be changed.
"""


class PackageFolder:
    """One package below a folder of the medium.

    Args:
        parent: Folder on the medium that is there; the package gets a folder of its own in it.
        number: Of the package; names the folder.
    """

    def __init__(self, parent: Path, number: str) -> None:
        self._folder = parent / number
        self._key = os.urandom(KEY_BYTES)
        self._number = number

    @property
    def path(self) -> str:
        """Where the package lies, for people."""
        return clean_text(str(self._folder))

    def write(self, members: Iterable[Member]) -> SealedContents:
        """Seal the files, with the manifest after them, flush, read back, and return what came of it.

        Raises:
            UsageError: no such folder, or the package lies there already.
            StoreFullError: the medium is full or refuses; what was there of it is gone.
            StoreError: the medium gives back other bytes than were written.
        """
        try:
            self._folder.mkdir(mode=0o700)
        except FileExistsError as fault:
            raise UsageError(f"{self.path} is there already.", "Name another folder.") from fault
        except OSError as fault:
            raise UsageError(
                f"{self.path} cannot be made ({fault.strerror}).", "Name a folder of the medium."
            ) from fault
        try:
            contents = self._seal(members)
            self._check_back(CONTENTS_FILE, contents.sha256)
        except OSError as fault:
            self.discard()
            raise StoreFullError(
                f"{self.path} cannot be written ({fault.strerror}).", "Take a larger medium."
            ) from fault
        except BaseException:
            self.discard()
            raise
        return contents

    def finish(
        self, head: dict[str, object], recipients: Iterable[Recipient], proof: bytes, form: bytes
    ) -> None:
        """Write what stands beside the contents, flush it, and check the whole package as its receiver would.

        Raises:
            StoreFullError, StoreError: the medium refuses or gives back something else.
        """
        bound = verify_package.bound_to(self._number)
        sealed_keys = [
            {
                "name": one.name,
                "fingerprint": one.fingerprint,
                "sealed_key": _base64(seal_for(one.public_key, self._key, bound)),
            }
            for one in recipients
        ]
        verifier = Path(verify_package.__file__).read_bytes()
        try:
            for name, content in (
                (VERIFIER_FILE, verifier),
                (README_FILE, README.encode()),
                ("custody.pdf", form),
                (PROOF_FILE, proof),
                (HEAD_FILE, canonical_json({**head, "recipients": sealed_keys})),
            ):
                write_new(self._folder / name, content)
                self._check_back(name, hashlib.sha256(content).hexdigest())
            flush_folder(self._folder)
            flush_folder(self._folder.parent)
            verify_package.check(self._folder, say=lambda _line: None)
        except OSError as fault:
            raise StoreFullError(
                f"{self.path} cannot be written ({fault.strerror}).", "Take another medium."
            ) from fault
        except verify_package.Unfit as fault:
            raise StoreError(
                f"The package does not verify after it was written: {fault}",
                "Take another medium and make it again; this one is not booked.",
            ) from fault

    def discard(self) -> None:
        """Remove what was written; a medium that is gone has nothing to remove."""
        with suppress(OSError):
            shutil.rmtree(self._folder)

    def _seal(self, members: Iterable[Member]) -> SealedContents:
        digests: dict[str, str] = {}
        with (self._folder / CONTENTS_FILE).open("xb") as file:
            sealing = _SealingFile(file, self._key, self._number)
            with tarfile.open(fileobj=sealing, mode="w|") as archive:
                for name, content in members:
                    digests[name] = hashlib.sha256(content).hexdigest()
                    _add(archive, name, content)
                manifest = canonical_json({"files": digests})
                _add(archive, MANIFEST_FILE, manifest)
            sealing.end()
            file.flush()
            os.fsync(file.fileno())
        return SealedContents(
            byte_count=sealing.byte_count,
            sha256=sealing.digest.hexdigest(),
            manifest_sha256=hashlib.sha256(manifest).hexdigest(),
            file_count=len(digests) + 1,
        )

    def _check_back(self, name: str, sha256: str) -> None:
        """Read a file back, from the medium and not from memory where the system lets us."""
        digest = hashlib.sha256()
        with (self._folder / name).open("rb") as file:
            with suppress(OSError):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            for part in iter(lambda: file.read(verify_package.CHUNK_BYTES), b""):
                digest.update(part)
        if digest.hexdigest() != sha256:
            raise StoreError(
                f"{clean_text(name)} reads back other than it was written.",
                "The medium is faulty: take another one.",
            )


class _SealingFile(io.RawIOBase):
    """Takes the archive's bytes, writes sealed chunks."""

    def __init__(self, file: io.BufferedWriter, key: bytes, number: str) -> None:
        super().__init__()
        self._file = file
        self._cipher = AESGCM(key)
        self._bound = verify_package.bound_to(number)
        self._waiting = bytearray()
        self._count = 0
        self.byte_count = 0
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]  # tarfile writes bytes only
        self._waiting += content
        # A chunk is sealed when more follows it: only then is it known not to be the last.
        while len(self._waiting) > verify_package.CHUNK_BYTES:
            chunk = bytes(self._waiting[: verify_package.CHUNK_BYTES])
            del self._waiting[: verify_package.CHUNK_BYTES]
            self._put(chunk, is_last=False)
        return len(content)

    def end(self) -> None:
        """Seal the last chunk."""
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        nonce = verify_package.nonce_of(self._count, is_last)
        sealed = self._cipher.encrypt(nonce, chunk, self._bound)
        self._file.write(sealed)
        self._count += 1
        self.byte_count += len(sealed)
        self.digest.update(sealed)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
