"""Style sheets are parsed once for a process and theme, and say the same as Textual's own."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from textual.css import stylesheet
from textual.css.stylesheet import Stylesheet, StylesheetParseError

from alpr_tui.parsed_styles import KeptStylesheet
from tests.alpr_tui.watched_app import watched

NIGHT, DAY = {"ground": "black"}, {"ground": "white"}
TEXT = "Made {background: $ground;}"


def colours(sheet: Stylesheet) -> list[str]:
    return [rule.styles.css for rule in sheet.rules]


def of(kind: type[Stylesheet], variables: dict[str, str]) -> Stylesheet:
    sheet = kind(variables=dict(variables))
    sheet.add_source(TEXT, ("made", ""))
    return sheet


def test_each_theme_has_its_own_rules() -> None:
    """Whatever theme a sheet had before, its rules are those that Textual finds for the theme of now."""
    sheet = of(KeptStylesheet, NIGHT)
    for variables in (NIGHT, DAY, NIGHT):
        sheet.set_variables(dict(variables))
        sheet.reparse()
        assert colours(sheet) == colours(of(Stylesheet, variables)) != []


def test_a_fault_leaves_the_rules() -> None:
    """A sheet that cannot be read is told, and the rules of before go on."""
    sheet = of(KeptStylesheet, NIGHT)
    before = colours(sheet)
    sheet.add_source("Made {background: nothing-of-ours;}", ("other", ""))
    with pytest.raises(StylesheetParseError):
        sheet.reparse()
    assert sheet._rules and [rule.styles.css for rule in sheet._rules] == before


async def test_a_second_screen_parses_nothing() -> None:
    """Sheets that a process has parsed are not parsed again: not for the theme, nor for a page's first visit."""
    async with watched() as (world, pilot):
        await pilot.press("f3")
        await pilot.pause()
        first = world.text()
    with patch.object(stylesheet, "parse", side_effect=AssertionError("parsed again")):
        async with watched() as (world, pilot):
            await pilot.press("f3")
            await pilot.pause()
            assert world.text() == first
