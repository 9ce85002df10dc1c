"""Where each state's plates carry the name, how it is lettered, and what is painted around it.

Written from general knowledge, coarse on purpose, like the table of styles: a band, a ridge, a sun
where the state has one. Nothing is traced.
"""

import random
from dataclasses import dataclass

from training.plates.states import HOME_STATE

PLACES = ("top", "bottom", "left", "right")
LETTERINGS = ("", "spaced", "caps", "slanted", "outline", "arched")
BANDS = ("", "top", "bottom", "both")
SCENERIES = (
    "",
    "peaks",
    "ridge",
    "hills",
    "arch",
    "sun",
    "trees",
    "stars",
    "lines",
    "waves",
    "map",
)

OWN_LOOK_SHARE = 0.62
"""Share of plates in one of their state's looks; the others have any, so that the name must be read."""


@dataclass(frozen=True, slots=True)
class Look:
    """One design of a state; each field is one of the tuples above."""

    place: str = "top"
    """Side the name stands on; 'left' is at the top left, 'right' at the bottom right."""
    lettering: str = ""
    band: str = ""
    """Solid stripes behind the small print."""
    scenery: str = ""


LOOKS: dict[str, tuple[Look, ...]] = {
    "AL": (Look("bottom", "", "top", "stars"), Look("bottom"), Look("top", "slanted")),
    "AK": (Look("top", "spaced", "", "map"), Look("top", "spaced")),
    "AZ": (Look("top", "spaced", "", "ridge"), Look("top", "", "", "ridge")),
    "AR": (Look(), Look("top", "", "", "map")),
    "CO": (Look("bottom", "", "", "peaks"), Look("bottom", "spaced", "", "peaks")),
    "CT": (Look(), Look("top", "spaced"), Look("top", "", "", "map")),
    "DE": (Look("bottom"),),
    "DC": (Look("top", "", "", "lines"), Look("top", "", "both")),
    "FL": (Look("top", "outline", "", "map"), Look("top", "arched", "", "map")),
    "GA": (Look("top", "arched"), Look("top", "spaced"), Look("top", "", "", "map")),
    "HI": (Look("top", "", "", "arch"),),
    "ID": (Look("top", "", "top", "trees"), Look("top", "caps", "", "trees")),
    "IL": (Look("top", "slanted"), Look()),
    "IN": (Look("bottom", "", "", "stars"), Look("top", "", "", "hills"), Look("bottom")),
    "IA": (Look("top", "caps", "", "hills"), Look("top", "caps")),
    "KS": (Look("top", "spaced", "", "waves"), Look("top", "spaced")),
    "KY": (Look("top", "slanted", "bottom"), Look("top", "", "", "hills")),
    "LA": (Look("top", "slanted"), Look()),
    "ME": (Look("top", "caps", "", "trees"), Look("top", "spaced")),
    "MD": (Look("top", "slanted"), Look("top", "caps")),
    "MA": (Look(), Look("top", "", "", "waves")),
    "MI": (Look("top", "caps", "top"), Look("top", "spaced", "top"), Look("top", "caps")),
    "MN": (Look("top", "", "", "trees"), Look("top", "", "top", "waves")),
    "MS": (Look("top", "caps"), Look("top", "arched"), Look("top", "", "top")),
    "MO": (Look("top", "", "", "map"), Look("top", "caps", "", "waves")),
    "MT": (Look("bottom", "", "", "map"), Look("top", "spaced", "", "peaks"), Look("bottom")),
    "NE": (Look("top", "slanted", "", "map"), Look("top", "caps", "", "hills"), Look("bottom")),
    "NV": (Look("top", "caps", "", "peaks"), Look("top", "spaced", "", "ridge")),
    "NH": (Look("bottom", "caps"), Look("bottom", "", "", "ridge")),
    "NJ": (Look(), Look("top", "", "", "map")),
    "NM": (Look("bottom", "", "", "sun"), Look("top", "", "", "sun"), Look("bottom", "caps", "", "sun")),
    "NY": (Look("top", "caps", "both"), Look("top", "", "top", "hills"), Look("top", "spaced")),
    "NC": (Look("bottom", "", "", "waves"), Look("bottom", "caps")),
    "ND": (Look("bottom", "", "bottom", "hills"), Look("top", "", "", "ridge")),
    "OH": (Look("top", "slanted", "bottom", "sun"), Look("top", "caps"), Look("top", "", "", "hills")),
    "OK": (Look("top", "caps"), Look("top", "spaced", "", "map")),
    "OR": (Look("top", "", "", "ridge"), Look("top", "", "", "trees")),
    "PA": (Look("top", "spaced", "top"), Look("top", "spaced", "both"), Look()),
    "RI": (Look("top", "", "", "waves"), Look()),
    "SC": (Look("top", "", "", "waves"), Look("top", "", "bottom"), Look()),
    "SD": (Look("bottom", "", "", "ridge"), Look("top", "", "", "ridge")),
    "TN": (Look("top", "slanted", "", "hills"), Look("top", "slanted", "bottom")),
    "TX": (Look("top", "spaced"), Look("top", "", "", "hills"), Look("top", "", "", "stars")),
    "UT": (Look("top", "caps", "", "arch"), Look("top", "", "", "ridge"), Look("bottom", "", "", "peaks")),
    "VT": (Look("top", "", "top"), Look("top", "", "", "ridge")),
    "VA": (Look("top", "caps"), Look("top", "spaced"), Look("bottom", "caps")),
    "WA": (Look("top", "", "", "peaks"), Look("left", "", "", "peaks"), Look("top", "spaced", "", "peaks")),
    "WV": (Look("top", "", "top"), Look("top", "", "both"), Look("top", "", "", "hills")),
    "WI": (Look("left", "", "", "hills"), Look("left"), Look()),
    "WY": (Look("right", "outline", "", "ridge"), Look("right", "slanted"), Look("top", "", "", "ridge")),
}  # fmt: skip
"""A state that is missing has plain plates with the name at the top."""


def pick_look(rng: random.Random, state: str) -> Look:
    """Choose a look; the home state keeps its own nearly always."""
    own_share = 0.97 if state == HOME_STATE else OWN_LOOK_SHARE
    if rng.random() < own_share:
        return rng.choice(LOOKS.get(state, (Look(),)))
    return Look(
        rng.choices(PLACES, (60, 28, 6, 6))[0],
        rng.choice(LETTERINGS),
        rng.choices(BANDS, (72, 12, 8, 8))[0],
        rng.choice(SCENERIES),
    )
