"""Addresses of TensorFlow Playground: the same setup here, and in words what is not the same."""

import zlib
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from costs import is_cheap
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import steering_characters

from nn_desktop.data.planar import CIRCLE
from nn_desktop.data.source import load
from nn_desktop.engines.names import Precision
from nn_desktop.files.share.playground import PlaygroundError, has_fragment, read_fragment
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup

FRAGMENT = (
    "activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0"
    "&noise=0&networkShape=4,2&seed=0.88822&showTestData=false&discretize=false&percTrainData=50&x=true"
    "&y=true&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false"
    "&collectStats=false&problem=classification&initZero=false&hideText=false"
)
ADDRESS = f"https://playground.tensorflow.org/#{FRAGMENT}"
SEED = zlib.crc32(b"0.88822") % 2**31
CHANCE = (
    "Points and weights are drawn anew: they follow the same rules, and are others than there; biases start "
    "at 0 here, and at 0.1 there."
)


def address(**values: str) -> str:
    """Change values of the usual address, or add some."""
    pairs = dict(pair.split("=") for pair in FRAGMENT.split("&"))
    return "https://playground.tensorflow.org/#" + "&".join(
        f"{name}={value}" for name, value in {**pairs, **values}.items()
    )


def read(**values: str) -> Setup:
    return read_fragment(address(**values)).setup


def remarks(**values: str) -> tuple[str, ...]:
    *others, last = read_fragment(address(**values)).remarks
    assert last == CHANCE
    return tuple(others)


def refusal(text: str) -> str:
    with pytest.raises(PlaygroundError) as caught:
        read_fragment(text)
    sentence = str(caught.value)
    assert not steering_characters(sentence)
    assert sentence.endswith((".", "?"))
    assert len(sentence) < 400
    return sentence


# --- what an address says


def test_the_usual_address() -> None:
    found = read_fragment(ADDRESS)
    topology = found.setup.topology
    assert topology.sizes == (2, 4, 2, 1)
    assert topology.is_chain
    assert topology.weight_count == 2 * 4 + 4 * 2 + 2
    tanh, identity = Activation.TANH, Activation.IDENTITY
    assert [layer.activation for layer in topology.layers] == [identity, tanh, tanh, tanh]
    assert found.setup.data == replace(CIRCLE.default_settings, seed=SEED)
    assert found.setup.hyperparameters == Hyperparameters(
        mode=Mode.MINI_BATCH,
        batch_size=10,
        learning_rate=0.03,
        loss=Loss.HALF_SQUARED_ERROR,
        initializer=Initializer.UNIFORM,
        seed=SEED,
        precision=Precision.FLOAT64,
    )
    assert found.remarks == (CHANCE,)


@pytest.mark.parametrize(
    "fragment", ["", "tutorial=", "networkShape=4,2", "unknown=1&noise=&seed=&x=&dataset= "]
)
def test_what_is_missing_or_empty_is_as_there(fragment: str) -> None:
    found = read_fragment(f"https://Playground.TensorFlow.org/#{fragment}")
    usual = read_fragment(address(seed=""))
    assert found == usual
    assert found.setup.data.seed == found.setup.hyperparameters.seed == 0


@pytest.mark.parametrize("name", ["circle", "xor", "gauss", "spiral"])
def test_classifications(name: str) -> None:
    setup = read(dataset=name, regDataset="reg-gauss")
    assert (setup.data.source.name, setup.data.samples) == (name, 500)
    assert setup.topology.layers[-1].activation is Activation.TANH
    dataset = load(setup.data)
    assert len(dataset.train) + len(dataset.test) == 500
    assert abs(len(dataset.train) - 250) <= 1  # each class keeps its share


@pytest.mark.parametrize(("name", "here"), [("reg-plane", "plane"), ("reg-gauss", "gaussians")])
def test_regressions(name: str, here: str) -> None:
    setup = read(problem="regression", regDataset=name, activation="relu", percTrainData="80")
    assert (setup.data.source.name, setup.data.samples, setup.data.train_share) == (here, 1200, 0.8)
    relu, identity = Activation.RELU, Activation.IDENTITY
    assert [layer.activation for layer in setup.topology.layers] == [identity, relu, relu, identity]
    assert setup.hyperparameters.loss is Loss.HALF_SQUARED_ERROR
    assert len(load(setup.data).train) == 960


@pytest.mark.parametrize(
    ("name", "activation"),
    [
        ("relu", Activation.RELU),
        ("tanh", Activation.TANH),
        ("sigmoid", Activation.SIGMOID),
        ("linear", Activation.IDENTITY),
    ],
)
@pytest.mark.parametrize("problem", ["classification", "regression"])
def test_activations(name: str, activation: Activation, problem: str) -> None:
    layers = read(activation=name, problem=problem).topology.layers
    output = Activation.TANH if problem == "classification" else Activation.IDENTITY
    assert [layer.activation for layer in layers[1:]] == [activation, activation, output]


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ("", (2, 1)),
        ("8", (2, 8, 1)),
        ("8,8,8,8,8,8", (2, 8, 8, 8, 8, 8, 8, 1)),
        ("3,3,3,3,3,3,3", (2, 3, 3, 3, 3, 3, 3, 3, 1)),  # more than the buttons there make
        ("4%2C2", (2, 4, 2, 1)),
        ("16,1000", (2, 16, 1000, 1)),
    ],
)
def test_network_shapes(shape: str, sizes: tuple[int, ...]) -> None:
    assert read(networkShape=shape).topology.sizes == sizes


@pytest.mark.parametrize(
    "rate",
    ["0.00001", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10", "1e+1", ".5"],
)
def test_learning_rates(rate: str) -> None:
    assert read(learningRate=rate).hyperparameters.learning_rate == float(rate)


@pytest.mark.parametrize("size", [1, 10, 30, 500])
def test_batch_sizes(size: int) -> None:
    assert read(batchSize=str(size)).hyperparameters.batch_size == size


@pytest.mark.parametrize("percent", range(0, 55, 5))
def test_noise(percent: int) -> None:
    assert read(noise=str(percent)).data.noise == percent / 100
    assert remarks(noise=str(percent)) == ()


def test_noise_out_of_range_is_as_there() -> None:
    assert read(noise="-10").data.noise == 0.0
    assert read(noise="90").data.noise == 0.5
    assert remarks(noise="90") == remarks(noise="-10") == ()
    assert read(noise="70").data.noise == 0.5
    assert remarks(noise="70") == ("Its noise of 70 % is more than there can be here: 50% are taken.",)


@pytest.mark.parametrize("percent", range(10, 100, 10))
def test_shares_for_training(percent: int) -> None:
    assert read(percTrainData=str(percent)).data.train_share == percent / 100
    assert remarks(percTrainData=str(percent)) == ()


@pytest.mark.parametrize(("percent", "taken"), [("5", "10%"), ("99.5", "99%"), ("100", "99%")])
def test_shares_that_cannot_be_chosen_here(percent: str, taken: str) -> None:
    (remark,) = remarks(percTrainData=percent)
    assert remark == f"Its share of {percent} % for training cannot be chosen here: {taken} are taken."
    assert f"{read(percTrainData=percent).data.train_share:.0%}" == taken


def test_seeds() -> None:
    for seed in ("0.88822", "0.12345", "7", "ä"):
        setup = read(seed=seed)
        assert setup.data.seed == setup.hyperparameters.seed == zlib.crc32(seed.encode()) % 2**31
    assert read(seed="0.1") == read(seed="0.1")
    assert read(seed="0.1") != read(seed="0.2")
    assert 0 <= read(seed="\ud800").data.seed < 2**31


def test_all_may_start_at_0() -> None:
    found = read_fragment(address(initZero="true"))
    assert found.setup.hyperparameters.initializer is Initializer.ZEROS
    assert not Session(found.setup).parameters.vector.any()
    # Biases start at 0 there too.
    assert found.remarks == (
        "The points are drawn anew: they follow the same rules, and are others than there.",
    )


def test_weights_start_between_minus_a_half_and_a_half_and_biases_at_0() -> None:
    setup = read(networkShape="100,100")
    parameters = Session(setup).parameters
    first, second, third, _ = setup.topology.layers
    weights = parameters.weights(second.id, third.id)
    assert -0.5 <= weights.min() < -0.49
    assert 0.49 < weights.max() <= 0.5
    assert np.isclose(weights.var(), 1 / 12, rtol=0.03)
    assert abs(parameters.weights(first.id, second.id)).max() <= 0.5
    assert not parameters.biases(second.id).any()


def test_the_last_of_equal_names_counts() -> None:
    assert read_fragment(f"{ADDRESS}&dataset=xor").setup.data.source.name == "xor"


def test_it_learns_the_circle() -> None:
    session = Session(read_fragment(ADDRESS).setup)
    before = session.losses()[1]
    session.advance(100 * session.walk.updates_per_epoch)
    assert session.losses()[1] < 0.1 < before


# --- what is not the same here


def test_other_inputs_are_left_out() -> None:
    assert remarks(xSquared="true") == ("The input x1² is left out: a network here sees x1 and x2 alone.",)
    assert remarks(xSquared="true", sinY="1") == (
        "The inputs x1² and sin x2 are left out: a network here sees x1 and x2 alone.",
    )
    (remark,) = remarks(xSquared="true", ySquared="true", xTimesY="true", sinX="true", sinY="true")
    assert remark.startswith("The inputs x1², x2², x1·x2, sin x1 and sin x2 are left out")
    assert remarks(cosX="true", cosY="true") == ()  # they have no effect there
    assert remarks(sinX="true", sinX_hide="true") == ()


@pytest.mark.parametrize(("name", "place"), [("x", 0), ("y", 1)])
@pytest.mark.parametrize("how", ["", "_hide"])
@pytest.mark.parametrize("shape", ["3", ""])
def test_an_input_that_is_unticked_has_no_connections(name: str, place: int, how: str, shape: str) -> None:
    values = {f"{name}{how}": "true" if how else "false", "networkShape": shape}
    topology = read(**values).topology
    unused, used = topology.layers[0].units[place], topology.layers[0].units[1 - place]
    assert topology.connections_of(unused) == []
    assert len(topology.connections_of(used)) == len(topology.layers[1].units)
    assert remarks(**values) == (
        f"The input x{place + 1} is unticked there: here it is drawn, without connections.",
    )
    session = Session(read(**values))
    session.advance(10)
    assert np.isfinite(session.losses()).all()


def test_without_x_and_y_both_are_kept() -> None:
    assert read(x="false", y="false").topology.weight_count == 18
    assert remarks(x="false", y="false", xTimesY="true") == (
        "The input x1·x2 is left out: a network here sees x1 and x2 alone.",
        "The inputs x1 and x2 are both unticked there, and they are the only inputs here.",
    )


def test_regularization_is_left_out() -> None:
    assert remarks(regularization="L2", regularizationRate="0.03") == (
        "Its L2 regularization with the rate 0.03 is left out: there is none here.",
    )
    assert "L1" in remarks(regularization="L1", regularizationRate="10")[0]
    for nothing in ({"regularization": "L1"}, {"regularization": "none", "regularizationRate": "1"}):
        assert remarks(**nothing) == ()
    assert remarks(regularizationRate="1") == ()


def test_what_only_changes_the_view_is_left_out_silently() -> None:
    found = read_fragment(
        address(
            showTestData="true", discretize="true", collectStats="true", hideText="true", tutorial="dp",
            playButton_hide="true", learningRate_hide="false",
        )
    )  # fmt: skip
    assert found == read_fragment(ADDRESS)


# --- where an address stands

WRAPPED = [ADDRESS[start : start + 76] for start in range(0, len(ADDRESS), 76)]


@pytest.mark.parametrize(
    "text",
    [
        FRAGMENT,
        f"#{FRAGMENT}",
        f"?{FRAGMENT}",
        f" {ADDRESS}\n",
        f"<{ADDRESS}>",
        f'"{ADDRESS}",',
        f"“{ADDRESS}”",
        f"({ADDRESS}).",
        f"[the circle]({ADDRESS})!",
        f"Look: {ADDRESS}, it learns.",
        f"I like playground.tensorflow.org\nand {ADDRESS}\n\nBob & Ann",
        f"Number 1 = this one:\n{FRAGMENT}\nand 1&1=2",
        ADDRESS.replace("https", "http"),
        ADDRESS.replace("playground.tensorflow.org/", "example.org/playground/index.html?lang=en"),
        ADDRESS.replace("playground.tensorflow.org", "Playground.TensorFlow.org"),
        ADDRESS.replace("&", "&amp;"),
        ADDRESS.replace("4,2", "4%2C2"),
        "\n".join(WRAPPED),
        "\r\n".join(WRAPPED),
        " \n".join(WRAPPED),
        "> " + "\n> ".join(WRAPPED),
        "Look:\n\t" + "\n\t".join(WRAPPED) + "\nBob",
    ],
)
def test_what_surrounds_and_breaks_an_address_does_no_harm(text: str) -> None:
    assert has_fragment(text)
    assert read_fragment(text) == read_fragment(ADDRESS)


@pytest.mark.parametrize("between", ["\n", "\r\n> ", " \n\t"])
def test_an_address_may_be_broken_anywhere(between: str) -> None:
    beginning, end = ADDRESS.index("#") + 1, ADDRESS.rindex("&")
    for place in range(beginning, end):
        assert read_fragment(ADDRESS[:place] + between + ADDRESS[place:]) == read_fragment(ADDRESS), place


# --- what cannot be opened


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"activation": "gelu"}, 'its activation is "gelu" instead of relu, tanh, sigmoid or linear'),
        ({"dataset": "iris"}, 'its dataset is "iris" instead of circle, xor, gauss or spiral'),
        ({"dataset": "reg-plane"}, "circle, xor, gauss or spiral"),
        ({"regDataset": "plane"}, "reg-plane or reg-gauss"),
        ({"problem": "clustering"}, "classification or regression"),
        ({"regularization": "l2"}, "none, L1 or L2"),
        ({"regularizationRate": "NaN"}, "regularizationRate"),
        ({"noise": "loud"}, 'its noise is "loud" instead of a number'),
        ({"noise": "NaN"}, "a number"),
        ({"noise": "1e999"}, "a number"),
        ({"noise": "1_0"}, "a number"),
        ({"noise": "٣"}, "a number"),
        ({"percTrainData": "0"}, "a share from 1 to 100"),
        ({"percTrainData": "-50"}, "a share from 1 to 100"),
        ({"percTrainData": "101"}, "a share from 1 to 100"),
        ({"percTrainData": "Infinity"}, "a number"),
        ({"learningRate": "0"}, "a number above 0"),
        ({"learningRate": "-0.1"}, "a number above 0"),
        ({"learningRate": "1e-999"}, "a number above 0"),
        ({"learningRate": "fast"}, "a number"),
        ({"learningRate": "9" * 5000}, "a number"),
        ({"batchSize": "0"}, "a whole number from 1"),
        ({"batchSize": "2.5"}, "a whole number from 1"),
        ({"batchSize": "1e9"}, "a whole number from 1"),
        ({"networkShape": "4,,2"}, "units of each hidden layer"),
        ({"networkShape": "0"}, "units of each hidden layer"),
        ({"networkShape": "-4"}, "units of each hidden layer"),
        ({"networkShape": "4x2"}, "units of each hidden layer"),
        ({"networkShape": "10001"}, "units of each hidden layer"),
        ({"networkShape": "\x07"}, r'"\x07" instead of units'),
        ({"networkShape": ",".join(["1"] * 63)}, "62 hidden layers at most"),
        ({"networkShape": ",".join(["10000"] * 62)}, "weights are more than"),
    ],
)
def test_nonsense_is_refused(values: dict[str, str], says: str) -> None:
    assert says in refusal(address(**values))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "Hello, world",
        "https://playground.tensorflow.org",
        "https://example.org/#x=1&y=2",
        "nnd:AXjaq1bK",
        "x" * 2_000_001,
        FRAGMENT + " " * 2_000_000,
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert "holds no address of TensorFlow Playground" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "networkShape=4&" + "a=1&" * 500,
        "networkShape=" * 150_000,
        "networkShape=4" + "&" * 1_999_000,
        "networkShape=4&noise=" + "9" * 1_999_000,
        "networkShape=4\n&" * 120_000,
        "\n" * 1_999_980 + "networkShape=",
        "&=\n" * 660_000 + "networkShape=",
        "#" * 1_999_000 + "networkShape=0",
        "http://playground.tensorflow.org/" * 60_000,
        "playground.tensorflow.org/#" * 70_000,
        "networkShape=4%" * 100_000,
        "é" * 1_000_000 + "networkShape=" + "\ud800" * 900_000,
    ],
    ids=lambda text: text[:20],
)
def test_hostile_texts_are_answered_soon(text: str) -> None:
    def read() -> None:
        has_fragment(text)
        with suppress(PlaygroundError):
            read_fragment(text)

    assert is_cheap(read)
    try:
        read_fragment(text)
    except PlaygroundError as error:
        assert len(str(error)) < 400


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_mutated_address_is_read_or_refused(data: st.DataObject) -> None:
    text = ADDRESS
    characters = st.one_of(st.text("0129-.,&=#%+eNa \n", max_size=3), st.text(max_size=3))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(30, len(text)))
        text = text[:start] + data.draw(characters) + text[start + data.draw(st.integers(0, 4)) :]
    try:
        found = read_fragment(text)
    except PlaygroundError as error:
        assert str(error).endswith((".", "?"))
        assert not steering_characters(str(error))
    else:
        assert found.remarks
        assert found.setup.topology.sizes[0] == 2
