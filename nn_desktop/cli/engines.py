"""``nn-desktop engines``: which engines there are, and why others are not."""

import argparse
import platform
from dataclasses import asdict, dataclass

import numpy as np
import threadpoolctl

from nn_desktop.cli.console import put
from nn_desktop.cli.results import format_json
from nn_desktop.engines import cpp_engine
from nn_desktop.engines.available import available_engines, why_missing
from nn_desktop.engines.names import EngineName
from nn_desktop.files.engine_memory import EngineMemory
from nn_desktop.process import SUCCESS, StopRequest, raise_interrupt
from nn_desktop.texts import shown_path

_AUTO = "the fastest of them by a measurement"
_DESCRIPTIONS = {
    EngineName.PYTHON: "lists and loops, to be read beside a textbook",
    EngineName.NUMPY: "matrix products of numpy, into arrays made once",
    EngineName.CPP: "C++ and its standard library, outside the interpreter lock",
}


@dataclass(frozen=True)
class EngineEntry:
    """What is known of an engine here.

    Attributes
    ----------
    name, description
        Name of the engine in options, and one line about it.
    available
        Whether it runs on this machine.
    why_missing
        Why it is not; None if it is.
    version
        Version of Python or numpy; None for C++.
    blas
        The library that multiplies numpy's matrices, as far as it is known.
    instruction_set
        Instruction set that the C++ was compiled for.
    """

    name: str
    description: str
    available: bool
    why_missing: str | None
    version: str | None = None
    blas: str | None = None
    instruction_set: str | None = None

    @property
    def details(self) -> str:
        """All that is known, in a line."""
        if self.why_missing:
            return f"not here: {self.why_missing}"
        return ", ".join(part for part in (self.version, self.blas, self.instruction_set) if part)


def list_engines(options: argparse.Namespace, stop: StopRequest) -> int:
    """Print which engines there are, why others are not, and what is remembered of their speed."""
    with stop.answered_by(raise_interrupt):
        return _list(options)


def _list(options: argparse.Namespace) -> int:
    memory = EngineMemory.of_user()
    if options.forget:
        memory.forget()
    entries = [_describe(name) for name in _DESCRIPTIONS]
    if options.json:
        put(format_json([asdict(entry) for entry in entries]))
        return SUCCESS
    width = max(len(entry.description) for entry in entries)
    put("\n".join(f"{entry.name:6}  {entry.description:{width}}  {entry.details}" for entry in entries))
    if count := len(memory):
        networks = f"{count} networks" if count > 1 else "1 network"
        details = f'remembered for {networks} in "{shown_path(memory.path)}" (--forget clears this)'
        put(f"{EngineName.AUTO:6}  {_AUTO:{width}}  {details}")
    return SUCCESS


def _describe(name: EngineName) -> EngineEntry:
    is_here = name in available_engines()
    facts: dict[str, str | None] = {}
    if name is EngineName.PYTHON:
        facts["version"] = f"Python {platform.python_version()}"
    elif name is EngineName.NUMPY:
        facts["version"], facts["blas"] = f"numpy {np.__version__}", _blas()
    elif is_here:
        facts["instruction_set"] = cpp_engine.instruction_set()
    reason = None if is_here else why_missing(name)
    return EngineEntry(name.value, _DESCRIPTIONS[name], is_here, reason, **facts)


def _blas() -> str | None:
    libraries = [each for each in threadpoolctl.threadpool_info() if each["user_api"] == "blas"]
    if not libraries:
        return None
    first = libraries[0]
    return " ".join(str(first[key]) for key in ("internal_api", "version", "architecture") if first.get(key))
