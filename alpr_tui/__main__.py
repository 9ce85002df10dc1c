"""The `alpr` command: checks the installation, runs one command, turns errors into words and exit codes."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TextIO

from alpr_core.errors import AlprError, UsageError
from alpr_core.terminal_text import clean_text
from alpr_tui.install_check import check_installation

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it."""

ERROR_LINE_LIMIT = 1000
"""Signs of the last line; names in it are cut much earlier, where they enter."""

_log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; never prints a traceback.

    Raises:
        SystemExit: `--help`, or a word that the command line does not know.
    """
    _fill_closed_descriptors()
    # Without a handler Python would write warnings of libraries on stderr, where the screen is.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        exit_code = _run(arguments)
    except AlprError as error:
        exit_code = error.exit_code
        _say(str(error))
    except BrokenPipeError:
        exit_code = 0  # whoever read our output has gone
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
        _say("stopped.")
    except Exception as fault:  # noqa: BLE001 - the outermost edge: whatever comes here is our bug
        exit_code = AlprError.exit_code
        _log.debug("unexpected", exc_info=True)
        _say(str(AlprError(f"{type(fault).__name__} was not expected.")))
    for stream in (sys.stdout, sys.stderr):
        _empty(stream)
    return exit_code


def _run(arguments: list[str] | None) -> int:
    check_installation()
    from alpr_tui.command_line import parse

    try:
        options = parse(arguments)
        return int(options.command(options))
    finally:
        # Only after a success or `--help`: an error on its way must not be hidden by this one.
        if isinstance(sys.exception(), SystemExit | None):
            _flush_stdout()


def _flush_stdout() -> None:
    """Write what is buffered while a failure can still be said in words."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(
            f"Standard output cannot be written ({error.strerror}).",
            "Free some space or send it elsewhere.",
        ) from error


def _empty(stream: TextIO | None) -> None:
    """Write what is still buffered or throw it away; it must not fail once more at exit."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _say(words: str) -> None:
    """Print one clean line on stderr if there is one; without it the exit code has to do."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(clean_text(f"alpr: {words}", ERROR_LINE_LIMIT), file=sys.stderr)


def _fill_closed_descriptors() -> None:
    """Keep 0 to 2 from going to a file of ours, into which a library would then print."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
