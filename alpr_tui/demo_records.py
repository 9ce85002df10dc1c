"""What the demo needs for evidence and releases: a recipient's keys, a stick, a letter; files in its folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alpr_reports.pdf import pdf_bytes
from alpr_reports.sheet import KeyValues, Sheet, Signatures, Text
from db.key_escrow import make_escrow_pair

RECIPIENT = "district-attorney"
LETTER, STICK = "letter.pdf", "stick"


def make_demo_records(folder: Path, now: datetime) -> tuple[tuple[str, Path], ...]:
    """Make what is not there yet; return what each file is, for the lines that the demo prints."""
    private, public = folder / f"{RECIPIENT}.key", folder / f"{RECIPIENT}.pem"
    if not public.exists():
        make_escrow_pair(private, public)
    (folder / STICK).mkdir(exist_ok=True)
    letter = folder / LETTER
    if not letter.exists():
        letter.write_bytes(pdf_bytes(_letter(now)))
    return (
        ("public key", public),
        ("stick", folder / STICK),
        ("a letter", letter),
    )


def _letter(now: datetime) -> Sheet:
    return Sheet(
        kind="Written request",
        title="Request for license plate data",
        organisation="Orange County Sheriff's Department (DEMO)",
        number="OCSD 26-77812",
        made_at=now,
        made_by="Inv. Dana Flores",
        blocks=(
            KeyValues(
                (
                    ("Agency", "Orange County Sheriff's Department"),
                    ("Person requesting", "Inv. Dana Flores"),
                    ("Intended purpose", "Homicide of November 21: route of a silver van"),
                    ("Asked for", "All reads of today"),
                )
            ),
            Text("This letter belongs to the demo; nobody has written it."),
            Signatures(("Inv. Dana Flores",)),
        ),
    )
