"""The certificate of destruction on paper: what went, by whose authority, what stayed, how it was proved.

Source: policy 462.2.1(f), 462.4; Government Code 34090.6; NIST SP 800-88 Rev. 1, appendix G.
"""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.purge_certificate import PurgeCertificate, certificate_digest
from alpr_core.retention import DataClass, Place
from alpr_reports.pdf import pdf_bytes
from alpr_reports.sheet import (
    Align,
    Block,
    Column,
    Heading,
    KeyValues,
    Notice,
    Sheet,
    Signatures,
    Table,
    Text,
)

_CLASSES = {
    DataClass.READ.value: "reads",
    DataClass.HIT.value: "hits",
    DataClass.SUBJECT.value: "log",
}
_PROVEN = (
    "After the destruction every page of the database was decrypted with its key, one by one and past the"
    " database program, and looked through for the plates of what went. Nothing was found, and the counts add up."
)
_PROVEN_BY_ABSENCE = (
    "After the destruction the server was asked for every row, every sealed picture and every key of the months"
    " that went. Nothing was there, and the counts add up."
)
_NOT_PROVEN = (
    "NOT PROVEN. Traces of what went were found, or the counts do not add up. Keep the computer as it is and tell"
    " the administrator."
)
_LIMITS_OF_TABLES = (
    "The disk of the database may keep blocks of a dropped table, and its own log and backups hold what went until"
    " they are destroyed too. No picture in them opens: its key is gone."
)
_LIMITS = (
    "Flash memory may keep copies of overwritten blocks where no program reaches them. They are encrypted with the"
    " store's key; replacing that key (alpr keys rotate-database) makes them unreadable for everybody. Backups"
    " made before this purge hold what went until they are destroyed too."
)


def purge_certificate_pdf(certificate: PurgeCertificate) -> bytes:
    """Return the certificate as PDF; the same certificate gives the same bytes."""
    sheet = Sheet(
        kind="Certificate of destruction",
        title="Plate reads destroyed by the retention schedule",
        organisation=certificate.organisation or "-",
        number=certificate.number,
        made_at=certificate.ended_at,
        made_by=f"{certificate.box}, by the signed rules, version {certificate.rules_version}",
        blocks=(
            Notice(_proven_words(certificate)),
            *_destroyed(certificate),
            *_kept(certificate),
            *_authority(certificate),
            *_keys(certificate),
            *_proof(certificate),
            Signatures(("Professional Standards Unit Commander", "Custodian of Records")),
        ),
    )
    return pdf_bytes(sheet)


def _proven_words(certificate: PurgeCertificate) -> str:
    if not certificate.is_proven:
        return _NOT_PROVEN
    return _PROVEN if certificate.pages else _PROVEN_BY_ABSENCE


def _is_of_car(certificate: PurgeCertificate) -> bool:
    return certificate.place == Place.CAR.value


def _destroyed(certificate: PurgeCertificate) -> tuple[Block, ...]:
    since = "Seen" if _is_of_car(certificate) else "Received"
    return (
        Heading("What was destroyed"),
        KeyValues(
            (
                ("Reads on no list", f"{certificate.reads:,}"),
                ("Reads that matched a list", f"{certificate.hits:,}"),
                ("Pictures", f"{certificate.pictures:,}"),
                ("Oldest read", _time(certificate.oldest)),
                ("Newest read", _time(certificate.newest)),
                *(
                    (f"{since} before, {_CLASSES[kind]}", f"{day} 00:00 UTC")
                    for kind, day in certificate.cut_offs
                ),
                (
                    "Begun and ended",
                    f"{_time(certificate.begun_at)} to {_time(certificate.ended_at)}",
                ),
            )
        ),
    )


def _kept(certificate: PurgeCertificate) -> tuple[Block, ...]:
    return (
        Heading("What was due and stayed"),
        KeyValues(
            (
                ("Held", f"{certificate.held:,} reads"),
                ("Without a receipt", f"{certificate.unreceipted:,} reads"),
                (
                    "Count of what was due by age",
                    f"{certificate.stored_before:,} before, {certificate.stored_after:,} after",
                ),
            )
        ),
        Table(
            (Column("Hold", 1, is_code=True), Column("Case", 3)),
            certificate.holds,
            "No hold kept a read.",
        ),
    )


def _authority(certificate: PurgeCertificate) -> tuple[Block, ...]:
    confirmed = ", ".join(f"badge {badge}" for badge in certificate.confirmed_by)
    return (
        Heading("Authority (Government Code 34090.6)"),
        KeyValues(
            (
                ("Legislative approval", certificate.approval),
                ("Attorney's consent", certificate.consent),
                ("Announced", _time(certificate.announced_at)),
                ("Confirmed by", confirmed or "not asked for by the rules"),
                (
                    "Rules",
                    f"version {certificate.rules_version}, SHA-256 {certificate.rules_sha256}",
                ),
                ("Signed by", certificate.rules_signer),
            )
        ),
    )


def _keys(certificate: PurgeCertificate) -> tuple[Block, ...]:
    subjects = ", ".join(certificate.subject_keys)
    return (
        Heading("Keys destroyed"),
        Table(
            (Column("Of", 1), Column("Pictures", 1), Column("Key", 2, Align.LEFT, is_code=True)),
            certificate.day_keys,
            "No key of pictures.",
        ),
        Text(
            f"{certificate.resealed:,} pictures of these {'days' if _is_of_car(certificate) else 'months'} stayed"
            " and were sealed under other keys before."
            f" Keys of plates and notes on the audit log: {subjects or 'none'}."
        ),
    )


def _proof(certificate: PurgeCertificate) -> tuple[Block, ...]:
    pages = (
        ("Pages decrypted", f"{certificate.pages:,}"),
        ("Plates and readings looked for", f"{certificate.texts:,}"),
        ("Held by other records that stayed", f"{certificate.still_recorded:,}"),
    )
    looked_through = pages if certificate.pages else ()
    return (
        Heading("Proof"),
        KeyValues(
            (
                *looked_through,
                ("Traces found", f"{certificate.remnants:,}"),
                ("Audit log", certificate.log_origin),
                ("Its size and root", f"{certificate.log_size:,}, {certificate.log_root}"),
                ("SHA-256 on the log", certificate_digest(certificate)),
            )
        ),
        Text(_LIMITS if certificate.pages else _LIMITS_OF_TABLES),
    )


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
