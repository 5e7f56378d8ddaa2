"""Which engines there are: those of the program, and those of them that run on this machine."""

from nn_desktop.engines import cpp_engine
from nn_desktop.engines.engine import MakeEngine
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.python_engine import PythonEngine

MAKERS: dict[EngineName, MakeEngine] = {
    EngineName.PYTHON: PythonEngine,
    EngineName.NUMPY: NumpyEngine,
    EngineName.CPP: cpp_engine.CppEngine,
}


def why_missing(name: EngineName) -> str:
    """Return in words why an engine is not here; empty if it is."""
    return cpp_engine.why_missing() if name is EngineName.CPP else ""


def available_engines() -> dict[EngineName, MakeEngine]:
    """Return how to make each engine that is here."""
    return {name: make for name, make in MAKERS.items() if not why_missing(name)}
