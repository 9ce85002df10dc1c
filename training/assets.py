"""Get every font the plate generator draws with: `python -m training.assets`.

One table names package, version, licence and archive digest. Only licences that put no condition
on pictures made with the font may stand in it; an archive with another digest is refused. What is
unpacked lies in the git-ignored folder `training/assets/`, one folder per package. The packages
come through `apt-get` and `npm`, so which server answers is the machine's own setting.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

FONTS_FOLDER = Path(__file__).parent / "assets"
"""Where the unpacked packages lie."""

FREE_LICENCES = frozenset({"OFL-1.1", "Apache-2.0", "MIT", "UFL-1.0", "CC0-1.0"})
"""SPDX ids (UFL-1.0: Ubuntu font licence, SPDX Ubuntu-font-1.0) that leave a trained model free."""


class Origin(Enum):
    """Which client fetches the package."""

    DEBIAN = "apt-get download"
    FONTSOURCE = "npm pack @fontsource/"


@dataclass(frozen=True, slots=True)
class FontPackage:
    """One row of the table."""

    origin: Origin
    name: str
    version: str
    licence: str
    """SPDX id as the package declares it."""
    sha256: str
    """Digest of the archive, hexadecimal."""


FONT_PACKAGES: tuple[FontPackage, ...] = (
    FontPackage(
        Origin.DEBIAN,
        "fonts-roadgeek",
        "3.1-3",
        "MIT",
        "d32d92d14515b3da7f9f180759cab4d413286f14fbfef049f5b0746d2c9a6d01",
    ),
    FontPackage(
        Origin.DEBIAN,
        "fonts-opendin",
        "1.0-4",
        "OFL-1.1",
        "167c563edfbf0df0b9cf5935aec311fb3ed00b88c42a83f757283bb756410280",
    ),
    FontPackage(
        Origin.DEBIAN,
        "fonts-font-awesome",
        "5.0.10+really4.7.0~dfsg-4.1",
        "OFL-1.1",
        "5f09e1adce26d59628a239c538882d53e58978b958233864fc617be9a510018e",
    ),
    FontPackage(
        Origin.DEBIAN,
        "fonts-noto-core",
        "20201225-1",
        "OFL-1.1",
        "58f4f0bb6720f919f92096b3508e1412a0f1544424ade6c5b5bf1eb694dd64ba",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "antonio",
        "5.3.0",
        "OFL-1.1",
        "a4bcfad9e90770faf0d4d2680361504033bb659e257375224449af9f8d5a0c6d",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "archivo-narrow",
        "5.3.0",
        "OFL-1.1",
        "7adbb6ba7514b065ae523907c88b1ab37dc69c002bf3602ab3c8b31d66be8c33",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "arvo",
        "5.3.0",
        "OFL-1.1",
        "619c0fe2044237e0acb68c1b7139c53d2060b5189c789066c8af7960d26ceb53",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "b612-mono",
        "5.3.0",
        "OFL-1.1",
        "49683ba1241403530a957ac8cbaadd83af55002446f9bdfd08161e6c2355b87c",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "barlow-condensed",
        "5.3.0",
        "OFL-1.1",
        "759fcdd25df64b4ef41653808d849cdb9ba0a520999032ceb137ce035a17e2ea",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "barlow-semi-condensed",
        "5.3.0",
        "OFL-1.1",
        "94991ed2fc3fe0e11d8af5129932bdd94d29b6a7355859ebfba9a19d6610cc77",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "bebas-neue",
        "5.3.0",
        "OFL-1.1",
        "57928e0ee30b9e8a99033cdd5dc74ad06761007b4ad8fc32173e5d9072ba91fa",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "big-shoulders-display",
        "5.3.0",
        "OFL-1.1",
        "2b1193236ad6a1e801780541347a6d1b46bd11e866098edf492a87fdccc8849c",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "chakra-petch",
        "5.3.0",
        "OFL-1.1",
        "6a98a7d53cc1daedd1ff69490e96efd5c832c0889fc2353b178dcc56004503c8",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "dancing-script",
        "5.3.0",
        "OFL-1.1",
        "e392efa74afec672f1c97f8699a16bb8439c8aca1a367ddb5cd035f11e70e31a",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "dosis",
        "5.3.0",
        "OFL-1.1",
        "201712f93c17a736f242bdf53fb27df2dc84f83752b6cab5be6ffdb71edba6e9",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "fjalla-one",
        "5.3.0",
        "OFL-1.1",
        "b550bf929a4e2479cdc1aea606748b301d4b67c07cd62ff5c77b7d6086c8ec7d",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "kaushan-script",
        "5.3.0",
        "OFL-1.1",
        "1d665df77f4bcd3fbf106c9adc1405fc1d0ec492270d5c23b597f00da2f6515d",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "lora",
        "5.3.0",
        "OFL-1.1",
        "3f2e66b0934b8652bb1a37645a9fc3e77e83b5841a09e97174e7bb11e11063c9",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "open-sans",
        "5.3.0",
        "OFL-1.1",
        "95e6dd90f5860d0de22f791b6d802598743762c62e4894bfa26f80b1ea0cf3f5",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "oswald",
        "5.3.0",
        "OFL-1.1",
        "27bf46420288bb65bd186638cde54686aa8f9d5dc975b1d597dfe81a7dd472cb",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "overpass",
        "5.3.0",
        "OFL-1.1",
        "1199885e2bc5353f2927cd457dc6d404c75c57356251f217ecd58c621abd234d",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "overpass-mono",
        "5.3.0",
        "OFL-1.1",
        "3c72c65cd98f32ac25f5140edecce8241f096b0f3d0e28387958982befd0ba79",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "pacifico",
        "5.3.0",
        "OFL-1.1",
        "397f4f0a8a4c44e929cafa4cfede7240f7ac81a922f6779d3fefe2192c67d619",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "playfair-display",
        "5.3.0",
        "OFL-1.1",
        "564e61951ecc3e962793cd50395f718cda6350cb934f9000dbe0139c768dc023",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "pt-sans-narrow",
        "5.3.0",
        "OFL-1.1",
        "d22479707c849f8dfca08967bbdd2fecfdbae304ee5cc2171933a21ae81989f9",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "rajdhani",
        "5.3.0",
        "OFL-1.1",
        "67d0bab8711edbefcb4a3f96f3ed7cd911c92063ab44b3b58317bed531f62154",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "roboto-condensed",
        "5.3.0",
        "OFL-1.1",
        "03b2f8c75e4a4af7ae6180d0f3e9171a6dcbbcd5b1a02c48f5bcbd043a7a9868",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "roboto-slab",
        "5.3.0",
        "Apache-2.0",
        "45d42c2f30be7fa361c673a297cb75e151e977a57905e449d25875adf97e77f5",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "saira-condensed",
        "5.3.0",
        "OFL-1.1",
        "0c7d9f849443ea181a61f20c5c32e95a428afbd94a811969245c8aa9a8695de6",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "saira-extra-condensed",
        "5.3.0",
        "OFL-1.1",
        "b24e2ae4e253e0ad8b9ba7bc63cbcbfa16d65437438934f3a6604dbbc172c2ef",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "share-tech",
        "5.3.0",
        "OFL-1.1",
        "6f0abeb4d072d8350a30d983b9fbe49ad04caad83241f78f372a3be3aece3b12",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "share-tech-mono",
        "5.3.0",
        "OFL-1.1",
        "126fd40c9a7a53bfb224d24b8fd382412d48d9be1daefbe7726af0972a08980a",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "sofia-sans",
        "5.3.0",
        "OFL-1.1",
        "81136d5e3cb6b3fd4d9e695415ff46691ac90a5bf23859c7eec59a688c21ca4a",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "ubuntu-condensed",
        "5.3.0",
        "UFL-1.0",
        "1779c718cd452575e523125d35367e1667fa194fe45b661bc18d5d34163291d3",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "yellowtail",
        "5.3.0",
        "Apache-2.0",
        "11069ff57ef56c675878da73fa19b044286e94dae0001329fcced91d30f0508e",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "zilla-slab",
        "5.3.0",
        "OFL-1.1",
        "b7db2f40f3aaeb44c0e1dfe3da1e5de96d177a674ffe5e5e012c59b6a01e8aab",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "alfa-slab-one",
        "5.3.0",
        "OFL-1.1",
        "9a23f35cd084f78793d3375618def5b8a56251df4191edce109a7738b54148b0",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "bree-serif",
        "5.3.0",
        "OFL-1.1",
        "16534f262d883f739691ea2a44a126fc5761e1d09f91659776ba7aa587398217",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "cinzel",
        "5.3.0",
        "OFL-1.1",
        "b80629f715b4603fd099c0ceaa94cc7a15308a75a9cf52f0613a312ee6d53c28",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "courgette",
        "5.3.0",
        "OFL-1.1",
        "313ba0c485f5e8e09a5783c4b590719bc689a55d205f23a6c58b0437bcce0676",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "graduate",
        "5.3.0",
        "OFL-1.1",
        "e8834f70b4ce4c665974240d283ef6444413b73af6c5aec5ae45324d6e0b332a",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "libre-baskerville",
        "5.3.0",
        "OFL-1.1",
        "5e1a5fe2e28c4269112aa33ff46f80034551d2a9820b2d002afe3305fa8e1ea4",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "lobster",
        "5.3.0",
        "OFL-1.1",
        "4ac6f6ab805b684026cb719f55dd605c892ca5d1db3f32fca88ca554a63b86d7",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "playball",
        "5.3.0",
        "OFL-1.1",
        "e797e73905413df2fa81a89fd42e5d3251261d1d213e982b5040a09b035a0d59",
    ),
    FontPackage(
        Origin.FONTSOURCE,
        "rye",
        "5.3.0",
        "OFL-1.1",
        "df0c20fb23fc88745cb64e3ad9fc8ee5058fcb8940af06ace364c6dbde49c22b",
    ),
)


class WrongArchiveError(RuntimeError):
    """A fetched archive is not the one in the table."""


def fetch_fonts(folder: Path = FONTS_FOLDER) -> None:
    """Fetch, check and unpack every package that is not there yet.

    Raises:
        WrongArchiveError: a digest or licence differs from the table's rule.
        subprocess.CalledProcessError: apt-get or npm could not fetch a package.
    """
    for package in FONT_PACKAGES:
        if package.licence not in FREE_LICENCES:
            raise WrongArchiveError(
                f"{package.name}: licence {package.licence} is not in the list of free ones"
            )
        target = folder / package.name
        if target.is_dir():
            continue
        with tempfile.TemporaryDirectory() as work:
            archive = _fetch(package, Path(work))
            digest = hashlib.sha256(archive.read_bytes()).hexdigest()
            if digest != package.sha256:
                raise WrongArchiveError(f"{package.name} {package.version}: digest is {digest}")
            unpacked = Path(work) / "unpacked"
            _unpack(package, archive, unpacked)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.move(unpacked, target)
        print(f"{package.name} {package.version} ({package.licence})")


def _fetch(package: FontPackage, work: Path) -> Path:
    if package.origin is Origin.DEBIAN:
        command = ["apt-get", "download", f"{package.name}={package.version}"]
        pattern = "*.deb"
    else:
        command = ["npm", "pack", "--silent", f"@fontsource/{package.name}@{package.version}"]
        pattern = "*.tgz"
    subprocess.run(command, cwd=work, check=True, stdout=subprocess.DEVNULL)
    return next(work.glob(pattern))


def _unpack(package: FontPackage, archive: Path, target: Path) -> None:
    if package.origin is Origin.DEBIAN:
        subprocess.run(["dpkg-deb", "-x", str(archive), str(target)], check=True)
        return
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")


if __name__ == "__main__":
    fetch_fonts()
