"""What one photograph may be, and what is refused."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from alpr_core.errors import InputError
from hw.picture_file import FILE_LIMIT_BYTES, read_picture


def ramp(width_px: int = 64, height_px: int = 48) -> Image.Image:
    row = np.linspace(0, 255, width_px).astype(np.uint8)
    return Image.fromarray(np.tile(row, (height_px, 1)))


def png(width_px: int, height_px: int, depth: int = 8, pixels: bytes = b"") -> bytes:
    """A PNG that claims a size; without `pixels` it is cut short."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width_px, height_px, depth, 0, 0, 0, 0)
    chunks = (header, b"IDAT" + zlib.compress(pixels, 1), b"IEND")
    framed = (
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def write_truncated(path: Path, kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 300), dtype=np.uint8)
    Image.fromarray(noise).save(path, kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def write_animated(path: Path, kind: str) -> None:
    pages = [ramp(), ramp().rotate(180), ramp().rotate(90)]
    pages[0].save(path, kind, save_all=True, append_images=pages[1:])


def write_float(path: Path) -> None:
    Image.fromarray(np.ones((8, 8), np.float32)).save(path, "TIFF")


def write_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(FILE_LIMIT_BYTES + 1)


BAD_FILES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "words": ("a.jpg", lambda p: p.write_text("not a picture"), "not a picture"),
    "random bytes": ("a.png", lambda p: p.write_bytes(bytes(range(256)) * 9), "not a picture"),
    "empty": ("a.jpg", lambda p: p.touch(), "is empty"),
    "half a JPEG": ("a.jpg", lambda p: write_truncated(p, "JPEG"), "damaged or cut short"),
    "half a PNG": ("a.png", lambda p: write_truncated(p, "PNG"), "damaged or cut short"),
    "half a BMP": ("a.bmp", lambda p: write_truncated(p, "BMP"), "damaged or cut short"),
    "half a TIFF": ("a.tif", lambda p: write_truncated(p, "TIFF"), "cut short|not a picture"),
    "half a WebP": ("a.webp", lambda p: write_truncated(p, "WEBP"), "cut short|not a picture"),
    "0 x 0": ("a.png", lambda p: p.write_bytes(png(0, 0)), "no pixels|not a picture|damaged"),
    "20,000 x 20,000": ("a.png", lambda p: p.write_bytes(png(20_000, 20_000)), "too big"),
    "65 megapixels": ("a.png", lambda p: p.write_bytes(png(10_000, 6_500)), "too big"),
    "100 megapixels": ("a.png", lambda p: p.write_bytes(png(10_000, 10_000)), "too big"),
    "floating point": ("a.tif", write_float, "floating-point"),
    "animated GIF": ("a.gif", lambda p: write_animated(p, "GIF"), "several pictures"),
    "animated WebP": ("a.webp", lambda p: write_animated(p, "WEBP"), "several pictures"),
    "animated PNG": ("a.png", lambda p: write_animated(p, "PNG"), "several pictures"),
    "TIFF of three pages": ("a.tif", lambda p: write_animated(p, "TIFF"), "several pictures"),
    "a folder": ("a.jpg", lambda p: p.mkdir(), "is a folder"),
    "not there": ("a.jpg", lambda p: None, "cannot be found"),
    "a pipe": ("a.jpg", os.mkfifo, "not an ordinary file"),
    "a huge file": ("a.jpg", write_sparse, "at most 128 MB"),
    "PostScript": ("a.eps", lambda p: p.write_text("%!PS-Adobe-3.0 EPSF-3.0\n"), "not a picture"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_picture_is_refused(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be used is refused with its name and the reason, and nothing is printed."""
    file_name, make, reason = BAD_FILES[name]
    path = tmp_path / file_name
    make(path)
    with pytest.raises(InputError, match=reason) as caught:
        read_picture(path)
    assert file_name in caught.value.what
    assert capfd.readouterr() == ("", "")


def test_huge_picture_costs_no_memory(tmp_path: Path) -> None:
    """A picture of 20,000 x 20,000 pixels is refused without the memory it would take."""
    path = tmp_path / "huge.png"  # whole and sound: it could be decoded
    path.write_bytes(png(20_000, 20_000, 1, bytes(20_000 * 2_501)))
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from alpr_core.errors import InputError; from hw.picture_file import read_picture\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: read_picture(Path(sys.argv[1]))\n"
        "except InputError: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    grown_kib = int(answer.stdout)
    assert grown_kib < 20_000


@pytest.mark.skipif(
    os.geteuid() == 0 and not Path("/usr/bin/setpriv").exists(),
    reason="root reads every file, and setpriv is missing",
)
def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    """A file that we have no right to read is refused with words about rights."""
    path = tmp_path / "locked.png"
    ramp().save(path)
    path.chmod(0)
    if os.geteuid() != 0:
        with pytest.raises(InputError, match="may not be read"):
            read_picture(path)
        return
    script = (
        "import sys; from pathlib import Path; from hw.picture_file import read_picture\n"
        "from alpr_core.errors import InputError\n"
        "try: read_picture(Path(sys.argv[1]))\n"
        "except InputError as error: print(error)\n"
    )
    dropped = ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    answer = subprocess.run(
        [*dropped, sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "locked.png may not be read" in answer.stdout


def test_hostile_name_is_cleaned(tmp_path: Path) -> None:
    """Control characters of a file name never reach a message."""
    path = tmp_path / "a\x1b]0;owned\x07\u202e.jpg"
    path.touch()
    with pytest.raises(InputError) as caught:
        read_picture(path)
    assert not any(sign in str(caught.value) for sign in "\x1b\x07\u202e")


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled(kind: str, tmp_path: Path) -> None:
    """A 16-bit picture keeps its range: 0 stays black, 65535 becomes 255, the middle the middle."""
    wide = np.array([[0, 257, 32_896, 65_278, 65_535]], dtype=np.uint16)
    path = tmp_path / "wide"
    Image.fromarray(wide).save(path, kind)
    assert read_picture(path).tolist() == [[0, 1, 128, 254, 255]]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "PNG"), ("RGB", "PNG"), ("P", "PNG"), ("P", "GIF"), ("RGBA", "PNG"), ("LA", "PNG"),
     ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("RGB", "JPEG"), ("L", "JPEG"), ("RGB", "WEBP"), ("L", "BMP")],
)  # fmt: skip
def test_every_colour_mode_gives_the_same_grey(mode: str, kind: str, tmp_path: Path) -> None:
    """Palette, alpha, CMYK and colour pictures become the grey that they show."""
    path = tmp_path / "picture"
    ramp().convert(mode).save(path, kind)
    grey = read_picture(path)
    assert grey.dtype == np.uint8
    assert grey.flags.c_contiguous
    assert np.abs(grey.astype(int) - np.asarray(ramp()).astype(int)).max() <= 8


def test_transparent_parts_lie_on_white(tmp_path: Path) -> None:
    """What cannot be seen through a transparent picture is white, not whatever hides below."""
    path = tmp_path / "clear.png"
    Image.new("RGBA", (4, 4), (10, 10, 10, 0)).save(path)
    assert read_picture(path).min() == 255


def test_telephone_file_with_a_preview_is_one_photograph(tmp_path: Path) -> None:
    """A JPEG that carries a second picture for previews (MPO) is read, not called animated."""
    path = tmp_path / "phone.jpg"
    ramp().save(path, "MPO", save_all=True, append_images=[ramp(16, 12)])
    assert read_picture(path).shape == (48, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_exif_orientation_is_applied(kind: str, tmp_path: Path) -> None:
    """A telephone's photograph stands upright: orientation 6 is turned by 90 degrees."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned"
    ramp(64, 48).save(path, kind, exif=exif)
    grey = read_picture(path)
    assert grey.shape == (64, 48)
    assert grey[0].mean() < 20
    assert grey[-1].mean() > 230
