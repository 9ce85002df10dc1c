"""`alpr read`: plates of photographs, folders and videos; stores nothing."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from alpr_core.errors import AlprError, InputError, UsageError
from alpr_core.terminal_text import clean_text
from alpr_tui.annotation import save_annotated
from alpr_tui.look_report import LookReport, write_csv_header, write_csv_rows
from alpr_tui.looking import look_at, looks_at
from alpr_tui.widgets.plate_line import percent
from alpr_vision.eyes import Eyes
from hw.picture_file import shown_name
from hw.picture_folder import PICTURE_SUFFIXES
from hw.video import VIDEO_SUFFIXES

ReportSink = Callable[[LookReport], None]


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--crops", action="store_true", help="each picture is one cut-out plate")
    parser.add_argument("--csv", metavar="FILE", help="write a table; '-' is stdout")
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help="save the pictures, plates marked"
    )
    parser.set_defaults(command=read)


def read(options: argparse.Namespace) -> int:
    """Read every path; a bad one is named on stderr and sets the exit code, the others go on.

    Raises:
        UsageError: the table or stdout cannot be written; the former is found before anything is read.
    """
    console = Console(stderr=True)
    exit_code = 0

    def refuse(error: AlprError) -> None:
        nonlocal exit_code
        exit_code = max(exit_code, error.exit_code)
        with contextlib.suppress(OSError):  # without a stderr the exit code has to do
            console.print(
                f"alpr: {error}", markup=False, highlight=False, emoji=False, soft_wrap=True
            )

    with _report_sink(options.csv) as report_to:
        if options.annotate is not None:
            _make_folder(options.annotate)
        files = looks_at(options.paths, refuse)
        if not files:
            raise InputError("Nothing is left to read.", "Name a picture, a video or a folder.")
        eyes = Eyes.open()
        with _progress(console) as progress:
            task = progress.add_task("Reading", total=len(files))
            for file in files:
                try:
                    for report in look_at(eyes, file, is_crop=options.crops):
                        report_to(report)
                        if options.annotate is not None:
                            _annotate(report, options.annotate, refuse)
                except InputError as error:
                    refuse(error)
                progress.advance(task)
    return exit_code


def _annotate(report: LookReport, folder: Path, refuse: Callable[[AlprError], None]) -> None:
    """Save the picture; one that cannot be saved must not cost the readings of the others."""
    try:
        save_annotated(report, folder)
    except UsageError as error:
        refuse(error)


@contextlib.contextmanager
def _report_sink(csv_file: str | None) -> Iterator[ReportSink]:
    """Where reports go: lines for people, a table on stdout, or a table in a file."""
    if csv_file is not None and csv_file != "-":
        with _table(_table_target(csv_file)) as (table, target_name):
            yield _table_sink(table, target_name)
        return
    if sys.stdout is None:
        raise UsageError("Standard output is closed.", "Name a file with --csv.")
    if csv_file is None:
        yield _print_report
    else:
        yield _table_sink(sys.stdout, "Standard output")


def _table_sink(table: TextIO, name: str) -> ReportSink:
    with _writing_to(name):
        write_csv_header(table)

    def write(report: LookReport) -> None:
        with _writing_to(name):
            write_csv_rows(table, report)

    return write


def _table_target(csv_file: str) -> Path:
    """Return the file that is to hold the table, links followed.

    Raises:
        UsageError: a folder, no name at all, a picture or video by its ending, or out of reach.
    """
    target = Path(csv_file)
    name = shown_name(target)
    if not csv_file:
        raise UsageError("The name after --csv is empty.", "Name a file, or '-' for stdout.")
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if not target.parent.is_dir() and not target.is_symlink():
            raise UsageError(
                f"{name} cannot be written (its folder is not there).",
                "Make the folder first, or name another file.",
            ) from None
        mode = stat.S_IFREG
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{name} cannot be written ({_reason(error)}).", "Name another."
        ) from error
    if stat.S_ISDIR(mode):
        raise UsageError(f"{name} is a folder; --csv takes a file.", "Name a file in it.")
    if stat.S_ISREG(mode):
        target = target.resolve()
    for suffix in (Path(csv_file).suffix.lower(), target.suffix.lower()):
        if suffix in PICTURE_SUFFIXES or suffix in VIDEO_SUFFIXES:
            raise UsageError(
                f"{name} is a picture or video by its name; a table would replace it.",
                "Name the table after --csv, such as --csv plates.csv.",
            )
    return target


@contextlib.contextmanager
def _table(target: Path) -> Iterator[tuple[TextIO, str]]:
    """Open a table that appears when it is whole; pipes and devices are written as they are."""
    name = shown_name(target)
    is_ordinary = target.is_file() or not target.exists()
    unfinished = target.with_name(f".alpr-{secrets.token_hex(6)}.part") if is_ordinary else None
    with _writing_to(name):
        table = (unfinished or target).open(
            "x" if unfinished else "w", encoding="utf-8", newline=""
        )
    try:
        yield table, name
        with _writing_to(name):
            table.close()
            if unfinished is not None:
                unfinished.replace(target)
    finally:
        with contextlib.suppress(OSError):
            table.close()
        if unfinished is not None:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)


@contextlib.contextmanager
def _writing_to(name: str) -> Iterator[None]:
    """Translate a failed write; a reader that has gone is not a failure of ours."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(
            f"{name} cannot be written ({_reason(error)}).", "Free some space or name another file."
        ) from error


def _print_report(report: LookReport) -> None:
    image = clean_text(report.image, 40)
    with _writing_to("Standard output"):
        if not report.readings:
            print(f"{image:40}  no plate")
        for reading in report.readings:
            state = reading.state or "state unread"
            others = f"  or {' '.join(reading.alternatives)}" if reading.alternatives else ""
            weakest = percent(reading.weakest)
            print(f"{image:40}  {reading.text:8}  {state:12}  {weakest:>4}{others}")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{shown_name(folder)} cannot be made ({_reason(error)}).", "Name another folder."
        ) from error


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or "no possible name"
