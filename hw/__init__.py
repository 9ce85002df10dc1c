"""Where pictures and positions come from: photographs, videos, cameras, receivers, and simulated ones.

Reading order: `clock` (the two times every frame carries), `picture_file` (one photograph, bounds
checked before decoding), `picture_folder` (many of them), `capture` (OpenCV kept quiet), `video`
and `camera` (the two things made with it), `mailbox` (one slot between camera and vision),
`camera_thread` (keeps a camera open and the mailbox fed), `simulated_drive` (the demo's camera).

Positions: `gps` (receivers and gpsd to one Fix per epoch). Camera settings: `visca`. Both have simulated twins
on `pseudo_terminal` and `simulated_port`.

Every source keeps `alpr_core.ports.FrameSource`. Nothing here knows what a plate is, except the
simulated drive, which draws them. Nothing is printed, and nothing reaches descriptor 2 while the
screen is up.
"""

__house__ = "alpr-tui"
