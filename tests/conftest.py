"""For all tests: a slow machine is no failure; speed is measured in `bench/`."""

from hypothesis import settings

settings.register_profile("alpr", deadline=None)
settings.load_profile("alpr")
