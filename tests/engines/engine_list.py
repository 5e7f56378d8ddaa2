"""The engines that the tests hold against one another."""

from nn_desktop.engines.engine import EngineName, MakeEngine
from nn_desktop.engines.python_engine import PythonEngine
from nn_desktop.engines.selection import available_engines

ENGINES: dict[EngineName, MakeEngine] = {EngineName.PYTHON: PythonEngine, **available_engines()}
"""All that are here; the one in Python is the oracle."""
