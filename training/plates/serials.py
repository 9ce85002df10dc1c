"""What is written on a plate: numbers in a state's format, and vanity texts."""

import random
import string

from training.plates.dies import SIGNS

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ" * 3 + "IOQ"
"""I, O and Q are rare in issued numbers."""

_WORD_LIST = """
LOVE HAPPY MOM DAD KIDS GOLF SURF BEACH OCEAN SUNNY LUCKY DREAM MUSIC DANCE TIGER EAGLE WOLF BEAR
LION HORSE RACER SPEED TURBO BOOST TRUCK JEEP CAMPER ROAD TRIP HIKER BIKER SKI SNOW RIVER LAKE
TREE ROSE LILY DAISY RUBY PEARL GOLD SILVER BLUE GREEN RED BLACK WHITE ANGEL GRACE FAITH HOPE
PEACE SMILE LAUGH NURSE DOCTOR COACH CHEF PILOT ROCKET SPACE STAR MOON SUN ZEN YOGA NINJA PIRATE
WIZARD HERO BOSS QUEEN KING DUKE PRINCE ROYAL VEGAS TEXAN CALI AUSSIE IRISH ITALY GRANDMA GRANDPA
NANA PAPA SISTER BRO BUDDY COFFEE WINE PIZZA TACO COOKIE SUGAR HONEY GEEK NERD CODER HACKER GAMER
REBEL OUTLAW RANGER SHERIFF VIKING SPARTAN BRUIN TROJAN AGGIE BUCKEYE VOLS FISHIN HUNTER FARMER
COWBOY RODEO BOOTS GUITAR JAZZ BLUES ROCKER OPERA TANGO SALSA TURTLE DOLPHIN WHALE SHARK ZOOM
VROOM ZIPPY QUICK QUIET JOY JULIE JACK KAREN LINDA MARIA OSCAR PETER QUINN SUSAN TOMMY VIKKI WENDY
XENA YVONNE ZACK BOBBY ALICE CATHY DAVID EDDIE FRANK GEORGE HELEN IGOR IVAN
"""

WORDS = tuple(_WORD_LIST.split())
"""Our own little list: enough for letters to stand next to each other as in words."""

_CONSONANTS, _VOWELS = "BCDFGHJKLMNPRSTVWXZ", "AEIOUY"
_VANITY_LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8)
_VANITY_WEIGHTS = (0.5, 1, 4, 8, 14, 24, 34, 5)


def fill(rng: random.Random, form: str) -> str:
    """Return a serial with its separator mark, e.g. 'ABC~123' for '@@@~###'."""
    return "".join(
        rng.choice(LETTERS) if sign == "@" else rng.choice(string.digits) if sign == "#" else sign
        for sign in form
    )


def vanity(rng: random.Random) -> str:
    """Return an owner's text of 1 to 8 signs."""
    kind = rng.random()
    length = rng.choices(_VANITY_LENGTHS, _VANITY_WEIGHTS)[0]
    if kind < 0.25:
        word = rng.choice(WORDS)
        return word + rng.choice(string.digits) if len(word) < 7 and rng.random() < 0.3 else word
    if kind < 0.6:
        phase = rng.randint(0, 1)
        text = "".join(
            rng.choice(_CONSONANTS if (i + phase) % 2 else _VOWELS) for i in range(length)
        )
        return text[:-1] + rng.choice(string.digits) if rng.random() < 0.3 else text
    return "".join(
        rng.choice(SIGNS if rng.random() < 0.5 else string.ascii_uppercase) for _ in range(length)
    )


def odd_number(rng: random.Random) -> str:
    """Return 3 to 6 signs without any format: the short numbers of specialty plates."""
    return "".join(rng.choice(SIGNS) for _ in range(rng.choice((3, 4, 4, 5, 5, 5, 6))))
