"""The box as its users meet it: command line and screens.

Reading order: `__main__` and `command_line` (what can be typed), `commands/` (one file each), `box` (the only
place that joins concrete parts), `app` and `screens/`, `widgets/`.
"""

__house__ = "alpr-tui"
