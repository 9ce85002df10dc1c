"""Every error a user can meet, as one tree.

    AlprError
    ├── UsageError            2  the command line asks for something that cannot be
    ├── InputError            3  a picture, video, list or log that we cannot use
    ├── DeviceError           4  a camera, board or receiver that is gone or refuses
    ├── ModelError            5  a model file that is missing, altered or foreign
    ├── KeyFileError          6  a key that is missing, malformed or not the store's
    ├── StoreError            7  the store cannot be opened, read or written
    │   └── StoreFullError    8  the disk under the store is full or read-only
    ├── ConfigError           9  a configuration file that says something impossible
    ├── InstallError         10  packages of ours that were overwritten or are not all there
    ├── AuditError           11  the audit log was altered, cut short or rewritten
    ├── AccessRefused        12  nobody is logged in, or this user may not do that now
    └── LinkError            13  the central server is not reached, or breaks off
        └── LinkRefused      14  box and server do not trust each other; not tried again by itself

Their fault and ours differ: bad data or a bad device raises one of these, a wrong call order of our own
code raises `RuntimeError`. Numbers are exit codes of the `alpr` command; scripts rely on them.
"""

from __future__ import annotations


class AlprError(Exception):
    """Something the user can understand and act on.

    Args:
        what: One sentence naming the file, line or device.
        hint: What to do now; the class's own hint if None.
    """

    title = "Something went wrong"
    hint = "Try again; if it happens again, tell the administrator what you did."
    exit_code = 1

    def __init__(self, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        if hint is not None:
            self.hint = hint

    def __str__(self) -> str:
        return f"{self.title}: {self.what} {self.hint}".strip()


class UsageError(AlprError):
    title = "That cannot be done"
    hint = "See `alpr --help`."
    exit_code = 2


class InputError(AlprError):
    title = "Cannot use this input"
    hint = "Nothing was changed. Check the file and try again."
    exit_code = 3


class DeviceError(AlprError):
    title = "Device not available"
    hint = "Check its cable and power; it is picked up again by itself."
    exit_code = 4


class ModelError(AlprError):
    title = "Model refused"
    hint = "Reinstall the package, or name a model whose SHA-256 is pinned in its card."
    exit_code = 5


class KeyFileError(AlprError):
    title = "Key refused"
    hint = "Put the right key file in place; the store was not touched."
    exit_code = 6


class StoreError(AlprError):
    title = "Store not usable"
    hint = "Either the key is not this store's or the file is damaged. The file was not changed."
    exit_code = 7


class StoreFullError(StoreError):
    title = "Store cannot be written"
    hint = "Free some space or make the disk writable. Reads go on, marked NOT RECORDED."
    exit_code = 8


class ConfigError(AlprError):
    title = "Configuration refused"
    hint = "Correct the named line; nothing was started."
    exit_code = 9


class InstallError(AlprError):
    title = "Installation damaged"
    hint = "Remove the foreign package and install alpr-tui again, in an environment of its own."
    exit_code = 10


class AuditError(AlprError):
    title = "Audit log does not verify"
    hint = "Keep the log and its files as they are and tell the administrator; do not write to it."
    exit_code = 11


class AccessRefused(AlprError):  # noqa: N818 - a refusal is the answer of a rule, not a fault
    title = "Not permitted"
    hint = "Nothing was done; the refusal is on the audit log."
    exit_code = 12


class LinkError(AlprError):
    title = "Server not reached"
    hint = "Nothing is lost; the box tries again by itself."
    exit_code = 13


class LinkRefused(LinkError):  # noqa: N818 - a refusal is an answer, not a fault
    title = "Server connection refused"
    hint = "No record was sent. Tell the administrator; `alpr sync status` says why."
    exit_code = 14
