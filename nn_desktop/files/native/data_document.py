"""What a network learned from, as JSON values: where a name in a file becomes a data source.

``data`` has ``name`` and the other fields of `DataSettings`; ``split`` only where it is exact, for files of
version 0.1 lack it and mean by class. Of data that are not known the name is
``"unknown"``, and there are ``task``, ``inputs`` and ``outputs`` and, unless they are numbered,
``input_names``, ``output_names`` (of a regression) and ``class_names``. Those fields are there only if
``standardize`` is true, as they may be in files of version 0.1: it put random numbers in the place of data
that were not known, and named them ``random-6-3`` or, with three classes, ``random-6-of-3``.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, get_type_hints

from nn_desktop.data.catalogue import CATALOGUE, find_source
from nn_desktop.data.dataset import Task
from nn_desktop.data.sampling import SplitRule
from nn_desktop.data.source import DataSettings, DataSource
from nn_desktop.data.unknown import UnknownData
from nn_desktop.files.native.topology_document import WrongPartError, read_names, read_value
from nn_desktop.network.topology import MAX_UNITS

_CHOSEN: Final = {name: kind for name, kind in get_type_hints(DataSettings).items() if name != "source"}
_SHAPE: Final = ("task", "inputs", "outputs")
_NAMES: Final = ("input_names", "output_names", "class_names")
KEYS: Final = frozenset({"name", *_CHOSEN, *_SHAPE, *_NAMES})
"""All that ``data`` may have."""
_RANDOM: Final = re.compile(r"random-([0-9]{1,5})-(of-)?([0-9]{1,5})")


def describe_data(data: DataSettings) -> dict[str, object]:
    """Return the name of a source with its settings; of unknown data without scaling the name alone."""
    if data.source.why_no_samples and not data.standardize:
        return {"name": data.source.name}
    chosen = {name: getattr(data, name) for name in _CHOSEN}
    if data.split is SplitRule.BY_CLASS:
        del chosen["split"]
    return {"name": data.source.name, **chosen}


def describe_shape(source: DataSource) -> dict[str, object]:
    """Return what `describe_data` leaves out of unknown data; nothing of others."""
    if not source.why_no_samples:
        return {}
    numbered = UnknownData(task=source.task, inputs=source.inputs, outputs=source.outputs)
    described = {name: getattr(source, name) for name in _SHAPE}
    for name in _NAMES:
        if name == "output_names" and source.task is not Task.REGRESSION:
            continue  # they follow from the classes
        if getattr(source, name) != getattr(numbered, name):
            described[name] = list(getattr(source, name))
    return described


def is_known(name: object) -> bool:
    """Whether a file names data that are known here."""
    return name in CATALOGUE


def read_data(values: Mapping[str, object], may_lack: bool = False) -> DataSettings:
    """Read what a network learned from.

    Parameters
    ----------
    values
        What `describe_data` and `describe_shape` give.
    may_lack
        Whether fields may be missing, for which those that suit the source are taken.

    Raises
    ------
    WrongPartError, UserError
        If a part is not as it should be, or there are no data of that name.
    """
    name = read_value("data.name", values.get("name"), str)
    if name == UnknownData.name:
        return _read_scaled(_read_shape(values).default_settings, values)
    if (old := _read_random(name)) is not None:
        scaled = _read_scaled(old.settings_of_random_numbers, values)
        return scaled if scaled.standardize else old.default_settings
    return _read_settings(find_source(name).default_settings, values, may_lack)


def _read_scaled(default: DataSettings, values: Mapping[str, object]) -> DataSettings:
    """Read by which settings unknown data were scaled, if they were."""
    return _read_settings(default, values, may_lack=True) if values.get("standardize") is True else default


def _read_settings(default: DataSettings, values: Mapping[str, object], may_lack: bool) -> DataSettings:
    chosen = {
        key: read_value(f"data.{key}", values.get(key), kind)
        for key, kind in _CHOSEN.items()
        if key in values or not (may_lack or key == "split")
    }
    return replace(default, **{"split": SplitRule.BY_CLASS, **chosen})


def _read_shape(values: Mapping[str, object]) -> UnknownData:
    task = read_value("data.task", values.get("task"), Task)
    inputs, outputs = (read_value(f"data.{key}", values.get(key), int) for key in ("inputs", "outputs"))
    if not (1 <= inputs <= MAX_UNITS and 1 <= outputs <= MAX_UNITS):
        raise WrongPartError("data.inputs")
    if {Task.REGRESSION: False, Task.BINARY: outputs != 1, Task.MULTICLASS: outputs < 2}[task]:
        raise WrongPartError("data.outputs")
    counts = {"input_names": inputs}
    if task is Task.REGRESSION:
        counts["output_names"] = outputs
    else:
        counts["class_names"] = max(outputs, 2)
    names = {
        key: read_names(f"data.{key}", values[key], count) for key, count in counts.items() if key in values
    }
    return UnknownData(task=task, inputs=inputs, outputs=outputs, **names)


def _read_random(name: str) -> UnknownData | None:
    """Read the shape from a name that version 0.1 gave; None if it is none, or there is no such shape."""
    found = _RANDOM.fullmatch(name)
    if found is None:
        return None
    inputs, count = int(found[1]), int(found[3])
    if not (1 <= inputs <= MAX_UNITS and (2 if found[2] else 1) <= count <= MAX_UNITS):
        return None
    if not found[2]:
        return UnknownData(task=Task.REGRESSION, inputs=inputs, outputs=count)
    if count == 2:
        return UnknownData(task=Task.BINARY, inputs=inputs, outputs=1)
    return UnknownData(task=Task.MULTICLASS, inputs=inputs, outputs=count)
