"""Addresses of TensorFlow Playground (github.com/tensorflow/playground), which hold all of its settings.

After ``#`` they have ``name=value`` pairs with ``&`` between, as its ``src/state.ts`` reads them. What counts
here, with what a missing or empty value means:

================================ ============================================================== ==============
name                             value                                                          if missing
================================ ============================================================== ==============
problem                          ``classification``, ``regression``                             classification
dataset                          ``circle``, ``xor``, ``gauss``, ``spiral``: of classifications circle
regDataset                       ``reg-plane``, ``reg-gauss``: of regressions                   reg-plane
noise, percTrainData             percents                                                       0, 50
networkShape                     units of the hidden layers, with commas                        4,2
activation                       ``relu``, ``tanh``, ``sigmoid``, ``linear``: of hidden layers  tanh
batchSize, learningRate          numbers                                                        10, 0.03
regularization                   ``none``, ``L1``, ``L2``                                       none
regularizationRate               a number                                                       0
x, y, xSquared, ySquared,        whether it is an input: all but ``false`` means yes            x and y alone
xTimesY, sinX, sinY
initZero                         likewise: whether weights and biases start at 0                false
seed                             any text                                                       a random one
================================ ============================================================== ==============

An empty ``networkShape`` means no hidden layer; a noise below 0 means 0 and one above 80 means 50;
``x_hide=true`` takes an input away, ticked or not. The output is tanh in a classification and linear in a
regression, and the loss ½(o−t)² in both. ``cosX`` and ``cosY`` have no effect there, and the other names
only change the view.

The seed here is the CRC-32 of theirs in UTF-8, modulo 2³¹; a missing one is 0. So one address always means
the same here, though not the same points and weights as there.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite
from typing import Final, TypeVar
from urllib.parse import parse_qsl

from nn_desktop.data.planar import CIRCLE, GAUSS, GAUSSIANS, PLANE, SPIRAL, XOR
from nn_desktop.data.sampling import MAX_NOISE, MAX_SEED, MAX_TRAIN_SHARE, MIN_TRAIN_SHARE
from nn_desktop.data.source import DataSettings
from nn_desktop.errors import UserError
from nn_desktop.network import wiring
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.topology import MAX_LAYERS, MAX_UNITS, Topology, chain, check_drawn
from nn_desktop.texts import shown
from nn_desktop.training.hyperparameters import MAX_BATCH_SIZE, Hyperparameters, Mode
from nn_desktop.training.settings import LEARNING_RATE
from nn_desktop.training.setup import Setup

MAX_CHARACTERS: Final = 2_000_000
"""Of a text in which an address is looked for."""
MAX_ADDRESS_LENGTH: Final = 10_000
MAX_FIELDS: Final = 200

ACTIVATIONS: Final = {
    "relu": Activation.RELU,
    "tanh": Activation.TANH,
    "sigmoid": Activation.SIGMOID,
    "linear": Activation.IDENTITY,
}
DATASETS: Final = {"circle": CIRCLE, "xor": XOR, "gauss": GAUSS, "spiral": SPIRAL}
REGRESSION_DATASETS: Final = {"reg-plane": PLANE, "reg-gauss": GAUSSIANS}
CLASSIFICATION_SAMPLES: Final = 500
REGRESSION_SAMPLES: Final = 1200

_HOST: Final = re.compile(r"playground\.tensorflow\.org[^\s#]{0,40}#", re.IGNORECASE)
_SURE_SIGN: Final = re.compile("networkShape=")
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\n]")
_AROUND: Final = re.compile(r"[\s<>\"'`“”„«»]")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_FEATURES: Final = {
    "xSquared": "x1²",
    "ySquared": "x2²",
    "xTimesY": "x1·x2",
    "sinX": "sin x1",
    "sinY": "sin x2",
}

_T = TypeVar("_T")


class PlaygroundError(UserError):
    """An address of TensorFlow Playground that cannot be opened: why, what to do."""


@dataclass(frozen=True)
class PlaygroundSetup:
    """What an address of TensorFlow Playground says.

    Attributes
    ----------
    setup
        The same here, as far as it goes.
    remarks
        One sentence for each thing that is not the same here.
    """

    setup: Setup
    remarks: tuple[str, ...] = ()


def has_fragment(text: str) -> bool:
    """Tell whether a text seems to hold an address of TensorFlow Playground, or its fragment."""
    return len(text) <= MAX_CHARACTERS and _find_sign(text) is not None


def read_fragment(text: str) -> PlaygroundSetup:
    """Read the first address of TensorFlow Playground in a text, or what comes after its ``#``.

    Line breaks within it, and what surrounds it, do no harm. What only changes the view is left out silently.

    Raises
    ------
    PlaygroundError
        If there is none, or it says what cannot be.
    """
    values = _read_values(text)
    remarks: list[str] = []
    is_regression = _name(values, "problem", {"classification": False, "regression": True}, "classification")
    try:
        topology = _read_topology(values, is_regression, remarks)
        data = _read_data(values, is_regression, remarks)
        hyperparameters = _read_hyperparameters(values, remarks)
        setup = Setup(topology, data, hyperparameters)
    except PlaygroundError:
        raise
    except UserError as error:
        raise PlaygroundError(f"The address of TensorFlow Playground cannot be opened. {error}") from error
    return PlaygroundSetup(setup, (*remarks, _remark_on_chance(hyperparameters.initializer)))


def _find_sign(text: str) -> re.Match[str] | None:
    return _SURE_SIGN.search(text) or _HOST.search(text)


def _read_values(text: str) -> dict[str, str]:
    fragment = _find_fragment(text) if len(text) <= MAX_CHARACTERS else None
    if fragment is None:
        raise PlaygroundError(
            "The text holds no address of TensorFlow Playground: copy it as a whole, with what comes after #."
        )
    try:
        # A plus sign is one: 1e+1. Of equal names the last one counts, as there.
        pairs = parse_qsl(fragment.replace("+", "%2B"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise PlaygroundError(
            f"The address has more than {MAX_FIELDS} parts, and none of TensorFlow Playground does: copy it "
            "again."
        ) from error
    return {name: value.strip() for name, value in pairs}


def _find_fragment(text: str) -> str | None:
    sign = _find_sign(text)
    if sign is None:
        return None
    # What is farther away than any address is long can only take time.
    near = text[max(0, sign.start() - MAX_ADDRESS_LENGTH) : sign.start() + MAX_ADDRESS_LENGTH]
    near = _join_lines(near)
    sign = _find_sign(near)
    if sign is None:
        return None
    before = _AROUND.split(near[: sign.start()])[-1]
    after = _AROUND.split(near[sign.start() :], maxsplit=1)[0]
    address = (before + after).rstrip(".,;:!?)]}")
    return _after_mark(address).replace("&amp;", "&")


def _after_mark(address: str) -> str:
    """Return what follows # or, where there is none, ? before the first name."""
    if "#" in address:
        return address.partition("#")[2]
    beginning = address.partition("=")[0]
    return address[beginning.rfind("?") + 1 :].lstrip("([{")


def _join_lines(text: str) -> str:
    """Undo the line breaks that mail puts into an address, and the marks of a quotation after them."""
    first, *others = _LINE_ENDS.split(text)
    parts, is_within = [first], _ends_within(first)
    for line in others:
        plain = line.lstrip(" \t>")
        if is_within and "&" in _first_word(plain):
            parts[-1] = parts[-1].rstrip()
            parts.append(plain)
        else:
            parts.append(f"\n{line}")
        is_within = _ends_within(line)
    return "".join(parts)


def _ends_within(line: str) -> bool:
    """Tell whether a line ends with what may be the beginning of an address."""
    words = line.split()
    return bool(words) and any(mark in words[-1] for mark in "#&=")


def _first_word(line: str) -> str:
    return next(iter(line.split(maxsplit=1)), "")


def _read_topology(values: Mapping[str, str], is_regression: bool, remarks: list[str]) -> Topology:
    hidden = _read_shape(values)
    activation = _name(values, "activation", ACTIVATIONS, "tanh")
    output = Activation.IDENTITY if is_regression else Activation.TANH
    sizes = (2, *hidden, 1)
    check_drawn(sum(first * second for first, second in pairwise(sizes)))
    topology = chain(sizes, (*[activation] * len(hidden), output))
    _remark_on_features(values, remarks)
    is_used = [_is_input(values, name, ticked=True) for name in ("x", "y")]
    if not any(is_used):
        remarks.append("The inputs x1 and x2 are both unticked there, and they are the only inputs here.")
    elif not all(is_used):
        unused = is_used.index(False)
        topology = _without_connections(topology, unused)
        remarks.append(f"The input x{unused + 1} is unticked there: here it is drawn, without connections.")
    return topology


def _read_shape(values: Mapping[str, str]) -> tuple[int, ...]:
    shape = values.get("networkShape", "4,2")
    sizes = shape.split(",") if shape else []
    if len(sizes) > MAX_LAYERS - 2:
        raise _refusal("networkShape", shape, f"{MAX_LAYERS - 2} hidden layers at most")
    wanted = f"units of each hidden layer from 1 to {MAX_UNITS}"
    return tuple(_whole("networkShape", size, 1, MAX_UNITS, wanted) for size in sizes)


def _without_connections(topology: Topology, place: int) -> Topology:
    inputs, after = topology.layers[:2]
    return wiring.disconnect_all(topology, [(inputs.units[place], unit) for unit in after.units])


def _is_input(values: Mapping[str, str], name: str, ticked: bool) -> bool:
    return _flag(values, name, ticked) and values.get(f"{name}_hide") != "true"


def _remark_on_features(values: Mapping[str, str], remarks: list[str]) -> None:
    missing = [title for name, title in _FEATURES.items() if _is_input(values, name, ticked=False)]
    if missing:
        listed = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        subject, verb = ("input", "is") if len(missing) == 1 else ("inputs", "are")
        remarks.append(f"The {subject} {listed} {verb} left out: a network here sees x1 and x2 alone.")


def _read_data(values: Mapping[str, str], is_regression: bool, remarks: list[str]) -> DataSettings:
    classification = _name(values, "dataset", DATASETS, "circle")
    regression = _name(values, "regDataset", REGRESSION_DATASETS, "reg-plane")
    return replace(
        (regression if is_regression else classification).default_settings,
        samples=REGRESSION_SAMPLES if is_regression else CLASSIFICATION_SAMPLES,
        noise=_read_noise(values, remarks),
        seed=_read_seed(values),
        train_share=_read_train_share(values, remarks),
        standardize=False,
    )


def _read_noise(values: Mapping[str, str], remarks: list[str]) -> float:
    noise = _number(values, "noise", 0.0)
    if noise < 0 or noise > 80:  # as there
        return 0.0 if noise < 0 else MAX_NOISE
    if noise > 100 * MAX_NOISE:
        remarks.append(f"Its noise of {noise:g} % is more than there can be here: {MAX_NOISE:.0%} are taken.")
    return min(noise / 100, MAX_NOISE)


def _read_train_share(values: Mapping[str, str], remarks: list[str]) -> float:
    percent = _number(values, "percTrainData", 50.0)
    if not 0 < percent <= 100:
        raise _refusal("percTrainData", values["percTrainData"], "a share from 1 to 100 percent")
    share = min(max(percent / 100, MIN_TRAIN_SHARE), MAX_TRAIN_SHARE)
    if share != percent / 100:
        remarks.append(
            f"Its share of {percent:g} % for training cannot be chosen here: {share:.0%} are taken."
        )
    return share


def _read_seed(values: Mapping[str, str]) -> int:
    # Half of a pair of surrogates cannot be encoded.
    return zlib.crc32(values.get("seed", "").encode(errors="replace")) % (MAX_SEED + 1)


def _read_hyperparameters(values: Mapping[str, str], remarks: list[str]) -> Hyperparameters:
    rate = _number(values, "learningRate", 0.03)
    if rate <= 0:
        raise _refusal("learningRate", values["learningRate"], "a number above 0")
    wanted = f"a whole number from 1 to {MAX_BATCH_SIZE}"
    batch_size = _whole("batchSize", values.get("batchSize") or "10", 1, MAX_BATCH_SIZE, wanted)
    _remark_on_regularization(values, remarks)
    chosen = Hyperparameters(
        mode=Mode.MINI_BATCH,
        batch_size=batch_size,
        loss=Loss.HALF_SQUARED_ERROR,
        initializer=Initializer.ZEROS if _flag(values, "initZero", False) else Initializer.UNIFORM,
        seed=_read_seed(values),
    )
    return LEARNING_RATE.put_in(chosen, rate)


def _remark_on_regularization(values: Mapping[str, str], remarks: list[str]) -> None:
    kind = _name(values, "regularization", {"none": "", "L1": "L1", "L2": "L2"}, "none")
    rate = _number(values, "regularizationRate", 0.0)
    if kind and rate:
        remarks.append(f"Its {kind} regularization with the rate {rate:g} is left out: there is none here.")


def _remark_on_chance(initializer: Initializer) -> str:
    if initializer is Initializer.ZEROS:
        return "The points are drawn anew: they follow the same rules, and are others than there."
    return (
        "Points and weights are drawn anew: they follow the same rules, and are others than there; biases "
        "start at 0 here, and at 0.1 there."
    )


def _name(values: Mapping[str, str], key: str, choices: Mapping[str, _T], default: str) -> _T:
    name = values.get(key) or default
    if name not in choices:
        *others, last = choices
        raise _refusal(key, name, f"{', '.join(others)} or {last}")
    return choices[name]


def _flag(values: Mapping[str, str], key: str, default: bool) -> bool:
    value = values.get(key)
    return value != "false" if value else default


def _number(values: Mapping[str, str], key: str, default: float) -> float:
    value = values.get(key)
    if not value:
        return default
    number = _as_number(value)
    if number is None:
        raise _refusal(key, value, "a number")
    return number


def _whole(key: str, value: str, low: int, high: int, wanted: str) -> int:
    number = _as_number(value.strip())
    if number is None or not number.is_integer() or not low <= number <= high:
        raise _refusal(key, value, wanted)
    return int(number)


def _as_number(value: str) -> float | None:
    if _NUMBER.fullmatch(value) is None:
        return None
    number = float(value)
    return number if isfinite(number) else None


def _refusal(key: str, value: str, wanted: str) -> PlaygroundError:
    return PlaygroundError(
        f'The address of TensorFlow Playground cannot be opened, since its {key} is "{shown(value)}" instead '
        f"of {wanted}: correct it, or copy the address again."
    )
