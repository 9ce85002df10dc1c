"""Figures: accuracy, CPU time and memory, beside a peer or a floor in the same run. `alpr bench NAME`.

Reading order: `photo_sets` (the labelled photographs), `scoring` (what counts as right), `vision` (our eyes
over the sets), `rapidocr_peer` (the peer, in an environment of its own), `fusion` (one look against many).
"""

__house__ = "alpr-tui"
