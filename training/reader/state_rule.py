"""Fit what shows a state: how much an unissued form costs it, and from which confidence on it is shown.

    python -m training.reader.state_rule [--pictures N]

The product's reader (all its views) looks at pictures that were never trained on. They differ from the
training's in one thing: other states' serials have their own state's forms, as on the road; plates of
choice and odd numbers stay. Half of them are clear, half are as hard as any, as the training shows them. No
photograph that measures is looked at. `alpr_core/serial_forms.py` has the cost, `alpr_core/decoding.py` the
confidence.
"""

import argparse
import random
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from alpr_core.plate import STATES, PlateBox, PlateReading
from alpr_core.serial_forms import weighed_by_form
from alpr_vision.plate_reader import OnnxPlateReader
from hw.photograph import frame_of_pixels
from training.plates.states import UNKNOWN_STATE
from training.reader.calibration import calibration_error, least_shown

COSTS = (1.0, 0.5, 0.33, 0.2, 0.1, 0.05)
"""What is left of a state's chance; 1 does without forms."""

RIGHT_SHARES = (0.97, 0.975)
"""Of the shown states: what is promised, and what is aimed at, so that other pictures keep the promise."""

PICTURES_PER_DIE_SET = 500
SEED = 770_001

_LEAST = 1e-4
"""No answer costs more than this chance of the truth."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What the reader says of one drawn plate."""

    reading: PlateReading
    state: int
    """Index of the true state; len(STATES) for what is no plate."""


def looked_at(reader: OnnxPlateReader, pictures: int, seed: int) -> list[Looked]:
    """Draw and read; sets of clear and of hard pictures take turns."""
    from training.plates.sample import ReaderSampler  # fontTools is in the extra "train"
    from training.reader.shards import EASY_HARDNESS_MAX

    found = []
    for first in range(0, pictures, PICTURES_PER_DIE_SET):
        number = first // PICTURES_PER_DIE_SET
        sampler = ReaderSampler(seed + number, foreign_format_share=0.0)
        is_clear = number % 2 == 0
        hardness = random.Random(seed + number).uniform(0, EASY_HARDNESS_MAX) if is_clear else 1.0
        for _ in range(min(PICTURES_PER_DIE_SET, pictures - first)):
            sample = sampler.sample(hardness)
            frame = frame_of_pixels(sample.picture)
            whole = PlateBox(0.0, 0.0, float(frame.width_px), float(frame.height_px), 1.0)
            (reading,) = reader.read_plates(frame, (whole,))
            is_plate = sample.state != UNKNOWN_STATE
            found.append(Looked(reading, STATES.index(sample.state) if is_plate else len(STATES)))
    return found


def weighed(looked: list[Looked], form_not_issued: float) -> npt.NDArray[np.float32]:
    """Return the chances of the states at a cost; shape (looked, len(STATES) + 1)."""
    return np.stack(
        [
            weighed_by_form(
                each.reading.state_probabilities, each.reading.slot_probabilities, form_not_issued
            )
            for each in looked
        ]
    )


def print_cost(looked: list[Looked], form_not_issued: float) -> None:
    """Print what one cost gives: log-loss, right, calibration, and from where RIGHT_SHARES are right."""
    chances = weighed(looked, form_not_issued)
    truth = np.array([each.state for each in looked])
    is_right, claimed = chances.argmax(1) == truth, chances.max(1)
    is_state, is_plate = chances.argmax(1) < len(STATES), truth < len(STATES)
    loss = -np.log(np.maximum(chances[np.arange(len(truth)), truth], _LEAST)).mean()
    print(
        f"{form_not_issued:4.2f}: log-loss {loss:.4f}, {is_right[is_plate].mean():.1%} right,"
        f" calibration error {calibration_error(claimed, is_right):.3f}"
    )
    for right in RIGHT_SHARES:
        shown_from, share = least_shown(claimed[is_state], is_right[is_state], right)
        of_plates = share * is_state.sum() / is_plate.sum()
        print(f"      {right:.1%} right from {shown_from:.3f} on: {of_plates:.1%} of the plates")


def main() -> None:
    """Command line: print a line for each cost."""
    parser = argparse.ArgumentParser(description="Fit what shows a state.")
    parser.add_argument("--pictures", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    looked = looked_at(OnnxPlateReader(), options.pictures, options.seed)
    for cost in COSTS:
        print_cost(looked, cost)


if __name__ == "__main__":
    main()
