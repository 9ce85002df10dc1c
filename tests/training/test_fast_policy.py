"""Which arithmetic trains fastest here (training/reader/network.py)."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("flags", "policy"),
    [("avx2 avx512f avx512_vnni", "float32"), ("avx512f avx512_bf16 amx_bf16", "mixed_bfloat16")],
)
def test_bfloat16_only_where_the_processor_has_it(tmp_path: Path, flags: str, policy: str) -> None:
    """A processor that would convert every number trains in float32; needs the training's environment."""
    pytest.importorskip("tensorflow")
    from training.reader.network import fast_policy

    facts = tmp_path / "cpuinfo"
    facts.write_text(f"flags\t\t: {flags}\n", encoding="ascii")
    assert fast_policy(facts) == policy
    assert fast_policy(tmp_path / "missing") == "float32"
