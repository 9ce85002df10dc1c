"""A file becomes the list as a whole or not at all, and the list's health says what happened."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.errors import AlprError, InputError
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.import_order import ImportCancelled, ImportProgress
from alpr_core.hotlists.package import ListForm
from alpr_core.hotlists.settings import LOOSE_ENTRIES_MAX, ListSettings
from alpr_core.hotlists.stock_templates import SVS
from alpr_core.hotlists.tally import BadRowsFound
from db.store import Store
from tests.db.conftest import OpenStore
from tests.db.list_files import ISSUED, import_list, order_of, plates_of, write_list
from tests.db.sample_sightings import make_entry

PLATES = [f"{number:07d}" for number in range(5_000)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a list that is not written yet."""
    return tmp_path / "list.csv"


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """Return a store that has an edition of list SVS."""
    store = open_store()
    store.hotlists.replace_list("SVS", [make_entry("1OLD111")])
    return store


def entry_rows(store: Store) -> int:
    """Return the entries of all editions, current or not."""
    (count,) = store._database.execute_sql("SELECT count(*) FROM hotlist_entry").fetchone()
    return int(count)


def test_a_file_becomes_the_list(store: Store, file: Path) -> None:
    """An import replaces the whole list, in order; nothing of the old edition is left over."""
    seen: list[ImportProgress] = []
    staged = import_list(store, write_list(file, PLATES), progress=seen.append)
    assert plates_of(store) == PLATES
    assert entry_rows(store) == staged.written == len(PLATES)
    assert [progress.entries for progress in seen] == [2_000, 4_000, 5_000]
    assert seen[-1].bytes_read == seen[-1].bytes_total == file.stat().st_size


def test_everything_an_entry_says_is_kept(store: Store, file: Path) -> None:
    """All columns of an entry survive the store."""
    file.write_text(
        "plate,state,class,reason,make,model,colour,year,effective,expires,tolerance,covert,"
        "reference,agency,person,birth_date\n"
        "8AB?1*,NV,missing person,né ☂,TOYT,CAM,WHI,2019,2026-01-01,2099-01-01,2,y,R1,LAPD,Jo,2001\n"
    )
    import_list(store, file)
    (entry,) = store.hotlists.entries("SVS")
    assert (entry.plate, entry.state, entry.reason) == ("8AB?1*", "NV", "né ☂")
    assert entry.hotlist_class is HotlistClass.MISSING
    assert str(entry.vehicle) == "WHI 2019 TOYT CAM"
    assert entry.effective_at is not None
    assert entry.expires_at is not None
    assert (entry.tolerance, entry.is_covert, entry.reference) == (2, True, "R1")
    assert (entry.source_agency, entry.person, entry.listed_at) == ("LAPD", "Jo 2001", ISSUED)


def test_a_staged_list_does_not_count_yet(store: Store, file: Path) -> None:
    """Until it is published the old list counts; one that is given up leaves nothing."""
    with store.hotlists.staged(order_of(write_list(file, PLATES))):
        assert plates_of(store) == ["1OLD111"]
        assert store.hotlists.sweep() == 0
    assert store.hotlists.sweep() == len(PLATES)
    assert entry_rows(store) == 1


def test_of_two_imports_at_once_one_is_refused(store: Store, file: Path) -> None:
    """A list that changed while a file was read is not overwritten by it."""
    with store.hotlists.staged(order_of(write_list(file, PLATES))) as staged:
        store.hotlists.replace_list("SVS", [make_entry("2NEW222")])
        with pytest.raises(InputError, match="was changed while"):
            store.hotlists.publish(staged)
    assert plates_of(store) == ["2NEW222"]


def test_no_entry_on_the_log_no_list(store: Store, file: Path) -> None:
    """If the audit log does not take the import, the list stays as it was."""
    with (
        store.hotlists.staged(order_of(write_list(file, PLATES))) as staged,
        pytest.raises(InputError),
        store.ledger.writing(),
    ):
        store.hotlists.publish(staged)
        raise InputError("The log is full.")
    assert plates_of(store) == ["1OLD111"]


def test_bad_rows_are_named_and_asked_for(store: Store, file: Path) -> None:
    """A file with 2 % bad rows names them and is refused; accepted, the good rows are the list."""
    rows = [plate if number % 50 else "B?D" for number, plate in enumerate(PLATES)]
    write_list(file, rows, "bolo")
    with pytest.raises(BadRowsFound, match=r"100 of 5000 rows \(2.00%\)") as refusal:
        import_list(store, file)
    assert len(refusal.value.tally.named) == 100
    assert refusal.value.tally.named[1].line == 52
    assert "fewer than 3" in refusal.value.tally.named[0].reason
    assert plates_of(store) == ["1OLD111"]
    (health,) = store.hotlists.health()
    assert "2.00%" in health.failure
    staged = import_list(store, file, accepted_bad_share=0.02)
    assert staged.written == 4_900
    (health,) = store.hotlists.health()
    assert (health.entry_count, health.rows, health.failure) == (4_900, 5_000, "")
    assert sum(health.bad.values()) == 100


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"plate,class\n1A,stolen\x00\n", "NUL"),
        (b"plate,class\n1A," + b"x" * 10_000_000 + b"\n", "longer than"),
        (b"plate,class\n" + b"1," * 100_000 + b"\n", "longer than|columns"),
        (b'plate,class\n"1A,stolen\n' + b"2B,stolen\n" * 100_000, "quotation mark"),
        ("plate,class\n1A,stolen\n".encode("utf-16-be"), "NUL"),
        (b"\xff\xfe" + "plate,class\n1A,stolen".encode("utf-16-le") + b"\x00", "utf-8|utf-16|text"),
        (b"", "no headings"),
        (b"plate,class\n", "gives no entry"),
        (b"plate,class\n1A,immigration violator\n", "gives no entry"),
        (b"PK\x05\x06" + b"\x00" * 18, "damaged package"),
        (b"PK\x03\x04 whatever", "damaged package"),
        (gzip.compress(b"plate,class\n1A,stolen\n", mtime=0), "gzip"),
        (bz2.compress(b"plate,class\n1A,stolen\n"), "bzip2"),
        (lzma.compress(b"plate,class\n1A,stolen\n"), "xz"),
        (b"%PDF-1.7 plate,class", "a PDF"),
        (b"plate,class\n1A\xff\xfe\xc3,stolen\n", "1 of 1 rows"),
        (b"plate,class\r1A,stolen\r2B," + b"x" * 70_000, "longer than"),
    ],
)
def test_hostile_files_change_nothing(store: Store, file: Path, content: bytes, what: str) -> None:
    """What is no list is refused in words; the old list stays."""
    file.write_bytes(content)
    with pytest.raises(InputError, match=what):
        import_list(store, file)
    assert plates_of(store) == ["1OLD111"]
    (health,) = store.hotlists.health()
    assert health.failure
    assert health.failed_at is not None


def test_links_pipes_and_folders_are_refused(store: Store, tmp_path: Path) -> None:
    """A link may lead anywhere and a pipe never ends: only plain files are lists."""
    good = write_list(tmp_path / "good.csv", PLATES)
    (tmp_path / "link.csv").symlink_to(good)
    os.mkfifo(tmp_path / "pipe.csv")
    for name, what in (
        ("link.csv", "a link"),
        ("pipe.csv", "no file"),
        (".", "folder"),
        ("none", "No such"),
    ):
        with pytest.raises(InputError, match=what):
            import_list(store, tmp_path / name)
    with pytest.raises(InputError):
        import_list(store, tmp_path / "x\0y")


def test_a_file_that_is_still_written_is_refused(store: Store, file: Path) -> None:
    """Half of one edition and half of the next is no list: a file that is written to changes nothing."""
    write_list(file, PLATES)

    def write_on(_progress: ImportProgress) -> None:
        with file.open("a") as opened:
            opened.write("9NEW999,stolen\n")

    with pytest.raises(InputError, match="was written to"):
        import_list(store, file, progress=write_on)
    assert plates_of(store) == ["1OLD111"]


def test_an_import_can_be_cancelled(store: Store, file: Path) -> None:
    """Whoever cancels has the old list, and nothing is left over."""
    asked: list[int] = []

    def is_cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(ImportCancelled):
        import_list(store, write_list(file, PLATES), is_cancelled=is_cancelled)
    store.hotlists.sweep()
    assert plates_of(store) == ["1OLD111"]
    assert entry_rows(store) == 1


def test_changes_add_change_and_delete(store: Store, file: Path) -> None:
    """A file of changes applies to the current edition; all other entries stay as they are."""
    import_list(store, write_list(file, PLATES[:10]))
    file.write_text(
        "plate,class,reason,change\n0000003,stolen,gone,D\n0000004,stolen,better,C\n"
        "9NEW999,stolen,new,A\n7NOT777,stolen,never there,D\n0000005,bolo,another class,A\n"
    )
    staged = import_list(store, file, form=ListForm.CHANGES)
    entries = {(each.plate, each.hotlist_class): each for each in store.hotlists.entries("SVS")}
    assert staged.written == len(entries) == 11
    assert ("0000003", HotlistClass.STOLEN) not in entries
    assert entries["0000004", HotlistClass.STOLEN].reason == "better"
    assert ("9NEW999", HotlistClass.STOLEN) in entries
    assert {("0000005", HotlistClass.STOLEN), ("0000005", HotlistClass.BOLO)} <= set(entries)


def test_a_change_that_may_not_stay_takes_the_entry_off(store: Store, file: Path) -> None:
    """An entry whose change has expired, or is of a class not authorised, does not stay as it was."""
    row = "{}|{}|CA|2019|TOYT|CAM|WHI|11012026|CA0301900|{}|text\n"
    file.write_text("".join(row.format("SV", f"{n}AAA111", f"R{n}") for n in range(3)))
    import_list(store, file, template=SVS)
    file.write_text(row.format("IV", "1AAA111", "R1"))
    staged = import_list(store, file, template=SVS, form=ListForm.CHANGES)
    assert plates_of(store) == ["0AAA111", "2AAA111"]
    assert staged.tally.dropped == {"class not authorised: immigration violator": 1}
    import_list(store, write_list(file, PLATES[:3]))
    file.write_text("plate,class,expires\n0000001,stolen,2020-01-01\n")
    import_list(store, file, form=ListForm.CHANGES)
    assert plates_of(store) == ["0000000", "0000002"]


def test_changes_know_entries_by_their_number(store: Store, file: Path) -> None:
    """Where the source has numbers, a changed plate replaces the entry of its number."""
    row = "SV|{}|CA|2019|TOYT|CAM|WHI|11012026|CA0301900|{}|text\n"
    file.write_text(row.format("1AAA111", "R1") + row.format("2BBB222", "R2"))
    import_list(store, file, template=SVS)
    file.write_text(row.format("3CCC333", "R1"))
    import_list(store, file, template=SVS, form=ListForm.CHANGES)
    assert plates_of(store) == ["2BBB222", "3CCC333"]


@pytest.mark.parametrize("column", ["", ",tolerance"])
def test_a_large_list_never_forgives(store: Store, file: Path, column: str) -> None:
    """Tolerance is not for statewide lists, whether the list or each of its rows asks for it."""
    rows = "".join(
        f"{number:07d},stolen{',1' if column else ''}\n" for number in range(LOOSE_ENTRIES_MAX + 1)
    )
    file.write_text(f"plate,class{column}\n{rows}")
    with pytest.raises(InputError, match="forgive look-alikes"):
        import_list(store, file, ListSettings("SVS", tolerance=0 if column else 1))
    assert plates_of(store) == ["1OLD111"]


def test_health_tells_the_age_and_what_was_left_out(open_store: OpenStore, file: Path) -> None:
    """Health tells rows, what was dropped by reason, age, and the failure of a first import."""
    store = open_store()
    file.write_text(
        "plate,class,person\n1A,stolen,Jo\n2B,gang,\n3C,stolen,\n4D,immigration violator,Li\n"
    )
    import_list(store, file)
    store.hotlists.settings.keep_list(ListSettings("AMBER", stale_after=None))
    with pytest.raises(InputError):
        import_list(store, file.with_name("absent"), ListSettings("AMBER"))
    amber, svs = store.hotlists.health()
    assert (amber.name, amber.entry_count, amber.age(ISSUED)) == ("AMBER", 0, None)
    assert "absent" in amber.failure
    assert [summary.name for summary in store.hotlists.lists()] == ["SVS"]
    assert (svs.entry_count, svs.rows, svs.source, svs.personal_fields) == (2, 4, "list.csv", 1)
    assert svs.dropped == {
        "class not authorised: gang": 1,
        "class not authorised: immigration violator": 1,
    }
    assert svs.age(ISSUED + timedelta(hours=5)) == timedelta(hours=5)
    assert [svs.is_stale(ISSUED + timedelta(hours=each)) for each in (23, 24)] == [False, True]


def test_a_file_is_as_old_as_its_last_writing(store: Store, file: Path) -> None:
    """Without another word the age of a list counts from when its file was written, never from the future."""
    write_list(file, PLATES[:3])
    os.utime(file, (ISSUED.timestamp(), ISSUED.timestamp()))
    assert import_list(store, file, issued_at=None).edition.issued_at == ISSUED
    os.utime(file, (4e9, 4e9))
    at: datetime = import_list(store, file, issued_at=None).edition.issued_at
    assert at.timestamp() < 4e9


def test_settings_survive(open_store: OpenStore) -> None:
    """Settings, class rules, look-alikes and templates come back as they were kept."""
    store = open_store()
    settings = store.hotlists.settings
    wanted = ListSettings("SVS", "svs", 1, timedelta(hours=7), "", "DOJ")
    settings.keep_list(wanted)
    assert settings.of_list("SVS") == wanted
    settings.keep_list(ListSettings("SVS", stale_after=None))
    assert settings.of_list("SVS").stale_after is None
    assert settings.template("svs") == SVS
    assert settings.look_alikes().classes[0] == "0ODQ"
    with pytest.raises(AlprError, match="no template"):
        settings.template("nobody's")
