"""What the agency asks of each list: how near a match must be, how old it may be, who signs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import AuditError, InputError
from alpr_core.hotlist import TOLERANCE_MAX
from alpr_core.terminal_text import clean_text

LIST_NAME_CHARS_MAX = 40
"""Shown beside a hit at 80 columns."""

LOOSE_ENTRIES_MAX = 20_000
"""Entries of a list that may forgive look-alikes or leave signs open: on a statewide list that would stop the
wrong people. Source: design.md section 4, Matching."""

STALE_AFTER = timedelta(hours=24)
"""Age from which a list is stale unless the agency says otherwise: statewide lists come daily or oftener."""


@dataclass(frozen=True, slots=True)
class ListSettings:
    """One list as the agency wants it. Make it with `make_settings`."""

    name: str
    template: str = ""
    """Name of the template its files are read by; empty means that no file has come yet."""
    tolerance: int = 0
    """Look-alike signs forgiven in its entries that do not say themselves, 0 to TOLERANCE_MAX."""
    stale_after: timedelta | None = STALE_AFTER
    """Age from which its hits have a lower priority; None means that it does not age (local lists)."""
    signer: str = ""
    """Verifier key (`name+id+key`) that must have signed every edition; empty means unsigned files do."""
    source_agency: str = ""
    """Whom the officer calls about an entry that names nobody."""


def make_settings(
    name: str,
    template: str = "",
    tolerance: int = 0,
    stale_after: timedelta | None = STALE_AFTER,
    signer: str = "",
    source_agency: str = "",
) -> ListSettings:
    """Return cleaned and checked settings.

    Raises:
        InputError: no name, a tolerance or age out of range, or a signer that is no verifier key.
    """
    cleaned = clean_text(name, LIST_NAME_CHARS_MAX)
    if not cleaned or cleaned != name:
        raise InputError(
            f"{cleaned or 'Nothing'} cannot be the name of a list.",
            f"Use up to {LIST_NAME_CHARS_MAX} letters, digits and blanks.",
        )
    if not 0 <= tolerance <= TOLERANCE_MAX:
        raise InputError(
            f"List {cleaned}: a tolerance of {tolerance} signs is not possible.",
            f"Choose 0 (exact) to {TOLERANCE_MAX}.",
        )
    if stale_after is not None and stale_after <= timedelta(0):
        raise InputError(f"List {cleaned} cannot be stale at once.", "Give hours above 0.")
    if signer:
        try:
            Verifier.parse(signer)
        except AuditError as error:
            raise InputError(
                f"List {cleaned}: {error.what}", "Copy the key as its owner wrote it."
            ) from error
    return ListSettings(
        cleaned, template, tolerance, stale_after, signer, clean_text(source_agency)
    )


def typed_settings(
    name: str, template: str, tolerance: str, stale_hours: str, signer: str, source_agency: str
) -> ListSettings:
    """Return settings from what somebody typed; 0 hours mean that the list does not age.

    Raises:
        InputError: a number that is none, or what `make_settings` refuses.
    """
    try:
        signs, hours = int(tolerance), float(stale_hours)
        stale_after = timedelta(hours=hours) if hours else None
    except (ValueError, OverflowError) as error:
        raise InputError(
            "Tolerance and hours are numbers.", "Write them like 0 and 24; nothing was changed."
        ) from error
    return make_settings(name.strip(), template, signs, stale_after, signer.strip(), source_agency)
