"""One module per command; each has `add_to(parsers)` and a function that returns the exit code."""
