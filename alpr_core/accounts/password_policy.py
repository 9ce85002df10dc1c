"""Which passwords are taken: long enough, not on a banned list, not made of words that everybody here knows.

No forced mixture of signs and no forced change: both make worse passwords.

Source: CJIS Security Policy IA-5(1) (memorized secrets); NIST SP 800-63B section 5.1.1.2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from alpr_core.accounts.user import User

PASSWORD_CHARS_MIN = 8
"""Source: CJIS IA-5(1); NIST SP 800-63B 5.1.1.2."""

PASSWORD_CHARS_MAX = 128
"""Long phrases are welcome; more would only make work for the hash."""

STRENGTH_MIN = 3
"""zxcvbn's score, 0 to 4: at least 10^8 guesses."""

LOCAL_WORD_CHARS_MIN = 4
"""Shorter parts of a name are in too many good passwords by chance."""

HOUSE_WORDS = frozenset(
    "alpr police patrol officer plate reader password welcome cjis clets".split()
)
"""Words that everybody who stands before this box would try."""

_STRENGTH_CHARS_MAX = 72
"""zxcvbn refuses longer ones; its time grows with the square."""

_WORD = re.compile(r"[^\W_]+")
_LOOK_ALIKES = str.maketrans("01345789@$!|+i", "oleastbgaslltl")


@dataclass(frozen=True, slots=True)
class PasswordRefused:
    """Why a new password is not taken; it never repeats the password."""

    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The rules of one agency."""

    agency_words: frozenset[str] = frozenset()
    """Name of the agency and its city, cars, streets; single words or whole names, any case."""
    banned: frozenset[str] = frozenset()
    """Passwords that the agency bans besides zxcvbn's list of common ones, any case; renewed quarterly."""

    def refusal(self, password: str, user: User) -> PasswordRefused | None:
        """Return why `user` cannot have this password, None if he can. Source: CJIS IA-5(1)."""
        text = normalised(password)
        if len(text) < PASSWORD_CHARS_MIN:
            return PasswordRefused(
                f"A password has at least {PASSWORD_CHARS_MIN} signs.",
                "Several unrelated words make a long one that is easy to remember.",
            )
        if len(text) > PASSWORD_CHARS_MAX:
            return PasswordRefused(
                f"A password has at most {PASSWORD_CHARS_MAX} signs.", "Shorten it."
            )
        if _plain(text) in {_plain(banned) for banned in self.banned}:
            return PasswordRefused("This password is on the banned list.", "Choose another one.")
        local = self._local_words(user)
        for word in sorted(local, key=len, reverse=True):
            if word in text.casefold() or (word.isalpha() and _plain(word) in _plain(text)):
                return PasswordRefused(
                    f"It contains “{word}”, which others here would try first.",
                    "Leave out names, badge numbers and words of the agency.",
                )
        return _too_weak(text, local)

    def _local_words(self, user: User) -> frozenset[str]:
        texts: Iterable[str] = (user.name, user.title, user.organisation, *self.agency_words)
        words = {word for text in texts for word in _WORD.findall(normalised(text).casefold())}
        long_enough = {word for word in words if len(word) >= LOCAL_WORD_CHARS_MIN}
        return frozenset(long_enough | HOUSE_WORDS | {user.badge.casefold()} - _short_badge(user))


def normalised(password: str) -> str:
    """Return the form that is checked and hashed, the same from every keyboard.

    Source: NIST SP 800-63B 5.1.1.2 (NFKC before hashing).
    """
    return unicodedata.normalize("NFKC", password)


def key_material(password: str) -> bytes:
    """Return the bytes that are hashed; any text has some."""
    return normalised(password).encode("utf-8", "surrogatepass")


def _short_badge(user: User) -> frozenset[str]:
    """A badge number of one or two signs is in every other password by chance."""
    return frozenset({user.badge.casefold()} if len(user.badge) < 3 else ())


def _plain(text: str) -> str:
    """Return the letters that digits and signs stand for, i as l: `P0l1ce` and `police` become one."""
    return text.casefold().translate(_LOOK_ALIKES)


def _too_weak(text: str, local: frozenset[str]) -> PasswordRefused | None:
    guessed = zxcvbn(text[:_STRENGTH_CHARS_MAX], user_inputs=sorted(local))
    if guessed["score"] >= STRENGTH_MIN:
        return None
    feedback = guessed["feedback"]
    why = feedback["warning"] or "This password can be guessed quickly"
    hints = (
        " ".join(feedback["suggestions"])
        or "Add another word or two that nobody connects with you."
    )
    return PasswordRefused(f"{why.rstrip('.')}.", hints)
