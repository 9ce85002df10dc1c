"""Words that list files use for the classes. A template adds its source's own ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alpr_core.hotlist import HotlistClass

_WORDS: tuple[tuple[HotlistClass, str], ...] = (
    (HotlistClass.FELONY, "felony, felony vehicle, felony want, felony veh, armed and dangerous"),
    (HotlistClass.ABDUCTION, "abducted child, amber, amber alert, abduction, child abduction"),
    (HotlistClass.WANTED, "wanted, wanted person, warrant, active warrant, want, foreign fugitive"),
    (
        HotlistClass.MISSING,
        "missing, missing person, missing at risk, silver alert, endangered missing",
    ),
    (HotlistClass.THREAT, "threat screening, terrorist, known or suspected terrorist, vgtof, kst"),
    (
        HotlistClass.STOLEN,
        "stolen, stolen vehicle, stolen veh, vehicle, stolen car, embezzled vehicle, carjacked",
    ),
    (
        HotlistClass.STOLEN_PLATE,
        "stolen plate, stolen license plate, stolen licence plate, license plate, lost plate,"
        " lost or stolen plate",
    ),
    (HotlistClass.BOLO, "bolo, be on the lookout, attempt to locate, atl, of interest, suspect"),
    (HotlistClass.PROTECTION_ORDER, "protection order, restraining order"),
    (HotlistClass.SUPERVISED, "supervised release, probation, parole"),
    (HotlistClass.SEX_OFFENDER, "sex offender, registered sex offender, nsor"),
    (HotlistClass.GANG, "gang, gang member, violent gang"),
    (HotlistClass.IMMIGRATION, "immigration violator, immigration, ice, deported felon"),
    (
        HotlistClass.IMPOUNDED,
        "impounded, impounded or repossessed, impound, repossessed, repo, towed, stored vehicle",
    ),
    (HotlistClass.OTHER, "other, unknown, miscellaneous"),
)


def folded_word(written: str) -> str:
    """Return the word in small letters with single blanks; `_`, `-` and `/` are blanks."""
    for sign in "_-/":
        written = written.replace(sign, " ")
    return " ".join(written.casefold().split())


def class_words(extra: Iterable[tuple[str, HotlistClass]] = ()) -> Mapping[str, HotlistClass]:
    """Return the class of each known word, as `folded_word` writes it; `extra` comes before ours."""
    ours = {
        folded_word(word): hotlist_class
        for hotlist_class, words in _WORDS
        for word in (*words.split(","), hotlist_class.value)
    }
    return ours | {folded_word(word): hotlist_class for word, hotlist_class in extra}
