"""The most memory that this process has held."""

from __future__ import annotations

from pathlib import Path

from alpr_core.errors import InstallError

_STATUS = Path("/proc/self/status")


def peak_memory_mb() -> float:
    """Return the peak of this process's own resident memory, megabytes of 2^20 bytes.

    Unlike `ru_maxrss` it does not begin with what the process that started it held.

    Raises:
        InstallError: the system has no /proc.

    Source: proc_pid_status(5), VmHWM.
    """
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise InstallError("Memory cannot be measured without /proc.", "Mount it.") from error
    (peak,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024
