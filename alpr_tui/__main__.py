"""The `alpr` command: checks the installation, runs one command, turns errors into words and exit codes."""

from __future__ import annotations

import os
import sys

from alpr_core.errors import AlprError
from alpr_tui.install_check import check_installation

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; never raises, never prints a traceback."""
    try:
        check_installation()
        from alpr_tui.command_line import parse

        options = parse(arguments)
        return int(options.command(options))
    except AlprError as error:
        print(f"alpr: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone; what is still buffered must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("alpr: stopped.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
