"""A drive past many vehicles, rendered while it is watched: the demo's camera, and a test's known truth.

Reading order: `road_camera` (metres to pixels), `vehicle_body` and `traffic` (what passes, and
where it is), `script` and `script_writer` (who passes when, and when the plate can be read), `look` (light and
weather), `sprite`, `street_art`, `vehicle_art`, `plate_stock` (paint), `vehicle_view` and `scene`
(one frame), `drive` (the FrameSource), `painter` and `painting_process` (where it is painted), `route` (the way
through the world).

Nothing of a reader or detector is known here, and nothing of the pictures is told to them.
"""

from hw.simulated_drive.drive import PlateInFrame, SimulatedDrive
from hw.simulated_drive.look import Light
from hw.simulated_drive.script import SimulatedVehicle
from hw.simulated_drive.traffic import VehicleKind

__all__ = ["Light", "PlateInFrame", "SimulatedDrive", "SimulatedVehicle", "VehicleKind"]
