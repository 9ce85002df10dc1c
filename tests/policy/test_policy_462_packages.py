"""Policy 462.4 (evidence) and 462.7 on a real store: each test's docstring begins with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from alpr_core.errors import AccessRefused
from alpr_core.permissions import Role
from alpr_core.releases.agency_kinds import AgencyKind
from alpr_core.releases.request import Document, TypedRequest
from alpr_tui.records_desk import on_medium
from db import verify_package
from tests.db.package_desk import MEDIUM, PLATES, PackageDesk, package_desk

LETTER = Document("letter.pdf", b"%PDF-1.7 a letter")
TYPED = TypedRequest(
    agency="Garden Grove Police Department",
    kind=AgencyKind.POLICE,
    person="Det. Kim Tran",
    purpose="Robbery series of November, route of a silver van",
    reference="GGPD 26-4411",
    received_on=date(2026, 11, 23),
    plate=PLATES[0],
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PackageDesk]:
    with package_desk(tmp_path) as made:
        yield made


def test_462_4_evidence_is_booked_on_portable_media(desk: PackageDesk) -> None:
    """462.4: reads go onto portable media, whole and sealed, and are on file with medium, case and custody."""
    record = desk.make()
    verify_package.check(desk.folder / record.number, None, desk.private_file, say=lambda _: None)
    assert (record.medium, record.case_number) == (MEDIUM.words, "26-012345")
    assert (desk.folder / record.number / "custody.pdf").read_bytes().startswith(b"%PDF")


def test_462_7_only_public_law_enforcement_of_california(desk: PackageDesk) -> None:
    """462.7: a request is judged by what the requester is; who is excluded is refused and referred, on file."""
    used = desk.desk(Role.OFFICER)
    service, purpose = desk.releases(used), desk.purpose(used, "agency_release")
    states = {
        kind: service.request(_of(kind), LETTER, purpose).state
        for kind in (AgencyKind.POLICE, AgencyKind.FEDERAL, AgencyKind.PRIVATE)
    }
    assert list(states.values()) == ["waiting", "refused", "refused"]
    assert len(desk.staffed.store.releases.all()) == 3


def test_462_7_b_nobody_approves_his_own_request(desk: PackageDesk) -> None:
    """462.7: the request is reviewed by the commander or designee, and by nobody who entered it."""
    used = desk.desk()
    service, purpose = desk.releases(used), desk.purpose(used, "agency_release")
    number = service.request(TYPED, LETTER, purpose).request.number
    with pytest.raises(AccessRefused):
        service.approve(number, "", purpose)


def test_462_7_c_the_approved_request_stays_on_file(desk: PackageDesk) -> None:
    """462.7: request, document, decision and what was released stay on file together."""
    officer = desk.desk(Role.OFFICER)
    purpose = desk.purpose(officer, "agency_release")
    number = desk.releases(officer).request(TYPED, LETTER, purpose).request.number
    used = desk.desk()
    service, purpose = desk.releases(used), desk.purpose(used, "agency_release")
    service.approve(number, "complete", purpose)
    record = service.export(number, (desk.recipient,), MEDIUM, on_medium(desk.folder), purpose)
    file = service.get(number)
    assert file.decision is not None and file.decision.by.startswith("A-1")
    assert (file.package, service.document(number)) == (record.number, LETTER)


def _of(kind: AgencyKind) -> TypedRequest:
    return TypedRequest(
        TYPED.agency, kind, TYPED.person, TYPED.purpose, "", TYPED.received_on, TYPED.plate
    )
