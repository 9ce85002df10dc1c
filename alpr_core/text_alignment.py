"""Lays texts over looks, sign against slot, so that a lost or an extra sign shifts nothing.

The usual edit path (Needleman and Wunsch 1970; for several readers of one line: Fiscus 1997, ROVER), with
what the reader says of each slot in the place of fixed costs. All texts and looks are worked on at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alpr_core.plate import ALPHABET

Logs = npt.NDArray[np.float64]
"""Logarithms of probabilities, one row per slot, one column per sign of ALPHABET and a last one for none."""

HIDDEN_SIGN_LOG = math.log(0.2)
"""Chance that a look does not show a sign that is there: a post, another car, a glare."""

_NO_SIGN = len(ALPHABET)


class TextAlignment:
    """The best edit paths of every text over every look.

    Args:
        texts: Signs of ALPHABET, at least one text, none empty.
        looks: Logarithms of the slots that hold a sign, per look; numbers of slots may differ.
    """

    def __init__(self, texts: Sequence[str], looks: Sequence[Logs]) -> None:
        self._lengths = np.array([len(text) for text in texts])
        signs = np.zeros((len(texts), int(self._lengths.max())), np.intp)
        for row, text in zip(signs, texts, strict=True):
            row[: len(text)] = [ALPHABET.index(sign) for sign in text]
        self._slots = _padded(looks)
        self._skips = self._slots[:, :, _NO_SIGN]
        self._signs = self._slots[:, :, signs].transpose(1, 3, 2, 0)
        """Shape (slots, places, texts, looks)."""
        self._paths = self._all_paths()
        each_text = np.arange(len(texts))
        self.scores: Logs = self._paths[-1, self._lengths, each_text]
        """Shape (texts, looks): logarithm of the chance that the look allows the text."""

    def votes(self, text: int, weights: npt.NDArray[np.float64]) -> Logs:
        """Return what the looks say at each place of one text, as weighted sums of logarithms."""
        votes = np.zeros((int(self._lengths[text]), _NO_SIGN + 1))
        hidden = np.full(_NO_SIGN + 1, HIDDEN_SIGN_LOG)
        hidden[_NO_SIGN] = 0.0
        for look, weight in enumerate(weights):
            slots = self._slots_of_places(text, look)
            for place, slot in enumerate(slots):
                votes[place] += weight * (hidden if slot is None else self._slots[look, slot])
        return votes

    def _all_paths(self) -> Logs:
        """Score of each best partial path, shape (slots + 1, places + 1, texts, looks)."""
        slots, places, texts, looks = self._signs.shape
        paths = np.empty((slots + 1, places + 1, texts, looks))
        paths[0] = (np.arange(places + 1) * HIDDEN_SIGN_LOG)[:, None, None]
        for slot in range(1, slots + 1):
            skip = self._skips[:, slot - 1]
            paths[slot, 0] = paths[slot - 1, 0] + skip
            for place in range(1, places + 1):
                paths[slot, place] = np.maximum(
                    paths[slot - 1, place - 1] + self._signs[slot - 1, place - 1],
                    np.maximum(
                        paths[slot - 1, place] + skip, paths[slot, place - 1] + HIDDEN_SIGN_LOG
                    ),
                )
        return paths

    def _slots_of_places(self, text: int, look: int) -> list[int | None]:
        """The look's slot for each place of the text; None where the look lacks the sign."""
        paths, signs = self._paths[:, :, text, look], self._signs[:, :, text, look]
        slot, place = paths.shape[0] - 1, int(self._lengths[text])
        found: list[int | None] = [None] * place
        while slot > 0 and place > 0:
            steps = (
                paths[slot - 1, place - 1] + signs[slot - 1, place - 1],
                paths[slot - 1, place] + self._skips[look, slot - 1],
                paths[slot, place - 1] + HIDDEN_SIGN_LOG,
            )
            step = int(np.argmax(steps))
            if step == 0:
                found[place - 1] = slot - 1
            slot -= step != 2
            place -= step != 1
        return found


def _padded(looks: Sequence[Logs]) -> Logs:
    """All looks with the same number of slots; added ones surely hold no sign."""
    padded = np.full((len(looks), max(map(len, looks)), _NO_SIGN + 1), -np.inf)
    padded[:, :, _NO_SIGN] = 0.0
    for row, look in zip(padded, looks, strict=True):
        row[: len(look)] = look
    return padded
