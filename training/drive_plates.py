"""Draw the plates of the simulated drive: `python -m training.drive_plates` writes them into `hw/`.

Run once; the file is kept in the repository, so the drive needs nothing of `training/`. Numbers
follow the states' issued formats only: an invented vanity text could be somebody's name, or an
insult.
"""

import argparse
import re
import sys
from pathlib import Path

import cv2
import numpy as np

from training.plates.artist import PlateArtist, PlateDrawing
from training.plates.states import STATES, STYLES

OUTPUT = Path(__file__).parent.parent / "hw" / "simulated_drive" / "plates.npz"
PLATE_COUNT = 240
SEED = 20_260
JPEG_QUALITY = 88
SIZE_LIMIT_BYTES = 2_500_000
"""The repository carries the file; the demo's pictures together may have 20 MB."""

CALIFORNIAN = re.compile(r"[1-9][A-HJ-NPR-Z]{3}[0-9]{3}")
"""Today's passenger serial; I, O and Q stand only in places where ours need not have them."""

REFUSED = re.compile(
    "ASS|BRA|BUT|COC|COK|COX|CUM|CUN|DAM|DIE|DIK|DIX|FAG|FAT|FUC|FUG|FUK|FUX|GAY|GOD|HEL|HOE|JAP|JEW|JIZ|KKK|KUM|LSD|"
    "NAZ|NIG|PEE|PIG|PIS|POO|PUS|SEX|SHT|SLT|SOB|SUC|SUK|SUX|TIT|TWA|VAG|WOP|WTF|XXX"
)
"""Letter groups that states do not issue, or that nobody wants on a demo."""

NUMBER_ROWS = slice(40, 96)
"""Where every plate of the generator carries its number."""

STROKE_SHARE_MIN = 0.12
"""Strokes cover at least this much; less is an emblem that outshines the number."""

CONTRAST_MIN = 95
"""Greys between number and sheet; people cannot read the others from a moving car either."""

DEMO_UNFIT = frozenset(("paper", "symbol"))
"""Styles whose numbers are too short or too free for a drive that stands for everyday traffic."""


def _formats(state: str) -> re.Pattern[str]:
    forms = {
        form.replace("~", "")
        for style in STYLES[state]
        if style.mark not in DEMO_UNFIT
        for form in style.formats
    }
    kinds = {"@": "[A-Z]", "#": "[0-9]"}
    return re.compile(
        "|".join("".join(kinds.get(sign, re.escape(sign)) for sign in form) for form in forms)
    )


def _is_legible(drawing: PlateDrawing) -> bool:
    number = drawing.canvas[NUMBER_ROWS, 30:226].astype(np.uint8)
    limit, _ = cv2.threshold(number, 0, 255, cv2.THRESH_OTSU)
    is_light = number > limit
    light_share = float(is_light.mean())
    if not STROKE_SHARE_MIN < light_share < 1 - STROKE_SHARE_MIN:
        return False
    return bool(number[is_light].mean() - number[~is_light].mean() >= CONTRAST_MIN)


def _is_fit(drawing: PlateDrawing, form: re.Pattern[str], seen: set[str]) -> bool:
    text = drawing.text
    is_number = 5 <= len(text) <= 8 and any(sign.isdigit() for sign in text)
    return bool(
        is_number
        and form.fullmatch(text)
        and not REFUSED.search(text)
        and text not in seen
        and _is_legible(drawing)
    )


def draw_plates(count: int, seed: int) -> list[PlateDrawing]:
    """Return `count` plates with different numbers; every second one is a Californian passenger serial."""
    artist, rng = PlateArtist(seed), np.random.default_rng(seed)
    others = [state for state in STATES if len(state) == 2 and state.isalpha()]
    drawings: list[PlateDrawing] = []
    seen: set[str] = set()
    while len(drawings) < count:
        is_local = len(drawings) % 2 == 0
        state = "CA" if is_local else others[int(rng.integers(len(others)))]
        form = CALIFORNIAN if is_local else _formats(state)
        drawing = artist.draw(state=state)
        if _is_fit(drawing, form, seen):
            seen.add(drawing.text)
            drawings.append(drawing)
    return drawings


def main() -> int:
    """Write the file and say how big it is; 1 if it is too big."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    drawings = draw_plates(PLATE_COUNT, args.seed)
    coded = [
        cv2.imencode(
            ".jpg", drawing.canvas.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        )[1]
        for drawing in drawings
    ]
    np.savez(
        args.output,
        jpeg=np.concatenate([picture.ravel() for picture in coded]),
        ends=np.cumsum([picture.size for picture in coded]).astype(np.int64),
        text=np.array([drawing.text for drawing in drawings]),
        state=np.array([drawing.state for drawing in drawings]),
    )
    size_bytes = args.output.stat().st_size
    print(f"{args.output}: {len(drawings)} plates, {size_bytes} bytes")
    return 0 if size_bytes <= SIZE_LIMIT_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
