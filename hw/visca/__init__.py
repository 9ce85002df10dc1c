"""The plate camera's settings over its serial line, in Sony's VISCA.

Reading order: `visca_frames` (bytes to frames), `visca_replies` (a frame to what it says), `visca_session`
(who answers whom, retries, time limits; no port and no clock), `visca_settings` (the table of what can be
set, byte by byte), `visca_link` (the port), `camera_control` (set, then read back). `simulated_camera` is the
other end, for the demo and for tests.

Source of all byte values: Sony, technical manuals of the FCB-EX, FCB-EV and EVI-D series, "VISCA/RS-232C
commands" and "VISCA command setting".
"""
