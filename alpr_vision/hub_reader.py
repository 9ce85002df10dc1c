"""Reads plates with any model that fast-plate-ocr can load, such as those of its hub.

A foreign model may have other slots, colours, sizes and regions than ours; what it says is brought into
the form that the rest of the line knows. A sign or a state that the model does not know has no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from fast_plate_ocr import LicensePlateRecognizer
from fast_plate_ocr.core.process import resize_image

from alpr_core.decoding import decode_reading
from alpr_core.errors import ModelError
from alpr_core.frame import Frame, Pixels
from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading
from alpr_vision.model_files import WrappedT, bounded_session_options
from alpr_vision.plate_reader import OVERSIZE, rectified_plate

_SUM_TOLERANCE = 0.02
"""How far the sum of a slot's chances may be from 1."""

_SIDE_PX_MAX = 1024
_SLOTS_MAX = 16


class HubPlateReader:
    """A fast-plate-ocr model as a reader. Threads may share it.

    Args:
        model: ONNX file, already checked against its pin.
        settings: The library's plate configuration, YAML, already checked.

    Raises:
        ModelError: it does not load, or answers something else than chances of signs.
    """

    def __init__(self, model: Path, settings: Path) -> None:
        try:
            recognizer = LicensePlateRecognizer(
                providers=["CPUExecutionProvider"],
                sess_options=bounded_session_options(),
                onnx_model_path=model,
                plate_config_path=settings,
            )
            self._config = recognizer.config
            _check_settings(self._config)
            self._session = recognizer.model
            self._outputs = [recognizer.plate_output_name]
            if recognizer.has_region_head:
                self._outputs.append(recognizer.region_output_name)
            self._signs = _sign_columns(self._config.alphabet, self._config.pad_char)
            self._states = _state_columns(self._config.plate_regions or ())
            self._check_answer()
        except ModelError:
            raise
        except (
            Exception
        ) as error:  # ONNX Runtime, YAML and the library raise kinds without a common base
            raise ModelError(
                f"{model.name} does not load as a fast-plate-ocr reader ({type(error).__name__})."
            ) from error

    def wrap_session(self, wrap: Callable[[Any], WrappedT]) -> WrappedT:
        """Put `wrap(session)` in the place of the ONNX session and return it; for benches that time it."""
        wrapped = wrap(self._session)
        self._session = wrapped
        return wrapped

    def read_plates(self, frame: Frame, boxes: Sequence[PlateBox]) -> Sequence[PlateReading]:
        """Return one reading per box, in the same order; what is no plate gives an empty text."""
        if not boxes:
            return ()
        slots, states = self._chances(np.stack([self._input(frame.pixels, box) for box in boxes]))
        return tuple(
            decode_reading(box, own_slots, own_states)
            for box, own_slots, own_states in zip(boxes, slots, states, strict=True)
        )

    def _input(self, pixels: Pixels, box: PlateBox) -> npt.NDArray[np.uint8]:
        """The plate alone, in the model's size, shape and colours."""
        config = self._config
        width_px, height_px = int(config.img_width), int(config.img_height)
        if config.keep_aspect_ratio:
            width_px, height_px = _natural_size(box, width_px, height_px)
        plate: npt.NDArray[Any] = rectified_plate(pixels, box, width_px, height_px)
        if config.image_color_mode == "rgb":
            plate = cv2.cvtColor(plate, cv2.COLOR_GRAY2RGB)
        resized = resize_image(
            plate,
            config.img_height,
            config.img_width,
            image_color_mode=config.image_color_mode,
            keep_aspect_ratio=config.keep_aspect_ratio,
            interpolation_method=config.interpolation,
            padding_color=config.padding_color,
        )
        return np.asarray(resized, dtype=np.uint8)

    def _chances(
        self, plates: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Chances of signs and of states for a batch, in the order of ALPHABET and STATES."""
        answers = self._session.run(self._outputs, {"input": plates})
        count = len(plates)
        model_slots = answers[0].reshape(count, -1, len(self._config.alphabet))
        slots = np.zeros((*model_slots.shape[:2], len(ALPHABET) + 1), np.float32)
        for column, model_column in enumerate(self._signs):
            if model_column is not None:
                slots[:, :, column] = model_slots[:, :, model_column]
        states = np.zeros((count, len(STATES) + 1), np.float32)
        states[:, -1] = 1.0
        if len(self._outputs) > 1:
            regions = answers[1].reshape(count, -1)
            for column, model_column in self._states.items():
                states[:, column] = regions[:, model_column]
            states[:, -1] = np.clip(1.0 - states[:, :-1].sum(axis=1), 0.0, 1.0)
        return slots, states

    def _check_answer(self) -> None:
        """Let the model look at grey once: what it answers must be chances."""
        config = self._config
        channels = 3 if config.image_color_mode == "rgb" else 1
        grey = np.full((2, config.img_height, config.img_width, channels), 128, np.uint8)
        slots, _ = self._chances(grey)
        sums = slots.sum(axis=2)
        is_right_shape = slots.shape[1] == config.max_plate_slots
        if not is_right_shape or not np.allclose(sums, 1.0, atol=_SUM_TOLERANCE):
            raise ModelError("The reader's answer is not a chance for each sign of each slot.")


def _check_settings(config: Any) -> None:  # the library's class carries no types
    sides = (config.img_width, config.img_height)
    if not all(isinstance(side, int) and 8 <= side <= _SIDE_PX_MAX for side in sides):
        raise ModelError(f"The reader's picture must have sides of 8 to {_SIDE_PX_MAX} pixels.")
    slots = config.max_plate_slots
    if not isinstance(slots, int) or not 1 <= slots <= _SLOTS_MAX:
        raise ModelError(f"The reader must have 1 to {_SLOTS_MAX} slots.")


def _sign_columns(alphabet: str, pad: str) -> list[int | None]:
    """The model's column of each sign of ALPHABET and of the blank; None where it does not know it."""
    foreign = sorted(set(alphabet) - set(ALPHABET) - {pad})
    if foreign or pad not in alphabet or pad in ALPHABET:
        raise ModelError("The reader's alphabet has signs besides 0-9, A-Z and one blank.")
    return [alphabet.index(sign) if sign in alphabet else None for sign in (*ALPHABET, pad)]


def _state_columns(regions: Sequence[object]) -> dict[int, int]:
    """Place in STATES and column of each region that is a US state; YAML makes a truth value of `NO`."""
    if not all(isinstance(region, str | int) for region in regions):
        raise ModelError("The reader's regions are not a list of names.")
    names = [str(region).upper().removeprefix("US-") for region in regions]
    return {STATES.index(name): column for column, name in enumerate(names) if name in STATES}


def _natural_size(box: PlateBox, width_px: int, height_px: int) -> tuple[int, int]:
    """The plate's own size, at most OVERSIZE times the model's."""
    shrink = max(1.0, box.w / width_px / OVERSIZE, box.h / height_px / OVERSIZE)
    return max(4, round(box.w / shrink)), max(4, round(box.h / shrink))
