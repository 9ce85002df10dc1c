"""Packages of evidence: what is in them, who can open them, what is on file, and what a changed byte does."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pypdf import PdfReader

from alpr_core.audit.entry import Outcome
from alpr_core.desk.reads import Reads
from alpr_core.errors import AccessRefused, InputError, StoreError, StoreFullError, UsageError
from alpr_core.packages import contents
from alpr_core.permissions import Action, Role
from alpr_tui.records_desk import named_medium, on_medium, reads_of
from db import verify_package
from db.key_escrow import make_escrow_pair
from db.package_folder import PackageFolder
from tests.db.package_desk import IDS, PLATES, PackageDesk, package_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PackageDesk]:
    with package_desk(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a package that verifies."""
    with package_desk(tmp_path_factory.mktemp("whole")) as made:
        return made.folder / made.make().number


def test_the_verifier_knows_the_names_of_the_package() -> None:
    """The program that travels alone and the code that packs agree on every name and form."""
    for name in (
        "FORMAT",
        "HEAD_FILE",
        "CONTENTS_FILE",
        "PROOF_FILE",
        "MANIFEST_FILE",
        "ENTRIES_FILE",
    ):
        assert getattr(verify_package, name) == getattr(contents, name)
    assert verify_package.READS_FILE == contents.READS_FILE


def test_a_package_holds_everything_of_its_reads(desk: PackageDesk, tmp_path: Path) -> None:
    """A recipient finds each read with all pictures, corrections and the audit entries about it."""
    officer = desk.desk(Role.OFFICER)
    reads = Reads(officer, desk.staffed.store.read_shelf, lambda: desk.staffed.now)
    reads.correct(IDS[1], "8XYZ981", "CA", "seven was a one", desk.staffed.purpose(officer))
    record = desk.make()
    said: list[str] = []
    folder = desk.folder / record.number
    verify_package.check(folder, None, desk.private_file, tmp_path / "out", said.append)
    assert len([line for line in said if line.startswith("ok")]) == 5
    assert "ok    3 of 3 reads are as the log recorded them" in said
    listed = json.loads((tmp_path / "out/reads.json").read_text())["reads"]
    assert [read["plate"] for read in listed] == ["7ABC123", "8XYZ981", "7ABC123"]
    assert listed[1]["read_as"] == "8XYZ987" and listed[1]["corrections"][0]["by"] == "4711"
    store = desk.staffed.store
    for read in listed:
        kinds = [picture["file"].rpartition("/")[2] for picture in read["pictures"]]
        assert kinds == ["frame.jpg", "overview.jpg", "plate.jpg"]
        plate = (tmp_path / "out" / read["pictures"][2]["file"]).read_bytes()
        assert plate == store.read_shelf.pictures(read["read"])[0]
    entries = json.loads((tmp_path / "out/audit/entries.json").read_text())["entries"]
    assert {entry["read"] for entry in entries} == set(IDS)
    assert sum(entry["read"] == IDS[1] for entry in entries) == 2
    rows = list(csv.reader(io.StringIO((tmp_path / "out/reads.csv").read_text())))
    assert [row[3] for row in rows[1:]] == ["7ABC123", "8XYZ981", "7ABC123"]
    assert rows[1][7:10] == ["33.759200 N", "117.989700 W", "autonomous"]
    assert listed[0]["place"]["longitude"] == "-117.9897000"


@pytest.mark.parametrize("change", ["state = 'NV'", "camera = 'rear'"])
def test_a_read_told_otherwise_than_recorded_does_not_verify(
    desk: PackageDesk, change: str
) -> None:
    """Even if whoever keeps the store alters a read before he packs it, its entry on the log gives him away."""
    database = desk.staffed.store.outbox._database
    database.execute_sql(f"UPDATE sighting SET {change} WHERE id = ?", (IDS[1],))
    record = desk.make()
    with pytest.raises(verify_package.Unfit, match=f"read {IDS[1]} is another one than its entry"):
        verify_package.check(desk.folder / record.number, None, desk.private_file)


def test_nobody_else_opens_it(desk: PackageDesk, tmp_path: Path) -> None:
    """No plate stands on the medium in the clear, and another key opens nothing."""
    record = desk.make()
    folder = desk.folder / record.number
    for file in folder.iterdir():
        assert not any(plate.encode() in file.read_bytes() for plate in PLATES), file.name
    form = PdfReader(folder / "custody.pdf")
    assert not any(plate in page.extract_text() for page in form.pages for plate in PLATES)
    make_escrow_pair(tmp_path / "other.key", tmp_path / "other.pem")
    with pytest.raises(verify_package.Unfit, match="none of the recipients"):
        verify_package.check(folder, None, tmp_path / "other.key")


def test_the_verifier_works_in_a_bare_environment(desk: PackageDesk, tmp_path: Path) -> None:
    """Python and `cryptography` alone check and open a package, from the medium, without any of our code."""
    record = desk.make()
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    site = next((tmp_path / "bare/lib").glob("python*")) / "site-packages"
    ours = Path(sysconfig.get_path("platlib"))
    for needed in ("cryptography", "cffi", "_cffi_backend*", "typing_extensions.py"):
        for path in ours.glob(needed):
            (site / path.name).symlink_to(path)
    script = desk.folder / record.number / "verify_package.py"
    ran = subprocess.run(
        [tmp_path / "bare/bin/python", "-I", script, "--key", desk.private_file],
        cwd=tmp_path,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "12 files inside" in ran.stdout
    probe = "import importlib.util as u; print(u.find_spec('alpr_core'), u.find_spec('peewee'))"
    seen = subprocess.run(
        [tmp_path / "bare/bin/python", "-I", "-c", probe],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.split() == ["None", "None"]


def _flip(name: str, place: float) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[int(len(content) * place)] ^= 1
        (folder / name).write_bytes(content)

    return change


def _rewrite(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


def _forge_contents(folder: Path) -> None:
    """Seal other contents for the same recipient, with digests that fit each other."""
    sealed = (folder / "contents.sealed").read_bytes()[::-1]
    (folder / "contents.sealed").write_bytes(sealed)
    head = json.loads((folder / "package.json").read_text())
    head["contents"]["sha256"] = hashlib.sha256(sealed).hexdigest()
    (folder / "package.json").write_text(json.dumps(head))


def _cut(folder: Path) -> None:
    content = (folder / "contents.sealed").read_bytes()
    (folder / "contents.sealed").write_bytes(content[:-1])


TAMPERED = {
    "first byte of the contents": (_flip("contents.sealed", 0), "was changed"),
    "middle of the contents": (_flip("contents.sealed", 0.5), "was changed"),
    "contents cut short": (_cut, "was changed"),
    "other contents, digests to fit": (_forge_contents, "states another contents_sha256"),
    "agency": (
        _rewrite("package.json", "Police Department", "Fire Department"),
        "another head_sha256",
    ),
    "case": (_rewrite("package.json", "26-012345", "26-012346"), "another head_sha256"),
    "number": (_rewrite("package.json", '"number":"E-', '"number":"X-'), "states another package"),
    "entry": (_flip("proof.json", 0.6), "."),
    "checkpoint": (_rewrite("proof.json", "alpr-tui/box", "alpr-tui/fox"), "."),
    "another key": (
        _rewrite("proof.json", '"vkeys":["alpr-tui', '"vkeys":["blpr-tui'),
        "none of the keys",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_changed_package_does_not_verify(whole: Path, tmp_path: Path, what: str) -> None:
    """Whatever is changed on the medium, the verifier says so, with exit code 1, without any key."""
    folder = shutil.copytree(whole, tmp_path / "copy")
    change, words = TAMPERED[what]
    verify_package.check(folder, say=lambda _line: None)
    change(folder)
    with pytest.raises(verify_package.Unfit, match=words):
        verify_package.check(folder, say=lambda _line: None)
    assert verify_package.main([str(folder)]) == 1


@pytest.mark.parametrize("name", ["package.json", "proof.json"])
def test_no_damage_makes_the_verifier_stumble(whole: Path, tmp_path: Path, name: str) -> None:
    """Whatever byte of the small files is damaged, the verifier answers; never with a traceback."""
    folder = shutil.copytree(whole, tmp_path / "copy")
    content = (folder / name).read_bytes()
    for place in range(0, len(content), 37):
        damaged = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        (folder / name).write_bytes(damaged)
        with suppress(verify_package.Unfit):
            verify_package.check(folder, say=lambda _line: None)


def test_a_key_from_another_way_is_asked(desk: PackageDesk) -> None:
    """With the log's true key the package verifies; with the key of another log it does not."""
    folder = desk.folder / desk.make().number
    vkey = desk.staffed.store.audit.vkey()
    verify_package.check(folder, vkey, say=lambda _line: None)
    other = "alpr-tui/box/0000+11111111+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    with pytest.raises(verify_package.Unfit):
        verify_package.check(folder, other, say=lambda _line: None)


def test_the_log_tells_of_every_step(desk: PackageDesk) -> None:
    """Begin, digests and verification are entries with case and plates; the record names the same digests."""
    record = desk.make()
    entries = [one for one in desk.staffed.newest(8) if one.entry.action == "evidence.export"]
    stages = [one.entry.fact("stage") for one in entries]
    assert stages == ["verified", "written", "begins"]
    assert entries[1].entry.fact("contents_sha256") == record.contents_sha256
    assert entries[2].subject is not None and set(entries[2].subject.plates) == set(PLATES)
    assert {one.entry.case for one in entries} == {"26-012345"}
    assert desk.staffed.store.packages.get(record.number) == record
    kinds = [row.kind for row in desk.staffed.store.outbox.unsent(20)]
    assert kinds.count("package") == 1


def test_only_an_administrator_takes_reads_out(desk: PackageDesk) -> None:
    """Nobody else makes a package; the refusal is on the log and nothing is on the medium."""
    for role in (Role.OFFICER, Role.TECHNICIAN, Role.AUDITOR):
        used = desk.desk(role)
        with pytest.raises(AccessRefused):
            desk.make(used)
        newest = desk.staffed.newest()[0].entry
        assert newest.action == Action.EXPORT_EVIDENCE.value and newest.outcome is Outcome.REFUSED
    assert not list(desk.folder.iterdir())


def test_password_and_code_are_asked_again(desk: PackageDesk) -> None:
    """Six minutes after the login no package is made. Source: CJIS IA-11."""
    used = desk.desk()
    desk.staffed.now = desk.staffed.now.replace(minute=desk.staffed.now.minute + 6)
    with pytest.raises(AccessRefused, match="password and code again"):
        desk.make(used)


def test_orders_that_cannot_be_carried_out(desk: PackageDesk) -> None:
    """No reads, too many, no recipient, a read that is gone: a clear message, and nothing on the medium."""
    used = desk.desk()
    for changes, words in (
        ({"sighting_ids": ()}, "finds no reads"),
        ({"sighting_ids": tuple(str(number) for number in range(1_001))}, "too many"),
        ({"recipients": ()}, "Nobody could open"),
        ({"sighting_ids": ("f" * 32,)}, "is not in the store"),
    ):
        with pytest.raises(InputError, match=words):
            desk.make(used, **changes)
    assert not list(desk.folder.iterdir())
    assert not desk.staffed.store.packages.all()


def test_a_package_holds_its_reads_and_a_hold_makes_a_package(desk: PackageDesk) -> None:
    """What is booked is held until the hold is lifted; a hold's reads can be packed again (462.4)."""
    record = desk.make()
    (hold,) = desk.staffed.store.holds.all()
    assert hold.until is None and record.number in hold.reason
    assert set(reads_of(desk.staffed.store, hold.hold_id, None)) == set(IDS)
    assert reads_of(desk.staffed.store, None, None) == ()
    with pytest.raises(InputError, match="no such hold"):
        reads_of(desk.staffed.store, "0" * 12, None)


def test_a_medium_without_serial_is_not_taken(desk: PackageDesk) -> None:
    """Where the medium tells no serial, somebody has to type it; the custody form says that he did."""
    with pytest.raises(InputError, match="serial number is missing"):
        named_medium(desk.folder, "SanDisk", " ")
    medium = named_medium(desk.folder, "SanDisk", "4C53")
    assert medium.words == "SanDisk · 4C53 (typed)"


def test_a_medium_that_refuses_leaves_nothing(desk: PackageDesk) -> None:
    """A folder that is not there, or is read-only, is told; nothing is on file."""
    used = desk.desk()
    with pytest.raises(UsageError):
        desk.packages(used).make(desk.order(), on_medium(desk.folder / "gone"), desk.purpose(used))
    assert not desk.staffed.store.packages.all()


def test_an_altered_picture_is_not_packed(desk: PackageDesk, tmp_path: Path) -> None:
    """A picture that was altered in the store stops the package, and what was written of it is removed."""
    picture = next((tmp_path / "store/images").rglob(f"{IDS[2]}.frame.img"))
    content = bytearray(picture.read_bytes())
    content[-1] ^= 1
    picture.write_bytes(content)
    with pytest.raises(StoreError, match="altered"):
        desk.make()
    assert not list(desk.folder.iterdir())
    assert not desk.staffed.store.packages.all()


class FaultyMedium(PackageFolder):
    """A medium that gives back other bytes than were written."""

    def _check_back(self, name: str, sha256: str) -> None:
        file = self._folder / name
        content = bytearray(file.read_bytes())
        content[0] ^= 1
        file.write_bytes(content)
        super()._check_back(name, sha256)


def test_a_medium_that_forgets_is_found_out(desk: PackageDesk) -> None:
    """What reads back other than it was written is no package: removed, and not on file."""
    used = desk.desk()
    with pytest.raises(StoreError, match="reads back other"):
        desk.packages(used).make(
            desk.order(), lambda number: FaultyMedium(desk.folder, number), desk.purpose(used)
        )
    newest = desk.staffed.newest()[0].entry
    assert (newest.fact("stage"), newest.outcome) == ("written", Outcome.FAILED)
    assert not list(desk.folder.iterdir())
    assert not desk.staffed.store.packages.all()


class PulledMedium(PackageFolder):
    """A medium that is pulled after the contents were written."""

    def finish(self, *_arguments: object) -> None:
        raise StoreFullError("The medium is gone.", "Take another one.")


def test_a_medium_pulled_late_stays_on_file_as_not_finished(desk: PackageDesk) -> None:
    """What may have left the store cannot be undone on paper: the record stays, marked as never verified."""
    used = desk.desk()
    with pytest.raises(StoreFullError):
        desk.packages(used).make(
            desk.order(), lambda number: PulledMedium(desk.folder, number), desk.purpose(used)
        )
    (record,) = desk.staffed.store.packages.all()
    assert record.finished_at is None
    newest = desk.staffed.newest()[0].entry
    assert (newest.fact("stage"), newest.outcome) == ("verified", Outcome.FAILED)


def test_custody_only_grows(desk: PackageDesk) -> None:
    """Each hand-over is kept with who gave, who took and who wrote it down, and stands on the custody form."""
    record = desk.make()
    packages = desk.packages(desk.desk())
    packages.hand_over(record.number, "Lt. Alvarez", "Det. Ruiz, property room", "sealed bag 7")
    desk.staffed.now = desk.staffed.now.replace(second=59)
    packages.hand_over(record.number, "Det. Ruiz", "DA Orange County, Ms. Pham", "")
    _, custody = packages.custody(record.number)
    assert [one.taken_by for one in custody] == [
        "Det. Ruiz, property room",
        "DA Orange County, Ms. Pham",
    ]
    text = PdfReader(io.BytesIO(packages.custody_form(record.number))).pages[0].extract_text()
    assert "sealed bag 7" in text and record.contents_sha256[:20] in text.replace("\n", "")
    with pytest.raises(InputError, match="who gave and who took"):
        packages.hand_over(record.number, "Lt. Alvarez", " ", "")
    with pytest.raises(InputError, match="no package"):
        packages.hand_over("E-1", "a", "b", "")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_every_file_is_flushed(desk: PackageDesk, tmp_path: Path) -> None:
    """Each file of a package, and its folder, is flushed to the medium before it counts."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom db.package_folder import PackageFolder\n"
        "folder = PackageFolder(Path(sys.argv[1]), 'E-1')\n"
        "folder.write([('a.txt', b'x' * 3_000_000)])\n"
    )
    ran = subprocess.run(
        [
            "strace",
            "-f",
            "-y",
            "-e",
            "trace=fsync,fdatasync",
            sys.executable,
            "-c",
            code,
            str(desk.folder),
        ],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in ran.stderr and ran.returncode != 0:
        pytest.skip("strace may not trace here")
    assert "E-1/contents.sealed" in ran.stderr, ran.stderr
