"""`alpr doctor`: is everything there that this box needs? Needs no login, opens no store, shows no plate."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from alpr_core.errors import InstallError
from alpr_tui.configuration import DEFAULT_FILE


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help=f"the box's ({DEFAULT_FILE})")
    parser.set_defaults(command=doctor)


def doctor(options: argparse.Namespace) -> int:
    """Print one line per finding: ok, note or STOP.

    Raises:
        InstallError: something says STOP.
    """
    from alpr_tui.box_checks import check_box, check_program
    from alpr_tui.provisioning.machine_checks import Level

    levels: Counter[Level] = Counter()
    named: Path | None = options.config
    file = named or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    for finding in (*check_program(), *check_box(file)):
        print(f"{finding.level.value}  {finding.words}", flush=True)
        levels[finding.level] += 1
    if levels[Level.BAD]:
        hint = "Mend what says STOP and ask again; a running box was not touched."
        raise InstallError(f"{levels[Level.BAD]} checks say STOP.", hint)
    print(f"Nothing stands in the way; {levels[Level.DOUBT]} notes.")
    return 0
