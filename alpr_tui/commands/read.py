"""`alpr read`: plates of photographs, folders and videos; stores nothing."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from alpr_core.errors import AlprError, StoreFullError, UsageError
from alpr_core.terminal_text import clean_text
from alpr_tui.annotation import save_annotated
from alpr_tui.look_report import LookReport, write_csv_header, write_csv_rows
from alpr_tui.looking import look_at, looks_at
from alpr_vision.eyes import Eyes


def add_to(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = parsers.add_parser("read", help="read photographs, folders, videos; stores nothing")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--crops", action="store_true", help="each picture is one cut-out plate")
    parser.add_argument("--csv", metavar="FILE", help="write a table; '-' is stdout")
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help="save the pictures, plates marked"
    )
    parser.set_defaults(command=read)


def read(options: argparse.Namespace) -> int:
    """Read every path; a bad one is named on stderr and sets the exit code, the others go on."""
    files = looks_at(options.paths)
    if options.annotate is not None:
        _make_folder(options.annotate)
    eyes = Eyes.open()
    exit_code = 0
    console = Console(stderr=True)
    with _report_sink(options.csv) as report_to, _progress(console) as progress:
        task = progress.add_task("Reading", total=len(files))
        for file in files:
            try:
                for report in look_at(eyes, file, is_crop=options.crops):
                    report_to(report)
                    if options.annotate is not None:
                        save_annotated(report, options.annotate)
            except AlprError as error:
                exit_code = max(exit_code, error.exit_code)
                progress.console.print(f"alpr: {error}", markup=False, highlight=False)
            progress.advance(task)
    return exit_code


@contextlib.contextmanager
def _report_sink(csv_file: str | None) -> Iterator[Callable[[LookReport], None]]:
    """Where reports go: lines for people, a table on stdout, or a table that appears when it is whole."""
    if csv_file is None:
        yield _print_report
    elif csv_file == "-":
        write_csv_header(sys.stdout)
        yield lambda report: write_csv_rows(sys.stdout, report)
    else:
        target = Path(csv_file)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as table:
                write_csv_header(table)
                yield lambda report: write_csv_rows(table, report)
            unfinished.replace(target)
        except OSError as error:
            raise StoreFullError(
                f"{_shown(target)} cannot be written ({error.strerror})."
            ) from error
        finally:
            unfinished.unlink(missing_ok=True)


def _print_report(report: LookReport) -> None:
    image = clean_text(report.image, 40)
    if not report.readings:
        print(f"{image:40}  no plate")
    for reading in report.readings:
        state = reading.state or "state unread"
        others = f"  or {' '.join(reading.alternatives)}" if reading.alternatives else ""
        print(f"{image:40}  {reading.text:8}  {state:12}  {reading.weakest:4.0%}{others}")


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
    except OSError as error:
        raise UsageError(f"{_shown(folder)} cannot be made ({error.strerror}).") from error


def _shown(path: Path) -> str:
    return clean_text(path.name)
