"""What holds for every test."""

import os

from hypothesis import settings

# the cores are shared: a slow moment of the machine is no fault of the code
settings.register_profile("linea800", deadline=None)
settings.load_profile("linea800")

# what commands print is as wide everywhere, whatever terminal the tests are run from
os.environ["COLUMNS"] = "120"
