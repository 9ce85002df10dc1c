"""A box with models and areas that its configuration names."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from alpr_core.errors import ModelError
from alpr_core.events import BoxEvent, SightingStored
from alpr_tui.__main__ import main
from alpr_tui.box_opening import open_box
from alpr_tui.configuration import read_configuration
from db.keys import make_demo_key_file
from hw.simulated_drive import SimulatedDrive
from tests.alpr_vision.made_models import our_reader_files


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A box with one camera: a folder with one photograph of the drive, below the middle."""
    drive = SimulatedDrive(seed=7, vehicles=12, is_live=False, loops=False)
    number = next(
        n
        for n in range(drive.lap_frames)
        if len(places := drive.plates_in(n)) == 1 and places[0].width_px > 110
    )
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    below = np.full((720, 1280), 99, np.uint8)
    cv2.imwrite(str(pictures / "1.png"), np.vstack((below, drive.render(number)[0])))
    make_demo_key_file(tmp_path / "box.key")
    file = tmp_path / "box.toml"
    file.write_text(
        '[box]\nname = "unit 12"\nstore = "store"\nkey_file = "box.key"\n\n'
        '[[camera]]\nname = "front"\nsource = "pictures"\n'
    )
    return file


def plates_seen(file: Path) -> list[str]:
    told: list[BoxEvent] = []
    box = open_box(read_configuration(file), told.append)
    box.start_unattended()
    assert box.wait_until_over(60.0)
    box.stop()
    return [e.sighting.reading.text for e in told if isinstance(e, SightingStored)]


def test_a_box_reads_with_the_model_that_its_configuration_names(
    configuration: Path, tmp_path: Path
) -> None:
    """A brought reader, here our own through the hub's door, reads in the box what ours reads; altered it is
    refused and nothing starts."""
    ours = plates_seen(configuration)
    assert ours
    models = tmp_path / "models"
    brought = our_reader_files(tmp_path / "mine")
    words = ["use", str(brought), "--models", str(models), "--config", str(configuration)]
    assert main(["models", *words]) == 0
    assert plates_seen(configuration) == ours
    with (models / "mine" / "plate.yaml").open("a") as settings:
        settings.write("\n")
    with pytest.raises(ModelError, match="altered"):
        plates_seen(configuration)


@pytest.mark.parametrize(
    ("region", "is_inside"), [("[0, 0.5, 1, 1]", True), ("[0, 0, 1, 0.5]", False)]
)
def test_a_camera_looks_only_where_its_configuration_says(
    configuration: Path, region: str, is_inside: bool
) -> None:
    """A plate inside the region is read, one outside is not looked at."""
    with configuration.open("a") as file:
        file.write(f"region = {region}\n")
    assert bool(plates_seen(configuration)) is is_inside
