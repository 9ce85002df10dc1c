"""A store with reads of several days, rules signed by an agency, and purges of it with time moved by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alpr_core.audit.entry import THE_BOX
from alpr_core.audit.signed_note import Signer
from alpr_core.hold import Hold
from alpr_core.purge import PurgeNotice
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.retention import DataClass, RetentionRules, cut_offs, sign_rules
from db.store import Store
from tests.db.sample_sightings import ROOT_KEY, Outcomes, make_match, make_sighting

NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
MIDNIGHT = NOW.replace(hour=0, minute=0)
DAY = timedelta(days=1)
AGENCY = Signer("Westminster-PD", bytes(range(32)))
READ_DAYS, HIT_DAYS, SUBJECT_DAYS = 30, 90, 400


def rules(**changes: object) -> RetentionRules:
    """Return the rules of the tests: 30 days for reads, 90 for hits, nobody confirms."""
    fields: dict[str, object] = {
        "version": 1,
        "issued_at": NOW - 10 * DAY,
        "car_days": {
            DataClass.READ: READ_DAYS,
            DataClass.HIT: HIT_DAYS,
            DataClass.SUBJECT: SUBJECT_DAYS,
        },
        "server_days": {DataClass.READ: 400, DataClass.HIT: 730, DataClass.SUBJECT: 1100},
        "notice_days": 7,
        "confirmations": 0,
        "approval": "Resolution 2026-41 of the City Council, 13 October 2026",
        "consent": "City Attorney J. Moreno, 20 October 2026",
    }
    return RetentionRules(**(fields | changes))  # type: ignore[arg-type]


class PurgeWorld:
    """A store whose clock is moved by hand."""

    def __init__(self, folder: Path, now: datetime = NOW) -> None:
        self.now = now
        self.store = Store.open(folder, ROOT_KEY, now=lambda: self.now, box="unit 12")
        self.outcomes = Outcomes()
        self._writer = self.store.writer(self.outcomes)
        self.recorded = 0

    @property
    def database(self) -> object:
        return self.store.outbox._database

    def execute(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = self.store.outbox._database.execute_sql(
            statement, values
        ).fetchall()
        return rows

    def record(self, seen: Sequence[datetime], *, hits: bool = False, plate: str = "") -> list[str]:
        """Record one read per time, each with a plate of its own, and return their ids."""
        ids = []
        for seen_at in seen:
            self.recorded += 1
            number = self.recorded
            text = plate or plate_of(number)
            sighting = make_sighting(
                number, text, seen_at=seen_at, first_seen_at=seen_at - timedelta(seconds=1)
            )
            self._writer.record(sighting, make_match(text) if hits else None)
            ids.append(sighting.sighting_id)
        self.outcomes.wait_for(self.recorded)
        assert not self.outcomes.refusals
        return ids

    def receipt(self, *sighting_ids: str) -> None:
        """Let the server have receipted these reads, or all of them."""
        if sighting_ids:
            marks = ", ".join("?" * len(sighting_ids))
            self.execute(f"DELETE FROM outbox WHERE sighting_id IN ({marks})", *sighting_ids)
        else:
            self.execute("DELETE FROM outbox")

    def hold(self, *sighting_ids: str, until: datetime | None = None, number: int = 1) -> Hold:
        hold = Hold(
            f"{number:012x}",
            "26-012345",
            "named in discovery",
            "A-1",
            self.now,
            until,
            len(sighting_ids),
        )
        with self.store.ledger.writing():
            return self.store.holds.set(hold, sighting_ids)

    def take_rules(self, taken: RetentionRules | None = None) -> RetentionRules:
        taken = taken or rules()
        with self.store.ledger.writing():
            self.store.retention.take_rules(
                sign_rules(taken, [AGENCY]), AGENCY.verifier.vkey, self.now, "A-1"
            )
        return taken

    def announce(self) -> PurgeNotice:
        """Announce what is due by the rules now."""
        taken = self.store.retention.rules()
        assert taken is not None
        cuts = cut_offs(taken.car_days, self.now)
        with self.store.ledger.writing():
            tally = self.store.purge.tally(cuts, self.now)
            self.store.retention.announce(taken, cuts, tally, self.now)
        notice = self.store.retention.open_notice()
        assert notice is not None
        return notice

    def begin(self) -> None:
        """Announce what is due and begin its purge at once."""
        taken = self.store.retention.rules()
        assert taken is not None
        self.store.purge.begin(self.announce(), taken, THE_BOX)

    def purge(self) -> PurgeCertificate:
        """Purge what is due by the rules now."""
        self.begin()
        certificate = self.store.purge.finish()
        assert certificate is not None
        return certificate

    def stored(self) -> set[str]:
        return {str(read) for (read,) in self.execute("SELECT id FROM sighting")}

    def close(self) -> None:
        self.store.close()


def plate_of(number: int) -> str:
    """Return a plate that no other number has, and none of whose signs is a look-alike of another."""
    return f"{number % 10}" + "KMN"[number % 3] + f"W{number:03d}7"


def at_cut_off(kind_days: int) -> datetime:
    """Return the first instant that is not due."""
    return MIDNIGHT - kind_days * DAY
