"""`alpr selftest`: the known answers, asked on this computer. Needs no login and touches no data."""

from __future__ import annotations

import argparse

from alpr_core.errors import InstallError


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=self_test)


def self_test(_options: argparse.Namespace) -> int:
    """Print one line per known answer: ok or WRONG, what, its source, milliseconds.

    Raises:
        InstallError: an answer was wrong.
    """
    from alpr_tui.self_test import devices, reading, secrecy
    from alpr_tui.self_test.known_answers import ask

    answers = (*secrecy.ANSWERS, *reading.ANSWERS, *devices.ANSWERS)
    wrong = 0
    for answered in ask(answers):
        mark = "ok   " if answered.fault is None else "WRONG"
        print(f"{mark} {answered.answer.name} ({answered.answer.source}) {answered.took_ms:.0f} ms")
        if answered.fault is not None:
            wrong += 1
            print(f"      {answered.fault}")
    if wrong:
        raise InstallError(f"{wrong} of {len(answers)} known answers came out wrong.")
    print(f"All {len(answers)} known answers came out right.")
    return 0
