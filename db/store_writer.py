"""The one thread that writes sightings, and the only one that may say "stored".

It takes whatever waits and commits it as one group, so that a busy road costs one flush of the disk
for many sightings and a quiet one costs no waiting: there is no timer to wait for company. "Stored"
is said after the commit came back from a flushed disk, never before.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from peewee import IntegrityError

from alpr_core.errors import AlprError, StoreError
from alpr_core.events import SightingNotRecorded, SightingStored
from alpr_core.sighting import Match, Sighting
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.image_vault import ImageVault
from db.models import SightingRow
from db.recording import Recording, insert_rows, prepare

GROUP_ROWS_MAX = 64
"""Sightings in one transaction; 192 picture files are flushed with it."""

GROUP_LIMIT_S = 0.2
"""A group that has been collected for this long is committed even if more are waiting."""

QUEUE_ROWS_MAX = 64
"""Sightings that may wait. Each holds its frame: these and a group of 1920 x 1080 are 265 MB."""

RecordEvent = SightingStored | SightingNotRecorded

_TOO_SLOW = "The disk is too slow: too many reads are waiting."
_SIGHTING_ID = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Handed:
    """A sighting as it was handed over, and who waits for it."""

    sighting: Sighting
    match: Match | None
    also: Callable[[], None] | None = None
    """Appends the audit entry instead of the writer's own; None for what the cameras see."""
    outcome: Future[None] | None = None
    """Of somebody who waits for the commit; None if nobody does."""


_Group = list[tuple[_Handed, Recording]]


class StoreWriter:
    """Takes sightings from the vision thread and writes them: an `alpr_core.ports.Recorder`.

    Args:
        on_event: Told the outcome of each `record`, exactly once. Called on the writer's thread, or
            on the caller's own if the queue is full; must be quick and must not call back into the
            store.
        now: Gives the aware UTC time written on outbox rows.
        also: Appends the audit entries of recordings inside their transaction; if it raises, none of
            them is stored.
        queue_rows_max: Sightings that may wait for the disk.
    """

    def __init__(
        self,
        database: StoreDatabase,
        vault: ImageVault,
        on_event: Callable[[RecordEvent], None],
        now: Callable[[], datetime],
        also: Callable[[Sequence[Recording]], None],
        queue_rows_max: int = QUEUE_ROWS_MAX,
    ) -> None:
        self._database = database
        self._vault = vault
        self._on_event = on_event
        self._now = now
        self._also = also
        self._waiting: queue.Queue[_Handed | None] = queue.Queue(queue_rows_max)
        self._door = threading.Lock()
        self._is_closed = False
        self._has_left_overs = False
        self._thread = threading.Thread(target=self._write_groups, name="store writer", daemon=True)
        self._thread.start()

    def record(self, sighting: Sighting, match: Match | None) -> None:
        """Hand over for storing; never blocks. If too many wait, it is NOT RECORDED at once.

        Raises:
            RuntimeError: the writer was closed, or the id is not 32 lower-case hexadecimal digits.
        """
        handed = _Handed(sighting, match)
        if not self._hand_over(handed):
            self._tell(SightingNotRecorded(sighting, match, _TOO_SLOW))

    def record_entered(
        self, sighting: Sighting, match: Match | None, also: Callable[[], None]
    ) -> None:
        """Store what a person entered, and return when it survives a power cut.

        Must not be called inside a transaction, which the writer would wait for.

        Args:
            also: Appends the person's audit entry, on the writer's thread inside the transaction; if it
                raises, nothing is stored.

        Raises:
            AlprError: it was not stored.
            RuntimeError: as `record`.
        """
        outcome: Future[None] = Future()
        if not self._hand_over(_Handed(sighting, match, also, outcome)):
            raise StoreError(_TOO_SLOW, "Try again in a moment; nothing was stored.")
        outcome.result()

    def _hand_over(self, handed: _Handed) -> bool:
        """Put it into the queue; False if too many wait."""
        if _SIGHTING_ID.fullmatch(handed.sighting.sighting_id) is None:
            raise RuntimeError(f"{handed.sighting.sighting_id!r} cannot be the id of a sighting")
        with self._door:
            if self._is_closed:
                raise RuntimeError("a sighting was recorded after the writer was closed")
            try:
                self._waiting.put_nowait(handed)
            except queue.Full:
                return False
        return True

    def close(self) -> None:
        """Commit what was handed over, tell the outcomes, end the thread. Safe to call twice."""
        with self._door:
            was_closed, self._is_closed = self._is_closed, True
        if not was_closed:
            self._waiting.put(None)
        self._thread.join()

    def _write_groups(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            if group:
                self._store_or_refuse(group)
        self._disconnect()

    def _next_group(self) -> tuple[_Group, bool]:
        """Return what waits, encoded, and whether more may come; blocks while nothing waits."""
        group: _Group = []
        handed = self._waiting.get()
        deadline_mono_s = time.monotonic() + GROUP_LIMIT_S
        while handed is not None:
            self._prepare_into(group, handed)
            if len(group) >= GROUP_ROWS_MAX or time.monotonic() >= deadline_mono_s:
                return group, True
            try:
                handed = self._waiting.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _prepare_into(self, group: _Group, handed: _Handed) -> None:
        try:
            group.append((handed, prepare(handed.sighting, handed.match)))
        except Exception as fault:  # noqa: BLE001 - outermost loop of this thread
            self._refuse(handed, _shown(fault, f"sighting {handed.sighting.sighting_id}"))

    def _store_or_refuse(self, group: _Group) -> None:
        try:
            self._commit(group)
        except Exception as fault:  # noqa: BLE001 - outermost loop of this thread
            # One of them may be at fault, by an id used twice or an entry of its own that was
            # refused; the others must not pay.
            is_of_one = isinstance(fault.__cause__, IntegrityError) or any(
                handed.also is not None for handed, _ in group
            )
            if len(group) > 1 and is_of_one:
                for each in group:
                    self._store_or_refuse([each])
                return
            shown = _shown(fault, f"a group of {len(group)} sightings")
            for handed, _ in group:
                self._refuse(handed, shown)
        else:
            for handed, _ in group:
                self._tell(SightingStored(handed.sighting, handed.match))
                if handed.outcome is not None:
                    handed.outcome.set_result(None)

    def _commit(self, group: _Group) -> None:
        """Return when the group survives a power cut; after an error nothing of it stays."""
        with told_as_store_errors(self._database.file):
            if self._has_left_overs:
                self._settle()
            self._has_left_overs = True
            pictures = self._vault.incoming()
            try:
                with self._database.writing():
                    insert_rows(self._database, [each for _, each in group], self._now())
                    self._also([each for handed, each in group if handed.also is None])
                    for handed, recording in group:
                        if handed.also is not None:
                            handed.also()
                        sighting = recording.sighting
                        for picture in recording.pictures:
                            pictures.add(sighting.sighting_id, sighting.seen_at, picture)
                    pictures.flush()
            except BaseException:
                pictures.close()
                self._start_over()
                raise
        self._publish(pictures.publish)

    def _publish(self, publish: Callable[[], None]) -> None:
        try:
            publish()
            self._has_left_overs = False
        except OSError:
            # Committed and flushed: the pictures are read from where they are and moved later.
            _log.warning("pictures could not be moved to their day yet", exc_info=True)

    def _start_over(self) -> None:
        """Remove the pictures of a failed group; forget a connection that saw a bad disk."""
        self._disconnect()
        try:
            self._settle()
        except StoreError:
            _log.info("left-over pictures wait for a better disk", exc_info=True)

    def _disconnect(self) -> None:
        """Close this thread's connection; the next statement opens another."""
        try:
            with told_as_store_errors(self._database.file):
                self._database.close()
        except StoreError:
            _log.warning("the database connection did not close in order", exc_info=True)

    def _settle(self) -> None:
        with told_as_store_errors(self._database.file):
            settle_left_overs(self._database, self._vault)
        self._has_left_overs = False

    def _refuse(self, handed: _Handed, fault: AlprError) -> None:
        self._tell(SightingNotRecorded(handed.sighting, handed.match, str(fault)))
        if handed.outcome is not None:
            handed.outcome.set_exception(fault)

    def _tell(self, event: RecordEvent) -> None:
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001 - a listener's fault must not stop the writing
            _log.exception("the listener failed on %s", type(event).__name__)


def _shown(fault: Exception, what: str) -> AlprError:
    """Return the fault as somebody may see it; call where it was caught."""
    if isinstance(fault, AlprError):
        return fault
    _log.exception("%s could not be stored", what)
    return StoreError(f"Internal error: {fault!r}.", "Tell the administrator; reads go on.")


def settle_left_overs(database: StoreDatabase, vault: ImageVault) -> None:
    """Keep the pictures of an interrupted commit if it came through, else remove them."""

    def seen_at_of(sighting_id: str) -> datetime | None:
        rows = SightingRow.select(SightingRow.seen_at).where(SightingRow.id == sighting_id)
        found: list[datetime] = [row.seen_at for row in rows.execute(database)]
        return found[0] if found else None

    vault.settle(seen_at_of)
