"""One run of sync, in order: greeting, audit checkpoint, what the server sends, records with their pictures and
receipts, and the checkpoint over the receipts cosigned.

Nothing is sent before the server has answered the greeting over a connection that both sides trust.

Source: design.md section 4, Sync; docs/sync-protocol.md, section 1.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from alpr_core.audit.cosignature import WitnessVerifier
from alpr_core.audit.entry import THE_BOX, EntryDraft, Outcome
from alpr_core.audit.signed_note import Signer, Verifier
from alpr_core.errors import AuditError, InputError, LinkError, LinkRefused
from alpr_core.sealing import reader_key
from alpr_core.sync.batch import batch_key_name
from alpr_core.sync.state import ServerLink
from alpr_core.sync.tls import certificate_fault, expires_at, fresh_key, key_pem, make_request
from db.store import Store
from scheduler.job import Course, JobMustWait
from scheduler.sync.down_link import DownLink
from scheduler.sync.exchange import Exchange, Hello
from scheduler.sync.line import Line, ServerAway, ServerBusy, ServerFull
from scheduler.sync.log_witness import witness_log
from scheduler.sync.offload import Offload
from scheduler.sync.pacing import Meter, Pace

RENEWED_BEFORE = timedelta(days=20)
"""A certificate of 30 days is renewed when so much is left: a car may be away for that long."""

LOG_ALARM = "log.alarm"
NOT_ENROLLED = "This box is not enrolled at a server; records wait."

OnServerTime = Callable[[datetime, float, float], bool]
"""Told the server's time, the monotonic second at which it came, and how long the answer took; tells
whether it is believed."""


def ignore_server_time(_at: datetime, _mono_s: float, _round_trip_s: float) -> bool:
    """For whoever has no clock to set."""
    return False


_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class SyncParts:
    """What a run works on."""

    store: Store
    now: Callable[[], datetime]
    lists_came: Callable[[], object] = lambda: None
    """Told after lists have changed."""
    on_server_time: OnServerTime = ignore_server_time
    pace: Pace = field(default_factory=Pace)
    sleep: Callable[[float], None] = time.sleep


def sync_if_enrolled(parts: SyncParts, course: Course) -> str:
    """As `run_sync`, for the timetable; a box without a server has nothing to do, one without a network waits.

    Raises:
        JobMustWait: the server is not reached, as happens to a car every day.
    """
    if parts.store.sync.link() is None:
        return NOT_ENROLLED
    try:
        return run_sync(parts, course)
    except ServerAway as away:
        raise JobMustWait(f"{away.what} {away.hint}") from away


def run_sync(parts: SyncParts, course: Course) -> str:
    """Bring everything to the server and return in one sentence what was done.

    Raises:
        InputError: this box is not enrolled.
        LinkError: the server is not reached; everything is kept and the next run goes on.
        LinkRefused: one side does not trust the other; no later run tries by itself.
        AuditError: the server knows this log otherwise; both sides are alarmed, no later run tries.
    """
    sync = parts.store.sync
    link = sync.link()
    if link is None:
        raise InputError("This box is not enrolled at a server.", "`alpr sync enrol` does it.")
    stopped_why = sync.state().stopped_why
    if stopped_why is not None:
        raise LinkRefused(stopped_why, "An administrator's `alpr sync run` tries again.")
    try:
        return _Session(parts, link, course).run()
    except LinkRefused as refused:
        sync.stop(refused.what)
        raise
    except AuditError as alarm:
        draft = EntryDraft(LOG_ALARM, THE_BOX, Outcome.FAILED, "sync", why=alarm.what)
        parts.store.record_action(draft)
        sync.stop(alarm.what)
        raise


class _Session:
    """One run over one connection at a time."""

    def __init__(self, parts: SyncParts, link: ServerLink, course: Course) -> None:
        self._parts = parts
        self._store = parts.store
        self._link = link
        self._course = course
        self._done = 0
        self._waiting = 0
        self._under_way = 0
        self._meter = Meter(parts.pace.limit_bytes_per_s, time.monotonic, parts.sleep, course.check)
        self._line = self._open(link)
        self._exchange = Exchange(self._line, Verifier.parse(link.server_vkey))

    def run(self) -> str:
        try:
            hello = self._again(self._greet)
            self._renew_if_due()
            witness = WitnessVerifier.parse(self._link.witness_vkey)
            self._again(lambda: self._witness(witness, hello.witnessed_size))
            self._refuse_alarm(hello)
            taken = self._again(self._down_link().take_all)
            parked = self._bring_all()
            self._again(lambda: self._witness(witness, self._store.sync.witnessed()[0]))
            self._store.sync.reached(self._parts.now())
        finally:
            self._line.close()
        words = [f"{self._done} records brought, {self._store.outbox.unsent_count()} wait."]
        words += [f"{parked} parked."] if parked else []
        words += [f"Taken over: {', '.join(taken)}."] if taken else []
        return " ".join(words)

    def _greet(self) -> Hello:
        asked_mono_s = time.monotonic()
        try:
            hello = self._exchange.hello()
        except LinkError as fault:
            self._refuse_own_certificate(fault)
            raise
        now_mono_s = time.monotonic()
        self._parts.on_server_time(hello.at, now_mono_s, now_mono_s - asked_mono_s)
        self._store.sync.reached(self._parts.now())
        return hello

    def _refuse_own_certificate(self, fault: LinkError) -> None:
        """Say that it is our certificate, if it is: TLS hangs up on it without a word."""
        link = self._link
        if link.certificate_pem and not isinstance(fault, LinkRefused | ServerBusy):
            why = certificate_fault(link.authority_pem, link.certificate_pem, self._parts.now())
            if why is not None:
                raise LinkRefused(why, "Enrol the box again.") from fault

    def _refuse_alarm(self, hello: Hello) -> None:
        if hello.alarm_why is not None:
            raise LinkRefused(f"The server holds this box under alarm: {hello.alarm_why}")

    def _witness(self, witness: WitnessVerifier, known_size: int) -> None:
        self._course.told("audit log")
        witness_log(self._exchange, self._store.audit, self._store.sync, witness, known_size)

    def _bring_all(self) -> int:
        """Bring batch after batch; return how many records were parked."""
        log = self._store.audit.origin()
        signer = Signer(batch_key_name(log), self._link.signing_seed)
        offload = Offload(
            self._exchange, self._store.sync, self._store.sightings, log, signer,
            self._parts.now, self._come_to,
        )  # fmt: skip
        parked = 0
        while True:
            self._waiting = self._store.outbox.unsent_count()
            brought = self._again(offload.next_batch)
            if brought is None:
                return parked
            self._done += brought
            self._under_way = 0
            parked += brought == 0

    def _renew_if_due(self) -> None:
        left = expires_at(self._link.certificate_pem) - self._parts.now()
        if left > RENEWED_BEFORE:
            return
        key = fresh_key()
        certificate = self._again(lambda: self._exchange.renew(make_request(key)))
        self._store.sync.renew(certificate, key_pem(key))
        link = self._store.sync.link()
        if link is not None:
            self._line.close()
            self._line = self._open(link)
            self._exchange = Exchange(self._line, Verifier.parse(link.server_vkey))

    def _down_link(self) -> DownLink:
        return DownLink(
            self._exchange,
            self._store,
            Verifier.parse(self._link.server_vkey),
            reader_key(self._link.signing_seed),
            self._parts.now,
            self._parts.lists_came,
        )

    def _open(self, link: ServerLink) -> Line:
        return Line(
            link.server, link.authority_pem, link.certificate_pem, link.key_pem,
            self._parts.pace, self._meter,
        )  # fmt: skip

    def _again(self, step: Callable[[], _Found]) -> _Found:
        """Do a step until it succeeds, or until its faults have used the tries up.

        A step that came further than to ask where it stands begins its tries anew: on a bad link a batch with
        its pictures may take many connections.
        """
        failures = 0
        while True:
            self._tell_progress()
            before = self._meter.steps
            try:
                return step()
            except (LinkRefused, ServerFull):
                raise
            except LinkError as fault:
                failures = 1 if self._meter.steps > before + 1 else failures + 1
                if failures >= self._parts.pace.tries:
                    raise
                asked_s = fault.after_s if isinstance(fault, ServerBusy) else None
                chance = random.random()
                self._parts.sleep(self._parts.pace.wait_s(failures, chance, asked_s))

    def _tell_progress(self) -> None:
        done = self._done + self._under_way
        self._course.told("records", done, self._done + self._waiting)

    def _come_to(self, under_way: int) -> None:
        """Take note of how many records of the batch under way are at the server whole."""
        self._under_way = under_way
        self._tell_progress()
