"""The keys of one log, and which of them must have signed which checkpoint.

Source: docs/audit-log.md, section 6.
"""

from __future__ import annotations

from collections.abc import Iterable

from alpr_core.audit.checkpoint import Checkpoint, announced_key, open_checkpoint
from alpr_core.audit.entry import Entry
from alpr_core.audit.signed_note import Verifier, parse_note
from alpr_core.errors import AuditError


class KeyChain:
    """Log keys in the order in which the log's own entries announce them."""

    def __init__(self) -> None:
        self._announced: list[tuple[int, Verifier]] = []

    def take(self, entry: Entry) -> None:
        """Learn the key that this entry announces, if it does; entries come in their order.

        Raises:
            AuditError: it announces a key in a form that is none, or entry 0 announces none.
        """
        key = announced_key(entry)
        if key is not None:
            self._announced.append((entry.index, key))
        elif not self._announced:
            raise AuditError("The log does not begin with the announcement of its key.")

    @property
    def keys(self) -> tuple[Verifier, ...]:
        return tuple(key for _, key in self._announced)

    def handover_sizes(self) -> list[int]:
        """Return the sizes whose checkpoint hands over from one key to the next."""
        return [index + 1 for index, _ in self._announced[1:]]

    def signers_of(self, size: int) -> tuple[Verifier, ...]:
        """Return the keys that sign a checkpoint of so many entries: two at a handover, else one."""
        number = sum(index < size for index, _ in self._announced) - 1
        if number < 0:
            raise AuditError("The checkpoint covers no entry.")
        is_handover = number > 0 and self._announced[number][0] == size - 1
        return self.keys[number - 1 if is_handover else number : number + 1]

    def open(self, note: bytes, size: int) -> Checkpoint:
        """Return the log's own checkpoint of so many entries, as it was written.

        Stricter than a reader of other people's notes: every line must be of the right key.

        Raises:
            AuditError: a key is missing, a line is false or strange, or the size is another.
        """
        signers = self.signers_of(size)
        checkpoint, signed_by = open_checkpoint(note, signers)
        if signed_by != signers or len(parse_note(note).signatures) != len(signers):
            raise AuditError(
                f"It is not signed by exactly the {len(signers)} keys that must sign it."
            )
        if checkpoint.size != size:
            raise AuditError(f"It covers {checkpoint.size} entries instead of {size}.")
        return checkpoint


def check_remembered(
    remembered: bytes, keys: Iterable[Verifier], now: Checkpoint, root_then: bytes | None
) -> None:
    """Raise AuditError unless the log `now` begins with the one of the remembered checkpoint.

    Args:
        root_then: The log's root at the remembered size; None if the log is smaller.
    """
    try:
        then, _ = open_checkpoint(remembered, keys)
    except AuditError as fault:
        raise AuditError(f"The remembered checkpoint: {fault.what}") from fault
    if then.size == 0:
        raise AuditError("The remembered checkpoint covers no entry, so it shows nothing.")
    if then.size > now.size:
        raise AuditError(
            f"Entry {now.size} is missing: the log was cut short to {now.size} entries,"
            f" the remembered checkpoint covers {then.size}."
        )
    if root_then != then.root:
        raise AuditError(
            f"One of the entries 0 to {then.size - 1} was rewritten:"
            " the log does not begin with the remembered one."
        )
