"""What can be typed after `alpr`."""

from __future__ import annotations

import argparse

from alpr_tui.commands import (
    audit,
    bench,
    board,
    camera,
    canvass,
    central,
    demo,
    device,
    doctor,
    evidence,
    gps,
    hold,
    hotlist,
    jobs,
    keys,
    models,
    provision,
    purge,
    read,
    release,
    report,
    retention,
    run,
    selftest,
    settings,
    store,
    sync,
    user,
)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options; `command` is the function to call with them. Exits with 2 on a wrong word."""
    parser = argparse.ArgumentParser(
        prog="alpr",
        description="In-car licence plate reader. Data goes to stdout, words to stderr.",
    )
    parsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (
        demo,
        run,
        read,
        gps,
        camera,
        board,
        device,
        hotlist,
        canvass,
        hold,
        retention,
        purge,
        jobs,
        sync,
        central,
        user,
        settings,
        audit,
        evidence,
        release,
        report,
        provision,
        keys,
        store,
        doctor,
        selftest,
        bench,
        models,
    ):
        command.add_to(parsers)
    return parser.parse_args(arguments)
