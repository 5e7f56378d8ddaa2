"""The engines that the tests hold against one another."""

from nn_desktop.engines.available import available_engines

ENGINES = available_engines()
"""All that are here; the one in Python is the oracle."""
