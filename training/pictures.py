"""Fetch the free pictures that training scenes use as surroundings.

Run `python -m training.pictures`. It downloads pinned Debian packages with `apt-get download`,
checks their SHA-256, and keeps only pictures whose own licence entry lets a model trained on them
be shipped under any terms: CC0, public domain, MIT, CC-BY. Share-alike (CC-BY-SA), copyleft (GPL),
non-commercial and no-derivatives pictures are left out, picture by picture, by reading the
package's machine-readable copyright file. The result is a git-ignored folder of grey PNG files and
`credits.csv` beside them.

Photographs used for measuring never come here.
"""

import argparse
import csv
import fnmatch
import hashlib
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # must be set before cv2 is imported

import cv2
import numpy as np

PICTURES_DIR = Path(__file__).parent / "assets" / "pictures"
LONGEST_SIDE_PX = 1400
"""Larger pictures are scaled down to this: a training crop shows at most about half of one."""
SHORTEST_SIDE_PX = 128
"""Smaller pictures are icons, of no use as surroundings."""
LEAST_CONTRAST = 6.0
"""Grey levels (standard deviation); below this a picture is one flat colour."""

ALLOWED_LICENCES = {
    "CC0": "CC0-1.0",
    "CC0-1.0": "CC0-1.0",
    "public-domain": "LicenseRef-public-domain",
    "CC-BY-3.0": "CC-BY-3.0",
    "CC-BY-4.0": "CC-BY-4.0",
    "CC-BY-4.0 and CC-BY-3.0": "CC-BY-4.0 AND CC-BY-3.0",
    "MIT": "MIT",
    "Expat": "MIT",
}
"""Licence name in a copyright file to SPDX expression; a name that is missing here is refused."""

NOT_A_VIEW = ("*_nm.*", "*-nm.*", "*ormal*", "*gloss*", "*_NRM.*", "*icon*", "*_spec*", "*mask*")
"""File names of normal maps, gloss maps and icons: no surface looks like them."""


@dataclass(frozen=True, slots=True)
class Package:
    """A Debian package with pictures, pinned by version and digest."""

    name: str
    version: str
    sha256: str
    inside: str
    """Folder inside the package whose pictures are looked at."""
    copyright_root: str
    """Put before a path inside `inside` to match the `Files:` patterns of the copyright file."""
    licence: str | None = None
    """Licence of all, where a file beside the pictures states it; None reads the entries."""
    credit: str = ""
    """Author, when `licence` is given."""
    archive: str | None = None
    """A zip file in the package that holds `inside`; None where the files lie open."""


PACKAGES = (
    Package(
        name="lomiri-wallpapers-16.04",
        version="20.04.0-2",
        sha256="a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab",
        inside="usr/share/backgrounds",
        copyright_root="16.04/",
    ),
    Package(
        name="sway-backgrounds",
        version="1.7-6",
        sha256="bbd637e4a27eb305beb88f2a5ba34ab53f86b2027066ffe3ed814d6b221220b5",
        inside="usr/share/backgrounds/sway",
        copyright_root="assets/",
    ),
    Package(
        name="supertuxkart-data",
        version="1.4+dfsg-2",
        sha256="568d69cda50dc8ad1facb89514bd14953dfca736fdb83c49ae330b0aa7dd2364",
        inside="usr/share/games/supertuxkart/data",
        copyright_root="data/",
    ),
    Package(
        name="blender-data",
        version="3.4.1+dfsg-2",
        sha256="5ceaf56a49ba3ded95c751d739aeec3d19e7fad76fba5cb70666986af9303b0e",
        inside="usr/share/blender/datafiles/studiolights/world",
        copyright_root="",
        licence="CC0",
        credit="Greg Zaal and others, HDRI Haven (license.txt beside the pictures)",
    ),
    Package(
        name="endless-sky-data",
        version="0.9.8-1.2",
        sha256="e45835e05a11e84bb1a890a0ded390246a53b8318f21a25925aa70fa54f80c13",
        inside="usr/share/games/endless-sky/images",
        copyright_root="images/",
    ),
    Package(
        name="ufoai-textures",
        version="2.5-2",
        sha256="51c9c6a778249a3fa432c81c8c30ac5675ae5a1e675a33b0ce04545753d3218c",
        inside="textures",
        copyright_root="base/textures/",
        archive="usr/share/games/ufoai/base/0textures.pk3",
    ),
)


@dataclass(frozen=True, slots=True)
class Credit:
    """One line of `credits.csv`."""

    file: str
    package: str
    version: str
    licence: str
    credit: str
    source: str


def fetch(package: Package, cache: Path) -> Path:
    """Download a package with apt and check it.

    Args:
        package: What to fetch.
        cache: Folder with packages that are there already; downloads go there too.

    Raises:
        ValueError: the file's SHA-256 is not the pinned one.
    """
    pattern = f"{package.name}_{package.version}_*.deb"
    if not list(cache.glob(pattern)):
        cache.mkdir(parents=True, exist_ok=True)
        request = f"{package.name}={package.version}"
        subprocess.run(["apt-get", "download", request], cwd=cache, check=True)
    deb = next(iter(cache.glob(pattern)))
    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    if digest != package.sha256:
        raise ValueError(f"{deb.name}: SHA-256 is {digest}, expected {package.sha256}")
    return deb


def _stanzas(copyright_text: str) -> Iterator[dict[str, str]]:
    """Yield the stanzas of a machine-readable copyright file (DEP-5)."""
    for block in copyright_text.replace("\r", "").split("\n\n"):
        stanza: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line[:1] in (" ", "\t") and field:
                stanza[field] += "\n" + line.strip()
            elif ":" in line:
                field, value = line.split(":", 1)
                stanza[field] = value.strip()
        yield stanza


@dataclass(frozen=True, slots=True)
class Terms:
    """Which licence and author the copyright file names for some files."""

    patterns: tuple[str, ...]
    licence: str
    credit: str


def read_terms(copyright_text: str) -> list[Terms]:
    """Read the `Files:` stanzas of a copyright file, in order (the last match counts)."""
    return [
        Terms(
            tuple(stanza["Files"].split()),
            stanza.get("License", "").split("\n")[0].strip(),
            " ".join(stanza.get("Copyright", "").split()),
        )
        for stanza in _stanzas(copyright_text)
        if "Files" in stanza
    ]


def terms_of(path: str, terms: list[Terms]) -> tuple[str, str] | None:
    """Return (licence name, credit) of a path; None where no entry matches."""
    found = None
    for entry in terms:
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in entry.patterns):
            found = (entry.licence, entry.credit)
    return found


def grey_view(path: Path) -> np.ndarray | None:
    """Load a picture as grey uint8 of useful size; None where it is no useful view.

    High dynamic range panoramas are exposed at their median and clipped, as a camera would.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None or min(picture.shape[:2]) < SHORTEST_SIDE_PX:
        return None
    if picture.dtype == np.uint16:
        picture = (picture // 257).astype(np.uint8)
    if picture.ndim == 3:
        picture = cv2.cvtColor(np.ascontiguousarray(picture[:, :, :3]), cv2.COLOR_BGR2GRAY)
    if picture.dtype != np.uint8:
        light = np.maximum(np.nan_to_num(picture.astype(np.float32)), 0)
        exposed = light / max(float(np.median(light)), 1e-4)
        picture = np.clip(255 * np.power(exposed / 3.0, 1 / 2.2), 0, 255).astype(np.uint8)
    scale = LONGEST_SIDE_PX / max(picture.shape)
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return picture if picture.std() >= LEAST_CONTRAST else None


def keep_allowed(package: Package, unpacked: Path, target: Path) -> list[Credit]:
    """Write the allowed pictures of an unpacked package to `target`; return their credits."""
    notice = unpacked / "usr/share/doc" / package.name / "copyright"
    terms = read_terms(notice.read_text(errors="replace"))
    base = unpacked / package.inside
    if package.archive is not None:
        with zipfile.ZipFile(unpacked / package.archive) as archive:
            archive.extractall(unpacked)
    kept = []
    seen: set[bytes] = set()
    for path in sorted(base.rglob("*")):
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".exr") or path.is_symlink():
            continue
        inner = path.relative_to(base).as_posix()
        if any(fnmatch.fnmatchcase(path.name, pattern) for pattern in NOT_A_VIEW):
            continue
        found = terms_of(package.copyright_root + inner, terms)
        if package.licence is not None:
            found = (package.licence, package.credit)
        if found is None or found[0] not in ALLOWED_LICENCES:
            continue
        view = grey_view(path)
        if view is None or (digest := hashlib.sha256(view.tobytes()).digest()) in seen:
            continue
        seen.add(digest)
        name = f"{package.name}--{inner.replace('/', '--')}.png"
        cv2.imwrite(str(target / name), view)
        licence = ALLOWED_LICENCES[found[0]]
        kept.append(Credit(name, package.name, package.version, licence, found[1], inner))
    return kept


def collect(cache: Path, target: Path = PICTURES_DIR) -> list[Credit]:
    """Fill `target` with every allowed picture of `PACKAGES` and write `credits.csv`."""
    target.mkdir(parents=True, exist_ok=True)
    (target / ".gitignore").write_text("*\n")
    credited: list[Credit] = []
    for package in PACKAGES:
        deb = fetch(package, cache)
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dpkg-deb", "-x", str(deb), folder], check=True)
            kept = keep_allowed(package, Path(folder), target)
        print(f"{package.name} {package.version}: {len(kept)} pictures")
        credited += kept
    with (target / "credits.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Credit.__slots__)
        writer.writerows(
            [getattr(credit, field) for field in Credit.__slots__] for credit in credited
        )
    return credited


def main() -> None:
    """Command line: `python -m training.pictures [--cache DIR]`."""
    parser = argparse.ArgumentParser(description="Fetch the free pictures for training scenes.")
    parser.add_argument("--cache", type=Path, default=PICTURES_DIR.parent / "packages")
    collect(parser.parse_args().cache)


if __name__ == "__main__":
    main()
