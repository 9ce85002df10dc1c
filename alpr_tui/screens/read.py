"""One stored read: its pictures, what was read, what was corrected; `c` corrects it.

Source: Civil Code 1798.90.51(b)(2)(F); policy 462.5.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, ClassVar

from PIL import Image, ImageOps
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from alpr_core.correction import REASON_CHARS_MAX, CorrectedRead
from alpr_core.desk.own_entries import AddedEntry
from alpr_core.desk.reads import OpenedRead
from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.sighting import StoredSighting
from alpr_core.terminal_text import clean_text
from alpr_tui.device_words import position_words
from alpr_tui.screens.form import FormScreen
from alpr_tui.screens.own_entry import OwnEntryScreen
from alpr_tui.screens.page import Page
from alpr_tui.terminal_picture import TerminalPicture
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.plate_line import looks_word, percent
from alpr_tui.workplace import Workplace


class ReadScreen(Page[StoredSighting | None]):
    """Answers with the read if it was corrected."""

    CSS_PATH = "read.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "correct", "Correct"),
        Binding("b", "look_out", "Look out for"),
        Binding("y", "copy", "Copy plate"),
        Binding("escape", "leave", "Back"),
    ]

    def __init__(self, workplace: Workplace, sighting_id: str, purpose: AccessPurpose) -> None:
        super().__init__()
        self._workplace = workplace
        self._sighting_id = sighting_id
        self._purpose = purpose
        self._opened: OpenedRead | None = None
        self._is_corrected = False

    def compose(self) -> ComposeResult:
        plate: Any = TerminalPicture(id="read-plate")
        scene: Any = TerminalPicture(id="read-scene")
        with Horizontal(id="read-body"):
            yield scene
            with VerticalScroll(id="read-side"):
                yield plate
                yield Static(id="read-words")
        yield KeyLine()

    def on_mount(self) -> None:
        self._open()

    def action_leave(self) -> None:
        """Back to the list."""
        opened = self._opened
        self.dismiss(opened.read if opened is not None and self._is_corrected else None)

    def action_correct(self) -> None:
        """Correct what was read."""
        if self._opened is not None and self._workplace.desk.may(Action.CORRECT_READ):
            form = CorrectScreen(self._workplace, self._opened.read, self._purpose)
            self.app.push_screen(form, self._corrected)

    def action_look_out(self) -> None:
        """Put the plate onto the car's own list."""
        if self._opened is not None and self._workplace.desk.may(Action.ADD_LOCAL_ENTRY):
            plate = self._opened.read.plate
            self.app.push_screen(OwnEntryScreen(self._workplace, self._purpose, plate), self._added)

    def action_copy(self) -> None:
        """Take the plate along, to be pasted into a field of this program."""
        if self._opened is not None:
            self.app.copy_to_clipboard(self._opened.read.plate)
            self.notify("Copied: ^v pastes it into any field here.", markup=False)

    def _added(self, added: AddedEntry | None) -> None:
        if added is not None:
            words = f"{added.entry.plate} is on the list; {len(added.past)} reads of it before."
            self.notify(words, markup=False)

    def _corrected(self, corrected: CorrectedRead | None) -> None:
        if corrected is not None:
            self._is_corrected = True
            if corrected.hits:
                words = f"▲ {corrected.stored.correction.plate} is listed: F6 opens the hit."
                self.notify(words, severity="warning", markup=False)
            self._open()

    @work(thread=True, exclusive=True)
    def _open(self) -> None:
        try:
            opened = self._workplace.reads.open(self._sighting_id, self._purpose)
        except AlprError as error:
            self.app.call_from_thread(self._refuse, error)
            return
        self.app.call_from_thread(self._show, opened)

    def _refuse(self, error: AlprError) -> None:
        self.app.notify(str(error), severity="error", markup=False)
        self.dismiss(None)

    def _show(self, opened: OpenedRead) -> None:
        self._opened = opened
        if opened.plate_jpeg is not None:
            picture = ImageOps.autocontrast(_picture(opened.plate_jpeg), cutoff=1)
            self.query_one("#read-plate", TerminalPicture).image = picture
        if opened.scene_jpeg is not None:
            self.query_one("#read-scene", TerminalPicture).image = _picture(opened.scene_jpeg)
        self.query_one("#read-words", Static).update(_words(opened))


class CorrectScreen(FormScreen[CorrectedRead]):
    """Takes the right plate and state, and the reason; the reading is kept beside them."""

    FORM_TITLE = "Correct this read"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, read: StoredSighting, purpose: AccessPurpose) -> None:
        super().__init__(workplace)
        self._read = read
        self._purpose = purpose

    def words(self) -> str:
        return "Only what the picture shows. The reading itself stays on record, with your badge and reason."

    def fields(self) -> Iterable[Input]:
        yield Field(self._read.plate, placeholder="Plate", id="plate", max_length=16)
        yield Field(
            self._read.state or "",
            placeholder="State, two letters, or nothing",
            id="state",
            max_length=2,
        )
        yield Field(placeholder="What the picture shows", id="reason", max_length=REASON_CHARS_MAX)

    def send(self) -> None:
        plate, state, reason = (self.typed(name) for name in ("plate", "state", "reason"))
        reads, sighting_id = self.workplace.reads, self._read.sighting_id
        self.in_background(
            lambda: reads.correct(sighting_id, plate, state, reason, self._purpose), self._after
        )

    def action_leave(self) -> None:
        self.dismiss(None)

    def _after(self, corrected: CorrectedRead) -> None:
        self.dismiss(corrected)


def _picture(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def _words(opened: OpenedRead) -> Text:
    read = opened.read
    lines = [
        Text(f"{read.plate}  {read.state or 'state unread'}", "bold"),
        Text(f"{read.seen_at.astimezone():%a %d %b %Y %H:%M:%S}"),
        Text(f"{read.camera}  {looks_word(read.frame_count)}"),
        Text(position_words(read.position)),
        Text(f"weakest sign {percent(min(read.confidences, default=0.0))}"),
    ]
    if read.alternatives:
        lines.append(Text(f"or {' '.join(read.alternatives)}"))
    if opened.hotlists:
        lines.append(Text(f"▲ stood on {clean_text(', '.join(opened.hotlists))}", "bold"))
    for stored in opened.corrections:
        correction = stored.correction
        lines.append(
            Text(
                f"corrected {correction.corrected_at.astimezone():%d %b %H:%M} by {correction.editor}: "
                f"{stored.was_plate} → {correction.plate}, {clean_text(correction.reason)}"
            )
        )
    return Text("\n").join(lines)
