"""What the tabs of evidence, releases and reports work with; joined in `records_desk.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alpr_core.desk.audit_reports import AuditReports
from alpr_core.desk.package_ports import MakeMedium
from alpr_core.desk.packages import Packages
from alpr_core.desk.releases import Releases
from alpr_core.packages.order import Medium, Recipient
from alpr_core.releases.request import Document


@dataclass(frozen=True, slots=True)
class RecordFiles:
    """Files and media that people name; every one raises an AlprError for what cannot be used."""

    on_medium: Callable[[Path], MakeMedium]
    medium: Callable[[Path, str, str], Medium]
    """The medium of a folder, as it tells itself; else model and serial as typed."""
    recipient: Callable[[Path], Recipient]
    """Who has the private half of a public key file."""
    document: Callable[[Path], Document]
    note: Callable[[Path], bytes]
    """Reads signed rules."""
    save: Callable[[Path, bytes], None]
    """Writes a new file; never over another."""
    verify: Callable[[Path], tuple[str, ...]]
    """Checks a package as its receiver would, and returns what was found."""


@dataclass(frozen=True, slots=True)
class RecordServices:
    """Packages, requests, reports, and the files that go with them."""

    packages: Packages
    releases: Releases
    reports: AuditReports
    public_pages: Callable[[], dict[str, bytes]]
    """Makes the pages for the website, of this year and the last."""
    held_reads: Callable[[str], tuple[str, ...]]
    """Reads that a hold keeps, by its id."""
    files: RecordFiles
