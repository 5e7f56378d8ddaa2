"""Reading layers and links as `native.description` writes them: they come from strangers."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from nn_desktop.files.native.stored import ReadError
from nn_desktop.network.edits import MAX_NAME_LENGTH
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.topology import (
    MAX_LAYERS,
    MAX_UNITS,
    MAX_WEIGHTS,
    Layer,
    Link,
    Pair,
    TopologyError,
    check_total_units,
)
from nn_desktop.texts import visible

MAX_TEXT_LENGTH = 100
MAX_NUMBER = 2**63
UNFIT_FOR_NAMES = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Controls, halves of pairs, and ends of lines. All else is part of some script."""

_T = TypeVar("_T")


class WrongPartError(ReadError):
    """A part of a document that is missing, or not as it should be.

    Attributes
    ----------
    key
        Its name, such as ``"layers.units"``.
    """

    def __init__(self, key: str) -> None:
        super().__init__(f'its "{key}" is not as it should be: export it again, or choose another file')
        self.key = key


def read_value(key: str, value: object, kind: type[_T]) -> _T:
    """Read a number, a truth value, a text or a name of an enumeration.

    Raises
    ------
    WrongPartError
        If it is of another type, beyond all sense, or a text that is long or cannot be printed.
    """
    try:
        if issubclass(kind, StrEnum) and isinstance(value, str):
            return kind(value)
        if kind is float and type(value) is int:
            return kind(value)  # type: ignore[call-arg]
    except (ValueError, OverflowError) as error:
        raise WrongPartError(key) from error
    # True is an int to Python.
    if type(value) is not kind:
        raise WrongPartError(key)
    # The text of an error may repeat the value.
    if isinstance(value, int) and abs(value) >= MAX_NUMBER:
        raise WrongPartError(key)
    if isinstance(value, str) and (len(value) > MAX_TEXT_LENGTH or not value.isprintable()):
        raise WrongPartError(key)
    return value


def read_names(key: str, names: object, count: int) -> tuple[str, ...]:
    """Read so many names, in any script.

    Raises
    ------
    WrongPartError
        If there are more or fewer, or one is no text, is long, or has characters that cannot be in a line.
    """
    if not isinstance(names, list) or len(names) != count:
        raise WrongPartError(key)
    return tuple(_read_name(key, name) for name in names)


def _read_name(key: str, name: object) -> str:
    if not isinstance(name, str) or len(name) > MAX_TEXT_LENGTH:
        raise WrongPartError(key)
    if not _is_fit_for_names(name):
        raise WrongPartError(key)
    return name


def _is_fit_for_names(text: str) -> bool:
    return not any(unicodedata.category(character) in UNFIT_FOR_NAMES for character in text)


def read_object(key: str, value: object) -> dict[str, object]:
    """Read an object, whose parts are not yet looked at."""
    if not isinstance(value, dict):
        raise WrongPartError(key)
    return value


def read_list(document: Mapping[str, object], key: str) -> list[dict[str, object]]:
    """Read a list of objects, whose parts are not yet looked at."""
    items = document.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise WrongPartError(key)
    return items


def read_layers(descriptions: Sequence[Mapping[str, object]]) -> tuple[Layer, ...]:
    """Read layers, with ids of their own.

    Raises
    ------
    WrongPartError
        If there are none, or a part of them is not as it should be.
    TopologyError
        If there are too many layers or units.
    """
    if not descriptions:
        raise WrongPartError("layers")
    # Before any ids are made: a short text can ask for very many.
    if len(descriptions) > MAX_LAYERS:
        raise TopologyError(
            f"{len(descriptions)} layers are more than the {MAX_LAYERS} that fit here: use fewer layers."
        )
    check_total_units(count_units(descriptions))
    layers: list[Layer] = []
    next_id = 0
    for description in descriptions:
        layers.append(_read_layer(description, next_id))
        next_id += 1 + len(layers[-1].units)
    return tuple(layers)


def count_units(descriptions: Sequence[Mapping[str, object]]) -> int:
    """Count the units of layers that are not read yet; raises `WrongPartError` or `TopologyError`."""
    return sum(map(_read_size, descriptions))


def read_links(layers: tuple[Layer, ...], descriptions: Sequence[Mapping[str, object]]) -> tuple[Link, ...]:
    """Read links between layers, which they name by number.

    Raises
    ------
    WrongPartError
        If a part of them is not as it should be.
    TopologyError
        If there are too many connections.
    """
    links, weights = [], 0
    for description in descriptions:
        first, last = _read_end(layers, description, "source"), _read_end(layers, description, "target")
        weights += len(first.units) * len(last.units)
        # Now, since looking at so many would take long.
        if weights > MAX_WEIGHTS:
            raise TopologyError(
                f"The links have more than the {MAX_WEIGHTS:,} weights that fit here: use smaller layers."
            )
        links.append(_read_link(first, last, description))
    return tuple(links)


def _read_size(description: Mapping[str, object]) -> int:
    size = read_value("layers.units", description.get("units"), int)
    if not 1 <= size <= MAX_UNITS:
        raise TopologyError(f"A layer has 1 to {MAX_UNITS} units, not {size}: choose another number.")
    return size


def _read_layer(description: Mapping[str, object], layer_id: int) -> Layer:
    size = _read_size(description)
    initializer = description.get("initializer")
    return Layer(
        layer_id,
        tuple(range(layer_id + 1, layer_id + 1 + size)),
        read_value("layers.activation", description.get("activation"), Activation),
        _read_layer_name(description),
        None if initializer is None else read_value("layers.initializer", initializer, Initializer),
        read_value("layers.frozen", description.get("frozen", False), bool),
    )


def _read_layer_name(layer: Mapping[str, object]) -> str:
    name = layer.get("name")
    if not isinstance(name, str):
        raise WrongPartError("layers.name")
    name = name[:MAX_NAME_LENGTH]
    # A name has one line, and half of a pair of surrogates could not be written again.
    return (name if _is_fit_for_names(name) else visible(name))[:MAX_NAME_LENGTH]


def _read_end(layers: tuple[Layer, ...], link: Mapping[str, object], key: str) -> Layer:
    number = read_value(f"links.{key}", link.get(key), int)
    if not 0 <= number < len(layers):
        raise WrongPartError(f"links.{key}")
    return layers[number]


def _read_link(first: Layer, last: Layer, link: Mapping[str, object]) -> Link:
    only = link.get("only")
    return Link(
        first.id,
        last.id,
        _read_pairs("removed", link.get("removed"), first, last),
        None if only is None else _read_pairs("only", only, first, last),
        _read_pairs("frozen", link.get("frozen", []), first, last),
    )


def _read_pairs(key: str, pairs: object, first: Layer, last: Layer) -> frozenset[Pair]:
    if not isinstance(pairs, list):
        raise WrongPartError(f"links.{key}")
    sources, targets = first.units, last.units
    read = []
    for pair in pairs:  # there can be hundreds of thousands
        if not isinstance(pair, list) or len(pair) != 2:
            raise WrongPartError(f"links.{key}")
        source, target = pair
        # True is an int to Python.
        if type(source) is not int or type(target) is not int:
            raise WrongPartError(f"links.{key}")
        if not (0 <= source < len(sources) and 0 <= target < len(targets)):
            raise WrongPartError(f"links.{key}")
        read.append((sources[source], targets[target]))
    return frozenset(read)
