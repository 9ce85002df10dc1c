"""The pages for the department's website: policy and yearly figures as static HTML, without script, for everybody.

One file each, no other file needed: they are posted as they are. Plain structure for screen readers, dark text on
white for print, no colour that means something.

Source: Civil Code 1798.90.51(b)(1) (posted conspicuously); WCAG 2.2 AA.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape

from alpr_core.reports.public_figures import PublicFigures, PublicPolicy
from alpr_core.terminal_text import clean_text

_TEXT_CHARS_MAX = 4_000

_STYLE = """
body { font: 1.05rem/1.6 system-ui, sans-serif; color: #1a1d21; background: #fff; margin: 0 auto; max-width: 46rem;
  padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2rem; }
a { color: #1f4e79; } a:focus { outline: 3px solid #b3541e; outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
tbody th { font-weight: 400; }
th, td { border-bottom: 1px solid #8a929c; padding: .35rem .5rem; text-align: left; vertical-align: top; }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; }
footer { border-top: 2px solid #1f4e79; margin-top: 2.5rem; padding-top: .75rem; font-size: .9rem;
  color: #4a525c; }
@media print { body { max-width: none; font-size: 10.5pt; padding: 0; } nav, .skip { display: none; }
  h2 { break-after: avoid; } table, tr { break-inside: avoid; } a { color: inherit; } }
""".strip()

POLICY_PAGE = "index.html"


def statistics_page_name(year: str) -> str:
    """Return the file name of a year's figures."""
    return f"statistics-{year}.html"


def public_pages(
    policy: PublicPolicy, years: Iterable[PublicFigures], made_at: datetime
) -> dict[str, bytes]:
    """Return the pages by file name; the same values give the same bytes."""
    all_years = tuple(years)
    pages = {POLICY_PAGE: _policy_page(policy, all_years, made_at)}
    for figures in all_years:
        pages[statistics_page_name(figures.period)] = _year_page(policy, figures, made_at)
    return {name: page.encode() for name, page in pages.items()}


def _policy_page(policy: PublicPolicy, years: tuple[PublicFigures, ...], made_at: datetime) -> str:
    links = "".join(
        f'<li><a href="{statistics_page_name(figures.period)}">Figures of {_text(figures.period)}</a></li>'
        for figures in years
    )
    nav = f'<nav aria-label="Other pages"><ul>{links}</ul></nav>\n' if years else ""
    name = policy.organisation
    intro = _paragraph(
        f"This policy is posted so that everybody can see how {name} collects, uses, keeps and shares license"
        " plate data, and that it does so with respect for individuals' privacy and civil liberties."
    )
    parts = (
        _part(
            "Authorized purposes",
            _paragraph(
                "Readers in patrol vehicles collect the plate number, a picture of plate and vehicle, time and"
                " place. The readers and what they collect are used for official law enforcement business only,"
                " for these purposes:"
            )
            + _list(policy.purposes)
            + _paragraph(
                "No reader and no stored data is used for any other purpose. Every search of stored data"
                " names one of these purposes and a case, and is refused without them."
            ),
        ),
        _part(
            "Who may use the system, and training",
            _paragraph(
                "Employees and independent contractors with these job titles or designations are authorized,"
                " and nobody else:"
            )
            + _list(policy.titles)
            + _paragraph(
                "Nobody operates a reader or sees its data without department-approved training. The"
                " system refuses a login when the training is missing or has expired. Required:"
            )
            + _list(policy.courses),
        ),
        _part(
            "How use is monitored",
            _paragraph(
                "Every access is recorded with date and time, the plate or other elements of the query,"
                " the user with his or her organization, and the purpose (Civil Code 1798.90.52). The"
                " record cannot be changed unnoticed: it is a signed log that an outsider can verify. An"
                " auditor reviews a random sample of accesses every week; reports are made weekly and"
                " monthly. Data is encrypted in the vehicle, in transfer and in storage, and opened only"
                " with badge, password and one-time code."
            ),
        ),
        _part(
            "Sharing with others",
            _paragraph(
                f"{name} does not sell license plate data. It is shared or transferred only for law enforcement or"
                " prosecution, with other public law enforcement or prosecutorial agencies of California, on a"
                " written request that names agency, person and purpose, after review by the commander or the"
                " authorized designee. Exactly what was approved is handed over, encrypted for the receiver;"
                " the request is kept on file (Civil Code 1798.90.55). Requests of federal, out-of-state"
                " and private parties are refused and referred to the department's records policy."
            ),
        ),
        _part(
            "Official custodian",
            _paragraph(
                "Responsible for the system and for carrying out this policy: "
                + (policy.designee or "nobody is named at present; ask the department")
                + "."
            ),
        ),
        _part(
            "Accuracy and correction of errors",
            _paragraph(
                "A reading is shown with its certainty. If practicable, an officer verifies an alert with"
                " the state's law enforcement telecommunications system before acting, and records the"
                " result. Wrong readings are corrected with name and reason, and the original stays on"
                " record. How often alerts are right is counted and reported."
            ),
        ),
        _part("How long data is kept", _paragraph(policy.retention)),
    )
    title = "Usage and privacy policy for automated license plate readers"
    return _page(title, policy, intro + nav + "".join(parts), made_at)


def _year_page(policy: PublicPolicy, figures: PublicFigures, made_at: datetime) -> str:
    until = "" if figures.until is None else f" (until {_last_day(figures.until)})"
    searches = [(one.name, one.count) for one in figures.searches]
    requests = [(kind, approved, refused) for kind, approved, refused in figures.requests]
    nav = (
        f'<nav aria-label="Other pages"><a href="{POLICY_PAGE}">Usage and privacy policy</a></nav>'
    )
    body = (
        _sources(figures)
        + _table(
            "Reads and alerts",
            ("What", "Number"),
            [
                ("Plates read", figures.reads),
                ("Alerts verified by an officer", figures.verified),
                ("Verified alerts that were right", figures.confirmed),
            ],
        )
        + _table("Searches of stored data by purpose", ("Purpose", "Searches"), searches)
        + _table("Requests of other agencies", ("Kind of agency", "Approved", "Refused"), requests)
        + _table(
            "Oversight",
            ("What", "Number"),
            [
                ("Audits signed off", figures.audits_signed),
                ("Accesses looked at in them", figures.accesses_audited),
                ("Accesses found not justified", figures.accesses_not_justified),
                ("Accesses and logins that the system refused", figures.refused_accesses),
                ("Packages booked into evidence", figures.packages),
            ],
        )
    )
    title = f"License plate readers: figures of {figures.period}{until}"
    return _page(title, policy, nav + body, made_at)


def _sources(figures: PublicFigures) -> str:
    """Say where a fleet's figures come from: a car whose report has not come is not in them yet."""
    if figures.car_months is None:
        return ""
    return _paragraph(
        f"Counted from the record of the department's server and {_many(figures.car_months, 'monthly report')}"
        f" of {_many(figures.cars, 'vehicle')}."
    )


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def _last_day(until: datetime) -> str:
    """Return the last day that lies before a time, whole or in part."""
    return f"{until.astimezone(UTC) - timedelta(microseconds=1):%B %d, %Y}"


def _page(title: str, policy: PublicPolicy, body: str, made_at: datetime) -> str:
    day = f"{made_at.astimezone(UTC):%B %d, %Y}"
    return (
        '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)} –"
        f" {_text(policy.organisation)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
        '<a class="skip" href="#content">Go to the content</a>\n'
        f"<header><p>{_text(policy.organisation)}</p></header>\n"
        f'<main id="content">\n<h1>{_text(title)}</h1>\n{body}\n</main>\n'
        f"<footer><p>Posted as Civil Code 1798.90.51(b) asks. As of {day}.</p></footer>\n</body>\n</html>\n"
    )


def _part(title: str, content: str) -> str:
    return f"<section>\n<h2>{_text(title)}</h2>\n{content}</section>\n"


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>\n"


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_text(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>\n" if items else "<p>None at present.</p>\n"


def _table(caption: str, heads: tuple[str, ...], rows: Iterable[tuple[str | int, ...]]) -> str:
    body = "".join(
        f'<tr><th scope="row">{_text(str(row[0]))}</th>'
        + "".join(f'<td class="figure">{number:,}</td>' for number in row[1:])
        + "</tr>\n"
        for row in rows
    )
    head = f'<th scope="col">{_text(heads[0])}</th>' + "".join(
        f'<th scope="col" class="figure">{_text(one)}</th>' for one in heads[1:]
    )
    empty = "" if body else f'<tr><td colspan="{len(heads)}">None.</td></tr>\n'
    return (
        f"<table>\n<caption>{_text(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}{empty}</tbody>\n</table>\n"
    )


def _text(text: str) -> str:
    return escape(clean_text(text, _TEXT_CHARS_MAX))
