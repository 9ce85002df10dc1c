"""What runs in the board, written for MicroPython; it also runs under CPython.

Reading order: `board_tables` (written from the catalogue), `mavlink_frames` (bytes to frames),
`mavlink_signing`, `mavlink_fields` (frames to values), `parameter_store`, `lamp_guard`, `trigger_plan`,
`board_senses` (ignition, supply, temperature), `board_talk` (requests and their answers), `board` (all of
it in `feed` and `tick`). Hardware is in `board_pins` alone; `simulated_pins` is its twin. `main` starts it
in the board, `main_on_terminal` on a computer.

Times are microseconds of a 32-bit counter that wraps after 71.6 minutes; only differences are compared.
"""
