"""Templates and class rules go to TOML and come back; what cannot be is refused in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alpr_core.errors import AlprError, ConfigError, InputError
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.class_rules import ClassRules, Sound, parse_rules, rules_toml
from alpr_core.hotlists.class_words import class_words
from alpr_core.hotlists.settings import ListSettings, make_settings
from alpr_core.hotlists.stock_templates import STOCK_TEMPLATES, SVS
from alpr_core.hotlists.template import ListTemplate, check_template
from alpr_core.hotlists.template_toml import parse_template, template_toml

GOOD = 'name = "x"\ndelimiter = ","\n[columns]\nplate = "P"\nclass = "C"\n'


@pytest.mark.parametrize("template", STOCK_TEMPLATES, ids=lambda each: each.name)
def test_stock_templates_survive_toml(template: ListTemplate) -> None:
    """Every stock template can be used, and is the same after TOML."""
    check_template(template)
    assert parse_template(template_toml(template)) == template


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name = ", "no TOML"),
        ("a = " + "[" * 5_000, "TOML"),
        (GOOD.replace('"x"', '""'), "its name"),
        (GOOD + "unknown = 1\n", "wrong or missing"),
        ('name = "x"\ncolumns = 1\n', "wrong or missing"),
        ('name = "x"\n[columns]\nplate = [1, 2, 3]\n', "wrong or missing"),
        ("unknown = 1\n" + GOOD, "does not know unknown"),
        (GOOD.replace('","', '",,"'), "one sign"),
        (GOOD.replace('plate = "P"', 'state = "P"'), "no column holds the plate"),
        (GOOD.replace('class = "C"\n', ""), "gives the class"),
        (GOOD.replace('"P"', "0"), "not 1 to"),
        (GOOD.replace('"P"', "[1, 7]"), "does not belong"),
        (GOOD.replace('delimiter = ","\n', ""), "does not belong"),
        ('dates = ["%Q"]\n' + GOOD, "no date format"),
        ('dates = ["%H"]\n' + GOOD, "no date format"),
        ('time_zone = "Mars/Olympus"\n' + GOOD, "no time zone"),
        ('time_zone = "../../etc/passwd"\n' + GOOD, "no time zone"),
        ('encoding = "utf-7"\n' + GOOD, "wrong or missing"),
        ('header = "yes"\n' + GOOD, "wrong or missing"),
        ("header = false\n" + GOOD, "the file has none"),
        (GOOD + '[classes]\nX = "nobody"\n', "wrong or missing"),
        (GOOD + '[constants]\nplate = "1"\n', "given twice"),
    ],
)
def test_templates_that_cannot_be(text: str, what: str) -> None:
    """A template that cannot be used is refused with the part that is wrong."""
    with pytest.raises(ConfigError, match=what):
        parse_template(text)


def test_class_rules_survive_toml() -> None:
    """Rules that the agency changed are the same after TOML; what it does not name stays."""
    felony = replace(
        ClassRules().of(HotlistClass.FELONY), priority=2, sound=Sound.NOTICE, is_authorised=False
    )
    rules = ClassRules([felony])
    assert parse_rules(rules_toml(rules)) == rules
    assert parse_rules("") == ClassRules()
    assert parse_rules('["stolen vehicle"]\npriority = 9\n').of(HotlistClass.STOLEN).priority == 9


@pytest.mark.parametrize(
    "text",
    [
        '["nobody"]\npriority = 1\n',
        '["gang"]\npriority = 0\n',
        '["gang"]\npriority = true\n',
        '["gang"]\nauthorised = 1\n',
        '["gang"]\nsound = "trumpet"\n',
        '["gang"]\nwhat = 1\n',
        'gang = "yes"\n',
        "[",
    ],
)
def test_class_rules_that_cannot_be(text: str) -> None:
    """A class, word or value that does not exist is refused."""
    with pytest.raises(ConfigError):
        parse_rules(text)


def test_every_class_has_rule_and_word() -> None:
    """Each class has a rule of its own, its own word means it, and only the ten first sound."""
    assert {rule.hotlist_class for rule in ClassRules().all()} == set(HotlistClass)
    words = class_words()
    assert all(words[each.value] is each for each in HotlistClass)
    assert not ClassRules().of(HotlistClass.IMMIGRATION).is_authorised


def test_a_template_s_words_come_before_ours() -> None:
    """What a source calls a class counts for its files."""
    assert class_words(SVS.classes)["sv"] is HotlistClass.STOLEN
    assert class_words([("Stolen", HotlistClass.BOLO)])["stolen"] is HotlistClass.BOLO


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "a\x1bb"},
        {"tolerance": 3},
        {"tolerance": -1},
        {"stale_after": timedelta(0)},
        {"signer": "somebody"},
    ],
)
def test_settings_that_cannot_be(changes: dict[str, object]) -> None:
    """A list without a name, with too much tolerance or a key that is none is refused."""
    with pytest.raises(InputError):
        make_settings(**({"name": "SVS"} | changes))  # type: ignore[arg-type]
    assert issubclass(InputError, AlprError)
    assert make_settings("SVS") == ListSettings("SVS")
