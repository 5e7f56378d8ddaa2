"""A setup that goes through a link, and what mail, chat and strangers make of one."""

import base64
import json
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from costs import is_cheap
from frozen_strategies import partly_frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import make_setup, unknown_settings
from sentences import steering_characters
from strategies import random_parameters, topologies

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import Task
from nn_desktop.data.sampling import SplitRule
from nn_desktop.data.source import DataSettings
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.evaluation import predict
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.errors import UserError
from nn_desktop.files.native.description import describe_topology
from nn_desktop.files.share import links
from nn_desktop.files.share.links import (
    MAX_NUMBERS,
    Link,
    LinkError,
    looks_shared,
    read_link,
    read_shared,
    to_link,
)
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import REQUIRED_OUTPUT, Activation, Initializer, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import LOSSES_OF_TASK, Setup
from nn_desktop.training.setup import make_setup as setup_of

PLAYGROUND = "https://playground.tensorflow.org/#activation=relu&dataset=xor&networkShape=3&seed=0.5&noise=10"


def make(dataset: str = "spiral", layers: str = "2-8-8-1") -> Setup:
    return make_setup(dataset, parse_layers(layers), Activation.TANH)


def make_unknown(layers: str) -> Setup:
    """A network whose data are not known."""
    typed = parse_layers(layers)
    return setup_of(unknown_settings(typed[0].size, typed[-1].size), typed, Activation.TANH)


def settings_of(name: str, samples: int, train_share: float, standardize: bool) -> DataSettings:
    return DataSettings(
        source=CATALOGUE[name], samples=samples, train_share=train_share, standardize=standardize
    )


def with_hyperparameters(setup: Setup, **choices: Any) -> Setup:
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **choices))


def pack(content: bytes, version: int = 2) -> str:
    """Make a link as the format says, without the code that is tested."""
    packed = bytes([version]) + zlib.compress(content)
    return "nnd:" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(link: str) -> bytes:
    text = link.removeprefix("nnd:")
    return zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[1:])


def parts_of(setup: Setup) -> dict[str, Any]:
    parts: dict[str, Any] = json.loads(unpack(to_link(setup)))
    return parts


def pack_parts(parts: object, numbers: bytes = b"", version: int = 2) -> str:
    return pack(json.dumps(parts).encode() + numbers, version)


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """Every kind of network, with settings of every kind that fit it."""
    topology = draw(st.one_of(topologies(), partly_frozen()))
    for layer in topology.layers[1:]:
        topology = edits.set_initializer(topology, layer.id, draw(st.sampled_from([None, *Initializer])))
    names = st.text(st.characters(exclude_categories=("C", "Z")), max_size=10)
    topology = edits.rename_layer(topology, topology.layers[-1].id, draw(names))
    output, outputs = topology.layers[-1].activation, topology.sizes[-1]
    fitting = [
        (task, loss)
        for task in (Task.REGRESSION, Task.BINARY if outputs == 1 else Task.MULTICLASS)
        for loss in LOSSES_OF_TASK[task]
        if REQUIRED_OUTPUT.get(loss, output) is output
        and (output is not Activation.SOFTMAX or task is Task.MULTICLASS)
    ]
    if not fitting:  # softmax with a single unit
        topology = edits.set_activation(topology, topology.layers[-1].id, Activation.TANH)
        fitting = [(Task.REGRESSION, Loss.MEAN_ABSOLUTE_ERROR)]
    task, loss = draw(st.sampled_from(fitting))
    data = unknown_settings(topology.sizes[0], outputs, task)
    if draw(st.booleans()):
        named = tuple(f"column {number}" for number in range(topology.sizes[0]))
        data = replace(data, source=replace(data.source, input_names=named))
    hyperparameters = Hyperparameters(
        mode=draw(st.sampled_from(Mode)),
        batch_size=draw(st.integers(1, 100_000)),
        learning_rate=draw(st.floats(min_value=0, exclude_min=True, allow_infinity=False)),
        loss=loss,
        label_smoothing=draw(st.floats(0, 0.5)),
        initializer=draw(st.sampled_from(Initializer)),
        seed=draw(st.one_of(st.just(0), st.integers(0, 2**31 - 1))),
        precision=draw(st.sampled_from(Precision)),
        engine=draw(st.sampled_from([EngineName.AUTO, *available_engines()])),
    )
    return Setup(topology, data, hyperparameters)


def edited(topology: Topology) -> Topology:
    """Edit a network so that its ids are in no order, with gaps."""
    topology = edits.insert_layer(topology, 1, 5, Activation.RELU)
    topology = edits.insert_layer(topology, 1, 3, Activation.SINE)
    topology = edits.add_units(topology, topology.layers[2].id, 1, 2)
    topology = edits.remove_unit(topology, topology.layers[2].units[0])
    topology = edits.move_unit(topology, topology.layers[2].units[3], 0)
    topology = edits.move_layer(topology, topology.layers[2].id, 1)
    topology = edits.set_initializer(topology, topology.layers[2].id, Initializer.NORMAL)
    first, second, third = topology.layers[0], topology.layers[1], topology.layers[2]
    topology = wiring.connect(topology, first.units[1], third.units[0])
    topology = wiring.connect(topology, first.units[0], third.units[2])
    topology = wiring.freeze_connections(topology, [(first.units[1], third.units[0])], True)
    topology = wiring.disconnect_all(topology, [(second.units[1], third.units[1])])
    assert [layer.id for layer in topology.layers] != sorted(layer.id for layer in topology.layers)
    return topology


# --- what is written is read


@given(setups(), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_a_setup_goes_through_a_link_unchanged(setup: Setup, with_weights: bool, seed: int) -> None:
    dtype = np.dtype(setup.hyperparameters.precision).type
    sent = random_parameters(setup.topology, seed, dtype) if with_weights else None
    text = to_link(setup, sent)
    link = read_link(text)
    assert link.setup == setup
    if sent is None:
        assert link.parameters is None
    else:
        assert link.parameters is not None
        assert link.parameters.vector.dtype == dtype
        assert link.parameters.vector.tobytes() == sent.vector.tobytes()
        assert link.parameters.topology is link.setup.topology
    assert to_link(link.setup, link.parameters) == text


@pytest.mark.parametrize(("precision", "tiny"), [("float64", 5e-324), ("float32", 1e-45)])
def test_the_most_unusual_weights_come_back_bit_by_bit(precision: str, tiny: float) -> None:
    setup = with_hyperparameters(make("sine", "1-3-1"), precision=Precision(precision))
    sent = Parameters.zeros(setup.topology, precision)
    largest = float(np.finfo(precision).max)
    sent.vector[:] = [0.0, -0.0, tiny, -tiny, largest, -largest, 0.1, 1 / 3, np.pi, 1e-30]
    read = read_link(to_link(setup, sent)).parameters
    assert read is not None
    assert read.vector.tobytes() == sent.vector.tobytes()
    read.vector[0] = 1.0  # it can be trained
    Session(setup, read).advance(1)


def test_weights_are_little_endian_after_a_byte_0() -> None:
    setup = make("sine", "1-1-1")
    sent = random_parameters(setup.topology, 1)
    document, _, numbers = unpack(to_link(setup, sent)).partition(b"\0")
    assert document == unpack(to_link(setup))
    assert np.frombuffer(numbers, "<f8").tolist() == sent.vector.tolist()


@pytest.mark.parametrize("initializer", Initializer)
@pytest.mark.parametrize("precision", Precision)
def test_a_link_without_weights_starts_from_the_same_bits(
    initializer: Initializer, precision: Precision
) -> None:
    """Ids are given anew, and what is drawn at random does not depend on them."""
    setup = with_hyperparameters(make(), initializer=initializer, precision=precision, seed=7)
    setup = setup.with_topology(edited(setup.topology))
    sender = Session(setup)
    sender.advance(5)
    sender.reset()
    read = read_link(to_link(setup)).setup
    assert read.topology != setup.topology  # other ids
    assert describe_topology(read.topology) == describe_topology(setup.topology)
    receiver = Session(read)
    assert receiver.parameters.vector.tobytes() == sender.parameters.vector.tobytes()
    # With the engine that the sender has, all that follows is the same too.
    engine = EngineName.NUMPY
    ends = []
    for one in (setup, read):
        session = Session(with_hyperparameters(one, engine=engine))
        session.advance(40)
        ends.append(session.parameters.vector.tobytes())
    assert ends[0] == ends[1]


def test_weights_of_an_edited_network_find_their_places() -> None:
    setup = make()
    setup = setup.with_topology(edited(setup.topology))
    sent = random_parameters(setup.topology, 3)
    link = read_link(to_link(setup, sent))
    assert link.parameters is not None
    points = np.random.default_rng(0).normal(size=(20, 2))
    before, after = Session(setup, sent), Session(link.setup, link.parameters)
    assert before.parameters.vector.tobytes() == after.parameters.vector.tobytes()
    assert before.losses() == after.losses()
    answers = [predict(session.parameters, points).tobytes() for session in (before, after)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("dataset", "layers", "most"),
    [("spiral", "2-8-8-1", 130), ("sine", "1-16-16-1", 130), ("digits-784", "784-128-64-10", 135)],
)
def test_a_typical_link_is_short(dataset: str, layers: str, most: int) -> None:
    assert len(to_link(make(dataset, layers))) < most


def test_a_link_of_a_setup_with_everything_chosen_is_short() -> None:
    setup = with_hyperparameters(
        make(), batch_size=10, learning_rate=0.03, seed=77, initializer=Initializer.HE_NORMAL
    )
    setup = replace(setup, data=replace(setup.data, noise=0.1, seed=123456, train_share=0.7))
    assert len(to_link(setup)) < 260


def test_equal_settings_give_equal_text() -> None:
    one = with_hyperparameters(make(), learning_rate=1.0)
    other = with_hyperparameters(make(), learning_rate=1)
    assert one == other
    assert to_link(one) == to_link(other)
    assert to_link(make()) == to_link(make())


def test_what_links_of_version_1_say() -> None:
    """Old links mean what they meant: the split of their data is by class."""
    text = "nnd:AXjaq1bKSaxMLSpWsoquVirNyywBsoxqdeBsCxxsQx2lxOSSzLLEksz8PCUrpeLM9Nz8zBSl2lgdpZTEkkQlq2qlvMTcVJBUQWZRYo5SbS0A4Zsk8A"  # noqa: E501
    read = read_link(text).setup
    assert read == replace(make(), data=settings_of("spiral", 500, 0.5, False))
    assert read.data.split is SplitRule.BY_CLASS
    assert to_link(read) == text
    assert read.hyperparameters == Hyperparameters(
        mode=Mode.MINI_BATCH,
        batch_size=16,
        learning_rate=0.05,
        loss=Loss.BINARY_CROSS_ENTROPY,
        label_smoothing=0.0,
        initializer=Initializer.GLOROT_UNIFORM,
        seed=0,
        precision=Precision.FLOAT64,
        engine=EngineName.AUTO,
    )


def test_links_of_version_2_mean_an_exact_split() -> None:
    text = "nnd:Anjaq1bKSaxMLSpWsoquVirNyywBsoxqdeBsCxxsQx2lxOSSzLLEksz8PCUrpeLM9Nz8zBSl2lgdpZTEkkQlq2qlvMTcVJBUQWZRYo5SbS0A4Zsk8A"  # noqa: E501
    assert to_link(make()) == text
    assert read_link(text).setup == make()
    assert read_link(text).setup.data.split is SplitRule.EXACT


def test_a_link_of_a_regression_is_one_of_version_1() -> None:
    assert to_link(make("sine", "1-3-1")).startswith("nnd:AX")


@pytest.mark.parametrize(
    ("layers", "data", "loss"),
    [
        ((1, 1), settings_of("sine", 200, 0.8, False), Loss.MEAN_SQUARED_ERROR),
        ((1, 1), settings_of("x-sin-x", 200, 0.8, True), Loss.MEAN_SQUARED_ERROR),
        ((2, 1), settings_of("plane", 1200, 0.5, False), Loss.MEAN_SQUARED_ERROR),
        ((4, 3), settings_of("iris", 150, 0.7, True), Loss.CATEGORICAL_CROSS_ENTROPY),
        ((30, 1), settings_of("breast-cancer", 569, 0.7, True), Loss.BINARY_CROSS_ENTROPY),
    ],
    ids=lambda value: value.source.name if isinstance(value, DataSettings) else None,
)
def test_defaults_that_links_of_version_1_leave_out(
    layers: tuple[int, int], data: DataSettings, loss: Loss
) -> None:
    described = [{"units": layers[0]}, {"units": layers[1]}]
    activation = REQUIRED_OUTPUT.get(loss, Activation.IDENTITY)
    described[1]["activation"] = activation  # type: ignore[assignment]
    parts = {"layers": described, "data": {"name": data.source.name}}
    setup = read_link(pack_parts(parts, version=1)).setup
    assert setup.data == data
    assert setup.hyperparameters.loss is loss
    assert [layer.activation for layer in setup.topology.layers] == [Activation.IDENTITY, activation]
    assert setup.topology.is_chain


@pytest.mark.parametrize("name", ["cpp", "cuda", ""])
def test_an_engine_that_is_not_here_gives_way_to_the_fastest(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "available_engines", lambda: {EngineName.NUMPY: None})
    parts = parts_of(make())
    parts["hyperparameters"] = {"engine": name}
    assert read_link(pack_parts(parts)).setup.hyperparameters.engine is EngineName.AUTO
    parts["hyperparameters"] = {"engine": "numpy"}
    assert read_link(pack_parts(parts)).setup.hyperparameters.engine is EngineName.NUMPY


# --- what cannot be written


def test_too_many_weights_go_as_a_file() -> None:
    setup = make_unknown("98-917-10")
    assert Parameters.zeros(setup.topology).vector.size == MAX_NUMBERS - 37
    text = to_link(setup, random_parameters(setup.topology, 0))
    assert 1_000_000 < len(text) < links.MAX_CHARACTERS
    assert read_link(text).parameters is not None
    wider = make_unknown("98-918-10")
    assert Parameters.zeros(wider.topology).vector.size == MAX_NUMBERS + 72
    with pytest.raises(LinkError, match=r"100,072 weights and biases.*send the file"):
        to_link(wider, Parameters.zeros(wider.topology))
    assert read_link(to_link(wider)).setup == wider


def test_too_many_single_connections_go_as_a_file() -> None:
    setup = make_unknown("400-800-1")
    first, second = setup.topology.layers[:2]
    gone = [(s, t) for s in first.units for t in second.units if (s + t) % 2]
    with pytest.raises(LinkError, match=r"too many single connections.*send the file"):
        to_link(setup.with_topology(wiring.disconnect_all(setup.topology, gone)))


def test_names_that_are_too_long_go_as_a_file() -> None:
    setup = make_unknown("6000-1-5000")
    names = {
        "input_names": tuple(f"{number:0100d}" for number in range(6000)),
        "output_names": tuple(f"{number:0100d}" for number in range(5000)),
    }
    named = replace(setup, data=replace(setup.data, source=replace(setup.data.source, **names)))
    with pytest.raises(LinkError) as caught:
        to_link(named)
    assert str(caught.value) == (
        "The names of the inputs and outputs are too long for a link: export the network as JSON, and send "
        "the file instead."
    )
    names = {key: each[:-1500] for key, each in names.items()}
    fits = make_unknown("4500-1-3500")
    fits = replace(fits, data=replace(fits.data, source=replace(fits.data.source, **names)))
    assert read_link(to_link(fits)).setup == fits


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_not_written(number: float) -> None:
    setup = make()
    parameters = random_parameters(setup.topology, 0)
    parameters.vector[3] = number
    with pytest.raises(LinkError, match="not finite"):
        to_link(setup, parameters)


def test_weights_of_another_network_or_precision_are_a_mistake() -> None:
    setup = make()
    with pytest.raises(ValueError, match="do not belong"):
        to_link(setup, Parameters.zeros(make("sine", "1-2-1").topology))
    with pytest.raises(ValueError, match="do not belong"):
        to_link(setup, Parameters.zeros(setup.topology, np.float32))


# --- what mail and chat do to links

WRAPPED = to_link(make())
LINES = [WRAPPED[start : start + 30] for start in range(0, len(WRAPPED), 30)]


@pytest.mark.parametrize(
    "text",
    [
        f"  {WRAPPED}\n",
        f"<{WRAPPED}>",
        f'"{WRAPPED}"',
        f"“{WRAPPED}”,",
        f"«{WRAPPED}».",
        f"({WRAPPED})",
        f"`{WRAPPED}`",
        f"[my spiral]({WRAPPED})",
        f"{WRAPPED}.",
        f"{WRAPPED}, and so on",
        f"{WRAPPED} thanks for looking",
        f"{WRAPPED}==",
        f"{WRAPPED}/",
        f"Look at nnd: it is nnd:great, see {WRAPPED} and {to_link(make('sine', '1-2-1'))}",
        f"Do not copy nnd:AXjaq1bKSaxMLSpWsoquVirNyywB but {WRAPPED}",
        f"Grüße! {WRAPPED} \N{WAVING HAND SIGN} Bob",
        "\n".join(LINES),
        "\r\n".join(LINES),
        " ".join(LINES),
        "\n> ".join(LINES),
        "\n> > ".join(LINES),
        "=\r\n".join(LINES),
        "\N{ZERO WIDTH SPACE}".join(LINES),
        "\N{SOFT HYPHEN}".join(LINES),
        "\N{NO-BREAK SPACE}\n".join(LINES),
        WRAPPED.replace("nnd:", "NND:"),
        WRAPPED.replace("nnd:", "Nnd: "),
        WRAPPED.replace("nnd:", "nnd://"),
    ],
)
def test_what_surrounds_and_breaks_a_link_does_no_harm(text: str) -> None:
    assert looks_shared(text)
    assert read_link(text).setup == make()


@pytest.mark.parametrize(("hyphens", "typed"), [("--", "–"), ("--", "—"), ("-", "‐"), ("-", "\u2011")])
def test_what_typography_makes_of_hyphens_is_undone(hyphens: str, typed: str) -> None:
    seeds = (with_hyperparameters(make(), seed=seed) for seed in range(100_000))
    setup = next(setup for setup in seeds if hyphens in to_link(setup))
    assert read_link(to_link(setup).replace(hyphens, typed)).setup == setup


@given(st.integers(0, 3), st.text(max_size=30))
@settings(max_examples=50)
def test_any_words_after_a_link_do_no_harm(length: int, words: str) -> None:
    """Links of each length modulo 4 end by themselves."""
    setup = with_hyperparameters(make(), seed=10**length)
    assert read_link(to_link(setup) + words).setup == setup


# --- what cannot be opened


def refusal(text: str) -> str:
    """Return the sentence that a text is refused with."""
    with pytest.raises(LinkError) as caught:
        read_link(text)
    sentence = str(caught.value)
    assert not steering_characters(sentence)
    assert sentence.endswith((".", "?"))
    assert len(sentence) < 400
    return sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no link"),
        ("nnd:", "no link"),
        ("Hello, world", "no link"),
        ("2-8-8-1", "no link"),
        ("nnd: is what links begin with", "no link"),
        ("https://example.org/?nnd=1", "no link"),
        ("xnnd:" + WRAPPED[4:], "no link"),
        ("\ud800 nnd:", "no link"),
        (WRAPPED[:60], "damaged or cut off"),
        (WRAPPED[:-2], "damaged or cut off"),
        (WRAPPED[:40] + WRAPPED[44:], "damaged or cut off"),
        (WRAPPED[:40] + "A" + WRAPPED[41:], "damaged or cut off"),
        ("nnd:AAAAAAAAAAAAAAA", "damaged or cut off"),
        ("nnd:AXjaAAAAAAAAAAA", "damaged or cut off"),
        ("nnd:" + "A" * 1_999_990, "damaged or cut off"),
        ("nnd:AXjaAAAAAAA " * 100_000, "damaged or cut off"),
        ("nnd:" * 499_999, "no link"),
        ("nnd:" + " " * 1_999_990, "no link"),
        ("nnd:" + " /" * 900_000, "no link"),
        (" nnd:AXjaAAAA" * 100_000 + "é" * 600_000, "damaged or cut off"),
        ("x" * 2_000_001, "2,000,001 characters"),
        (pack(b"{}", version=0), "damaged or cut off"),
        (pack(b"{}", version=3), "format 3, and 2 is known here"),
        (pack(b"whatever", version=7), "newer version"),
        (pack(b"{}", version=200), "no link"),
        (pack(b""), "damaged or cut off"),
        (pack(b"[]"), "damaged or cut off"),
        (pack(b"null"), "damaged or cut off"),
        (pack(b'"x"'), "damaged or cut off"),
        (pack(b"{} {}"), "damaged or cut off"),
        (pack(b"\xff\xfe{}"), "damaged or cut off"),
        (pack(b'{"layers":' + b"9" * 10_000 + b"}"), "damaged or cut off"),
        (pack(b'{"data":' * 400 + b"1" + b"}" * 400), '"'),
        (pack(b'{"layers":' + b"[" * 400_000 + b"]" * 400_000 + b"}"), '"layers" is not'),
        (pack(b'{"layers":[],"data":{"name":"sine"}}'), '"layers" is not'),
        (pack(b"{}"), '"layers" is not'),
        (pack(b" " * 1_000_001), '"layers" is not'),
        (pack(b"\0" * 1_500_000), "damaged or cut off"),
        (pack(b" " * 50_000_000), "more than any link"),
        (pack(b'{"layers":' + b"[[]," * 240_000 + b"]}"), '"layers" is not'),
        (pack(b'{"layers":[' + b"[]," * 240_000), "damaged or cut off"),
        (pack(b'{"layers":[' + b"[]," * 330_000 + b"[]]}"), '"layers" is not'),
        (pack(b'{"layers":[' + b"{}," * 330_000 + b"{}]}"), "layers are more than the 64"),
        (pack(b'{"data":{"' + b"x" * 900_000 + b'":1},"layers":[{"units":1},{"units":1}]}'), "not known"),
        (pack(b'{"\\ud800\\n":1}'), "not known here"),
        (pack(b'{"momentum":1}'), '"momentum", which is not known here'),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_text_that_is_no_link(text: str, says: str) -> None:
    assert says in refusal(text)
    assert is_cheap(lambda: refusal(text))


def unknown_part(**more: object) -> dict[str, object]:
    return {"name": "unknown", "task": "binary", "inputs": 2, "outputs": 1, **more}


Edit = Callable[[dict[str, Any]], object]
EDITS: dict[str, Edit] = {
    'no dataset "sprial". Did you mean "spiral"': lambda d: d["data"].update(name="sprial"),
    'no dataset "random-9"': lambda d: d["data"].update(name="random-9"),
    'no dataset "random-0-3"': lambda d: d["data"].update(name="random-0-3"),
    'no dataset "random-3-of-1"': lambda d: d["data"].update(name="random-3-of-1"),
    '"data.task" is not': lambda d: d.update(data={"name": "unknown"}),
    '"data.inputs" is not': lambda d: d.update(data=unknown_part(inputs=10**9)),
    '"data.outputs" is not': lambda d: d.update(data=unknown_part(outputs=2)),
    '"data.input_names" is not': lambda d: d.update(data=unknown_part(input_names=["a"])),
    '"data.class_names" is not': lambda d: d.update(data=unknown_part(class_names=["a", "\n"])),
    '"data.name" is not': lambda d: d["data"].update(name="s" * 101),
    'its "data.name"': lambda d: d["data"].update(name=["spiral"]),
    'link cannot be opened, since its "data.name"': lambda d: d.pop("data"),
    '"data" is not': lambda d: d.update(data=[]),
    '"hyperparameters" is not': lambda d: d.update(hyperparameters=None),
    '"data.samples" is not': lambda d: d["data"].update(samples=1e3),
    "must lie between 4 and 100000": lambda d: d["data"].update(samples=10**9),
    "The noise must": lambda d: d["data"].update(noise=float("nan")),
    "noise must lie": lambda d: d["data"].update(noise=float("inf")),
    '"data.noise" is not': lambda d: d["data"].update(noise=10**400),
    '"data.standardize" is not': lambda d: d["data"].update(standardize=1),
    '"data.positions" is not': lambda d: d["data"].update(positions="grid\n"),
    '"file", which is not known here': lambda d: d["data"].update(file="/etc/passwd"),
    '"hyperparameters.mode" is not': lambda d: d.update(hyperparameters={"mode": "adam"}),
    '"hyperparameters.engine" is not': lambda d: d.update(hyperparameters={"engine": 1}),
    '"hyperparameters.seed" is not': lambda d: d.update(hyperparameters={"seed": True}),
    "The seed -1 cannot": lambda d: d.update(hyperparameters={"seed": -1}),
    "learning rate of nan": lambda d: d.update(hyperparameters={"learning_rate": float("nan")}),
    "learning rate of -1": lambda d: d.update(hyperparameters={"learning_rate": -1}),
    '"momentum", which is not known here': lambda d: d.update(hyperparameters={"momentum": 0.9}),
    "is no loss for binary": lambda d: d.update(hyperparameters={"loss": "categorical-cross-entropy"}),
    "needs sigmoid in the output layer": lambda d: d["layers"][3].pop("activation"),
    "The input layer has 2 units": lambda d: d["data"].update(name="sine"),
    '"layers" is not': lambda d: d.pop("layers"),
    'its "layers" is': lambda d: d.update(whole=False),
    'its "layers" is not': lambda d: d["layers"][1].update(biases=[0.0] * 8),
    '"layers.units" is not': lambda d: d["layers"][1].update(units="8"),
    "1 to 10000 units, not 1000000000": lambda d: d["layers"][1].update(units=10**9),
    "units are more than the limit of 100,000": lambda d: d["layers"].extend([{"units": 10_000}] * 60),
    "layers are more than the 64": lambda d: d["layers"].extend([{"units": 1}] * 100),
    '"layers.name" is not': lambda d: d["layers"][1].update(name=None),
    "Softmax": lambda d: d["layers"][1].update(activation="softmax"),
    '"links" is not': lambda d: d.update(links=1),
    '"links.source" is not': lambda d: d.update(links=[{"source": 9, "target": 1}]),
    "both ends lie in": lambda d: d.update(links=[{"source": 1, "target": 1}]),
    "linked twice": lambda d: d.update(links=[{"source": 0, "target": 1}] * 1000),
    '"version" is not': lambda d: d.update(version="1"),
    "newer version of this program wrote": lambda d: d.update(version=2),
}


@pytest.mark.parametrize("words", EDITS)
def test_a_wrong_part_is_refused(words: str) -> None:
    parts = parts_of(make())
    assert read_link(pack_parts(parts)).setup == make()
    EDITS[words](parts)
    assert words in refusal(pack_parts(parts))


@pytest.mark.parametrize(
    ("numbers", "precision"),
    [
        (b"", "float64"),
        (b"\0" * 8, "float64"),
        (b"\0" * (8 * 105 - 1), "float64"),
        (b"\0" * (8 * 105 + 1), "float64"),
        (b"\0" * (8 * 105), "float32"),
        (b"\0" * (4 * 105), "float64"),
        (np.full(105, np.nan).tobytes(), "float64"),
        (np.full(105, np.inf).tobytes(), "float64"),
        (np.array([0.0] * 104 + [-np.inf], np.float32).tobytes(), "float32"),
    ],
)
def test_numbers_that_are_no_weights_are_refused(numbers: bytes, precision: str) -> None:
    parts = parts_of(with_hyperparameters(make(), precision=Precision(precision)))
    assert '"weights" is not' in refusal(pack_parts(parts, b"\0" + numbers))


def test_a_removed_connection_has_no_weight() -> None:
    setup = make("sine", "1-2-1")
    first, second = setup.topology.layers[:2]
    setup = setup.with_topology(wiring.disconnect_all(setup.topology, [(first.units[0], second.units[0])]))
    numbers = np.zeros(7)
    assert read_link(pack_parts(parts_of(setup), b"\0" + numbers.tobytes())).setup == setup
    numbers[0] = 0.5
    assert '"weights" is not' in refusal(pack_parts(parts_of(setup), b"\0" + numbers.tobytes()))


def parts(sizes: list[int], **data: object) -> dict[str, object]:
    return {"layers": [{"units": size} for size in sizes], "data": {"name": "sine", **data}}


TOO_MUCH = {
    "units are more than the limit of 100,000": {**parts([1, *[10_000] * 62, 1]), "links": []},
    "12,004,000 weights are more than the limit of 5,000,000": parts([1, 2000, 2000, 2000, 2000, 1]),
    "products are more than": parts([1, 2000, 2000, 1], samples=100_000),
    "products are more than the": {**parts([1, *[9_000] * 10, 1], samples=100_000), "links": []},
}


@pytest.mark.parametrize("says", list(TOO_MUCH))
def test_a_short_link_cannot_ask_for_much(says: str) -> None:
    text = pack_parts(TOO_MUCH[says])
    assert len(text) < 300
    tracemalloc.start()
    assert says in refusal(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_the_largest_networks_are_read_and_their_weights_are_not() -> None:
    largest = {**parts([1, *[10_000] * 9, 1]), "links": []}
    assert len(read_link(pack_parts(largest)).setup.topology.layers) == 11
    assert '"weights" is not' in refusal(pack_parts(largest, b"\0" * 1000))


def test_a_bomb_takes_little_memory() -> None:
    bomb = pack(b" " * 100_000_000)
    assert len(bomb) < 200_000
    tracemalloc.start()
    refusal(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


NOTHING_LIKE_IT: list[object] = [
    None, [], {}, [1], {"a": 1}, "", "x\ny", True, 1.5, -1, 10**400, [[[]]], [None], "\ud800", float("nan"),
]  # fmt: skip


@pytest.mark.parametrize("wrong", NOTHING_LIKE_IT, ids=repr)
def test_wrong_values_anywhere_are_refused_or_read(wrong: object) -> None:
    parts = parts_of(make())
    parts["links"] = describe_topology(make().topology)["links"]
    parts["hyperparameters"] = {"engine": "auto"}
    records = (parts, parts["layers"][1], parts["links"][0], parts["data"], parts["hyperparameters"])
    known = ("name", "samples", "noise", "seed", "mode", "learning_rate", "loss", "units", "only", "format")
    for record in records:
        for key in {*record, *known}:
            kept = dict(record)
            record[key] = wrong
            link = read_or_refused(pack_parts(parts))
            assert link is None or read_link(to_link(link.setup)).setup == link.setup
            record.clear()
            record.update(kept)


def read_or_refused(text: str) -> Link | None:
    try:
        return read_link(text)
    except LinkError as error:
        assert str(error).endswith((".", "?"))
        assert not steering_characters(str(error))
        return None


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_mutated_link_is_refused_or_means_the_same(data: st.DataObject) -> None:
    setup = with_hyperparameters(make("sine", "1-2-1"), seed=data.draw(st.integers(0, 999)))
    sent = random_parameters(setup.topology, 0) if data.draw(st.booleans()) else None
    text = to_link(setup, sent)
    characters = st.one_of(st.text("Aa0-_z= \n", max_size=3), st.text(max_size=3))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        text = text[:start] + data.draw(characters) + text[start + data.draw(st.integers(0, 3)) :]
    link = read_or_refused(text)
    if link is not None:
        assert link.setup == setup
        assert (link.parameters is None) == (sent is None)
        if link.parameters is not None and sent is not None:
            assert link.parameters.vector.tobytes() == sent.vector.tobytes()


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_mutated_description_is_read_or_refused(data: st.DataObject) -> None:
    """With a checksum that is right: a stranger can compute it too."""
    setup = with_hyperparameters(make(), seed=5, engine=EngineName.NUMPY)
    content = unpack(to_link(setup, random_parameters(setup.topology, 0)))
    content = content[: data.draw(st.sampled_from([content.index(b"\0"), len(content)]))]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, min(len(content), 250)))
        replacement = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from([b"9", b'"', b"[", b"{}"])))
        content = content[:start] + replacement + content[start + data.draw(st.integers(0, 3)) :]
    read_or_refused(pack(content))


# --- links and addresses


def test_both_kinds_are_told_apart() -> None:
    setup = make()
    sent = random_parameters(setup.topology, 0)
    shared = read_shared(to_link(setup, sent))
    assert shared.setup == setup
    assert shared.parameters is not None
    assert shared.parameters.vector.tobytes() == sent.vector.tobytes()
    assert shared.remarks == ()
    shared = read_shared(f"Look: {PLAYGROUND}.")
    assert shared.setup.data.source.name == "xor"
    assert shared.parameters is None
    assert shared.remarks


@pytest.mark.parametrize(
    ("text", "is_shared"),
    [
        (WRAPPED, True),
        (f"see {WRAPPED}!", True),
        (PLAYGROUND, True),
        (PLAYGROUND.partition("#")[2], True),
        ("HTTP://PLAYGROUND.TENSORFLOW.ORG/#", True),
        ("", False),
        ("2-8-8-1", False),
        ("nnd:", False),
        ("nnd: a scheme", False),
        ('{"format":"nn-desktop-layers","version":1}', False),
        ("https://example.org/#x=1&y=2&seed=3", False),
        ("I like playground.tensorflow.org", False),
        ("/home/me/network.json", False),
        ("x" * 2_000_001 + WRAPPED, False),
    ],
)
def test_what_looks_shared(text: str, is_shared: bool) -> None:
    assert looks_shared(text) is is_shared


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(LinkError, match="no link"):
        read_shared("Hello, world")
    with pytest.raises(LinkError, match="characters"):
        read_shared(" " * 2_000_001)
    with pytest.raises(UserError, match="noise"):
        read_shared(PLAYGROUND.replace("noise=10", "noise=loud"))


def test_looking_is_cheap() -> None:
    for text in (
        "nnd:" * 499_999,
        "nnd:" + " " * 1_999_990,
        "networkShape" * 160_000,
        "playground." * 180_000,
    ):
        assert not looks_shared(text)
        assert is_cheap(partial(looks_shared, text), 50)
