"""`python -m training.pin_models`: pins the exported models, so that the product accepts exactly these bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

MODELS = Path(__file__).resolve().parent.parent / "alpr_vision" / "models"

PINNED = ("detector/detector.yaml", "detector/model.onnx", "reader/model.onnx", "reader/plate.yaml")


def main() -> None:
    lines = [
        f"{hashlib.sha256((MODELS / name).read_bytes()).hexdigest()}  {name}\n" for name in PINNED
    ]
    (MODELS / "PINS").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main()
