"""`alpr purge`: what would go, its confirmation, the purge itself, and the certificates.

A running box purges by itself; `run` is for a store whose box is off, and then a person says what day it is.
"""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path

from alpr_core.errors import InputError, StoreError, UsageError
from alpr_core.jobs import JobOutcome
from alpr_core.permissions import Action
from alpr_core.purge import PurgeTally
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.retention_desk import purges_at
from alpr_tui.signing_in import signed_in
from db.instants import utc_now
from scheduler.job import Job
from scheduler.job_runner import JobRunner
from scheduler.job_table import JobParts, box_jobs


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    preview = deeds.add_parser("preview", help="what would go now, and what is announced")
    preview.set_defaults(command=_preview)
    confirm = deeds.add_parser("confirm", help="confirm what is announced")
    confirm.set_defaults(command=_confirm)
    run = deeds.add_parser("run", help="announce what is due, or carry out what was announced")
    run.add_argument(
        "--today", type=_day, required=True, metavar="YYYY-MM-DD", help="UTC day, by your own clock"
    )
    run.set_defaults(command=_run)
    shown = deeds.add_parser("certificate", help="list the certificates, or write one as PDF")
    shown.add_argument("number", nargs="?", metavar="NUMBER")
    shown.add_argument("--pdf", type=Path, metavar="FILE", help="a file that is not there yet")
    shown.set_defaults(command=_certificate)
    for deed in (preview, confirm, run, shown):
        add_store_options(deed)


def _preview(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        outlook = purges_at(signed.desk, signed.store, utc_now).outlook()
    if outlook.rules is None or outlook.due is None:
        raise InputError(
            "There are no retention rules, so nothing is purged.", "See `alpr retention`."
        )
    _print_tally("due", outlook.due)
    if outlook.notice is not None:
        _print_tally("announced", outlook.notice.tally)
        _print("announced at", outlook.notice.announced_at.isoformat(timespec="seconds"))
        _print("confirmed by", " ".join(outlook.notice.confirmed_by))
        _print("waits for", "" if outlook.denial is None else outlook.denial.value)
    _print("clock", outlook.stopped_why or "good")
    return 0


def _confirm(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        notice = purges_at(signed.desk, signed.store, utc_now).confirm()
    _print_tally("confirmed", notice.tally)
    return 0


def _run(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        if options.today != utc_now().date():
            raise UsageError(
                f"By this computer's clock it is {utc_now():%Y-%m-%d} UTC.",
                "Set the clock right, or correct --today; nothing was purged.",
            )
        with signed.desk.doing(Action.PURGE, "alpr purge") as record:
            record.facts["today"] = options.today.isoformat()
            # The person has confirmed the date with this very entry.
            if signed.store.retention.clock_stopped_why() is not None:
                signed.store.retention.confirm_clock(utc_now())
        runs = signed.store.job_runs
        job = _purge_job(box_jobs(JobParts(signed.store, utc_now)))
        outcome = JobRunner(runs, lambda _event: None, utc_now, lambda: True).run(job)
        last = runs.last(job.name)
    why = "" if last is None else last.why
    if outcome is not JobOutcome.DONE:
        raise StoreError(why or "A purge is under way in another program.", "")
    print(clean_text(why))
    return 0


def _certificate(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        purges = purges_at(signed.desk, signed.store, utc_now)
        found = purges.certificates()
        if options.number is None:
            _print(
                "number",
                "ended",
                "reads",
                "hits",
                "held",
                "unreceipted",
                "oldest",
                "newest",
                "proven",
            )
            for certificate in found:
                _print(*_cells(certificate))
            return 0
        chosen = [one for one in found if one.number == options.number]
        if not chosen:
            raise InputError(f"There is no certificate {clean_text(options.number, 40)}.", "")
        if options.pdf is None:
            _print(*_cells(chosen[0]))
        else:
            print(f"sha256\t{purges.issue(chosen[0], options.pdf)}")
    return 0


def _purge_job(jobs: tuple[Job, ...]) -> Job:
    return next(job for job in jobs if job.action is Action.PURGE)


def _cells(certificate: PurgeCertificate) -> tuple[str, ...]:
    return (
        certificate.number,
        certificate.ended_at.isoformat(timespec="seconds"),
        str(certificate.reads),
        str(certificate.hits),
        str(certificate.held),
        str(certificate.unreceipted),
        _instant(certificate.oldest),
        _instant(certificate.newest),
        "yes" if certificate.is_proven else "NO",
    )


def _print_tally(what: str, tally: PurgeTally) -> None:
    for name, value in (
        ("reads", tally.reads),
        ("hits", tally.hits),
        ("pictures", tally.pictures),
        ("held", tally.held),
        ("unreceipted", tally.unreceipted),
        ("log days", tally.subject_days),
    ):
        _print(f"{what} {name}", str(value))
    _print(f"{what} oldest", _instant(tally.oldest))
    _print(f"{what} newest", _instant(tally.newest))


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a day like 2026-11-24") from error
