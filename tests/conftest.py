"""What holds for every test."""

from hypothesis import settings

# the cores are shared: a slow moment of the machine is no fault of the code
settings.register_profile("linea800", deadline=None)
settings.load_profile("linea800")
