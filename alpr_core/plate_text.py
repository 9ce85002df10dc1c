"""The one written form of a plate, for comparing and for keys."""

from __future__ import annotations

from alpr_core.plate import ALPHABET

_DROPPED = {code: None for code in range(128) if chr(code) not in ALPHABET}
_FOLDED = str.maketrans("OI", "01")


def normalise_plate(written: str) -> str:
    """Return the plate in capitals without spaces, dashes or dots; other signs are dropped.

    Only ASCII letters and digits are kept: a look-alike of another script must not match.
    """
    return "".join(sign for sign in written if sign.isascii()).upper().translate(_DROPPED)


def fold_round_signs(plate: str) -> str:
    """Return the plate with O written as 0 and I as 1, for comparisons that cannot tell them apart."""
    return plate.translate(_FOLDED)
