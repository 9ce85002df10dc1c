"""What the plates of the 50 states and DC look like: one row per style.

Written from general knowledge of US plates (colours, mottoes, usual formats), deliberately coarse:
the reader must learn signs and state names, not single designs. California has the most styles
because the product drives there. No picture was traced.

The forms of serials are the product's own (`alpr_core/serial_forms.py`).
"""

from dataclasses import dataclass

from alpr_core.serial_forms import CALIFORNIA_FORMS, SERIAL_FORMS

WHITE, NAVY, BLACK, GREEN, RED = "#ffffff", "#1d2a5c", "#15151a", "#1d5a3c", "#a11c2c"
LIGHT_BLUE, GOLD, YELLOW = "#cfe2f2", "#e9b23a", "#f3d040"

Palette = tuple[str, str, str]
"""Sheet colour at the top, at the bottom, colour of the serial."""

COMMON_PALETTES: tuple[Palette, ...] = (
    (WHITE, WHITE, NAVY),
    (WHITE, WHITE, BLACK),
    (WHITE, WHITE, RED),
    (WHITE, WHITE, GREEN),
    (LIGHT_BLUE, WHITE, NAVY),
    ("#9fc4e4", "#f0f0f4", NAVY),
    ("#f0e070", WHITE, BLACK),
    (YELLOW, "#f0c830", "#202020"),
    ("#1d3a7c", "#1d3a7c", "#f0d070"),
    ("#123a2c", "#123a2c", "#f4f4f4"),
    ("#e0e8e0", "#c0d0c0", GREEN),
    ("#b8b8c0", "#d8d8dc", NAVY),
    ("#e8d0d8", "#c0d0e8", "#203050"),
    ("#1f50a0", "#3060b0", WHITE),
    ("#f4ead0", "#f8f8f0", "#803020"),
    ("#8ec8c0", "#f0e0a0", "#203a30"),
    ("#2a2a30", "#2a2a30", "#f0f0f0"),
    ("#c23040", "#a02030", WHITE),
)
"""Specialty and superseded plates of any state."""


@dataclass(frozen=True, slots=True)
class Style:
    """One kind of plate of one state."""

    names: tuple[str, ...]
    """How the state's name is written; one is chosen."""
    mottoes: tuple[str, ...]
    """The other line of small print; '' is none."""
    formats: tuple[str, ...]
    palettes: tuple[Palette, ...]
    separators: str = " "
    """One is chosen per plate: ' ' gap, '-' dash, '.' dot, '*' small emblem, 'O' wide one, 'T'
    tall thin one, 'F' a large figure."""
    face: str = "any"
    """Lettering of the name: block, serif, script (red as in California), cursive (mostly script) or any."""
    share: float = 1.0
    """Weight among the styles of the state."""
    mark: str = ""
    """'stack' small letters beside the serial, 'emblem' a picture there, 'exempt' the framed E of
    California, 'symbol' a heart, hand, star or plus among the signs, 'paper' a printed temporary
    tag, '' none."""
    plain: bool = False
    """True: no background picture."""
    debossed: bool = False
    """True: glyphs are mostly outline and shadow (Vermont)."""


_CA = ("California", "CALIFORNIA")
_CA_WHITE: tuple[Palette, ...] = (
    (WHITE, WHITE, NAVY),
    (WHITE, WHITE, "#20305e"),
    ("#f4f4f4", "#e4e8ee", "#16204a"),
)
_CA_BLACK: tuple[Palette, ...] = (
    ("#151515", "#151515", "#e8c23c"),
    ("#202020", "#202020", "#f0d060"),
)
_CA_BLUE: tuple[Palette, ...] = (
    ("#1a3a86", "#1a3a86", "#f0c83c"),
    ("#233f7e", "#233f7e", "#e8c850"),
)

CALIFORNIA: tuple[Style, ...] = (
    Style(
        _CA[:1],
        ("", "", "", "dmv.ca.gov"),
        CALIFORNIA_FORMS["passenger"],
        _CA_WHITE,
        face="script",
        share=46,
        plain=True,
    ),
    Style(
        _CA[:1],
        ("SESQUICENTENNIAL", "150 YEARS", "SESQUICENTENNIAL - 150 YEARS"),
        CALIFORNIA_FORMS["passenger"],
        _CA_WHITE,
        face="script",
        share=6,
        plain=True,
    ),
    Style(
        _CA[1:],
        ("",),
        CALIFORNIA_FORMS["passenger"] + CALIFORNIA_FORMS["older"],
        _CA_BLACK,
        face="block",
        share=10,
        plain=True,
    ),
    Style(
        _CA[1:],
        ("",),
        CALIFORNIA_FORMS["passenger"] + CALIFORNIA_FORMS["older"][::-1],
        _CA_BLUE,
        face="block",
        share=6,
        plain=True,
    ),
    Style(
        _CA,
        ("", "EXEMPT"),
        CALIFORNIA_FORMS["exempt"],
        _CA_WHITE,
        share=6,
        mark="exempt",
        plain=True,
        face="script",
    ),
    Style(
        _CA[:1],
        ("", "dmv.ca.gov"),
        CALIFORNIA_FORMS["commercial"],
        _CA_WHITE,
        face="script",
        share=9,
        plain=True,
    ),
    Style(
        _CA[1:],
        ("TEMPORARY", "TEMP", "EXP 12/31", ""),
        CALIFORNIA_FORMS["temporary"],
        ((WHITE, WHITE, BLACK),),
        face="block",
        share=5,
        mark="paper",
        plain=True,
    ),
    Style(
        _CA,
        ("KIDS FIRST", "", "dmv.ca.gov"),
        ("@@@", "@@@@", "@@@@@", "#@@@", "@@@#"),
        _CA_WHITE,
        share=4,
        mark="symbol",
        face="script",
    ),
    Style(
        _CA,
        ("", "PERM TRAILER"),
        CALIFORNIA_FORMS["trailer"],
        _CA_WHITE,
        share=3,
        plain=True,
        face="script",
    ),
    Style(
        _CA, ("",), CALIFORNIA_FORMS["motorcycle"], _CA_WHITE, share=3, plain=True, face="script"
    ),
    Style(
        _CA,
        ("VETERAN", "YOSEMITE", "ARTS COUNCIL", "BREAST CANCER", "WHALE TAIL", "LAKE TAHOE"),
        CALIFORNIA_FORMS["special"],
        COMMON_PALETTES,
        share=5,
        mark="emblem",
    ),
    Style(
        _CA[:1],
        ("", "dmv.ca.gov"),
        CALIFORNIA_FORMS["disabled"],
        _CA_WHITE,
        share=2,
        mark="emblem",
        plain=True,
        face="script",
    ),
)


def _row(
    state: str,
    name: str,
    mottoes: str,
    palettes: tuple[Palette, ...],
    separators: str = " ",
    face: str = "any",
    **more: object,
) -> tuple[Style, ...]:
    if "|" in name:
        names = tuple(name.split("|"))
    else:
        names = (name, name, name.title() if name.isupper() else name.upper())
    return (
        Style(
            names,
            tuple(mottoes.split("|")),
            SERIAL_FORMS[state],
            palettes,
            separators,
            face,
            **more,
        ),
    )  # type: ignore[arg-type]  # only Style's own fields are passed


_W_NAVY, _W_BLACK, _W_GREEN, _W_RED = ((WHITE, WHITE, ink) for ink in (NAVY, BLACK, GREEN, RED))
_SKY = (LIGHT_BLUE, WHITE, NAVY)
_FADE = ("#9fc4e4", "#f0f0f4", NAVY)

STYLES: dict[str, tuple[Style, ...]] = {
    "CA": CALIFORNIA,
    "AL": _row(
        "AL",
        "Alabama",
        "Heart of Dixie|Stars Fell On|Sweet Home",
        (("#e8d0d0", WHITE, NAVY), ("#b0c8e8", "#f0f0e0", BLACK), _W_NAVY),
        " .*O",
        "serif",
    ),
    "AK": _row(
        "AK",
        "ALASKA",
        "The Last Frontier|Celebrating Statehood",
        ((GOLD, "#f0c040", "#203070"), ("#e8b840", "#f4dc90", NAVY)),
        "OT*",
    ),
    "AZ": _row(
        "AZ",
        "ARIZONA",
        "GRAND CANYON STATE",
        (("#a8d0d8", "#d9b7c8", GREEN), ("#8fd0d0", "#e8c0a0", "#1f3a4a"), (RED, RED, WHITE)),
        " .",
    ),
    "AR": _row(
        "AR",
        "Arkansas",
        "The Natural State|Land of Opportunity",
        (_W_BLACK, (WHITE, "#d0e0d0", NAVY), _W_RED),
        " O*",
    ),
    "CO": _row(
        "CO",
        "COLORADO",
        "|",
        ((GREEN, WHITE, GREEN), (WHITE, GREEN, WHITE), ("#c8d8d0", WHITE, GREEN)),
        "- .",
        "block",
    ),
    "CT": _row(
        "CT",
        "Connecticut",
        "Constitution State",
        (("#6f9fd0", "#f0f4f8", NAVY), ("#2040a0", "#2040a0", WHITE)),
        ". -",
        "block",
    ),
    "DE": _row(
        "DE",
        "DELAWARE",
        "THE FIRST STATE",
        (("#1f3a7c", "#1f3a7c", GOLD), ("#23408a", "#23408a", "#f0d070")),
        " ",
        "block",
        plain=True,
    ),
    "DC": _row(
        "DC",
        "WASHINGTON, D.C.|WASHINGTON, DC|Washington, DC|DISTRICT OF COLUMBIA",
        "TAXATION WITHOUT REPRESENTATION|CELEBRATE & DISCOVER",
        ((WHITE, WHITE, NAVY), ("#e8d8dc", WHITE, NAVY)),
        "T*O",
    ),
    "FL": _row(
        "FL",
        "FLORIDA",
        "SUNSHINE STATE|MYFLORIDA.COM|IN GOD WE TRUST|ORANGE",
        ((WHITE, WHITE, GREEN), (WHITE, "#f0f4e8", GREEN)),
        "O",
        "block",
    ),
    "GA": _row(
        "GA",
        "GEORGIA",
        "Peach State|CHEROKEE|FULTON|..on my mind|COBB",
        (_W_BLACK, (WHITE, "#f0e0d0", BLACK), (WHITE, "#e0e8d8", NAVY)),
        "O* ",
    ),
    "HI": _row("HI", "HAWAII", "ALOHA STATE", (_W_BLACK, ("#f0d8e0", WHITE, BLACK)), " ", "block"),
    "ID": _row(
        "ID",
        "IDAHO",
        "FAMOUS POTATOES|Scenic Idaho",
        (("#e0c8c8", "#d0dce8", NAVY), ("#d8a8a8", "#e8eef4", BLACK)),
        " T",
        "block",
    ),
    "IL": _row(
        "IL",
        "Illinois",
        "Land of Lincoln",
        (("#d8e4f0", WHITE, "#b02030"), (WHITE, "#c8dcf0", RED), _W_RED),
        " ",
        "script",
    ),
    "IN": _row(
        "IN",
        "INDIANA",
        "Amber waves of grain|IN GOD WE TRUST|Lincoln's Boyhood Home|The Crossroads of America",
        (("#f0d890", "#80a8d8", NAVY), ("#20386c", "#c8dcf0", WHITE), _FADE),
        " *",
        "any",
        mark="stack",
    ),
    "IA": _row(
        "IA",
        "IOWA",
        "JOHNSON|POLK|LINN|SCOTT",
        (("#a8c8e8", WHITE, NAVY), _SKY),
        " ",
        "block",
    ),
    "KS": _row(
        "KS",
        "KANSAS",
        "The Wheat State|",
        (("#c8dcec", "#dce8f0", NAVY), ("#b8cce4", "#f0e8d0", NAVY)),
        "O ",
        "any",
        mark="stack",
    ),
    "KY": _row(
        "KY",
        "Kentucky",
        "Bluegrass State|FAYETTE|JEFFERSON|Unbridled Spirit|It's that friendly",
        (("#a8c4e4", "#e8f0f4", NAVY), ("#c8d8f0", WHITE, "#203060"), _FADE),
        " *T",
        face="cursive",
    ),
    "LA": _row(
        "LA",
        "Louisiana",
        "SPORTSMAN'S PARADISE",
        (("#f4e8d0", "#c0d0b0", NAVY), _W_NAVY, _W_GREEN),
        "TO*",
        face="cursive",
    ),
    "ME": _row(
        "ME",
        "MAINE",
        "Vacationland",
        ((WHITE, "#d8e4d8", BLACK), ("#c8dce8", "#e8f0e8", NAVY)),
        " *",
        "block",
        mark="emblem",
    ),
    "MD": _row(
        "MD",
        "Maryland",
        "www.maryland.gov|War of 1812|CHESAPEAKE BAY",
        (_W_BLACK, (WHITE, "#e0e0e0", BLACK)),
        "TO ",
        "cursive",
    ),
    "MA": _row(
        "MA",
        "Massachusetts",
        "The Spirit of America",
        (_W_RED, (WHITE, WHITE, "#b02438")),
        " ",
        "any",
        mark="stack",
    ),
    "MI": _row(
        "MI",
        "MICHIGAN",
        "GREAT LAKES|PURE MICHIGAN|WORLDS MOTOR CAPITAL|www.Michigan.gov|Great Lakes Splendor",
        (("#2448a0", "#2448a0", WHITE), (WHITE, WHITE, NAVY), ("#a0c0e8", "#f0f0f0", NAVY)),
        " .-",
    ),
    "MN": _row(
        "MN",
        "Minnesota",
        "10,000 lakes|EXPLORE",
        (("#a8cce8", "#c0d8c0", NAVY), (LIGHT_BLUE, "#a8c8a8", NAVY)),
        " -.",
    ),
    "MS": _row(
        "MS",
        "MISSISSIPPI",
        "HINDS|RANKIN|HARRISON|DESOTO|Birthplace of America's Music",
        (("#c8e0f0", "#e8f4e0", NAVY), ("#a8d0d8", WHITE, NAVY), (WHITE, "#d0e8d0", NAVY)),
        "T*O",
    ),
    "MO": _row(
        "MO",
        "Missouri",
        "SHOW-ME STATE|BICENTENNIAL",
        ((WHITE, "#b8d0c8", "#203a60"), ("#c0d8e0", WHITE, NAVY)),
        "O *",
        face="cursive",
    ),
    "MT": _row(
        "MT",
        "MONTANA",
        "BIG SKY COUNTRY|TREASURE STATE|BIG SKY",
        (
            ("#2858a0", "#3868b0", WHITE),
            ("#a8c4e0", "#f0e8d0", NAVY),
            ("#20408a", "#20408a", WHITE),
        ),
        "- T*",
        mark="stack",
    ),
    "NE": _row(
        "NE",
        "Nebraska",
        "www.nebraska.gov|Cornhusker State|150 YEARS",
        (("#c8d8e8", "#f0e8d0", NAVY), ("#f0e0b8", "#a8c4d8", BLACK)),
        " -.",
        face="cursive",
    ),
    "NV": _row(
        "NV",
        "NEVADA",
        "THE SILVER STATE|HOME MEANS NEVADA|LAS VEGAS",
        (("#cfe0ef", "#a8b8c8", NAVY), ("#c8d0dc", "#e0d0b0", NAVY)),
        " .-",
    ),
    "NH": _row(
        "NH",
        "NEW HAMPSHIRE",
        "LIVE FREE OR DIE",
        (("#c8dcd0", "#e0ecf0", GREEN), (WHITE, "#c0d8c8", GREEN)),
        "T *",
        "block",
    ),
    "NJ": _row(
        "NJ",
        "New Jersey",
        "Garden State",
        ((YELLOW, WHITE, BLACK), ("#f0d860", "#fffbe8", BLACK), ("#2040a0", "#2040a0", "#f0e0a0")),
        " *-",
        "any",
    ),
    "NM": _row(
        "NM",
        "NEW MEXICO",
        "LAND OF ENCHANTMENT|Centennial|USA",
        (
            (GOLD, "#f0c848", "#b02828"),
            ("#30a8b0", "#30a8b0", "#f0d040"),
            ("#f0c030", "#f0c030", RED),
        ),
        "OTO* ",
    ),
    "NY": _row(
        "NY",
        "NEW YORK",
        "EMPIRE STATE|EXCELSIOR|THE EMPIRE STATE",
        ((GOLD, "#d99a20", NAVY), (WHITE, WHITE, NAVY), ("#20408a", WHITE, NAVY)),
        ".-OT*",
        "block",
    ),
    "NC": _row(
        "NC",
        "NORTH CAROLINA",
        "First in Flight|FIRST IN FREEDOM",
        ((WHITE, "#e0ecf4", NAVY), (LIGHT_BLUE, WHITE, NAVY), ("#dce8f4", "#f8f8f8", RED)),
        "- .",
    ),
    "ND": _row(
        "ND",
        "NORTH DAKOTA",
        "Discover the Spirit|PEACE GARDEN STATE|LEGENDARY",
        (("#a8c8e0", "#f0d8a0", NAVY), ("#b0cce4", "#d8d0b0", BLACK)),
        " *-",
    ),
    "OH": _row(
        "OH",
        "Ohio",
        "Birthplace of Aviation|Beautiful|The heart of it all!|BUCKEYE STATE",
        (("#c8dcec", "#f0e8d8", NAVY), (WHITE, WHITE, NAVY), ("#f0d0a8", WHITE, NAVY)),
        " .*",
        face="cursive",
    ),
    "OK": _row(
        "OK",
        "OKLAHOMA",
        "NATIVE AMERICA|Explore|OK!|IMAGINE THAT",
        (("#d8ecf0", WHITE, GREEN), ("#a0ccd8", WHITE, NAVY), (WHITE, WHITE, GREEN)),
        "O* ",
        mark="emblem",
    ),
    "OR": _row(
        "OR",
        "Oregon",
        "|Pacific Wonderland|Crater Lake",
        (("#d6d2e0", "#b8c4d4", NAVY), ("#d8d0e4", "#c4d4d0", "#202050")),
        "T",
    ),
    "PA": _row(
        "PA",
        "PENNSYLVANIA",
        "visitPA.com|KEYSTONE STATE|www.state.pa.us|You've Got a Friend in",
        (
            ("#2040a0", GOLD, NAVY),
            (NAVY, "#f0d060", NAVY),
            (WHITE, "#f0d878", NAVY),
            ("#f0c840", "#f0c840", NAVY),
        ),
        "O-*",
    ),
    "RI": _row(
        "RI",
        "Rhode Island",
        "OCEAN STATE|Discover|Beautiful",
        (("#a8c8e0", WHITE, NAVY), (WHITE, WHITE, NAVY)),
        "- *T",
        mark="emblem",
    ),
    "SC": _row(
        "SC",
        "SOUTH CAROLINA",
        "TRAVEL2SC.COM|Smiling Faces. Beautiful Places.|While I Breathe I Hope",
        (("#c8dcf0", "#f0d8c8", NAVY), ("#e8f0e0", "#a8c8e0", NAVY)),
        " TO*",
    ),
    "SD": _row(
        "SD",
        "SOUTH DAKOTA",
        "Great Faces. Great Places.",
        ((WHITE, "#c8d4e0", "#703030"), ("#e0e8f0", "#d8c8b8", NAVY), ("#b8d0e8", WHITE, RED)),
        " -",
    ),
    "TN": _row(
        "TN",
        "Tennessee",
        "The Volunteer State|KNOX|SHELBY|DAVIDSON|Sounds Good To Me",
        (("#c8dcc8", "#e8f0e0", GREEN), (WHITE, "#a8c8a8", NAVY), ("#d0e0f0", "#b8d0b0", NAVY)),
        " O*-",
        face="cursive",
    ),
    "TX": _row(
        "TX",
        "TEXAS",
        "THE LONE STAR STATE|",
        (_W_BLACK, ("#dfe9f2", WHITE, BLACK), (WHITE, WHITE, NAVY)),
        "*-.T",
        "block",
    ),
    "UT": _row(
        "UT",
        "UTAH",
        "LIFE ELEVATED|GREATEST SNOW ON EARTH|CENTENNIAL",
        (("#88b8e0", WHITE, NAVY), ("#e8c8a0", "#c07848", NAVY), (WHITE, WHITE, NAVY)),
        "T O*",
    ),
    "VT": _row(
        "VT",
        "Vermont",
        "Green Mountain State",
        ((GREEN, GREEN, WHITE), ("#1d6a44", "#1d6a44", "#e8f0e8")),
        " ",
        "any",
        mark="emblem",
        debossed=True,
        plain=True,
    ),
    "VA": _row(
        "VA",
        "VIRGINIA",
        "Virginia is for Lovers|400th Anniversary|1607 Jamestown 2007|",
        (_W_NAVY, (WHITE, WHITE, "#203880"), _W_BLACK),
        "- *",
        "any",
    ),
    "WA": _row(
        "WA",
        "WASHINGTON",
        "EVERGREEN STATE",
        (("#c2d4e8", "#eef2f8", NAVY), ("#b8d0e8", WHITE, RED)),
        " .-",
    ),
    "WV": _row(
        "WV",
        "West Virginia",
        "Wild, Wonderful|Mountaineer State",
        ((NAVY, WHITE, NAVY), (WHITE, GOLD, NAVY), (WHITE, "#f0d060", NAVY)),
        " -",
    ),
    "WI": _row(
        "WI",
        "WISCONSIN",
        "America's Dairyland",
        ((WHITE, "#e8f0f8", BLACK), ("#e8e0d0", WHITE, RED), (WHITE, WHITE, BLACK)),
        "- .",
    ),
    "WY": _row(
        "WY",
        "WYOMING",
        "|",
        (
            ("#a8c8e8", "#f0e8e0", NAVY),
            ("#b8d4ec", WHITE, "#3a2818"),
            ("#e0c8a0", "#f0e8d8", BLACK),
        ),
        "FFO",
    ),
}

UNKNOWN_STATE = "??"
"""Region of pictures that are no plate of these states."""

STATES: tuple[str, ...] = tuple(STYLES)
HOME_STATE = "CA"
FOREIGN_STATES: tuple[str, ...] = tuple(state for state in STATES if state != HOME_STATE)

_OFTEN: dict[str, float] = {
    "CA": 22,
    "TX": 4,
    "NV": 4,
    "AZ": 4,
    "OR": 3.5,
    "WA": 3.5,
    "FL": 3,
    "NY": 3,
}
STATE_WEIGHTS: tuple[float, ...] = tuple(_OFTEN.get(state, 1.7) for state in STATES)
"""How often each state is drawn: the home state, its neighbours and the large ones more."""
