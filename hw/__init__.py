"""Where pictures come from: photographs, folders, videos, cameras and a simulated drive.

Reading order: `clock` (the two times every frame carries), `picture_file` (one photograph, bounds
checked before decoding), `picture_folder` (many of them), `capture` (OpenCV kept quiet), `video`
and `camera` (the two things made with it), `mailbox` (one slot between camera and vision),
`camera_thread` (keeps a camera open and the mailbox fed), `simulated_drive` (the demo's camera).

Every source keeps `alpr_core.ports.FrameSource`. Nothing here knows what a plate is, except the
simulated drive, which draws them. Nothing is printed, and nothing reaches descriptor 2 while the
screen is up.
"""

__house__ = "alpr-tui"
