"""`alpr hotlist`: what scripts and administrators without a screen use."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.hit import HitOrigin
from alpr_core.hotlists.stock_templates import BOSS
from alpr_core.hotlists.template_toml import template_toml
from alpr_core.permissions import Action
from alpr_tui.__main__ import main
from db.keys import make_demo_key_file, read_key_file
from db.past_hits import MATCH_PAST
from db.store import Store
from tests.db.sample_sightings import make_sighting

ROWS = "LPN,State,Reason,Information\n8ABC123,CA,Stolen Vehicle,white Camry\n7XYZ999,CA,Gang,\n"


class Car:
    """A store with its key, and the command typed at it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "boss.csv"
        self._capsys = capsys
        self._store, self._key = folder / "store", folder / "key"
        Store.open(self._store, make_demo_key_file(self._key)).close()

    def run(self, *words: str) -> int:
        return main(["hotlist", *words, "--store", str(self._store), "--key", str(self._key)])

    def cells(self) -> list[list[str]]:
        return [line.split("\t") for line in self._capsys.readouterr().out.splitlines()]

    def opened(self) -> closing[Store]:
        return closing(Store.open(self._store, read_key_file(self._key)))


@pytest.fixture
def car(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Car:
    """Return a car with a list file."""
    car = Car(tmp_path, capsys)
    car.file.write_text(ROWS)
    return car


def test_a_list_is_imported_listed_and_matched(car: Car) -> None:
    """An import tells what became of the rows, is on the log, and the list has a health line."""
    assert car.run("import", str(car.file), "--list", "BOSS", "--template", "boss") == 0
    assert ["entries", "1"] in car.cells()
    assert car.run("list") == 0
    heads, row = car.cells()
    health = dict(zip(heads, row, strict=True))
    assert (health["list"], health["entries"], health["rows"]) == ("BOSS", "1", "2")
    assert health["dropped"] == "class not authorised: gang: 1"
    with car.opened() as store:
        assert store.hotlists.matcher().match_plate("8ABC123", "CA", None) is not None
        actions = [record.entry.action for record in store.audit.records.latest(limit=20)]
    assert Action.IMPORT_HOTLIST.value in actions
    assert Action.VIEW_HOTLIST.value in actions


def test_a_list_from_the_command_is_matched_with_what_passed(car: Car) -> None:
    """An import by command brings up stored reads as hits of the past, and says how many."""
    with car.opened() as store:
        writer = store.writer(lambda _event: None)
        now = datetime.now(UTC)
        writer.record(make_sighting(1, "8ABC123", seen_at=now, first_seen_at=now), None)
    assert car.run("import", str(car.file), "--list", "BOSS", "--template", "boss") == 0
    assert ["past_hits", "1"] in car.cells()
    with car.opened() as store:
        [hit] = store.hits.waiting(tuple(DataAuthorisation), 9)
        assert hit.origin is HitOrigin.PAST
        actors = {
            r.entry.action: r.entry.actor.user_id for r in store.audit.records.latest(limit=9)
        }
    assert actors[MATCH_PAST] == "box" and actors[Action.IMPORT_HOTLIST.value].startswith("uid ")


def test_bad_rows_are_asked_for(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    """A file with bad rows names them and ends with 3; with the share accepted it is imported."""
    car.file.write_text(ROWS + "B?D,CA,stolen,\n")
    order = ["import", str(car.file), "--list", "BOSS", "--template", "boss"]
    assert car.run(*order) == 3
    said = capsys.readouterr()
    assert "line 4: pattern with fewer than 3" in said.err
    assert said.out == ""
    with car.opened() as store:
        assert store.hotlists.lists() == ()
        assert store.audit.records.latest(limit=1)[0].entry.outcome.value == "failed"
    assert car.run(*order, "--accept-bad-rows", "34") == 0


def test_the_template_is_kept_with_the_list(car: Car, tmp_path: Path) -> None:
    """A template file is kept; the next import of the list needs no word about it."""
    toml = tmp_path / "ours.toml"
    toml.write_text(template_toml(BOSS).replace('"boss"', '"ours"'))
    assert car.run("import", str(car.file), "--list", "X") == 2
    order = ["import", str(car.file), "--list", "X"]
    assert car.run(*order, "--template", str(toml), "--stale-after", "3", "--agency", "DOJ") == 0
    toml.unlink()
    assert car.run(*order) == 0
    with car.opened() as store:
        settings = store.hotlists.settings.of_list("X")
        assert (settings.template, settings.source_agency) == ("ours", "DOJ")
        assert store.hotlists.entries("X")[0].source_agency == "DOJ"


def test_changes_and_refused_settings(car: Car) -> None:
    """A file of changes applies; a tolerance or key that cannot be is refused before anything is read."""
    order = ["import", str(car.file), "--list", "L", "--template", "generic"]
    car.file.write_text("plate,class\n1AAA111,bolo\n")
    assert car.run(*order, "--tolerance", "1") == 0
    car.file.write_text("plate,class,change\n2BBB222,bolo,add\n")
    assert car.run(*order, "--changes") == 0
    with car.opened() as store:
        entries = store.hotlists.entries("L")
    assert [(each.plate, each.tolerance) for each in entries] == [("1AAA111", 1), ("2BBB222", 1)]
    assert car.run(*order, "--tolerance", "7") == 3
    assert car.run(*order, "--signed-by", "nonsense") == 3
    assert car.run(*order, "--template", "nobody") == 2


def test_check_shows_what_a_template_makes_of_a_file(car: Car) -> None:
    """The preview shows rows as they would be taken, needs no store, and ends like an import would."""
    assert main(["hotlist", "check", str(car.file), "--template", "boss"]) == 0
    heads, first, second, *tally = car.cells()
    shown = dict(zip(heads, first, strict=True))
    assert (shown["line"], shown["plate"], shown["class"]) == ("2", "8ABC123", "stolen vehicle")
    assert "NOT TAKEN: class not authorised: gang" in second
    assert ["kept", "1"] in tally
    assert main(["hotlist", "check", str(car.file), "--template", "generic"]) == 3
    assert main(["hotlist", "check", str(car.file.with_name("none")), "--template", "boss"]) == 3


def test_a_hostile_file_reaches_no_terminal(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences in a list are not printed, neither in the preview nor in errors."""
    car.file.write_text("LPN,State,Reason,Information\n8ABC123,CA,\x1b]0;x\x07,\x1b[2J\n")
    assert main(["hotlist", "check", str(car.file), "--template", "boss"]) == 3
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
