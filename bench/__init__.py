"""Figures: accuracy, CPU time and memory, beside a peer or a floor in the same run. `alpr bench NAME`.

Reading order: `photo_sets` (the labelled photographs), `scoring` (what counts as right), `calibration` (is a
confidence what it says), `looking` and `vision` (our eyes over the sets), `vision_tables`, `rapidocr_peer`
(the peer, in an environment of its own), `passes` and `fusion` (one look against many), `speed` and `areas`
(the whole box). Lists: `made_lists`, `match` with `rapidfuzz_peer`, `false_hits`.
The store: `stored_reads`, `store_writes`, `store_load`, `store_search`, `store`; its drills: `drill_box`,
`busy_box` (a box to be killed), `drill_check`, `crash`, `disk_trace`, `lossy_disk`, `power_cut`.
Cables: `board` with `damaged_line` and `pulled_plug`, `foreign_board` with `foreign_box`, `pairing`;
`fuzz` with `fuzzing`, `fuzz_process` and what it feeds: `fuzz_gps`, `fuzz_mavlink`, `fuzz_visca`.
"""

__house__ = "alpr-tui"
