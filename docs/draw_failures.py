"""Draw what the reader gets wrong, by kind: `python -m docs.draw_failures` writes `docs/vision/failures.png`.

The pictures are simulated looks at drawn plates (`bench/passes.py`), so no photograph is copied. Only looks that a
person could read are shown: wide enough, and misread with some confidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from alpr_core.look_alikes import look_alike_swaps
from alpr_core.plate_text import fold_round_signs
from alpr_vision.eyes import Eyes
from alpr_vision.plate_reader import rectified_plate
from bench.passes import drawn_plates, simulated_passes

SHEET = Path(__file__).with_name("vision") / "failures.png"
SEED = 21
COLUMNS = 6
WIDTH_MIN_PX = 70.0
CONFIDENCE_MIN = 0.5
CELL_PX = (200, 140)
TITLE_PX = 26
KINDS = ("look-alike signs", "signs lost", "signs too many", "other signs")

Sheet = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Misread:
    kind: str
    truth: str
    read: str
    weakest: float
    width_px: float
    picture: Sheet


def misread_looks() -> Iterator[Misread]:
    """Yield misread looks of simulated passes until nobody wants more."""
    eyes = Eyes.open()
    for simulated in simulated_passes(drawn_plates(), 4, SEED):
        for look in simulated.looks:
            (reading,) = eyes.reader.read_plates(look.frame, (look.box,))
            is_right = fold_round_signs(reading.text) == fold_round_signs(simulated.plate)
            if is_right or look.box.w < WIDTH_MIN_PX or reading.weakest < CONFIDENCE_MIN:
                continue
            yield Misread(
                kind_of(simulated.plate, reading.text),
                simulated.plate,
                reading.text,
                reading.weakest,
                look.box.w,
                rectified_plate(look.frame.pixels, look.box, 192, 96),
            )


def kind_of(truth: str, read: str) -> str:
    """Return which of KINDS a misreading is."""
    if len(read) < len(truth):
        return "signs lost"
    if len(read) > len(truth):
        return "signs too many"
    return "other signs" if look_alike_swaps(truth, read) is None else "look-alike signs"


def sheet_of(found: dict[str, list[Misread]]) -> Sheet:
    """Return one picture, a row per kind."""
    rows = [_row(kind, misread) for kind, misread in found.items() if misread]
    return np.vstack(rows)


def _row(kind: str, misread: list[Misread]) -> Sheet:
    width_px, height_px = CELL_PX
    row = np.full((TITLE_PX + height_px, COLUMNS * width_px), 255, np.uint8)
    _write(row, kind, (6, 18), 0.55)
    for column, each in enumerate(misread):
        left_px = column * width_px
        row[TITLE_PX : TITLE_PX + 96, left_px + 4 : left_px + 196] = each.picture
        _write(row, f"{each.truth} as {each.read}", (left_px + 4, TITLE_PX + 112), 0.45)
        facts = f"{each.weakest:.0%} sure, {each.width_px:.0f} px wide"
        _write(row, facts, (left_px + 4, TITLE_PX + 128), 0.38)
    return row


def _write(sheet: Sheet, words: str, place: tuple[int, int], size: float) -> None:
    cv2.putText(sheet, words, place, cv2.FONT_HERSHEY_SIMPLEX, size, 0, 1, cv2.LINE_AA)


def main() -> None:
    found: dict[str, list[Misread]] = {kind: [] for kind in KINDS}
    for each in misread_looks():
        known = {other.truth for other in found[each.kind]}
        if len(known) < COLUMNS and each.truth not in known:
            found[each.kind].append(each)
        if all(len(looks) == COLUMNS for looks in found.values()):
            break
    SHEET.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(SHEET), sheet_of(found))


if __name__ == "__main__":
    main()
