"""The certificate of destruction on paper."""

from __future__ import annotations

import io
from dataclasses import replace

from pypdf import PdfReader

from alpr_core.purge_certificate import (
    PurgeCertificate,
    certificate_digest,
    certificate_text,
    parse_certificate,
)
from alpr_reports.purge_certificate import purge_certificate_pdf
from tests.db.purging import AGENCY, DAY, NOW

CERTIFICATE = PurgeCertificate(
    number="unit 12-P0007",
    box="unit 12",
    organisation="Westminster Police Department",
    announced_at=NOW - 8 * DAY,
    begun_at=NOW,
    ended_at=NOW,
    confirmed_by=("A-1", "A-2"),
    rules_version=3,
    rules_sha256="ab" * 32,
    rules_signer=AGENCY.verifier.vkey,
    approval="Resolution 2026-41 of the City Council, 13 October 2026",
    consent="City Attorney J. Moreno, 20 October 2026",
    cut_offs=(("hit", "2026-08-25"), ("read", "2026-10-24"), ("subject", "2025-10-19")),
    reads=18_204,
    hits=31,
    pictures=54_690,
    oldest=NOW - 93 * DAY,
    newest=NOW - 31 * DAY,
    held=12,
    holds=(("0123456789ab", "26-012345"),),
    unreceipted=4,
    stored_before=18_251,
    stored_after=16,
    day_keys=(
        ("2026-10-23", "plate", "0011223344556677"),
        ("2026-10-23", "frame", "8899aabbccddeeff"),
    ),
    resealed=32,
    subject_keys=("2025-10-18",),
    log_origin="alpr-tui/box/0123",
    log_size=123_456,
    log_root="cd" * 32,
    pages=40_000,
    texts=36_000,
    still_recorded=7,
    remnants=0,
)


def text_of(certificate: PurgeCertificate) -> str:
    reader = PdfReader(io.BytesIO(purge_certificate_pdf(certificate)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_certificate_says_everything() -> None:
    """Counts, oldest and newest, both authorities, holds, keys, log root and digest stand on the sheet."""
    text = text_of(CERTIFICATE)
    for words in (
        "18,204", "31", "54,690", "2026-08-22", "2026-10-23", "Resolution 2026-41", "J. Moreno",
        "12 reads", "4 reads", "0123456789ab", "26-012345", "0011223344556677", "2025-10-18",
        "badge A-1, badge A-2", "123,456", "Nothing was found",
    ):  # fmt: skip
        assert words in text, words
    assert certificate_digest(CERTIFICATE)[:20] in text.replace(" ", "")


def test_the_same_certificate_gives_the_same_bytes() -> None:
    """A certificate printed again is the same file; as a record it is read as it was written."""
    assert purge_certificate_pdf(CERTIFICATE) == purge_certificate_pdf(CERTIFICATE)
    assert parse_certificate(certificate_text(CERTIFICATE)) == CERTIFICATE


def test_what_is_not_proven_says_so() -> None:
    """Traces that were found, or counts that do not add up, stand at the head of the sheet."""
    for doubtful in (replace(CERTIFICATE, remnants=1), replace(CERTIFICATE, stored_after=17)):
        assert not doubtful.is_proven
        assert "NOT PROVEN" in text_of(doubtful)
