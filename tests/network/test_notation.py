"""Networks as one types them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.errors import UserError
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import TypedLayer, format_layers, parse_activation, parse_layers
from nn_desktop.network.topology import TopologyError, chain


@pytest.mark.parametrize(
    "text",
    ["1-16-16-1", " 1 - 16 - 16 - 1 ", "1–16–16–1", "1−16−16−1", "1,16,16,1", "1, 16, 16, 1", "1 16 16 1"],
)
def test_dashes_commas_and_spaces(text):
    assert parse_layers(text) == (TypedLayer(1), TypedLayer(16), TypedLayer(16), TypedLayer(1))


def test_activations():
    assert parse_layers("2-8:relu-8:leaky-relu-1:Sigmoid") == (
        TypedLayer(2),
        TypedLayer(8, Activation.RELU),
        TypedLayer(8, Activation.LEAKY_RELU),
        TypedLayer(1, Activation.SIGMOID),
    )


@given(
    st.lists(
        st.tuples(st.integers(1, 4096), st.none() | st.sampled_from(Activation)), min_size=1, max_size=64
    )
)
def test_what_is_written_is_read(parts):
    text = "-".join(f"{size}:{activation}" if activation else f"{size}" for size, activation in parts)
    assert parse_layers(text) == tuple(TypedLayer(size, activation) for size, activation in parts)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from([Activation.TANH, Activation.LEAKY_RELU])), max_size=5
    )
)
def test_formatted_layers_read_back(hidden):
    sizes = (2, *(size for size, _ in hidden), 1)
    activations = (*(activation for _, activation in hidden), Activation.SIGMOID)
    topology = chain(sizes, activations)
    typed = parse_layers(format_layers(topology))
    assert tuple(layer.size for layer in typed) == sizes
    named = [layer.activation for layer in typed[1:-1]]
    all_tanh = set(activations[:-1]) <= {Activation.TANH}
    assert named == ([None] * len(hidden) if all_tanh else list(activations[:-1]))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "No layers were given"),
        ("   ", "No layers were given"),
        ("abc", '"abc" is not a number of units'),
        ("2-x-1", "is not a number of units"),
        ("2-8.5-1", "is not a number of units"),
        ("2-1e3-1", '"1e3" is not a number of units'),
        ("-3", "a dash without a number"),
        ("2-8-", "a dash without a number"),
        ("２-１", "is not a number of units"),
        ("2-0-1", "1 to 10000 units, not 0"),
        ("2-10001-1", "1 to 10000 units, not 10001"),
        ("-".join(["1"] * 65), "65 layers are more than the 64"),
    ],
)
def test_text_that_is_no_network(text, says):
    with pytest.raises(TopologyError, match=says):
        parse_layers(text)


def test_unknown_activation_suggests_the_nearest():
    with pytest.raises(UserError, match='no activation "tahn"\\. Did you mean "tanh"'):
        parse_layers("2-8:tahn-1")
    with pytest.raises(UserError, match='no activation ""'):
        parse_layers("2-8:-1")


@pytest.mark.parametrize("activation", Activation)
def test_activations_are_known_by_their_names(activation):
    assert parse_activation(f" {activation.upper()} ") is activation
