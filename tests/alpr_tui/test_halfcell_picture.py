"""Pictures in half cells: as large as fits, undistorted, grey or in colour, at a price a live page can pay."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from textual.app import App, ComposeResult

from alpr_tui.widgets.halfcell_picture import HalfcellPicture


class OnePicture(App[None]):
    def compose(self) -> ComposeResult:
        picture = HalfcellPicture(id="picture")
        picture.styles.width, picture.styles.height = 40, 12
        yield picture


def halves(picture: HalfcellPicture) -> np.ndarray:
    """Return what the widget draws, two rows of colours to a line; -1 where it draws nothing."""
    rows = []
    for y in range(picture.size.height):
        upper, lower = [], []
        for segment in picture.render_line(y):
            for sign in segment.text:
                style = segment.style
                is_pixel = sign == "▀" and style is not None and style.color and style.bgcolor
                upper.append(style.color.get_truecolor()[0] if is_pixel else -1)  # type: ignore[union-attr]
                lower.append(style.bgcolor.get_truecolor()[0] if is_pixel else -1)  # type: ignore[union-attr]
        rows += [upper, lower]
    return np.array(rows)


async def test_a_grey_picture_is_shown_as_it_is() -> None:
    """A picture wider than its place fills the width, in the middle, each pixel within a shade of its own."""
    pixels = np.tile(np.linspace(0, 255, 80, dtype=np.uint8), (20, 1))
    async with OnePicture().run_test() as pilot:
        picture = pilot.app.query_one(HalfcellPicture)
        picture.image = Image.fromarray(pixels)
        drawn = halves(picture)
        assert drawn.shape == (24, 40)
        shown = drawn[:10]
        assert (drawn[10:] == -1).all()
        expected = pixels[0].reshape(40, 2).mean(axis=1)
        assert np.abs(shown - expected).max() <= 16


async def test_a_high_picture_stands_in_the_middle() -> None:
    """A picture higher than its place fills the height, with as much room left as right of it."""
    async with OnePicture().run_test() as pilot:
        picture = pilot.app.query_one(HalfcellPicture)
        picture.image = Image.new("L", (24, 48), 200)
        columns = (halves(picture) != -1).all(axis=0)
        assert columns.sum() == 12
        assert np.flatnonzero(columns)[[0, -1]].tolist() == [14, 25]


@pytest.mark.parametrize("colour", [(250, 10, 10), (10, 250, 10), (10, 10, 250)])
async def test_a_coloured_picture_keeps_its_colours(colour: tuple[int, int, int]) -> None:
    """Red, green and blue come out as themselves, and None draws nothing."""
    async with OnePicture().run_test() as pilot:
        picture = pilot.app.query_one(HalfcellPicture)
        picture.image = Image.new("RGB", (80, 48), colour)
        (segment,) = picture.render_line(0)
        assert segment.style is not None and segment.style.color is not None
        assert np.abs(np.subtract(segment.style.color.get_truecolor(), colour)).max() <= 8
        picture.image = None
        assert (halves(picture) == -1).all()
