from __future__ import annotations

import pytest

from alpr_core.fusion import ReadingFusion
from alpr_core.plate import PlateReading
from alpr_core.plate_syntax import CALIFORNIA, PlateSyntax
from tests.alpr_core.made_readings import box_at, reading_of


def fused(look: PlateReading, syntax: PlateSyntax | None) -> PlateReading:
    fusion = ReadingFusion(syntax)
    fusion.add(look)
    return fusion.fused(box_at(0))


def test_a_near_tie_goes_to_the_issued_form() -> None:
    """A Z that could as well be a 2 is a 2 where only a digit makes an issued form, and says it doubts."""
    look = reading_of("8ABC1Z3", weak={5: ("2", 0.45, 0.5)})
    assert fused(look, None).text == "8ABC1Z3"
    settled = fused(look, CALIFORNIA)
    assert settled.text == "8ABC123"
    assert settled.weakest <= 0.5
    assert "8ABC1Z3" in settled.alternatives


@pytest.mark.parametrize(
    "look",
    [
        reading_of("8ABC1Z3", weak={5: ("2", 0.2, 0.75)}),
        reading_of("8ABC1Z3"),
        reading_of("8ABC1X3", weak={5: ("2", 0.45, 0.5)}),
        reading_of("ZAB123", weak={0: ("2", 0.45, 0.5)}),
    ],
    ids=["pixels prefer the letter", "pixels are sure", "no look-alikes", "no issued form"],
)
def test_pixels_are_never_overridden(look: PlateReading) -> None:
    """Without a near tie between look-alikes and an issued form behind it, nothing changes at all."""
    plain, with_syntax = fused(look, None), fused(look, CALIFORNIA)
    assert (with_syntax.text, with_syntax.confidences) == (plain.text, plain.confidences)


def test_two_issued_readings_stay_with_the_pixels() -> None:
    """If near ties allow two issued forms, syntax cannot choose and the likeliest signs stay."""
    forms = PlateSyntax(("#@", "@#"))
    look = reading_of("BB", weak={0: ("8", 0.45, 0.5), 1: ("8", 0.45, 0.5)})
    assert fused(look, forms).text == "BB"


def test_issued_forms() -> None:
    """Serials of California's usual plates are issued forms; plates of choice are not."""
    for plate in ("8ABC123", "1A23456", "12345A6", "1AB2345", "12A3456"):
        assert CALIFORNIA.is_issued(plate)
    for plate in ("LUVDOGS", "8ABC12", "8ABC1234", ""):
        assert not CALIFORNIA.is_issued(plate)
