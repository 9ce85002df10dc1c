"""What the server sends down: people, settings, lists; newer ones only, signed by it, all or nothing."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from alpr_central.models import PackageRow
from alpr_central.package_shelf import PackageShelf
from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.accounts.session import Session, SessionEnded
from alpr_core.accounts.user import make_training
from alpr_core.agency import Agency, agency_text
from alpr_core.audit.signed_note import Signer
from alpr_core.desk.sync import SyncDesk
from alpr_core.errors import AccessRefused, InputError, LinkRefused
from alpr_core.hotlists.package import ListForm, Manifest
from alpr_core.permissions import Role
from alpr_core.sealing import reader_key
from alpr_core.sync.package import SETTINGS
from alpr_core.sync.people import Account, parse_people
from alpr_core.sync.tls import fingerprint, fresh_key, make_request
from db.credentials import PasswordHasher
from db.hotlist_files import write_package
from db.store import Store
from tests.alpr_central.fleet import Fleet, enrol, fleet, sync
from tests.db.staffed_store import BADGES, CHEAP, PASSWORD, StaffedStore, staffed_store


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path) as one:
        yield one


@pytest.fixture
def staffed(running: Fleet, tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "car") as car:
        enrol(car.store, running.code("unit 12"))
        yield car


def test_a_disabled_officer_is_out_at_next_contact(running: Fleet, staffed: StaffedStore) -> None:
    """What an administrator decided at the server ends the officer's live session in the car."""
    desk = staffed.desk_of(Role.OFFICER)
    accounts = staffed.store.people.accounts
    officer = accounts.find(BADGES[Role.OFFICER])
    assert officer is not None
    told = [
        replace(one, user=replace(one.user, is_disabled=one.user == officer))
        for one in staffed.store.people.travelling.told()
    ]
    running.publish_people(told)
    assert "Taken over: people" in sync(staffed.store)
    assert isinstance(desk.refresh(), SessionEnded)
    disabled = accounts.find(officer.badge)
    assert disabled is not None and disabled.is_disabled
    entry = next(r.entry for r in staffed.newest(9) if r.entry.action == "sync.package")
    assert (entry.fact("package"), entry.fact("changed")) == ("people", BADGES[Role.OFFICER])
    assert "Taken over" not in sync(staffed.store)


def test_a_training_recorded_at_the_server_counts_in_the_car(
    running: Fleet, staffed: StaffedStore
) -> None:
    """Training, roles, authorisations and names follow the server; the password that counts here stays."""
    course = make_training("Refresher", "Sgt. Lee", date(2026, 11, 1), staffed.now + timedelta(900))
    (officer,) = _told(staffed, Role.OFFICER)
    roles = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
    user = replace(officer.user, training=(*officer.user.training, course), roles=roles)
    user = replace(user, title="Sergeant", authorisations=frozenset())
    running.publish_people([replace(officer, user=user)])
    sync(staffed.store)
    assert staffed.store.people.accounts.find(user.badge) == user
    staffed.desk_of(Role.OFFICER)


def test_a_new_account_reaches_the_cars_with_password_and_code(
    running: Fleet, staffed: StaffedStore, tmp_path: Path
) -> None:
    """Who was entered at the server logs in at a car after its next contact; nothing that travels is readable."""
    with staffed_store(tmp_path / "server") as server:
        server.add("f" * 32, "9001", Role.OFFICER)
        told = [one for one in server.store.people.travelling.told() if one.user.badge == "9001"]
        body = running.publish_people(told)
        credentials = told[0].credentials
        assert credentials is not None
        for secret in (credentials.phc.encode(), b64encode(credentials.code_secret), b"argon2"):
            assert secret not in body
        assert running.publish_people(told) == body
        sync(staffed.store)
        staffed.secrets["9001"] = server.secrets["9001"]
    entry = next(r.entry for r in staffed.newest(9) if r.entry.action == "sync.package")
    assert (entry.fact("added"), entry.fact("changed")) == ("9001", "")
    desk = staffed.desk()
    assert isinstance(desk.log_in("9001", PASSWORD, staffed.code("9001")), Session)
    wrong = desk.log_in("9001", "tulip kestrel mosaik", staffed.code("9001"))
    assert isinstance(wrong, LoginRefused)


def test_a_password_changed_at_the_server_counts_in_the_cars_and_ends_sessions(
    running: Fleet, staffed: StaffedStore
) -> None:
    """The newer credentials of the server take the place of the car's; an unchanged edition takes none."""
    (officer,) = _told(staffed, Role.OFFICER)
    assert officer.credentials is not None
    desk = staffed.desk_of(Role.OFFICER)
    running.publish_people([officer])
    sync(staffed.store)
    assert desk.refresh() is None
    phc = PasswordHasher(CHEAP).hash("granite willow anthem")
    changed = replace(officer, credentials=replace(officer.credentials, phc=phc))
    running.publish_people([changed])
    sync(staffed.store)
    assert desk.refresh() is None
    running.publish_people([replace(changed, edition=officer.edition + 1)])
    sync(staffed.store)
    assert isinstance(desk.refresh(), SessionEnded)
    badge, later = officer.user.badge, staffed.desk()
    assert isinstance(later.log_in(badge, PASSWORD, staffed.code(badge)), LoginRefused)
    code = staffed.code(badge)
    assert isinstance(later.log_in(badge, "granite willow anthem", code), Session)


def test_a_car_keeps_the_credentials_that_it_made_until_the_servers_change(
    running: Fleet, staffed: StaffedStore
) -> None:
    """Whoever provisions a car is not locked out of it by enrolling it where he has another password."""
    (officer,) = _told(staffed, Role.OFFICER)
    assert officer.credentials is not None
    other = replace(officer.credentials, phc=PasswordHasher(CHEAP).hash("granite willow anthem"))
    told = replace(officer, credentials=other, edition=7)
    running.publish_people([told])
    sync(staffed.store)
    staffed.desk_of(Role.OFFICER)
    running.publish_people([replace(told, edition=8)])
    sync(staffed.store)
    badge = officer.user.badge
    refused = staffed.desk().log_in(badge, PASSWORD, staffed.code(badge))
    assert isinstance(refused, LoginRefused)


def test_a_revoked_box_is_no_reader_of_credentials(running: Fleet, staffed: StaffedStore) -> None:
    """The next package is sealed anew without it; the key of another box opens none."""
    log = staffed.store.audit.origin()
    (officer,) = _told(staffed, Role.OFFICER)
    before = running.publish_people([officer])
    link = staffed.store.sync.link()
    assert link is not None
    key = reader_key(link.signing_seed)
    assert parse_people(before, log, key)[0] == officer
    running.central.boxes.revoke(running.central.boxes.find("unit 12"), "stolen", running.now())
    after = running.publish_people([officer])
    assert after != before
    assert parse_people(after, log, key)[0].credentials is None
    with pytest.raises(InputError):
        parse_people(before, log, reader_key(bytes(32)))


def _told(staffed: StaffedStore, role: Role) -> list[Account]:
    told = staffed.store.people.travelling.told()
    return [one for one in told if one.user.badge == BADGES[role]]


def test_settings_follow_the_server_and_never_go_back(
    running: Fleet, staffed: StaffedStore
) -> None:
    """A newer edition is taken over; one of another key is refused, with an entry that says why."""
    packages = running.central.packages
    packages.publish(SETTINGS, agency_text(Agency(organisation="New PD")).encode())
    sync(staffed.store)
    assert staffed.store.settings.agency().organisation == "New PD"
    forger = Signer("alpr-central.test", secrets.token_bytes(32))
    forged = PackageShelf(running.records, forger, running.now)
    PackageRow.delete().execute(running.records.db)
    for _ in range(3):
        forged.publish(SETTINGS, agency_text(Agency(organisation=secrets.token_hex(4))).encode())
    sync(staffed.store)
    assert staffed.store.settings.agency().organisation == "New PD"
    entry = next(r.entry for r in staffed.newest(9) if r.entry.action == "sync.package")
    assert "None of the known keys" in entry.why


def test_a_list_goes_down_and_counts_at_once(running: Fleet, staffed: StaffedStore) -> None:
    """A list published at the server is in the car after one contact, with its settings and its entry."""
    told: list[str] = []
    staffed.now = running.now()
    content = b"LPN,State,Reason,Information\n8ABC123,CA,Stolen Vehicle,white Camry\n"
    _publish(running, "BOSS", content)
    sync(staffed.store, on_lists=lambda: told.append("lists"))
    (entry,) = staffed.store.hotlists.entries("BOSS")
    assert entry.plate == "8ABC123"
    assert told == ["lists"]
    actions = [record.entry.action for record in staffed.newest(9)]
    assert "hotlist.import" in actions


def _publish(running: Fleet, name: str, content: bytes) -> None:
    now = running.now().replace(microsecond=0)
    file = running.folder / "list.zip"

    def manifest(size: int, sha256: str) -> Manifest:
        return Manifest(name, 1, now, now + timedelta(hours=48), ListForm.FULL, 0, size, sha256)

    write_package(file, content, manifest, [running.identity.signer])
    head = {"template": "boss", "tolerance": 0, "stale_h": 24, "source_agency": ""}
    body = json.dumps(head).encode() + b"\n" + file.read_bytes()
    running.central.packages.publish(f"list/{name}", body)


def test_the_log_is_witnessed_over_changes_of_its_key(
    running: Fleet, staffed: StaffedStore
) -> None:
    """Each day's key is handed over in its turn; after days the server still knows whom to believe."""
    sync(staffed.store)
    for _ in range(3):
        staffed.now += timedelta(days=1)
        staffed.store.audit.checkpoint()
    sync(staffed.store)
    box = running.central.boxes.find("unit 12")
    assert box.witnessed.vkey == staffed.store.audit.vkey()
    assert box.witnessed.size == staffed.store.sync.state().witnessed_size
    assert running.alarms() == []


def test_a_certificate_is_renewed_in_time(running: Fleet, staffed: StaffedStore) -> None:
    """When 20 days are left the box takes another one; the one before is refused from then on."""
    store: Store = staffed.store
    before = store.sync.link()
    assert before is not None
    sync(store, ahead=timedelta(days=12))
    after = store.sync.link()
    assert after is not None and after.certificate_pem != before.certificate_pem
    assert "0 wait" in sync(store)
    with store.ledger.writing():
        store.sync.enrol(before)
    with pytest.raises(LinkRefused, match="newer certificate"):
        sync(store)


def test_a_renewal_whose_answer_is_lost_locks_no_box_out(
    running: Fleet, staffed: StaffedStore
) -> None:
    """The server made a certificate that never arrived; the box comes with the one before and gets another."""
    boxes = running.central.boxes
    boxes.renew(boxes.find("unit 12"), make_request(fresh_key()), running.now())
    before = staffed.store.sync.link()
    assert "0 wait" in sync(staffed.store, ahead=timedelta(days=12))
    assert staffed.store.sync.link() != before
    assert "0 wait" in sync(staffed.store)


def test_another_servers_packages_are_taken_from_their_first_edition(
    running: Fleet, staffed: StaffedStore, tmp_path: Path
) -> None:
    """The numbers of the server before do not keep a disabled officer in, only because they were higher."""
    for name in ("Old PD", "Older PD"):
        running.central.packages.publish(SETTINGS, agency_text(Agency(organisation=name)).encode())
    sync(staffed.store)
    (tmp_path / "other").mkdir()
    with fleet(tmp_path / "other") as other:
        other.central.packages.publish(
            SETTINGS, agency_text(Agency(organisation="New PD")).encode()
        )
        enrol(staffed.store, other.code("unit 12"))
        assert "settings" in sync(staffed.store)
    assert staffed.store.settings.agency().organisation == "New PD"


def test_the_first_server_of_a_box_is_an_administrators_decision(tmp_path: Path) -> None:
    """A code of somebody's own server, brought by a technician to a new box, is not even tried."""
    with staffed_store(tmp_path / "new") as new:
        with pytest.raises(AccessRefused):
            SyncDesk(new.desk_of(Role.TECHNICIAN), new.store.sync).may_enrol_at("0" * 64)
        SyncDesk(new.desk_of(Role.ADMINISTRATOR), new.store.sync).may_enrol_at("0" * 64)


def test_only_an_administrator_moves_a_box_to_another_server(
    running: Fleet, staffed: StaffedStore
) -> None:
    """A technician enrols a box again at its server, but cannot send its records to one of his own."""
    link = staffed.store.sync.link()
    assert link is not None
    foreign = replace(link, server_vkey=Signer("other", secrets.token_bytes(32)).verifier.vkey)
    technician = SyncDesk(staffed.desk_of(Role.TECHNICIAN), staffed.store.sync)
    own = fingerprint(link.authority_pem)
    technician.may_enrol_at(own)
    technician.enrol(link)
    for refused in (lambda: technician.enrol(foreign), lambda: technician.may_enrol_at("0" * 64)):
        with pytest.raises(AccessRefused):
            refused()
    assert staffed.store.sync.link() == link
    SyncDesk(staffed.desk_of(Role.ADMINISTRATOR), staffed.store.sync).enrol(foreign)
    assert staffed.store.sync.link() == foreign
