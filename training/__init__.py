"""How the models of `alpr_vision/models` are made, from nothing and on a plain two-core machine.

Reading order: `README.md` (the command chain), `assets` (which fonts, under which licence),
`plates` (drawing US plates), `reader` (training the plate reader), `pictures` and `detector`
(training the plate detector). Nothing here runs in the car.
"""

__house__ = "alpr-tui"
