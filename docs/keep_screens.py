"""Keeps pictures of the screens under docs/screens/: `make screens`.

The pictures show the real program over a real box on the simulated drive. Letters come from the system's
monospaced font, so a picture may differ a little between machines.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import resvg_py
from textual.pilot import Pilot

from alpr_tui.app import AlprApp
from alpr_tui.box import Box
from alpr_tui.commands.demo import demo_box
from alpr_tui.event_relay import EventRelay
from alpr_tui.widgets.hit_banner import HitBanner

SCREENS = Path(__file__).parent / "screens"
SIZES = ((80, 24), (160, 45))
WAIT_LIMIT_S = 60.0


def main() -> None:
    SCREENS.mkdir(exist_ok=True)
    for columns, rows in SIZES:
        with tempfile.TemporaryDirectory(prefix="alpr-screens-") as folder:
            relay = EventRelay()
            box = demo_box(Path(folder), relay.tell)
            asyncio.run(_keep(box, relay, columns, rows))


async def _keep(box: Box, relay: EventRelay, columns: int, rows: int) -> None:
    app = AlprApp("DEMO", relay, box.status, box.note_hit)
    async with app.run_test(size=(columns, rows)) as pilot:
        box.start()
        try:
            await _until(pilot, lambda: box.status().stored >= 3)
            _save(app, f"live-night-{columns}x{rows}")
            await _until(pilot, lambda: bool(app.screen.query_one(HitBanner).waiting))
            _save(app, f"hit-night-{columns}x{rows}")
            await pilot.press("t")
            _save(app, f"hit-day-{columns}x{rows}")
            await pilot.press("enter")
            await pilot.pause()
            _save(app, f"live-day-{columns}x{rows}")
            await pilot.press("question_mark")
            await pilot.pause()
            _save(app, f"help-day-{columns}x{rows}")
        finally:
            box.stop()


async def _until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_LIMIT_S / 0.25)):
        if is_so():
            await pilot.pause(0.6)
            return
        await pilot.pause(0.25)
    sys.exit("The box did not come to the moment that was to be kept.")


def _save(app: AlprApp, name: str) -> None:
    drawing = re.sub(r"@font-face\s*{[^}]*}", "", app.export_screenshot(title=f"alpr, {name}"))
    drawing = drawing.replace("Fira Code", "DejaVu Sans Mono")
    (SCREENS / f"{name}.png").write_bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=1100))


if __name__ == "__main__":
    main()
