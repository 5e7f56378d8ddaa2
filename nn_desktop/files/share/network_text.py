"""A network, or some layers, as text: short enough for a chat message, and pasted from one.

Three lines of JSON, an object with

- ``format``: ``"nn-desktop-layers"``, and ``version``: 1;
- ``whole``: whether the first layer is the input layer and the last the output layer;
- ``layers``: each with ``units``, and the other keys of `native.description` where they are not the default;
  ``activation`` is tanh by default, but the identity at both ends of a whole network; and, if numbers were
  taken along, ``biases``: one a unit;
- ``links``: as described there, where ``removed``, ``only`` and ``frozen`` are not the default; and
  ``weights``: one row a target unit, one number a source unit. By default each layer is linked with the next.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain as chained
from itertools import islice, pairwise
from typing import Final, NamedTuple

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.errors import UserError
from nn_desktop.files.native.description import describe_layers
from nn_desktop.files.native.topology_document import (
    WrongPartError,
    read_layers,
    read_links,
    read_list,
    read_value,
)
from nn_desktop.network.fragment import Fragment
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer, parse_layers
from nn_desktop.network.topology import Layer, TopologyError, chain, check_drawn
from nn_desktop.texts import is_visible

FORMAT: Final = "nn-desktop-layers"
VERSION: Final = 1
"""Grows when a reader of the old version would misunderstand a text of the new one."""
MAX_NUMBERS: Final = 5_000
"""Weights and biases that are written; a chat message would not hold many more."""
MAX_CHARACTERS: Final = 2_000_000
MAX_TYPED_CHARACTERS: Final = 2_000
"""No network that somebody types is longer, and reading a long one could take long."""
MAX_BEGINNINGS: Final = 4
"""Of each kind: where in other words a network may begin."""
MAX_IN_VAIN: Final = MAX_CHARACTERS // 4
"""Characters that are read of what turns out to be none, before the search ends: it is to be short."""
QUOTES: Final = "\"'`´“”„‟‘’‚«»‹› "

_LAYER_DEFAULTS: Final[Mapping[str, object]] = {"name": "", "initializer": None, "frozen": False}
_LINK_DEFAULTS: Final[Mapping[str, object]] = {"removed": [], "only": None, "frozen": []}


class TextError(UserError):
    """Text that cannot be pasted as a network: why, what to do."""


class NetworkText(NamedTuple):
    """What was written.

    Attributes
    ----------
    text
        The text to put on the clipboard.
    numbers_left_out
        Whether the fragment has weights and biases that the text lacks.
    """

    text: str
    numbers_left_out: bool


def to_text(fragment: Fragment) -> NetworkText:
    """Write layers as text.

    Weights and biases read back to the same bits. They are left out if there are more than 5,000 of them, or
    if one is not finite. Characters of names that cannot be seen are left out too.
    """
    arrays = [*fragment.biases.values(), *fragment.weights.values()]
    with_numbers = sum(values.size for values in arrays) <= MAX_NUMBERS and all(
        np.isfinite(values).all() for values in arrays
    )
    described = describe_layers(fragment.layers, fragment.links)
    layers, links = described["layers"], described["links"]
    activations = _default_activations(len(layers), fragment.is_whole)
    shortened = {
        "layers": [
            _without_defaults(layer, {"number": number, **_LAYER_DEFAULTS, "activation": activation})
            for number, (layer, activation) in enumerate(zip(layers, activations, strict=True))
        ],
        "links": [_without_defaults(link, _LINK_DEFAULTS) for link in links],
    }
    if with_numbers:
        _add_numbers(fragment, shortened)
    if shortened["links"] == _chain_links(len(layers)):
        del shortened["links"]
    head = {"format": FORMAT, "version": VERSION, "whole": fragment.is_whole}
    lines = [_render(head), *(_render({key: items}) for key, items in shortened.items())]
    # One object on several lines: the braces between them become commas.
    return NetworkText(",\n".join(line[1:-1] for line in lines).join("{}"), not with_numbers)


def read_text(
    text: str, default: Activation = Activation.TANH, output: Activation = Activation.IDENTITY
) -> Fragment:
    """Read layers from a text that somebody pasted.

    It may be one that `to_text` wrote, with other words around it, or the notation: ``2-8:relu-8:tanh-1`` is
    a whole network, ``8:relu`` a single layer.

    Parameters
    ----------
    text
        Anything at all.
    default, output
        In the notation: activations of hidden layers, and of the output layer, that were typed without one.

    Raises
    ------
    UserError
        If it is no network, or one that cannot be: `TextError`, or `TopologyError`.
    """
    if len(text) > MAX_CHARACTERS:
        raise TextError(
            f"The text has {len(text):,} characters, and no network that can be pasted has more than "
            f"{MAX_CHARACTERS:,}: copy it again, or export it as a file."
        )
    if "{" not in text:
        return _read_notation(text, default, output)
    try:
        return _read_document(_parse(text))
    except WrongPartError as error:
        raise TextError(
            f'The text cannot be pasted as a network, since its "{error.key}" is not as it should be: '
            "copy the network again."
        ) from error


def plain_notation(text: str) -> str | None:
    """Return the notation alone, without quotes, backticks and white space around it.

    Parameters
    ----------
    text
        Anything at all.

    Returns
    -------
    What `network.notation.parse_layers` takes, though it may refuse it; None for what is no notation.
    """
    if "{" in text or len(text) > MAX_CHARACTERS:
        return None
    typed = " ".join(text.split()).strip(QUOTES)
    is_typed = (
        re.match("[0-9]", typed)
        and len(typed) <= MAX_TYPED_CHARACTERS
        and typed.isprintable()
        # No activation has so long a name; an error would repeat it.
        and not re.search("[^0-9]{40}", typed)
    )
    return typed if is_typed else None


def _render(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _without_defaults(described: dict[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    if isinstance(name := described.get("name"), str):
        described["name"] = "".join(filter(is_visible, name))
    return {key: value for key, value in described.items() if key not in defaults or value != defaults[key]}


def _add_numbers(fragment: Fragment, described: dict[str, list[dict[str, object]]]) -> None:
    for layer, layer_description in zip(fragment.layers, described["layers"], strict=True):
        if layer.id in fragment.biases:
            layer_description["biases"] = fragment.biases[layer.id].tolist()
    for link, link_description in zip(fragment.links, described["links"], strict=True):
        if (link.source, link.target) in fragment.weights:
            link_description["weights"] = fragment.weights[link.source, link.target].tolist()


def _default_activations(count: int, is_whole: bool) -> list[str]:
    activations = [Activation.TANH.value] * count
    if is_whole:
        activations[0] = activations[-1] = Activation.IDENTITY.value
    return activations


def _chain_links(count: int) -> list[dict[str, object]]:
    return [{"source": source, "target": target} for source, target in pairwise(range(count))]


def _read_notation(text: str, default: Activation, output: Activation) -> Fragment:
    notation = plain_notation(text)
    if notation is None:
        raise TextError(
            "This text does not describe a network: copy a network or layers from this program, or type one "
            "such as 2-8:relu-1."
        )
    typed = parse_layers(notation)
    if len(typed) == 1:
        layer = Layer(0, tuple(range(1, typed[0].size + 1)), typed[0].activation or default)
        return Fragment((layer,), (), is_whole=False)
    return _whole(typed, default, output)


def _whole(typed: tuple[TypedLayer, ...], default: Activation, output: Activation) -> Fragment:
    if typed[0].activation not in (None, Activation.IDENTITY):
        raise TopologyError("The input layer passes its values on: type its number of units alone.")
    activations = [layer.activation or default for layer in typed[1:-1]]
    sizes = tuple(layer.size for layer in typed)
    check_drawn(sum(first * second for first, second in pairwise(sizes)))
    topology = chain(sizes, (*activations, typed[-1].activation or output))
    return Fragment(topology.layers, topology.links, is_whole=True)


def _beginnings(text: str) -> Iterator[int]:
    """Yield where a network may begin, in the order of likelihood; a place may come twice."""
    # As `to_text` writes it; then in whatever order another program wrote the keys.
    yield from (found.start() for found in islice(re.finditer(r'\{\s*"format"', text), MAX_BEGINNINGS))
    yield from (found.start() for found in islice(re.finditer(r"\{", text), MAX_BEGINNINGS))
    for found in islice(re.finditer('"format"', text), MAX_BEGINNINGS):
        brace = text.rfind("{", 0, found.start())
        if brace >= 0:
            yield brace


def _find_document(text: str) -> dict[str, object]:
    """Read the first network that there is, whatever stands before and after it."""
    decoder, is_damaged, in_vain = json.JSONDecoder(), False, 0
    for start in dict.fromkeys(_beginnings(text)):
        if in_vain > MAX_IN_VAIN:
            break
        stop = len(text)
        try:
            document, stop = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            is_damaged, stop = True, error.pos
        except (ValueError, RecursionError):  # a number that is too long, or too many brackets
            is_damaged = True
        else:
            if isinstance(document, dict) and document.get("format") == FORMAT:
                return document
        in_vain += stop - start
    if is_damaged:
        raise TextError(
            "This text does not describe a network, or one that is damaged or cut off: copy the network "
            "again, from its first brace to its last."
        )
    raise TextError("The text is JSON, but no network of this program: copy another text.")


def _parse(text: str) -> dict[str, object]:
    document = _find_document(text)
    version = read_value("version", document.get("version"), int)
    if version < 1:
        raise WrongPartError("version")
    if version > VERSION:
        raise TextError(
            "A newer version of this program wrote the text: update the program, or type the network."
        )
    return document


def _read_document(document: dict[str, object]) -> Fragment:
    is_whole = read_value("whole", document.get("whole", False), bool)
    described_layers = read_list(document, "layers")
    layers = _read_layers(described_layers, is_whole)
    described_links = read_list({"links": _chain_links(len(layers)), **document}, "links")
    links = read_links(layers, [{**_LINK_DEFAULTS, **link} for link in described_links])
    fragment = Fragment(layers, links, is_whole)
    if is_whole and "biases" in described_layers[0]:  # an input layer has none
        raise WrongPartError("layers.biases")
    sizes = {layer.id: len(layer.units) for layer in layers}
    biases = {
        layer.id: _read_numbers("layers.biases", [described["biases"]], (1, sizes[layer.id]))[0]
        for layer, described in zip(layers, described_layers, strict=True)
        if "biases" in described
    }
    weights = {
        (link.source, link.target): _read_numbers(
            "links.weights", described["weights"], (sizes[link.target], sizes[link.source])
        )
        for link, described in zip(links, described_links, strict=True)
        if "weights" in described
    }
    check_drawn(
        sum(
            sizes[link.source] * sizes[link.target]
            for link in links
            if (link.source, link.target) not in weights
        )
    )
    return replace(fragment, biases=biases, weights=weights)


def _read_layers(described: list[dict[str, object]], is_whole: bool) -> tuple[Layer, ...]:
    activations = _default_activations(len(described), is_whole) if described else []
    return read_layers(
        [
            {"activation": activation, **_LAYER_DEFAULTS, **layer}
            for layer, activation in zip(described, activations, strict=True)
        ]
    )


def _read_numbers(key: str, rows: object, shape: tuple[int, int]) -> FloatArray:
    """Read a matrix; each number must be one, and finite."""
    if not isinstance(rows, list) or len(rows) != shape[0]:
        raise WrongPartError(key)
    if not all(isinstance(row, list) and len(row) == shape[1] for row in rows):
        raise WrongPartError(key)
    numbers = list(chained.from_iterable(rows))
    if not all(type(number) in (int, float) for number in numbers):  # True is an int to Python
        raise WrongPartError(key)
    try:
        matrix = np.array(numbers, np.float64).reshape(shape)
    except OverflowError as error:  # a whole number can be longer than any float
        raise WrongPartError(key) from error
    if not np.isfinite(matrix).all():  # NaN, or 1e999
        raise WrongPartError(key)
    return matrix
