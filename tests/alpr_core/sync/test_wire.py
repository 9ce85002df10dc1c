"""The bytes of docs/sync-protocol.md: batches, receipts, packages; what was tampered with is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.accounts.user import make_user
from alpr_core.audit.signed_note import Signer
from alpr_core.errors import InputError, LinkError
from alpr_core.permissions import Role
from alpr_core.sealing import reader_key
from alpr_core.sync.batch import (
    BATCH_BYTES_MAX,
    BatchRecord,
    PoisonRecord,
    batch_key_name,
    digest,
    image_digests,
    make_batch,
    open_batch,
)
from alpr_core.sync.canonical import canonical_json
from alpr_core.sync.package import Package, open_package, sign_package
from alpr_core.sync.people import Account, parse_people, people_body
from alpr_core.sync.receipt import Receipt, open_receipt, sign_receipt

LOG = "alpr-tui/box/0011223344556677"
SIGNER = Signer(batch_key_name(LOG), bytes(32))
SERVER = Signer("alpr-central.test", bytes(range(32)))
AT = datetime(2026, 11, 24, 6, 0, 0, 123456, tzinfo=UTC)
RECORDS = (
    BatchRecord(17, "sighting", '{"pictures":{"plate":"' + "a" * 64 + '"},"plate":"7ABC123"}'),
    BatchRecord(19, "correction", '{"editor":"4711","reason":"blüte\\n"}'),
)
BATCH = make_batch(LOG, RECORDS, SIGNER)
OFFICER = make_user("a" * 32, "4711", "Ana Ruiz", "Officer", "Westminster PD", [Role.OFFICER])
PEOPLE_BODY = people_body([Account(OFFICER, 1, AT.date(), None)], {})


def test_a_batch_is_the_same_bytes_each_time() -> None:
    """The worked example: this digest, in every implementation, for ever."""
    assert make_batch(LOG, RECORDS, SIGNER) == BATCH
    head = b"alpr-tui/batch/v1\nlog alpr-tui/box/0011223344556677\nfirst 17\nlast 19\nrecords 2\nbytes "
    assert BATCH.startswith(head)
    assert BATCH.endswith(b'\n\n17 sighting {"pictures":{"plate":"' + b"a" * 64 + b'"},"plate":"7ABC123"}\n'
                          b'19 correction {"editor":"4711","reason":"bl\xc3\xbcte\\n"}\n')  # fmt: skip
    assert digest(BATCH) == "a8a53860e232234257ebb41c4a22663b08a4b7dd14dd85a8d7796ea831c1885a"
    opened = open_batch(BATCH, SIGNER.verifier)
    assert opened.records == RECORDS
    assert opened.sha256 == digest(BATCH)


@pytest.mark.parametrize("place", range(0, len(BATCH), 7))
def test_no_byte_of_a_batch_can_change(place: int) -> None:
    """Whatever byte is altered, the batch is refused and not misread."""
    altered = bytearray(BATCH)
    altered[place] ^= 0x01
    with pytest.raises(InputError):
        open_batch(bytes(altered), SIGNER.verifier)


def _with(*records: BatchRecord) -> bytes:
    return make_batch(LOG, records, SIGNER)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"", "no head"),
        (BATCH + b"x", "not those that were signed"),
        (b" " * (BATCH_BYTES_MAX + 1), "too large"),
        (make_batch(LOG, RECORDS, Signer(SIGNER.verifier.name, b"x" * 32)), "known keys"),
        (make_batch("alpr-tui/box/other", RECORDS, SIGNER), "another box"),
        (_with(RECORDS[1], RECORDS[0]), "order"),
        (_with(RECORDS[0], RECORDS[0]), "order"),
        (_with(BatchRecord(1, "Bad Kind", "{}")), "no record"),
        (_with(BatchRecord(1, "a", "[]")), "no record"),
        (_with(BatchRecord(1, "a", "{}\n2 b {}")), "as many records"),
    ],
)
def test_what_is_no_batch_is_refused(written: bytes, why: str) -> None:
    """Each way in which a batch can be wrong has its words, and nothing of it counts."""
    with pytest.raises(InputError, match=why):
        open_batch(written, SIGNER.verifier)


@pytest.mark.parametrize(
    "payload",
    ['{"b":1,"a":2}', '{"a": 1}', '{"a":1.5}', '{"a":NaN}', "{" + "[" * 5000, '{"a":"\\u0041"}',
     '{"a":"' + "x" * (256 * 1024) + '"}'],
)  # fmt: skip
def test_a_record_that_can_never_be_taken_is_named(payload: str) -> None:
    """Poison is told by its sequence, so that the others can go on without it."""
    with pytest.raises(PoisonRecord) as poison:
        open_batch(
            _with(RECORDS[0], BatchRecord(20, "odd", payload + "}" * (payload[-1] != "}"))),
            SIGNER.verifier,
        )
    assert poison.value.sequence == 20


def test_long_payloads_are_not_kept_in_memory() -> None:
    """A box that sends its longest records again and again fills no memory of the server."""
    payload = canonical_json({"a": [[]] * 80_000})
    record = BatchRecord(1, "sighting", payload)
    assert record.content() is not record.content()
    assert RECORDS[0].content() is RECORDS[0].content()


@given(
    st.dictionaries(
        st.text(max_size=8), st.one_of(st.integers(), st.text(max_size=20), st.none()), max_size=5
    )
)
def test_every_canonical_record_travels(content: dict[str, object]) -> None:
    """Whatever a part puts into the outbox in canonical form arrives as it was."""
    try:
        payload = canonical_json(content)
        payload.encode()
    except UnicodeEncodeError:
        return
    record = BatchRecord(1, "any.kind", payload)
    opened = open_batch(_with(record), SIGNER.verifier)
    assert opened.records == (record,)


def test_pictures_are_named_by_digests_only() -> None:
    """A record names its pictures by SHA-256; anything else is poison."""
    assert image_digests(RECORDS[0]) == ("a" * 64,)
    for pictures in (
        '{"plate":"short"}',
        '{"plate":1}',
        "{" + ",".join(f'"{n}":"{"a" * 64}"' for n in range(10, 30)) + "}",
    ):
        with pytest.raises(PoisonRecord):
            image_digests(BatchRecord(1, "sighting", f'{{"pictures":{pictures}}}'))


RECEIPT = Receipt(LOG, digest(BATCH), 17, 19, 2, 1, 0, AT)


def test_a_receipt_says_what_was_signed() -> None:
    """Numbers, digest and the server's time come back as they were."""
    note = sign_receipt(RECEIPT, SERVER)
    assert open_receipt(note, SERVER.verifier, digest(BATCH)) == RECEIPT
    assert b"received 2026-11-24T06:00:00.123456+00:00\n" in note


@pytest.mark.parametrize(
    "harm",
    [
        lambda note: note.replace(b"records 2", b"records 3"),
        lambda note: note.replace(b"lost 0\n", b""),
        lambda note: sign_receipt(RECEIPT, Signer(SERVER.verifier.name, bytes(32))),
        lambda note: sign_receipt(Receipt(LOG, "0" * 64, 17, 19, 2, 1, 0, AT), SERVER),
        lambda note: b"",
    ],
    ids=["altered", "shortened", "another key", "another batch", "empty"],
)
def test_a_false_receipt_marks_nothing(harm: Callable[[bytes], bytes]) -> None:
    """Nothing but the server's own word for this batch is a receipt."""
    with pytest.raises(LinkError):
        open_receipt(harm(sign_receipt(RECEIPT, SERVER)), SERVER.verifier, digest(BATCH))


def test_a_package_is_taken_forwards_only() -> None:
    """The same or an older version, another name, another key or another content is refused."""
    package = Package("list/SVS demo", 12, AT.replace(microsecond=0), b"body\n\nwith gaps")
    written = sign_package(package, SERVER)
    assert open_package(written, SERVER.verifier, "list/SVS demo", 11) == package
    for name, installed, key, content, why in (
        ("list/SVS demo", 12, SERVER, written, "not newer"),
        ("people", 0, SERVER, written, "another one"),
        ("list/SVS demo", 0, Signer(SERVER.verifier.name, bytes(32)), written, "known keys"),
        ("list/SVS demo", 0, SERVER, written + b"!", "not what was signed"),
    ):
        with pytest.raises(InputError, match=why):
            open_package(content, key.verifier, name, installed)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"version":3,"people":[],"sealed":{"keys":{}}}', b'{"version":2,"people":[]}',
     b'{"version":2,"people":[{"badge":"4711"}],"sealed":{"keys":{}}}',
     PEOPLE_BODY.replace(b'["officer"]', b'["auditor","officer"]'),
     PEOPLE_BODY.replace(b'"keys":{', b'"keys":{"alpr-tui/box/1":"AAAA",')],
)  # fmt: skip
def test_people_that_cannot_be_are_refused_whole(body: bytes) -> None:
    """A list of people with one account that cannot be changes no account."""
    with pytest.raises(InputError, match="accounts stay"):
        parse_people(body, "alpr-tui/box/1", reader_key(bytes(32)))
    assert parse_people(PEOPLE_BODY, "alpr-tui/box/1", reader_key(bytes(32)))[0].user == OFFICER
