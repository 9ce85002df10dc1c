"""One audit entry in full, with its inclusion proof checked when it was opened."""

from __future__ import annotations

import base64
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from alpr_core.audit.entry_form import write_time
from alpr_core.audit.merkle import leaf_hash
from alpr_core.desk.audit_ports import AuditRecord
from alpr_core.desk.audit_review import CheckedProof, FullEntry
from alpr_core.desk.audit_words import action_words, outcome_words
from alpr_core.errors import AlprError
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.audit_page import AuditPage
from alpr_tui.widgets.audit_row import WIDE_FROM
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

_LABEL_CELLS = 10
_TEXT_CHARS_MAX = 2_000


class AuditEntryScreen(AuditPage):
    """Shows one entry; opening it is an access of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "dismiss", "Back")]

    def __init__(self, workplace: Workplace, index: int) -> None:
        super().__init__(workplace)
        self._index = index

    def compose(self) -> ComposeResult:
        yield Static(
            Text(f" ENTRY {self._index} ", Style(bold=True, reverse=True)),
            id="audit-entry-title",
            markup=False,
        )
        with VerticalScroll(id="audit-entry-body"):
            yield Static("Opening ...", id="audit-entry-words", markup=False)
            yield Static("", id="audit-entry-proof", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._open()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE_FROM, "-wide")

    @work(thread=True, exclusive=True)
    def _open(self) -> None:
        try:
            full = self.workplace.audit.open(self._index)
        except AlprError as error:
            words = Text(f"✗ {clean_text(str(error), _TEXT_CHARS_MAX)}", Style(bold=True))
            self.then(self._show, words, Text(""))
            return
        self.then(self._show, _entry_text(full.record), _proof_text(full))

    def _show(self, words: RenderableType, proof: RenderableType) -> None:
        self.query_one("#audit-entry-words", Static).update(words)
        self.query_one("#audit-entry-proof", Static).update(proof)


def _entry_text(record: AuditRecord) -> Table:
    entry, subject = record.entry, record.subject
    erased = "(erased: the key of that day was destroyed)"
    actor = entry.actor
    who = ", ".join(part for part in (actor.name, actor.organisation) if part)
    lines = [
        ("who", f"{actor.user_id}  {who}"),
        ("what", f"{action_words(entry.action)}  ({entry.action})"),
        ("plates", erased if subject is None else "  ".join(subject.plates)),
        ("purpose", entry.purpose),
        ("case", entry.case),
        ("when", f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S %Z}"),
        ("", f"{write_time(entry.at)}, clock {entry.quality.value}"),
        ("where", f"{entry.where}  on {entry.box}"),
        ("from", entry.source),
        ("outcome", outcome_words(entry)),
        ("reason", entry.why),
    ]
    if subject is not None:
        lines += [("query", f"{name} = {value}") for name, value in subject.query]
        lines.append(("note", subject.note))
    lines += [("fact", f"{name} = {value}") for name, value in entry.facts]
    return _fields(lines)


def _proof_text(full: FullEntry) -> RenderableType:
    checked = full.proof
    if checked is None:
        return Text(
            "○ NOT SIGNED YET\n\nThe newest checkpoint does not cover this entry."
            " The next one does, within a minute; open the entry again then."
        )
    text = Text()
    if checked.fault:
        text.append(
            f" ✗ THE PROOF DOES NOT HOLD \n{checked.fault}\n", Style(bold=True, reverse=True)
        )
    else:
        text.append("✓ IN THE LOG, checked now\n", Style(bold=True))
        text.append(
            f"{len(checked.proof.hashes)} hashes lead from this entry to the root of"
            f" {checked.proof.checkpoint.size:,} entries, which the log's key has signed.\n"
        )
    return Group(text, _fields([*_proof_lines(checked), ("witness", _witness_words(full))]))


def _proof_lines(checked: CheckedProof) -> list[tuple[str, str]]:
    proof = checked.proof
    lines = [
        ("log", proof.checkpoint.origin),
        ("entry hash", leaf_hash(proof.leaf).hex()),
        *((f"step {number}", step.hex()) for number, step in enumerate(proof.hashes, start=1)),
        ("root", base64.b64encode(proof.checkpoint.root).decode("ascii")),
        ("size", f"{proof.checkpoint.size:,} entries"),
    ]
    lines += [("signed by", f"key {key.key_id.hex()}") for key in checked.signed_by]
    lines += [("", key.vkey) for key in checked.signed_by]
    return lines


def _witness_words(full: FullEntry) -> str:
    seen = full.witnessed
    if seen is None:
        return "no witness yet"
    if full.record.entry.index >= seen.size:
        return f"not yet: {clean_text(seen.name)} has seen {seen.size:,} entries"
    at = f"{seen.at.astimezone():%d %b %Y %H:%M}"
    return f"✓ among the {seen.size:,} entries that {clean_text(seen.name)} has seen, {at}"


def _fields(lines: list[tuple[str, str]]) -> Table:
    """Return labelled lines; those without a value are left out."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=_LABEL_CELLS, no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, value in lines:
        shown = clean_text(value, _TEXT_CHARS_MAX)
        if shown:
            table.add_row(label, Text(shown))
    return table
