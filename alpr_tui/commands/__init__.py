"""One module per command; each has `add_to(parser)` and a function that returns the exit code."""
