"""Who is not trusted gets no byte of data, leaves one entry, and is not tried for ever."""

from __future__ import annotations

import secrets
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from alpr_central.app import STRANGER_ENTRIES_MAX, WAITING_MAX
from alpr_central.authority import KeyAndCertificate, issue_box, issue_server, make_authority
from alpr_core.errors import AuditError, LinkRefused
from alpr_core.sync.tls import fresh_key, key_pem, load_key, make_request
from db.store import Store
from tests.alpr_central.fleet import ROOT_KEY, Fleet, drive, enrol, fleet, sync

NOW = datetime.now(UTC)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path) as one:
        yield one


class Listener:
    """A server that is not ours: counts what a client says to it after the handshake, and may answer."""

    def __init__(self, identity: KeyAndCertificate | None, answer: bytes = b"") -> None:
        self.heard = b""
        self._answer = answer
        self.connections = 0
        self._context: ssl.SSLContext | None = None
        if identity is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            load_key(self._context, identity.certificate_pem, identity.key_pem)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with client:
                client.settimeout(5)
                try:
                    if self._context is None:
                        client.recv(4096)
                        client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                        continue
                    with self._context.wrap_socket(client, server_side=True) as secure:
                        self.heard += secure.recv(65536)
                        secure.sendall(self._answer)
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


def refused(store: Store) -> str:
    """Return why sync is refused; it must be one entry, and no second attempt by itself."""
    with pytest.raises(LinkRefused) as first:
        sync(store)
    with pytest.raises(LinkRefused) as again:
        sync(store)
    assert again.value.what == first.value.what
    entries = [r.entry for r in store.audit.records.latest(limit=50)]
    stops = [entry for entry in entries if entry.action == "sync.stop"]
    assert [entry.why for entry in stops] == [first.value.what]
    return first.value.what


@contextmanager
def listener(identity: KeyAndCertificate | None, answer: bytes = b"") -> Iterator[Listener]:
    with closing(Listener(identity, answer)) as one:
        yield one


def with_link(store: Store, **changes: object) -> None:
    """Change how the box reaches its server."""
    link = store.sync.link()
    assert link is not None
    with store.ledger.writing():
        store.sync.enrol(replace(link, **changes))  # type: ignore[arg-type]


def _foreign(_: Fleet) -> KeyAndCertificate:
    return issue_server(make_authority("Other PD", NOW), ["127.0.0.1"], NOW)


def _expired(server: Fleet) -> KeyAndCertificate:
    return issue_server(server.identity.authority, ["127.0.0.1"], NOW - timedelta(days=200))


def _not_yet(server: Fleet) -> KeyAndCertificate:
    return issue_server(server.identity.authority, ["127.0.0.1"], NOW + timedelta(days=9))


def _other_name(server: Fleet) -> KeyAndCertificate:
    return issue_server(server.identity.authority, ["central.example.gov"], NOW)


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (_foreign, "not of the authority"),
        (_expired, "has expired"),
        (_not_yet, "not valid yet"),
        (_other_name, "for another name"),
        (lambda _: None, "does not speak TLS"),
    ],
    ids=["wrong authority", "expired", "not yet valid", "wrong name", "plain HTTP"],
)
def test_a_server_that_is_not_ours_hears_nothing(
    running: Fleet, identity: Callable[[Fleet], KeyAndCertificate | None], words: str
) -> None:
    """Not a byte of HTTP reaches it; it is tried once, told in words, and not again."""
    store = running.car("unit 12", reads=1)
    with listener(identity(running)) as other:
        with_link(store, server=f"https://127.0.0.1:{other.port}")
        assert words in refused(store)
        assert other.heard == b""
        assert other.connections == 1
    assert store.outbox.unsent_count() == 1


def test_an_address_without_tls_is_not_even_tried(running: Fleet) -> None:
    """A plain http address is refused before a connection is made."""
    store = running.car("unit 12", reads=1)
    with listener(None) as other:
        with_link(store, server=f"http://127.0.0.1:{other.port}")
        assert "no https address" in refused(store)
        assert other.connections == 0


def test_an_authority_behind_the_right_one_is_not_trusted(running: Fleet, tmp_path: Path) -> None:
    """Whoever adds his own certificate to the server's authority never hears the enrolment code."""
    own = make_authority("Between", NOW)
    both = running.identity.authority.certificate_pem + own.certificate_pem
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(both)}\r\nConnection: close\r\n\r\n{both}"
    between = issue_server(own, ["127.0.0.1"], NOW)
    with (
        closing(Store.open(tmp_path / "fresh", ROOT_KEY, box="unit 9")) as store,
        listener(between, answer.encode()) as other,
    ):
        with pytest.raises(LinkRefused, match="not of the authority"):
            enrol(store, running.code("unit 9", other.port))
        assert b"/v1/authority" in other.heard
        assert b"/v1/enrol" not in other.heard


def test_another_server_than_the_code_is_of_never_hears_it(running: Fleet, tmp_path: Path) -> None:
    """Whoever stands between box and server with an authority of his own learns no code and enrols no box."""
    own = make_authority("Between", NOW)
    pem = own.certificate_pem
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(pem)}\r\nConnection: close\r\n\r\n{pem}"
    with (
        closing(Store.open(tmp_path / "fresh", ROOT_KEY, box="unit 9")) as store,
        listener(issue_server(own, ["127.0.0.1"], NOW), answer.encode()) as other,
    ):
        with pytest.raises(LinkRefused, match="another server answers than the code is of"):
            enrol(store, running.code("unit 9", other.port))
        assert other.connections == 1
        assert b"/v1/enrol" not in other.heard
        assert store.sync.link() is None


def test_whoever_finds_it_stopped_adds_no_second_entry(running: Fleet) -> None:
    """Two runs that are refused at the same time leave one entry, with the first reason."""
    store = running.car("unit 12")
    for why in ("Box was revoked.", "Its certificate has expired."):
        store.sync.stop(why)
    entries = [record.entry for record in store.audit.records.latest(limit=9)]
    assert [one.why for one in entries if one.action == "sync.stop"] == ["Box was revoked."]


def test_strangers_who_dawdle_keep_no_box_waiting(
    running: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests without a certificate that never end take a few places of their own, and end after a while."""
    monkeypatch.setattr("alpr_central.request_content.STRANGER_LIMIT_S", 1.0)
    store = running.car("unit 12", reads=1)
    context = ssl.create_default_context(cadata=running.identity.authority.certificate_pem)
    begun = b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    strangers = []
    for _ in range(WAITING_MAX + 1):
        plain = socket.create_connection(("127.0.0.1", running.port))
        strangers.append(context.wrap_socket(plain, server_hostname="127.0.0.1"))
        strangers[-1].sendall(begun)
    assert "0 wait" in sync(store)
    answers = {one.recv(12) for one in strangers}
    assert answers == {b"HTTP/1.1 400", b"HTTP/1.1 429"}
    for one in strangers:
        one.close()


def test_a_code_enrols_no_other_boxes_log(running: Fleet) -> None:
    """A code for one box does not hand over another one's place, and is good for its own box afterwards."""
    store = running.car("unit 12", reads=1)
    code = running.code("unit 13")
    with pytest.raises(LinkRefused, match="unit 12's"):
        enrol(store, code)
    assert "0 wait" in sync(store)
    assert running.central.boxes.find("unit 12").is_revoked is False


def _certificate_of(
    authority: KeyAndCertificate, at: datetime, life: timedelta = timedelta(days=30)
) -> dict[str, object]:
    key = fresh_key()
    pem, _ = issue_box(authority, make_request(key), 1, at, life)
    return {"certificate_pem": pem, "key_pem": key_pem(key)}


def test_a_server_that_runs_for_long_renews_its_own_certificate(running: Fleet) -> None:
    """After half of its life the next connection sees another one: no fleet stands still because of a date."""

    def shown() -> datetime:
        blind = ssl.create_default_context()
        blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", running.port))
        with blind.wrap_socket(plain) as secure:
            der = secure.getpeercert(binary_form=True)
        assert der is not None
        return x509.load_der_x509_certificate(der).not_valid_after_utc

    before = shown()
    running.now_shift = timedelta(days=50)
    shown()
    assert shown() - before > timedelta(days=49)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (
            lambda s: _certificate_of(make_authority("Other PD", NOW), NOW),
            "not of the server's authority",
        ),
        (
            lambda s: _certificate_of(s.identity.authority, NOW - timedelta(days=90)),
            "certificate has expired",
        ),
        (lambda s: _certificate_of(s.identity.authority, NOW), "newer certificate"),
    ],
    ids=["foreign certificate", "expired certificate", "replaced certificate"],
)
def test_a_box_that_is_not_ours_brings_nothing(
    running: Fleet, link: Callable[[Fleet], dict[str, object]], words: str
) -> None:
    """The server takes no record of it; the box says why, once."""
    store = running.car("unit 12", reads=1)
    with_link(store, **link(running))
    assert words in refused(store)
    assert running.records_of() == []


def test_without_a_certificate_only_enrolment_answers(running: Fleet) -> None:
    """The greeting is refused in words, and the refusal is told to the server's log."""
    store = running.car("unit 12", reads=1)
    with_link(store, certificate_pem="", key_pem="")
    assert "No client certificate" in refused(store)
    assert [e.action for e in running.events if e.why].count("box.refuse") == 1
    assert running.records_of() == []


def test_strangers_do_not_fill_the_log(running: Fleet) -> None:
    """However often somebody without a certificate asks, an hour of it is a page of the log; boxes still count."""
    context = ssl.create_default_context(cadata=running.identity.authority.certificate_pem)
    with httpx.Client(base_url=f"https://127.0.0.1:{running.port}", verify=context) as stranger:
        statuses = {stranger.get("/v1/hello").status_code for _ in range(STRANGER_ENTRIES_MAX + 20)}
    assert statuses == {403}
    store = running.car("unit 12", reads=1)
    running.central.boxes.revoke(running.central.boxes.find("unit 12"), "stolen", NOW)
    assert "stolen" in refused(store)
    told = [event.why for event in running.events if event.action == "box.refuse"]
    assert len(told) == STRANGER_ENTRIES_MAX + 1


def test_a_revoked_box_is_out_at_its_next_request(running: Fleet) -> None:
    """Revocation counts at once, is told on both logs, and ends the box's attempts."""
    store = running.car("unit 12", reads=1)
    running.central.boxes.revoke(running.central.boxes.find("unit 12"), "stolen", NOW)
    assert "was revoked: stolen" in refused(store)
    assert running.events[-1].why.endswith("stolen.")
    assert running.records_of() == []


def test_a_rewritten_log_raises_an_alarm_on_both_sides(running: Fleet, tmp_path: Path) -> None:
    """Another log under the name of the witnessed one is refused, and no record of it is taken."""
    store = running.car("unit 12", reads=1)
    sync(store)
    drive(store, 1, first=5)
    # The witness is made to remember another past: the box's log is then the rewritten one.
    boxes = running.central.boxes
    box = boxes.find("unit 12")
    other = replace(box.witnessed, root=secrets.token_bytes(32))
    assert boxes.keep_witnessed(box, box.witnessed.size, other, b"", NOW)
    with pytest.raises(AuditError, match="was rewritten"):
        sync(store)
    assert any("was rewritten" in why for why in running.alarms())
    entries = [record.entry for record in store.audit.records.latest(limit=9)]
    assert any(entry.action == "log.alarm" for entry in entries)
    assert len(running.records_of()) == 1
    assert boxes.find("unit 12").alarm_why is not None
    store.sync.resume()
    with pytest.raises((LinkRefused, AuditError)):
        sync(store)
    assert len(running.records_of()) == 1


@pytest.mark.parametrize(("reads", "words"), [(1, "was cut short"), (20, "was rewritten")])
def test_a_store_put_back_from_a_copy_raises_an_alarm_on_both_sides(
    running: Fleet, tmp_path: Path, reads: int, words: str
) -> None:
    """A box that comes back with yesterday's disk is refused, at once or after its log has grown again."""
    store = Store.open(tmp_path / "twin", ROOT_KEY, box="twin")
    enrol(store, running.code("twin"))
    drive(store, 1)
    sync(store)
    store.close()
    shutil.copytree(tmp_path / "twin", tmp_path / "copy")
    with closing(Store.open(tmp_path / "twin", ROOT_KEY, box="twin")) as later:
        for number in range(5, 15):
            drive(later, 1, first=number)
        sync(later)
    before = running.records_of()
    with closing(Store.open(tmp_path / "copy", ROOT_KEY, box="twin")) as copy:
        for number in range(30, 30 + reads):
            drive(copy, 1, first=number)
        with pytest.raises(AuditError, match=words):
            sync(copy)
        assert copy.sync.state().stopped_why is not None
        entries = [record.entry for record in copy.audit.records.latest(limit=9)]
        assert any(entry.action == "log.alarm" and words in entry.why for entry in entries)
    assert any(words in why for why in running.alarms())
    assert running.records_of() == before
