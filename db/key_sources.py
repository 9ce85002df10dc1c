"""Where the root key comes from when a box starts: a systemd credential, a passphrase, or the DEMO file.

Each is a file that gives the root key back under a condition: on this machine's TPM or host key, to whoever
knows the passphrase, or to anybody. Asking for the passphrase is the caller's affair; it never comes from the
command line or the environment, where other programs read it.

Source: design.md section 4, Keys; RFC 9106 (Argon2id); systemd-creds(1); CJIS Security Policy SC-12, SC-28.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from alpr_core.accounts.password_policy import key_material
from alpr_core.errors import InputError, KeyFileError
from alpr_core.terminal_text import clean_text
from db.credentials import Argon2Cost
from db.keys import KEY_BYTES, RootKey, read_bounded, read_key_file

PASSPHRASE_MARK = "ALPR-PASSPHRASE-KEY-1"
PASSPHRASE_CHARS_MIN = 15
"""It is guessed at offline by whoever has the disk. Source: NIST SP 800-63B-4 3.1.1.2 (single factor)."""

PASSPHRASE_COST = Argon2Cost(memory_kib=262_144, iterations=3, lanes=2)
"""About a second on a small computer, once per start. Source: RFC 9106 section 4."""

CREDENTIAL_SECONDS_MAX = 60
"""A TPM answers in a second or two; a start must not hang on one that does not."""

_SALT_BYTES = 16
_NONCE_BYTES = 12
_PASSPHRASE_LINE = re.compile(
    PASSPHRASE_MARK
    + r" argon2id m=(\d{1,8}) t=(\d{1,3}) p=(\d{1,2}) ([0-9a-f]{32}) ([0-9a-f]{120})\s*"
)
_MEMORY_KIB_MAX = 4 * 1024 * 1024
"""4 GiB: an altered file must not take all memory of the box."""

_CREDENTIAL_LINE = re.compile(r"ALPR-ROOT-KEY-1 ([0-9a-f]{64})\s*")

AskPassphrase = Callable[[], str]
"""Gets the passphrase from the terminal or a descriptor."""


class RootKeySource(Protocol):
    """One place that a root key can be read from."""

    @property
    def label(self) -> str:
        """What protects the key, for people."""
        ...

    def read(self) -> RootKey:
        """Return the key.

        Raises:
            KeyFileError: it is not there, damaged, or the condition is not met.
        """
        ...


@dataclass(frozen=True, slots=True)
class DemoKeyFile:
    """A key that protects nothing."""

    path: Path
    label = "DEMO key file: protects nothing"

    def read(self) -> RootKey:
        return read_key_file(self.path)


@dataclass(frozen=True, slots=True)
class PassphraseFile:
    """A key behind an administrator's passphrase."""

    path: Path
    ask: AskPassphrase
    label = "administrator passphrase (Argon2id)"

    def read(self) -> RootKey:
        return _open_passphrase_file(self.path, self.ask)


@dataclass(frozen=True, slots=True)
class SystemdCredential:
    """A key that systemd gives to the service, or to an administrator of the same machine."""

    name: str
    path: Path
    """The encrypted credential; the unit loads it with LoadCredentialEncrypted=NAME:PATH."""
    environ: Mapping[str, str]
    label = "systemd credential (TPM2 or host key)"

    def read(self) -> RootKey:
        folder = self.environ.get("CREDENTIALS_DIRECTORY")
        given = Path(folder) / self.name if folder else None
        if given is not None and given.exists():
            return _root_key_of_credential(read_bounded(given), self.name)
        read_bounded(self.path)  # says what is wrong with the file in our words
        words = ["decrypt", f"--name={self.name}", str(self.path), "-"]
        return _root_key_of_credential(_systemd_creds(words, b""), self.name)


def root_key_source(
    path: Path,
    credential: str | None,
    ask: AskPassphrase,
    environ: Mapping[str, str],
) -> RootKeySource:
    """Return the source that a box is configured with.

    Args:
        path: The key file.
        credential: Name of the systemd credential that the file holds; None means that it is another file.

    Raises:
        KeyFileError: the file is missing or of no known kind.
    """
    if credential is not None:
        return SystemdCredential(credential, path, environ)
    if read_bounded(path).startswith(PASSPHRASE_MARK.encode("ascii")):
        return PassphraseFile(path, ask)
    return DemoKeyFile(path)


def passphrase_refusal(passphrase: str) -> str | None:
    """Return why this passphrase is too weak for a disk that can be stolen, None if it will do."""
    if len(passphrase) < PASSPHRASE_CHARS_MIN:
        return f"A passphrase has at least {PASSPHRASE_CHARS_MIN} signs; take five unrelated words."
    if zxcvbn(passphrase[:72])["score"] < 4:
        return "This passphrase can be guessed; take five words that have nothing to do with each other."
    return None


def passphrase_file_text(
    root_key: RootKey, passphrase: str, cost: Argon2Cost | None = None
) -> bytes:
    """Return the content of a passphrase key file.

    Args:
        cost: None means PASSPHRASE_COST.

    Raises:
        InputError: the passphrase is too weak.
    """
    refusal = passphrase_refusal(passphrase)
    if refusal is not None:
        raise InputError(refusal, "Nothing was changed.")
    cost = cost or PASSPHRASE_COST
    salt, nonce = secrets.token_bytes(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    head = _passphrase_head(cost, salt)
    wrapping = AESGCM(_stretched(passphrase, salt, cost))
    wrapped = nonce + wrapping.encrypt(nonce, root_key.secret, head.encode("ascii"))
    return f"{head} {wrapped.hex()}\n".encode("ascii")


def has_systemd_creds() -> bool:
    """Tell whether this machine can make and read systemd credentials at all."""
    return shutil.which("systemd-creds") is not None


def has_tpm2() -> bool:
    """Tell whether credentials can be bound to a TPM2 chip here: firmware, driver and system agree."""
    if not has_systemd_creds():
        return False
    told = subprocess.run(
        ["systemd-creds", "has-tpm2", "--quiet"],
        capture_output=True,
        check=False,
        timeout=CREDENTIAL_SECONDS_MAX,
    )
    return told.returncode == 0


def credential_text(root_key: RootKey, name: str) -> bytes:
    """Return the root key as an encrypted systemd credential: TPM2 and host key, or the host key alone.

    Raises:
        KeyFileError: systemd-creds is not installed, or refuses.
    """
    kind = "host+tpm2" if has_tpm2() else "host"
    words = ["encrypt", f"--name={name}", f"--with-key={kind}", "-", "-"]
    return _systemd_creds(words, f"ALPR-ROOT-KEY-1 {root_key.secret.hex()}\n".encode("ascii"))


def _systemd_creds(words: list[str], text: bytes) -> bytes:
    if not has_systemd_creds():
        raise KeyFileError(
            "systemd-creds is not installed on this machine.",
            "Start the box as a systemd service, or choose a passphrase as key source.",
        )
    try:
        told = subprocess.run(
            ["systemd-creds", *words],
            input=text,
            capture_output=True,
            check=False,
            timeout=CREDENTIAL_SECONDS_MAX,
        )
    except subprocess.TimeoutExpired as fault:
        raise KeyFileError("systemd-creds did not answer.", "Try again; check the TPM.") from fault
    if told.returncode != 0:
        why = clean_text(told.stderr.decode("utf-8", errors="replace").strip() or "no reason given")
        raise KeyFileError(
            f"systemd-creds refused: {why}.",
            "The credential was made for another machine or name, or the file is damaged.",
        )
    return told.stdout


def _root_key_of_credential(content: bytes, name: str) -> RootKey:
    line = _CREDENTIAL_LINE.fullmatch(content.decode("ascii", errors="replace"))
    if line is None:
        raise KeyFileError(
            f"The credential {clean_text(name)} holds no root key, or it is damaged.",
            "Put back the credential that `alpr provision` made.",
        )
    return RootKey(bytes.fromhex(line.group(1)))


def _open_passphrase_file(path: Path, ask: AskPassphrase) -> RootKey:
    shown = clean_text(str(path))
    line = _PASSPHRASE_LINE.fullmatch(read_bounded(path).decode("ascii", errors="replace"))
    cost = None if line is None else _bounded_cost(*(int(line.group(n)) for n in (1, 2, 3)))
    if line is None or cost is None:
        raise KeyFileError(
            f"{shown} is no passphrase key file of this version, or it is damaged.",
            "Put it back from a copy, or recover the store with the agency's escrow key.",
        )
    salt, wrapped = bytes.fromhex(line.group(4)), bytes.fromhex(line.group(5))
    wrapping = AESGCM(_stretched(ask(), salt, cost))
    head = _passphrase_head(cost, salt).encode("ascii")
    try:
        secret = wrapping.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], head)
    except InvalidTag as fault:
        raise KeyFileError(
            f"{shown} does not open: the passphrase is wrong, or the file is damaged.",
            "Type it again. If it is right, put the file back from a copy; nothing was changed.",
        ) from fault
    return RootKey(secret)


def _bounded_cost(memory_kib: int, iterations: int, lanes: int) -> Argon2Cost | None:
    """Return the cost that a file names, None if no version of ours would have written it."""
    is_possible = lanes >= 1 and iterations >= 1 and 8 * lanes <= memory_kib <= _MEMORY_KIB_MAX
    return Argon2Cost(memory_kib, iterations, lanes) if is_possible else None


def _passphrase_head(cost: Argon2Cost, salt: bytes) -> str:
    parameters = f"m={cost.memory_kib} t={cost.iterations} p={cost.lanes}"
    return f"{PASSPHRASE_MARK} argon2id {parameters} {salt.hex()}"


def _stretched(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    argon2 = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return argon2.derive(key_material(passphrase))
