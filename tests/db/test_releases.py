"""Requests of other agencies: who is refused by law, who may approve, what may leave, what stays on file."""

from __future__ import annotations

import base64
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from alpr_core.audit.entry import Outcome
from alpr_core.canvass import make_scene
from alpr_core.desk import canvasses, packages, releases
from alpr_core.desk.canvasses import ReportForm
from alpr_core.desk.desk import Desk
from alpr_core.errors import AccessRefused, InputError, StoreError
from alpr_core.packages.order import PackageKind
from alpr_core.permissions import PERMISSIONS, Action, Role, Trait, has_trait
from alpr_core.releases.agency_kinds import KIND_RULES, AgencyKind, refusal_of, warnings_of
from alpr_core.releases.request import DOCUMENT_BYTES_MAX, Document, TypedRequest, Verdict
from alpr_core.sync.batch import RECORD_BYTES_MAX
from alpr_tui.records_desk import on_medium
from db import verify_package
from tests.db.canvass_desk import canvasses_of
from tests.db.package_desk import HERE, MEDIUM, PLATES, PackageDesk, package_desk
from tests.db.staffed_store import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
LETTER = Document("letter.pdf", b"%PDF-1.7 Please send us the reads of 7ABC123.")
TYPED = TypedRequest(
    agency="Orange County Sheriff's Department",
    kind=AgencyKind.SHERIFF,
    person="Inv. Dana Flores",
    purpose="Homicide of 21 November, find the silver van's route",
    reference="OCSD 26-77812",
    received_on=date(2026, 11, 23),
    plate=PLATES[0],
)
MAY_RECEIVE = {
    AgencyKind.POLICE,
    AgencyKind.SHERIFF,
    AgencyKind.STATE_POLICE,
    AgencyKind.PUBLIC_POLICE,
    AgencyKind.DISTRICT_ATTORNEY,
    AgencyKind.CITY_PROSECUTOR,
    AgencyKind.ATTORNEY_GENERAL,
}
REFUSED = sorted(set(AgencyKind) - MAY_RECEIVE, key=lambda kind: kind.value)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PackageDesk]:
    with package_desk(tmp_path) as made:
        made.staffed.add("a" * 32, "A-2", Role.ADMINISTRATOR)
        yield made


def second_administrator(desk: PackageDesk) -> Desk:
    used = desk.staffed.desk()
    used.log_in("A-2", PASSWORD, desk.staffed.code("A-2"))
    return used


def entered(desk: PackageDesk, used: Desk, **changes: object) -> str:
    """Enter a request and return its number."""
    typed = replace(TYPED, **changes)  # type: ignore[arg-type]  # names are checked by replace
    purpose = desk.purpose(used, "agency_release")
    return desk.releases(used).request(typed, LETTER, purpose).request.number


def test_who_the_law_excludes_is_refused_on_file(desk: PackageDesk) -> None:
    """Federal, out-of-state, private and other excluded requesters: refused with referral, on file, for good."""
    used = desk.desk()
    numbers = [entered(desk, used, kind=kind, agency="Somebody Else") for kind in REFUSED]
    other = second_administrator(desk)
    purpose, service = desk.purpose(other, "agency_release"), desk.releases(other)
    for number in numbers:
        file = service.get(number)
        assert file.state == "refused" and file.decision is not None
        assert file.decision.by == "rule"
        assert "Records Maintenance and Release Policy" in file.decision.remark
        with pytest.raises(InputError, match="decided already"):
            service.approve(number, "", purpose)
        with pytest.raises(InputError, match="not approved"):
            service.export(number, (desk.recipient,), MEDIUM, on_medium(desk.folder), purpose)
    assert not list(desk.folder.iterdir())


def test_every_kind_of_agency_has_its_rule() -> None:
    """Only public law enforcement and prosecution of California may be given reads (CC 1798.90.55, 462.7)."""
    assert set(KIND_RULES) == set(AgencyKind)
    assert {kind for kind in AgencyKind if refusal_of(kind) is None} == MAY_RECEIVE


def test_the_requester_cannot_approve(desk: PackageDesk) -> None:
    """An administrator who entered a request does not approve it; the refusal is on the log (462.7(b))."""
    used = desk.desk()
    number = entered(desk, used)
    with pytest.raises(AccessRefused, match="entered this request yourself"):
        desk.releases(used).approve(number, "", desk.purpose(used, "agency_release"))
    newest = desk.staffed.newest()[0].entry
    assert (newest.action, newest.outcome) == ("release.approve", Outcome.REFUSED)
    assert desk.staffed.store.releases.get(number).decision is None


def test_nobody_below_the_commander_approves(desk: PackageDesk) -> None:
    """Officer, technician and auditor can neither approve nor export."""
    number = entered(desk, desk.desk())
    for role in (Role.OFFICER, Role.TECHNICIAN, Role.AUDITOR):
        used = desk.desk(role)
        purpose, service = desk.purpose(used, "agency_release"), desk.releases(used)
        with pytest.raises(AccessRefused):
            service.approve(number, "", purpose)
        with pytest.raises(AccessRefused):
            service.export(number, (desk.recipient,), MEDIUM, on_medium(desk.folder), purpose)


def test_from_request_to_release(desk: PackageDesk, tmp_path: Path) -> None:
    """An officer enters, another person approves, exactly the scope leaves, once, and everything stays on file."""
    officer = desk.desk(Role.OFFICER)
    number = entered(desk, officer)
    used = desk.desk()
    purpose = desk.purpose(used, "agency_release")
    service = desk.releases(used)
    medium = on_medium(desk.folder)
    with pytest.raises(InputError, match="not approved"):
        service.export(number, (desk.recipient,), MEDIUM, medium, purpose)
    assert service.approve(number, "complete and lawful", purpose).state == "approved"
    record = service.export(number, (desk.recipient,), MEDIUM, medium, purpose)
    assert record.kind is PackageKind.RELEASE and record.request == number
    out = tmp_path / "out"
    verify_package.check(
        desk.folder / record.number, None, desk.private_file, out, lambda _line: None
    )
    table = (out / "reads.csv").read_text()
    assert table.count("7ABC123,") >= 2 and PLATES[1] not in table
    file = service.get(number)
    assert file.state == "released" and file.package == record.number
    assert service.document(number).content == LETTER.content
    with pytest.raises(InputError, match="fulfilled"):
        service.export(number, (desk.recipient,), MEDIUM, medium, purpose)
    kinds = [row.kind for row in desk.staffed.store.outbox.unsent(30)]
    assert [kinds.count(kind) for kind in ("release_request", "release_decision", "package")] == [
        1,
        1,
        1,
    ]


def test_a_refused_request_releases_nothing(desk: PackageDesk) -> None:
    """A reviewer's refusal needs a reason, is on file, and nothing can be exported by it."""
    number = entered(desk, desk.desk(Role.OFFICER))
    used = desk.desk()
    purpose, service = desk.purpose(used, "agency_release"), desk.releases(used)
    with pytest.raises(InputError, match="needs its reason"):
        service.refuse(number, " ", purpose)
    assert service.refuse(number, "no case named", purpose).state == "refused"
    with pytest.raises(InputError, match="was refused"):
        service.export(number, (desk.recipient,), MEDIUM, on_medium(desk.folder), purpose)


INCOMPLETE: tuple[tuple[dict[str, object], str], ...] = (
    ({"agency": " "}, "name of the agency"),
    ({"person": ""}, "name of the person"),
    ({"purpose": "investigation"}, "intended purpose"),
    ({"plate": ""}, "scope is open"),
    ({"plate": "7"}, "at least 3 signs"),
    ({"received_on": date(2027, 1, 1)}, "after today"),
)


def test_incomplete_requests_are_not_taken(desk: PackageDesk) -> None:
    """A request without agency, person, purpose or scope is sent back, and is not on file (462.7(a))."""
    used = desk.desk()
    for changes, words in INCOMPLETE:
        with pytest.raises(InputError, match=words):
            entered(desk, used, **changes)
    assert not desk.staffed.store.releases.all()


def test_a_request_needs_its_document(desk: PackageDesk) -> None:
    """Without the written request, or with one that is too long, nothing is put on file."""
    used = desk.desk()
    purpose = desk.purpose(used, "agency_release")
    for document in (
        Document("", b"x"),
        Document("empty.pdf", b""),
        Document("long.pdf", bytes(DOCUMENT_BYTES_MAX + 1)),
    ):
        with pytest.raises(InputError):
            desk.releases(used).request(TYPED, document, purpose)
    assert not desk.staffed.store.releases.all()


def test_what_is_sent_fits_the_wire(desk: PackageDesk) -> None:
    """The longest document and a package of thousands of reads are sent in records that no server refuses."""
    used = desk.desk()
    scan = Document("scan.pdf", bytes(range(256)) * (DOCUMENT_BYTES_MAX // 256))
    desk.releases(used).request(TYPED, scan, desk.purpose(used, "agency_release"))
    record = desk.make(used)
    long = replace(record, number="C-1", sighting_ids=tuple(f"{one:032x}" for one in range(9_000)))
    with desk.staffed.store.ledger.writing():
        desk.staffed.store.packages.add(long)
    rows = desk.staffed.store.outbox.unsent(500)
    assert max(len(row.payload.encode()) for row in rows) <= RECORD_BYTES_MAX
    parts = [json.loads(row.payload) for row in rows if row.kind == "release_document"]
    assert b"".join(base64.b64decode(part["base64"]) for part in parts) == scan.content
    reads = [json.loads(row.payload) for row in rows if row.kind == "package"]
    assert sum(len(part["reads"]) for part in reads if part["number"] == "C-1") == 9_000


def test_words_make_a_reviewer_look_twice() -> None:
    """A federal name, a task force, or a purpose that state law protects against is shown to the reviewer."""
    sheriff = AgencyKind.SHERIFF
    assert not warnings_of(sheriff, TYPED.agency, TYPED.purpose)
    assert warnings_of(sheriff, "HSI Task Force, Santa Ana", TYPED.purpose)[1:]
    assert "7284.6" in warnings_of(sheriff, TYPED.agency, "find an ICE deportation target")[0]


# Every action that may take something out of the store, and what it takes. An action that is missing here fails
# the test below: whoever adds one has to say why it cannot carry a read out.
TAKES_OUT = {
    Action.EXPORT_EVIDENCE: "reads, with a package on file",
    Action.EXPORT_RELEASE: "reads, with an approved request and a package on file",
    Action.EXPORT_CANVASS: "the report of a canvass, with its digest and reads on file in the same register",
    Action.EXPORT_AUDIT: "entries of the audit log",
    Action.BACK_UP: "the encrypted store, as it lies on the disk",
    Action.SYNCHRONISE: "records for the agency's own server",
}
WRITES_FILES = re.compile(r"\b(write_export\w*|PackageFolder|write_new|save_new|files\.save)\b")
MAY_WRITE = {
    "alpr_tui/box.py": "audit log",
    "alpr_tui/commands/audit_list.py": "audit log",
    "alpr_tui/records_desk.py": "packages",
    "alpr_tui/commands/evidence.py": "packages and custody forms",
    "alpr_tui/provisioning/new_box.py": "keys and configuration of a box that has no reads yet",
    "alpr_tui/retention_desk.py": "certificates of destruction, which name no plate",
    "alpr_tui/canvass_parts.py": "a canvass's report, put on file",
    "alpr_tui/screens/boxes.py": "the line that enrols a box: an address and a one-time code",
    "alpr_tui/screens/packages.py": "custody forms",
    "alpr_tui/screens/releases.py": "a request's own document",
    "alpr_tui/screens/reports.py": "audit reports and public pages",
    "alpr_tui/commands/release.py": "packages and a request's own document",
}


def test_no_path_takes_reads_out_without_a_record(desk: PackageDesk) -> None:
    """Over all actions: what takes reads out puts them on file, packages by one function (462.4, 462.7)."""
    reads_out = {
        action
        for action in Action
        if has_trait(action, Trait.SHOWS_PLATES) and has_trait(action, Trait.NEEDS_REAUTHENTICATION)
    } - {Action.LIFT_HOLD}
    assert reads_out == {Action.EXPORT_EVIDENCE, Action.EXPORT_RELEASE, Action.EXPORT_CANVASS}
    named = {
        action for action in Action if "export" in action.value or action.value == "store.back_up"
    }
    assert named <= set(TAKES_OUT)
    assert {kind.action for kind in PackageKind} == reads_out
    for action in reads_out - {Action.EXPORT_CANVASS}:
        assert PERMISSIONS[action].roles == {Role.ADMINISTRATOR}
    source = inspect.getsource(packages) + inspect.getsource(releases)
    assert source.count("make_medium(number)") == 1  # the one place where a package is begun
    body = inspect.getsource(packages.Packages.make)
    assert body.index('"begins"') < body.index("make_medium(number)") < body.index("_put_on_file(")
    assert "book.add(record)" in inspect.getsource(packages.Packages._put_on_file)
    canvass = inspect.getsource(canvasses.Canvasses.export)
    assert canvass.index("files.write(") < canvass.index("put_on_file(")
    used = desk.desk()
    with pytest.raises(RuntimeError, match="a release has a request"):
        desk.packages(used).make(
            desk.order(kind=PackageKind.RELEASE), on_medium(desk.folder), desk.purpose(used)
        )


@pytest.mark.parametrize("kind", PackageKind)
def test_what_cannot_be_put_on_file_does_not_leave(desk: PackageDesk, kind: PackageKind) -> None:
    """By each way out: while the register takes no record nothing stays on the medium, and the log tells of it."""
    leave, database = ways_out(desk)[kind], desk.staffed.store.outbox._database
    database.execute_sql(
        "CREATE TEMP TRIGGER refusing BEFORE INSERT ON main.package BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with pytest.raises(StoreError):
        leave()
    assert list(desk.folder.iterdir()) == []
    failed = desk.staffed.newest()[0].entry
    assert (failed.action, failed.outcome) == (kind.action.value, Outcome.FAILED)
    database.execute_sql("DROP TRIGGER refusing")
    leave()
    (record,) = desk.staffed.store.packages.all()
    assert record.kind is kind and len(list(desk.folder.iterdir())) == 1


def ways_out(desk: PackageDesk) -> dict[PackageKind, Callable[[], object]]:
    """Return how reads leave the store, everything before it done."""
    number = entered(desk, desk.desk(Role.OFFICER))
    other = second_administrator(desk)
    desk.releases(other).approve(number, "complete", desk.purpose(other, "agency_release"))
    used, officer = desk.desk(), desk.desk(Role.OFFICER)
    canvass = canvasses_of(desk.staffed, officer)
    scene = make_scene(((HERE.lat_deg, HERE.lon_deg),), 300)
    begun = canvass.start("shooting", scene, desk.purpose(officer, "canvass"))
    canvass.end()

    def release() -> object:
        purpose, medium = desk.purpose(used, "agency_release"), on_medium(desk.folder)
        return desk.releases(used).export(number, (desk.recipient,), MEDIUM, medium, purpose)

    return {
        PackageKind.EVIDENCE: lambda: desk.make(used),
        PackageKind.RELEASE: release,
        PackageKind.CANVASS: lambda: canvass.export(
            begun.canvass_id, ReportForm.CSV, desk.folder / "reads.csv"
        ),
    }


def test_only_named_modules_write_files_that_leave() -> None:
    """No screen and no command but these write files from the store; each has a reason in the table."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "alpr_tui").rglob("*.py")
        if WRITES_FILES.search(path.read_text("utf-8"))
    }
    assert found <= set(MAY_WRITE), sorted(found - set(MAY_WRITE))


def test_a_decision_is_made_once(desk: PackageDesk) -> None:
    """The table itself refuses a second decision of the same request."""
    number = entered(desk, desk.desk(Role.OFFICER))
    used = desk.desk()
    purpose = desk.purpose(used, "agency_release")
    desk.releases(used).approve(number, "", purpose)
    with pytest.raises(InputError, match="decided already"):
        desk.releases(used).refuse(number, "changed my mind", purpose)
    assert desk.staffed.store.releases.get(number).decision is not None
    decision = desk.staffed.store.releases.get(number).decision
    assert decision is not None and decision.verdict is Verdict.APPROVED
    assert desk.staffed.now - decision.at < timedelta(minutes=1)
