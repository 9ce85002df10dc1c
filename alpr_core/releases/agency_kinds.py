"""Which agencies may be given reads: the law as a table.

"A public agency shall not sell, share, or transfer ALPR information, except to another public agency, and only
as otherwise permitted by law" (Civil Code 1798.90.55(b)). A public agency is the state, a city, a county, or an
agency or political subdivision of one of them, so neither a federal agency nor one of another state (1798.90.5(f);
Attorney General, Information Bulletin 2023-DLE-06). The department's policy narrows it to law enforcement and
prosecution (462.7). Everybody else is referred to the Records Maintenance and Release Policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

REFERRAL = (
    "Refer the requester to the Records Maintenance and Release Policy (462.7); give nothing."
)


class AgencyKind(Enum):
    """What a requester is. The value stands in records and must never change."""

    POLICE = "ca_police"
    SHERIFF = "ca_sheriff"
    STATE_POLICE = "ca_state_law_enforcement"
    PUBLIC_POLICE = "ca_other_law_enforcement"
    DISTRICT_ATTORNEY = "ca_district_attorney"
    CITY_PROSECUTOR = "ca_city_prosecutor"
    ATTORNEY_GENERAL = "ca_attorney_general"
    OTHER_PUBLIC = "ca_other_public"
    FEDERAL = "federal"
    OUT_OF_STATE = "out_of_state"
    TRIBAL = "tribal"
    FOREIGN = "foreign"
    DEFENCE = "defence"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class KindRule:
    """What the law says about one kind of requester."""

    title: str
    refusal: str
    """Why nothing may be released to it; empty if a release may be approved."""


_STATE_ONLY = "no public agency of California (Civil Code 1798.90.5(f), 1798.90.55(b))"

KIND_RULES: Mapping[AgencyKind, KindRule] = MappingProxyType(
    {
        AgencyKind.POLICE: KindRule("Police department of a California city", ""),
        AgencyKind.SHERIFF: KindRule("Sheriff of a California county", ""),
        AgencyKind.STATE_POLICE: KindRule(
            "California state law enforcement (CHP, DOJ, CDCR, ...)", ""
        ),
        AgencyKind.PUBLIC_POLICE: KindRule(
            "Police of a California school, university, transit or park district", ""
        ),
        AgencyKind.DISTRICT_ATTORNEY: KindRule("District attorney of a California county", ""),
        AgencyKind.CITY_PROSECUTOR: KindRule("City attorney or prosecutor in California", ""),
        AgencyKind.ATTORNEY_GENERAL: KindRule("California Attorney General", ""),
        AgencyKind.OTHER_PUBLIC: KindRule(
            "California public agency without law enforcement or prosecution",
            "neither a law enforcement nor a prosecutorial agency (policy 462.7)",
        ),
        AgencyKind.FEDERAL: KindRule("Federal agency", f"a federal agency is {_STATE_ONLY}"),
        AgencyKind.OUT_OF_STATE: KindRule(
            "Agency of another state", f"an agency of another state is {_STATE_ONLY}"
        ),
        AgencyKind.TRIBAL: KindRule("Tribal agency", f"a tribal agency is {_STATE_ONLY}"),
        AgencyKind.FOREIGN: KindRule(
            "Agency of another country", f"a foreign agency is {_STATE_ONLY}"
        ),
        AgencyKind.DEFENCE: KindRule(
            "Defence counsel or party to a case",
            "no public agency; discovery and court orders go through the records policy",
        ),
        AgencyKind.PRIVATE: KindRule(
            "Private person, company or press",
            "a private party: ALPR information is not sold, shared or transferred to it"
            " (Civil Code 1798.90.55(b))",
        ),
    }
)
"""One row per kind."""

_FEDERAL_SIGNS = (
    "federal", "fbi", "ice", "cbp", "hsi", "dea", "atf", "dhs", "usms", "usss", "irs", "nsa", "tsa",
    "homeland", "marshal", "marshals", "u.s.", "us", "united", "immigration", "customs", "interpol",
)  # fmt: skip
_IMMIGRATION_SIGNS = (
    "immigration", "immigrant", "deport", "deportation", "removal", "ice", "cbp", "undocumented",
    "alien", "visa",
)  # fmt: skip
_CARE_SIGNS = ("abortion", "reproductive", "pregnancy", "gender-affirming", "gender", "transgender")


def refusal_of(kind: AgencyKind) -> str | None:
    """Return why the law lets nothing be released to this kind of requester; None if a reviewer decides."""
    return KIND_RULES[kind].refusal or None


def warnings_of(kind: AgencyKind, agency: str, purpose: str) -> tuple[str, ...]:
    """Return what the words of a request make a reviewer look at twice; he decides, not these words.

    Source: Civil Code 1798.90.55; Government Code 7284.6 (immigration enforcement); Penal Code 13778.2 (lawful
    reproductive care).
    """
    named, wanted = _words(agency), _words(purpose)
    found = []
    if refusal_of(kind) is None and named & set(_FEDERAL_SIGNS):
        found.append("The agency's name sounds federal; its kind says Californian.")
    if refusal_of(kind) is None and "task" in named and "force" in named:
        found.append("A task force may have federal members: who receives the data?")
    if wanted & set(_IMMIGRATION_SIGNS):
        found.append("The purpose may be immigration enforcement (Government Code 7284.6).")
    if wanted & set(_CARE_SIGNS):
        found.append("The purpose may be about lawful care (Penal Code 13778.2).")
    return tuple(found)


def _words(text: str) -> set[str]:
    return {word.strip(",;:()'\"") for word in text.casefold().split()}
