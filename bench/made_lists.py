"""Made-up traffic and lists for the benches of matching: plates in the series that California issues."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from alpr_core.look_alikes import LOOK_ALIKES

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""California leaves I, O and Q out of the first and third letter; the second one has them."""
_SECOND_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MATES = {sign: signs.replace(sign, "") for signs in LOOK_ALIKES for sign in signs}

_ROW = "SV|{plate}|CA|{year}|{make}|SD|WHI|{month:02d}{day:02d}2026|CA0301900|{number:010d}|case {number}\n"
_MAKES = ("TOYT", "HOND", "FORD", "CHEV", "NISS", "BMW", "TESL")


def passenger_plate(rng: random.Random) -> str:
    """Return a passenger car's plate, such as 8ABC123."""
    letters = rng.choice(_LETTERS) + rng.choice(_SECOND_LETTERS) + rng.choice(_LETTERS)
    return f"{rng.randrange(4, 10)}{letters}{rng.randrange(1000):03d}"


def truck_plate(rng: random.Random) -> str:
    """Return a truck's plate, such as 12345A6."""
    return f"{rng.randrange(10_000, 100_000)}{rng.choice(_LETTERS)}{rng.randrange(10)}"


def any_plate(rng: random.Random) -> str:
    """Return a plate as it drives by: five passenger cars to one truck."""
    return passenger_plate(rng) if rng.random() < 5 / 6 else truck_plate(rng)


def look_alike_of(rng: random.Random, plate: str, count: int = 1) -> str:
    """Return the plate with up to `count` signs changed to look-alikes."""
    places = [place for place, sign in enumerate(plate) if sign in _MATES]
    signs = list(plate)
    for place in rng.sample(places, min(count, len(places))):
        signs[place] = rng.choice(_MATES[signs[place]])
    return "".join(signs)


def any_pattern(rng: random.Random) -> str:
    """Return what a witness remembers of a plate: some signs open, or only its beginning or end."""
    plate = passenger_plate(rng)
    kind = rng.randrange(4)
    if kind == 0:
        return "".join("?" if rng.random() < 0.35 else sign for sign in plate[:4]) + plate[4:]
    if kind == 1:
        return plate[:4] + "*"
    if kind == 2:
        return "*" + plate[3:]
    return f"{plate[:2]}*{plate[-2:]}"


def write_svs_file(file: Path, plates: Sequence[str]) -> None:
    """Write a file of stolen vehicles in the layout of the stock template `svs`."""
    with file.open("w", encoding="latin-1") as written:
        written.writelines(_svs_rows(plates))


def _svs_rows(plates: Sequence[str]) -> Iterator[str]:
    for number, plate in enumerate(plates):
        yield _ROW.format(
            plate=plate,
            number=number,
            year=1995 + number % 31,
            make=_MAKES[number % len(_MAKES)],
            month=1 + number % 11,
            day=1 + number % 28,
        )
