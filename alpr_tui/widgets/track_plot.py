"""The scene of a canvass and the car's way in it, without a map: edge, streets driven, where the car is."""

from __future__ import annotations

import math
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from alpr_core.canvass import Scene
from alpr_core.desk.canvasses import CanvassProgress
from alpr_core.earth import LocalPlane
from alpr_core.position import Position
from alpr_core.typed_place import Place
from alpr_tui.braille import DotCanvas

MARGIN = 1.15
"""The drawing reaches so much farther than the scene's edge."""

CAR = "◉"
EDGE_DOTS = 0.7
"""Half the width of the edge's line, dots."""


class _Frame:
    """Where places lie in a drawing of a scene, north up, both axes alike."""

    def __init__(self, scene: Scene, canvas: DotCanvas) -> None:
        self._plane = LocalPlane(*scene.places[0])
        corners = [self._plane.to_plane(place) for place in scene.places]
        easts, norths = [east for east, _ in corners], [north for _, north in corners]
        self._middle = ((min(easts) + max(easts)) / 2, (min(norths) + max(norths)) / 2)
        wide_m = (max(easts) - min(easts) + 2 * scene.reach_m) * MARGIN
        high_m = (max(norths) - min(norths) + 2 * scene.reach_m) * MARGIN
        self.metres_per_dot = max(wide_m / canvas.width_dots, high_m / canvas.height_dots)
        self._centre = (canvas.width_dots / 2, canvas.height_dots / 2)

    def dots(self, place: Place) -> tuple[float, float]:
        """Return dots from the left and from the top."""
        east_m, north_m = self._plane.to_plane(place)
        return (
            self._centre[0] + (east_m - self._middle[0]) / self.metres_per_dot,
            self._centre[1] - (north_m - self._middle[1]) / self.metres_per_dot,
        )

    def place(self, x: float, y: float) -> Place:
        """Return the place that lies at a dot."""
        east_m = self._middle[0] + (x - self._centre[0]) * self.metres_per_dot
        north_m = self._middle[1] - (y - self._centre[1]) * self.metres_per_dot
        return self._plane.to_place(east_m, north_m)


class TrackPlot(Widget):
    """Drawn anew when somebody shows another progress."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"plot--edge", "plot--way", "plot--car"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._progress: CanvassProgress | None = None
        self._edge: DotCanvas | None = None
        self._edge_of: tuple[Scene, int, int] | None = None
        self._way = DotCanvas(0, 0)
        self._car: tuple[int, int] | None = None

    def show(self, progress: CanvassProgress | None) -> None:
        """Draw a canvass as it stands; None takes the drawing away."""
        self._progress = progress
        self._draw()
        self.refresh()

    def on_resize(self) -> None:
        self._draw()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._edge is None or y >= self._edge.rows or y >= self._way.rows:
            return Strip.blank(width, self.rich_style)
        segments = [self._cell(column, y) for column in range(min(width, self._edge.columns))]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _cell(self, column: int, row: int) -> Segment:
        if (column, row) == self._car:
            return Segment(CAR, self._style("plot--car"))
        if self._way.has_dots(column, row):
            return Segment(self._way.sign(column, row), self._style("plot--way"))
        assert self._edge is not None
        return Segment(self._edge.sign(column, row), self._style("plot--edge"))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    def _draw(self) -> None:
        progress, columns, rows = self._progress, self.size.width, self.size.height
        if progress is None or not columns or not rows:
            self._edge = None
            return
        scene = progress.canvass.scene
        if self._edge_of != (scene, columns, rows) or self._edge is None:
            self._edge = edge_of(scene, columns, rows)
            self._edge_of = (scene, columns, rows)
        self._way, self._car = way_of(scene, progress.track, progress.here, columns, rows)


def edge_of(scene: Scene, columns: int, rows: int) -> DotCanvas:
    """Return the scene's edge, drawn where the distance to its centre or route is its reach."""
    canvas = DotCanvas(columns, rows)
    frame = _Frame(scene, canvas)
    limit_m = EDGE_DOTS * frame.metres_per_dot
    for y in range(canvas.height_dots):
        for x in range(canvas.width_dots):
            off_m = abs(scene.distance_m(frame.place(x + 0.5, y + 0.5)) - scene.reach_m)
            if off_m <= limit_m:
                canvas.dot(x, y)
    return canvas


def way_of(
    scene: Scene, track: tuple[Place, ...], here: Position | None, columns: int, rows: int
) -> tuple[DotCanvas, tuple[int, int] | None]:
    """Return the car's way, and the cell where the car is; None if that is unknown or outside."""
    canvas = DotCanvas(columns, rows)
    frame = _Frame(scene, canvas)
    dots = [frame.dots(place) for place in track]
    for one, other in zip(dots, dots[1:] or dots, strict=False):
        canvas.line(one, other)
    if here is None:
        return canvas, None
    x, y = frame.dots((here.lat_deg, here.lon_deg))
    column, row = math.floor(x / 2), math.floor(y / 4)
    is_inside = 0 <= column < columns and 0 <= row < rows
    return canvas, ((column, row) if is_inside else None)
