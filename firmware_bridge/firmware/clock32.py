"""Microseconds of a 32-bit counter: only differences mean anything."""

MASK = 0xFFFFFFFF
HALF = 0x80000000


def later_us(time_us: int, than_us: int) -> int:
    """Return how much later the first time is, -2147483648 to 2147483647."""
    return ((time_us - than_us + HALF) & MASK) - HALF


def plus_us(time_us: int, more_us: int) -> int:
    """Return the time so much later."""
    return (time_us + more_us) & MASK
