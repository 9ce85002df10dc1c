"""Forms of a canvass: what and where, a witness's partial plate, and the file of its report.

Source: policy 462.3(c).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.canvass import CRIME_CHARS_MAX, Canvass, typed_scene
from alpr_core.desk.canvasses import ReportForm
from alpr_core.desk.own_entries import AddedEntry
from alpr_core.errors import AlprError
from alpr_core.hotlist import ENTRY_SIGNS_MAX
from alpr_core.own_entry import REASON_CHARS_MAX, WORDS_CHARS_MAX, typed_vehicle
from alpr_core.purposes import AccessPurpose
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace

_BACK: list[BindingType] = [Binding("escape", "leave", "Back")]
_PATH_CHARS_MAX = 400


class CanvassOrderScreen(FormScreen[Canvass | None]):
    """Answers with the canvass once it has begun."""

    FORM_TITLE = "New canvass"
    BINDINGS: ClassVar[list[BindingType]] = _BACK

    def __init__(self, workplace: Workplace, purpose: AccessPurpose) -> None:
        super().__init__(workplace)
        self._purpose = purpose

    def words(self) -> str:
        return (
            "Every plate read inside is tagged until it ends, then kept for the case. The centre is where the car"
            " is (here) or degrees; several places with ; between them are a route."
        )

    def fields(self) -> Iterable[Input]:
        yield Field(
            placeholder="Type of crime: homicide, shooting ...",
            id="crime",
            max_length=CRIME_CHARS_MAX,
        )
        yield Field(
            "here", placeholder="here, or 33.7593, -117.9897; ...", id="places", max_length=1000
        )
        yield Field("400", placeholder="Radius, or half a strip, metres", id="reach", max_length=10)

    def send(self) -> None:
        canvasses = self.workplace.canvasses
        crime, purpose = self.typed("crime"), self._purpose
        try:
            scene = typed_scene(self.typed("places"), self.typed("reach"), canvasses.here())
        except AlprError as error:
            self.say(f"{error.what} {error.hint}")
            return
        self.in_background(lambda: canvasses.start(crime, scene, purpose), self.dismiss)

    def action_leave(self) -> None:
        self.dismiss(None)


class PartialScreen(FormScreen[AddedEntry | None]):
    """Answers with the entry and what was read of it before."""

    FORM_TITLE = "What a witness saw of a plate"
    BINDINGS: ClassVar[list[BindingType]] = _BACK

    def __init__(self, workplace: Workplace, canvass: Canvass) -> None:
        super().__init__(workplace)
        self._canvass = canvass

    def words(self) -> str:
        return "? stands for one sign, * for any run of them; at least three signs. Reads before and after count."

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Plate, such as 8A?C*", id="plate", max_length=ENTRY_SIGNS_MAX)
        yield Field(placeholder="State, two letters, or nothing", id="state", max_length=2)
        yield Field(
            placeholder="Vehicle: colour make model", id="vehicle", max_length=3 * WORDS_CHARS_MAX
        )
        yield Field(placeholder="What was reported", id="report", max_length=REASON_CHARS_MAX)

    def send(self) -> None:
        canvasses, canvass = self.workplace.canvasses, self._canvass
        plate, state, report = (self.typed(name) for name in ("plate", "state", "report"))
        vehicle = typed_vehicle(self.typed("vehicle"))
        self.in_background(
            lambda: canvasses.enter_partial(canvass, plate, state, vehicle, report), self.dismiss
        )

    def action_leave(self) -> None:
        self.dismiss(None)


class CanvassExportScreen(FormScreen[None]):
    """Writes the report; `.csv` gives a table, anything else a PDF."""

    FORM_TITLE = "Report of a canvass"
    BINDINGS: ClassVar[list[BindingType]] = _BACK

    def __init__(self, workplace: Workplace, canvass: Canvass) -> None:
        super().__init__(workplace)
        self._canvass = canvass

    def words(self) -> str:
        return (
            "A PDF to read and sign; a name that ends in .csv gives a table of the reads. The file's SHA-256 goes"
            " on the log; a file that is there is never overwritten."
        )

    def fields(self) -> Iterable[Input]:
        name = f"canvass-{self._canvass.case_number}-{self._canvass.canvass_id[:6]}.pdf"
        yield Field(
            f"/media/usb/{name}", placeholder="New file", id="file", max_length=_PATH_CHARS_MAX
        )

    def send(self) -> None:
        file = Path(self.typed("file").strip())
        form = ReportForm.CSV if file.suffix.lower() == ".csv" else ReportForm.PDF
        canvasses, canvass_id = self.workplace.canvasses, self._canvass.canvass_id
        self.say("Writing ...")
        self.in_background(
            lambda: canvasses.export(canvass_id, form, file),
            lambda digest: self._after(file, digest),
        )

    def action_leave(self) -> None:
        self.dismiss()

    def _after(self, file: Path, digest: str) -> None:
        shown = clean_text(str(file), 60)
        self.app.notify(f"{shown}\nSHA-256 {digest}", title="Written", timeout=15, markup=False)
        self.dismiss()
