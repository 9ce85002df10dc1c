"""How a command states why it opens stored reads: the same purposes and rules as on the screen."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError, UsageError
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadQuery, typed_pattern
from alpr_core.terminal_text import clean_text


def add_purpose_options(parser: argparse.ArgumentParser, code: str) -> None:
    """Add case number and detail; the purpose is `code` unless another one of the agency's list is named."""
    parser.add_argument("--purpose", default=code, metavar="CODE", help=f"usually {code}")
    parser.add_argument("--case", required=True, metavar="NUMBER", help="case or incident number")
    parser.add_argument("--detail", default="", help="why, in plain words")


def purpose_of(options: argparse.Namespace, desk: Desk) -> AccessPurpose:
    """Return the purpose that the options state.

    Raises:
        InputError: the agency's rules do not take it.
    """
    stated = desk.state_purpose(options.purpose, options.case, options.detail)
    if not isinstance(stated, AccessPurpose):
        raise InputError(stated.why, "Name purpose, case and detail; nothing was done.")
    return stated


def add_query_options(parser: argparse.ArgumentParser) -> None:
    """Add what chooses reads."""
    parser.add_argument("--plate", help="plate, part of one, or pattern with ? and *")
    parser.add_argument("--since", type=moment, metavar="TIME", help="like 2026-11-24T21:30, UTC")
    parser.add_argument("--until", type=moment, metavar="TIME")


def query_of(options: argparse.Namespace) -> ReadQuery:
    """Return the query that the options state."""
    plate = typed_pattern(options.plate) if options.plate else None
    return ReadQuery(plate=plate, since=options.since, until=options.until)


def moment(text: str) -> datetime:
    """Return a time as typed; without a zone it is UTC.

    Raises:
        UsageError: it is no time.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{clean_text(text, 30)} is no time; write it like 2026-11-24T21:30."
        ) from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
