from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from alpr_core.errors import ConfigError, ModelError, UsageError
from alpr_tui.__main__ import main
from alpr_tui.configuration import read_configuration
from alpr_tui.vision_settings import read_settings, settings_text, write_settings
from alpr_vision.chosen_eyes import open_eyes
from alpr_vision.model_choice import EyesChoice, ModelPin
from alpr_vision.model_store import ModelStore
from tests.alpr_vision.made_models import bright_patch_detector, our_reader_files

Said = pytest.CaptureFixture[str]

BOX = """# kept as it is
[box]
name = "unit 12"    # and this
store = "store"
key_file = "box.key"

[[camera]]
name = "front"
source = "/dev/video0"
"""
PIN = ModelPin("mine", "ab" * 32)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def alpr_models(models: Path, *words: str | Path) -> int:
    action, *rest = map(str, words)
    return main(["models", action, "--models", str(models), *rest])


def test_a_folder_becomes_the_reader_in_use(models: Path, tmp_path: Path, capsys: Said) -> None:
    """`use FOLDER --config` installs a model, names it with its digest, and the box opens it from there."""
    config = tmp_path / "box.toml"
    config.write_text(BOX)
    brought = our_reader_files(tmp_path / "brought")
    assert alpr_models(models, "use", brought, "--name", "mine", "--config", config) == 0
    text = config.read_text()
    assert text.startswith(BOX)
    vision = read_configuration(config).vision
    assert vision.models_folder == models
    assert vision.choice.reader is not None and vision.choice.reader.name == "mine"
    assert open_eyes(ModelStore(models), vision.choice)
    assert vision.choice.reader.digest in capsys.readouterr().err


def test_a_second_model_and_the_way_back(models: Path, tmp_path: Path) -> None:
    """A detector joins the reader that is in use, and `use alpr` goes back to our own models."""
    config = tmp_path / "box.toml"
    config.write_text(BOX)
    (tmp_path / "yolo").mkdir()
    (tmp_path / "yolo" / "y.onnx").write_bytes(bright_patch_detector())
    for words in (
        (our_reader_files(tmp_path / "brought"), "--name", "mine"),
        (tmp_path / "yolo",),
    ):
        assert alpr_models(models, "use", *words, "--config", config) == 0
    choice = read_settings(config).choice
    assert (choice.reader and choice.reader.name, choice.detector and choice.detector.name) == (
        "mine",
        "yolo",
    )
    assert alpr_models(models, "use", "alpr", "--config", config) == 0
    assert read_settings(config).choice == EyesChoice()
    assert "reader" not in tomllib.loads(config.read_text()).get("vision", {})


def test_a_model_goes_where_the_configuration_says(tmp_path: Path) -> None:
    """Without --models the folder of the file's [vision] table is used, and the file keeps naming it."""
    config = tmp_path / "box.toml"
    config.write_text(f'{BOX}\n[vision]\nmodels = "{tmp_path}/fleet"\n')
    brought = our_reader_files(tmp_path / "mine")
    assert main(["models", "use", str(brought), "--config", str(config)]) == 0
    assert ModelStore(tmp_path / "fleet").find("mine")
    assert read_settings(config).models_folder == tmp_path / "fleet"


def test_without_a_file_the_lines_are_printed(models: Path, tmp_path: Path, capsys: Said) -> None:
    """Without --config nothing is written: standard output carries the lines for the file."""
    assert alpr_models(models, "use", our_reader_files(tmp_path / "mine")) == 0
    table = tomllib.loads(capsys.readouterr().out)["vision"]
    assert table["reader"] == "mine"
    assert table["reader_sha256"] == ModelStore(models).find("mine").digest


def test_list_and_verify(models: Path, tmp_path: Path, capsys: Said) -> None:
    """`list` names ours, the installed and the hubs' models; `verify` fails with the altered one's name."""
    alpr_models(models, "use", our_reader_files(tmp_path / "mine"))
    capsys.readouterr()
    assert alpr_models(models, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:2] == ["mine", "reader"] and "installed" in line for line in lines)
    assert any(line.startswith("cct-s-v2-global-model") for line in lines)
    assert max(map(len, lines)) <= 80
    assert alpr_models(models, "verify") == 0
    (models / "mine" / "plate.yaml").write_text("{}")
    assert alpr_models(models, "verify") == ModelError.exit_code
    said = capsys.readouterr()
    assert "alpr: as pinned" in said.out
    assert "plate.yaml was altered" in said.err


def test_fetching_needs_pins(models: Path, tmp_path: Path, capsys: Said) -> None:
    """Nothing is fetched into use without its digests; `--show-pins` prints them and keeps nothing."""
    folder = our_reader_files(tmp_path / "release")
    urls = (
        "--url",
        (folder / "reader.onnx").as_uri(),
        "--settings-url",
        (folder / "reader_config.yaml").as_uri(),
    )
    name = "cct-xs-v2-global-model"
    assert alpr_models(models, "fetch", name, *urls) == UsageError.exit_code
    assert "--show-pins" in capsys.readouterr().err
    assert alpr_models(models, "fetch", name, *urls, "--show-pins") == 0
    assert not models.exists()
    pins = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert pins[0] == hashlib.sha256((folder / "reader.onnx").read_bytes()).hexdigest()
    wrong = ("--pin", pins[1], "--settings-pin", pins[1])
    assert alpr_models(models, "fetch", name, *urls, *wrong) == ModelError.exit_code
    assert (
        alpr_models(models, "fetch", name, *urls, "--pin", pins[0], "--settings-pin", pins[1]) == 0
    )
    assert alpr_models(models, "use", name) == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("use", "none"), ModelError.exit_code),
        (("use", "none", "--name", "x"), UsageError.exit_code),
        (("fetch", "none"), ModelError.exit_code),
        (("verify", "none"), ModelError.exit_code),
        (("use", "alpr", "--config", "/nowhere/box.toml"), ConfigError.exit_code),
    ],
)
def test_what_is_not_there_is_said(
    models: Path, words: tuple[str, ...], code: int, capsys: Said
) -> None:
    """A model or file that is not there is one line and an exit code, and nothing is made."""
    assert alpr_models(models, *words) == code
    assert capsys.readouterr().err.startswith("alpr: ")
    assert not models.exists()


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ('[vision]\nreader = "mine"\n', "reader_sha256"),
        ('[vision]\nreader_sha256 = "' + "ab" * 32 + '"\n', "reader"),
        ('[vision]\nreader = "mine"\nreader_sha256 = "abc"\n', "64"),
        ('[vision]\nsomething = "x"\n', "something"),
        ("[vision]\nmodels = 3\n", "models"),
        ("vision = 3\n", "table"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, table: str, named: str) -> None:
    """A model without its digest and an unknown word are refused with the file and the word."""
    file = tmp_path / "box.toml"
    file.write_text(table + BOX)
    with pytest.raises(ConfigError, match=r"box\.toml \[vision\]") as refusal:
        read_configuration(file)
    assert named in str(refusal.value)


def test_the_rest_of_the_file_is_kept(tmp_path: Path) -> None:
    """Only the [vision] table changes, wherever it stands, and the file keeps its rights."""
    file = tmp_path / "box.toml"
    file.write_text("[vision]   # old\nreader = 'x'\nreader_sha256 = '" + "cd" * 32 + "'\n\n" + BOX)
    file.chmod(0o600)
    settings = read_settings(file)
    write_settings(file, type(settings)(tmp_path / "m", EyesChoice(reader=PIN)))
    text = file.read_text()
    assert BOX in text
    assert text.count("[vision]") == 1
    assert read_settings(file).choice.reader == PIN
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["box.toml"]


def test_a_table_in_another_writing_is_left_alone(tmp_path: Path) -> None:
    """A [vision] table that cannot be changed safely is refused and the file stays as it was."""
    file = tmp_path / "box.toml"
    text = 'vision.models = "somewhere"\n' + BOX
    file.write_text(text)
    with pytest.raises(ConfigError, match="cannot be changed|Cannot"):
        write_settings(file, type(read_settings(file))(None, EyesChoice(reader=PIN)))
    assert file.read_text() == text


def test_settings_text_is_toml() -> None:
    """What is printed for nothing and for everything is a table that can be read back."""
    from alpr_tui.vision_settings import VisionSettings, vision_settings

    for settings in (
        VisionSettings(),
        VisionSettings(Path("/a/b c\\d"), EyesChoice(PIN, ModelPin("d", "01" * 32))),
    ):
        tables = tomllib.loads(settings_text(settings))
        assert vision_settings(tables, "", Path("/")) == settings


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("region = [0, 0, 1]", "region"),
        ("region = [0.5, 0, 0.5, 1]", "region"),
        ("region = [0, 0, 1, 2]", "region"),
        ('region = ["a", 0, 1, 1]', "region"),
        ("region = 1", "region"),
        ('skip_still = "yes"', "skip_still"),
    ],
)
def test_a_wrong_area_is_named(tmp_path: Path, lines: str, named: str) -> None:
    """A region that is none, and a switch that is no yes or no, are refused by name."""
    file = tmp_path / "box.toml"
    file.write_text(f"{BOX}{lines}\n")
    with pytest.raises(ConfigError, match="camera") as refusal:
        read_configuration(file)
    assert named in str(refusal.value)


def test_an_area_is_read(tmp_path: Path) -> None:
    """A camera's region and its switch reach the configuration; without them all is looked at."""
    file = tmp_path / "box.toml"
    file.write_text(BOX)
    plain = read_configuration(file).cameras[0].area
    assert (plain.region, plain.skip_still) == ((0.0, 0.0, 1.0, 1.0), False)
    file.write_text(f"{BOX}region = [0, 0.3, 1, 1.0]\nskip_still = true\n")
    area = read_configuration(file).cameras[0].area
    assert (area.region, area.skip_still) == ((0.0, 0.3, 1.0, 1.0), True)
