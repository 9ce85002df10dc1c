"""Words, numbers and fonts for text that is no plate: brands, signs, phone numbers, dates."""

from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS_DIR = Path(__file__).parent.parent / "assets"
"""Free fonts fetched for the plate generator; without them OpenCV's stroke fonts serve."""
_NO_LATIN_TEXT = ("awesome", "noto")
"""Families of icons and of other scripts."""

# fmt: off
BRAND_WORDS = (
    "TOYOTA", "HONDA", "FORD", "CHEVROLET", "NISSAN", "DODGE", "RAM", "JEEP", "GMC", "KIA",
    "HYUNDAI", "MAZDA", "SUBARU", "LEXUS", "ACURA", "TESLA", "BUICK", "VOLVO", "AUDI", "CAMRY",
    "CIVIC", "ACCORD", "COROLLA", "TACOMA", "TUNDRA", "F-150", "SILVERADO", "EXPLORER", "ODYSSEY",
    "CR-V", "RAV4", "HYBRID", "AWD", "4X4", "TURBO", "LIMITED", "SPORT", "XLE", "LT", "V6", "LE",
    "SE", "GT", "2.0T", "QUATTRO", "4MATIC", "DURANGO", "ALTIMA",
)
# fmt: on
# fmt: off
SIGN_WORDS = (
    "STOP", "YIELD", "EXIT", "EXIT 24", "SPEED LIMIT", "ONE WAY", "NO PARKING", "TOW AWAY",
    "TAXI", "POLICE", "SHERIFF", "SCHOOL", "BUS", "MAIN ST", "5TH AVE", "OAK DR", "HWY 101",
    "I-80", "WEST 12", "SALE 50%", "OPEN", "24/7", "PIZZA", "BANK", "MOTEL", "CAFE", "DINER",
    "REFERRAL", "RENTALS", "PLUMBING", "ELECTRIC", "HOW AM I DRIVING", "CAUTION", "WIDE LOAD",
    "FOR SALE", "U-HAUL", "KEEP CLEAR", "LOADING", "FIRE LANE", "NO 5", "PUSH", "PULL",
    "BABY ON BOARD", "STUDENT DRIVER",
)
# fmt: on

_STROKE_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)


def phone_number(rng: Random) -> str:
    """Return a made-up North American phone number in one of its usual spellings."""
    pattern = rng.choice(("({}) 555-{}", "{}-555-{}", "1-{}-555-{}", "{}.555.{}"))
    return pattern.format(rng.randint(200, 989), rng.randint(1000, 9999))


_ONSETS = "b c d f g h j k l m n p r s t v w z br ch cl dr fl gr pl pr sh sl st th tr".split()
_VOWELS = "a e i o u a e o ai ea ee oo ou".split()
_ENDINGS = ["", "", "", "n", "r", "s", "t", "l", "ck", "nd", "ng", "rt", "st"]


def made_up_word(rng: Random) -> str:
    """Return a pronounceable word of one to three syllables, in capitals, lower case or both."""
    syllables = rng.choice((1, 2, 2, 2, 3))
    word = "".join(
        rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_ENDINGS) for _ in range(syllables)
    )
    style = rng.random()
    if style < 0.55:
        return word.upper()
    return word.capitalize() if style < 0.8 else word


def ink_and_paper(rng: Random) -> tuple[float, float]:
    """Return two grey levels far enough apart for a sign; either may be the darker one."""
    paper = rng.uniform(140, 255) if rng.random() < 0.6 else rng.uniform(0, 110)
    ink = rng.uniform(0, 70) if paper > 125 else rng.uniform(170, 255)
    return ink, paper


def fleet_number(rng: Random) -> str:
    """Return a number as it is painted on buses, trucks, boats and aircraft: without a board."""
    digits = str(rng.randint(100, 999999))
    kind = rng.random()
    if kind < 0.6:
        return digits
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTVWX") for _ in range(rng.randint(1, 2)))
    return letters + digits if kind < 0.8 else digits[:4] + letters


def any_words(rng: Random) -> str:
    """Return a short text as it stands on cars, shops, signs and screens."""
    if rng.random() < 0.25:
        return " ".join(made_up_word(rng) for _ in range(rng.randint(1, 2)))
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(BRAND_WORDS)
    if kind < 0.65:
        return rng.choice(SIGN_WORDS)
    if kind < 0.8:
        return phone_number(rng)
    if kind < 0.9:
        return str(rng.randint(1, 99999))
    date = f"{rng.randint(2004, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return f"{date} {rng.randint(0, 23)}:15"


def _has_latin_text(path: Path) -> bool:
    """Say whether a file is a Latin font: fetched web fonts come in one file per script."""
    if path.suffix == ".woff":
        return "-latin-" in path.name and "-latin-ext-" not in path.name
    is_text = not any(part in str(path).lower() for part in _NO_LATIN_TEXT)
    return path.suffix in (".ttf", ".otf") and is_text


class Lettering:
    """Renders text masks from the free fonts and OpenCV's stroke fonts."""

    def __init__(self, folder: Path = FONTS_DIR) -> None:
        self._paths = [path for path in sorted(folder.rglob("*")) if _has_latin_text(path)]
        self._cache: dict[tuple[Path, int], ImageFont.FreeTypeFont] = {}

    def mask(self, text: str, height_px: int, rng: Random) -> np.ndarray:
        """Return a text mask, float32 0..1, about `height_px` high (6 to 120)."""
        height_px = int(np.clip(height_px, 6, 120))
        if self._paths and rng.random() < 0.7:
            key = (rng.choice(self._paths), height_px)
            if key not in self._cache:
                if len(self._cache) > 600:
                    self._cache.clear()
                self._cache[key] = ImageFont.truetype(str(key[0]), int(height_px * 1.3))
            font = self._cache[key]
            left, top, right, bottom = font.getbbox(text)
            if right > left and bottom > top:
                image = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
                ImageDraw.Draw(image).text((1 - left, 1 - top), text, 255, font)
                return np.asarray(image, np.float32) / 255
        font_id, thick = rng.choice(_STROKE_FONTS), max(1, int(height_px * rng.uniform(0.06, 0.2)))
        scale = height_px / 22
        (wide, high), below = cv2.getTextSize(text, font_id, scale, thick)
        mask = np.zeros((high + below + thick + 2, wide + 2 * thick + 2), np.uint8)
        cv2.putText(mask, text, (thick, high + 1), font_id, scale, 255, thick, cv2.LINE_AA)
        return mask.astype(np.float32) / 255


def blend(canvas: np.ndarray, mask: np.ndarray, x: float, y: float, grey: float) -> None:
    """Paint `grey` through a mask whose top left corner is at (x, y); parts outside are cut off."""
    left, top = int(x), int(y)
    x0, y0 = max(0, left), max(0, top)
    x1 = min(canvas.shape[1], left + mask.shape[1])
    y1 = min(canvas.shape[0], top + mask.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = mask[y0 - top : y1 - top, x0 - left : x1 - left]
    area = canvas[y0:y1, x0:x1].astype(np.float32)
    canvas[y0:y1, x0:x1] = (area * (1 - part) + grey * part).astype(np.uint8)
