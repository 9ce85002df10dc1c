"""Tests that trace a program say so where it cannot be done."""

from __future__ import annotations

import pytest

from bench.disk_trace import strace_refusal

_refusal = strace_refusal()
needs_strace = pytest.mark.skipif(_refusal is not None, reason=str(_refusal))
