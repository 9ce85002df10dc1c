"""Day and night. Night is dim and reddish, so that eyes stay adapted to the dark road."""

from __future__ import annotations

from textual.theme import Theme

DAY = Theme(
    name="alpr-day",
    primary="#0b5cad",
    secondary="#2f6f6f",
    accent="#7a3e00",
    foreground="#101418",
    background="#f4f5f2",
    surface="#ffffff",
    panel="#dfe4e6",
    success="#0a6b2d",
    warning="#8a5a00",
    error="#b00020",
    dark=False,
    variables={"footer-key-foreground": "#0b5cad"},
)

NIGHT = Theme(
    name="alpr-night",
    primary="#c25a4a",
    secondary="#8f6a4f",
    accent="#d08a4a",
    foreground="#d8b9a8",
    background="#0b0807",
    surface="#140f0d",
    panel="#241a17",
    success="#8fa860",
    warning="#d9a03f",
    error="#ff5a4d",
    dark=True,
    variables={"footer-key-foreground": "#d08a4a"},
)
