"""A network that goes through a chat message, and what else somebody may paste."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sentences import steering_characters
from strategies import random_parameters, topologies

from nn_desktop.errors import UserError
from nn_desktop.files.share import network_text
from nn_desktop.files.share.network_text import MAX_NUMBERS, TextError, plain_notation, read_text, to_text
from nn_desktop.network import edits, wiring
from nn_desktop.network.fragment import Fragment, fill, insert, replace_network, take
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Topology, TopologyError, chain

TANH, RELU, SIGMOID, IDENTITY = Activation.TANH, Activation.RELU, Activation.SIGMOID, Activation.IDENTITY


def whole(topology: Topology, parameters: Parameters | None = None) -> Fragment:
    return take(topology, [layer.id for layer in topology.layers], parameters)


def document(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed


# --- what is written is read


@given(topologies(), topologies(), st.data())
def test_a_network_goes_through_text_unchanged(
    donor: Topology, topology: Topology, data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.sampled_from([layer.id for layer in donor.layers]), min_size=1))
    dtype = data.draw(st.sampled_from([np.float64, np.float32]))
    fragment = take(donor, chosen, random_parameters(donor, 3, dtype))
    written, left_out = to_text(fragment)
    assert not left_out
    read = read_text(written)
    if fragment.is_whole:
        (one, one_ids), (other, other_ids) = (replace_network(topology, part) for part in (fragment, read))
    else:
        index = data.draw(st.integers(1, len(topology.layers) - 1))
        (one, one_ids), (other, other_ids) = (insert(topology, index, part) for part in (fragment, read))
    assert one == other  # layers, links, activations, ids
    parameters = []
    for network, part, ids in ((one, fragment, one_ids), (other, read, other_ids)):
        parameters.append(random_parameters(network, 4, dtype))
        fill(parameters[-1], part, ids)
    assert parameters[0].vector.tobytes() == parameters[1].vector.tobytes()
    assert to_text(read).text == written


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_numbers_read_back_to_the_same_bits(numbers: list[float]) -> None:
    fragment = Fragment((Layer(0, (1, 2), TANH),), (), False, {0: np.array(numbers)})
    read = read_text(to_text(fragment).text)
    assert read.biases[0].tobytes() == np.array(numbers).tobytes()


def test_names_initializers_and_what_is_frozen_go_through_text() -> None:
    topology = chain((2, 3, 1), (RELU, SIGMOID))
    hidden = topology.layers[1]
    topology = edits.rename_layer(topology, hidden.id, 'Schicht "ä" \N{SNOWMAN}')
    topology = edits.set_initializer(topology, hidden.id, Initializer.LECUN_NORMAL)
    topology = edits.freeze_layer(topology, hidden.id, True)
    first = topology.layers[0].units[0]
    topology = wiring.freeze_connections(topology, [(first, hidden.units[1])], True)
    read = read_text(to_text(whole(topology)).text)
    assert replace_network(topology, read)[0] == replace_network(topology, whole(topology))[0]
    assert read.layers[1].name == 'Schicht "ä" \N{SNOWMAN}'
    assert read.layers[1].frozen
    assert read.links[0].frozen == {(read.layers[0].units[0], read.layers[1].units[1])}


def test_a_plain_network_is_short() -> None:
    text = to_text(whole(chain((2, 8, 8, 1), (TANH, RELU, IDENTITY)))).text
    assert text == (
        '{"format":"nn-desktop-layers","version":1,"whole":true,\n'
        '"layers":[{"units":2},{"units":8},{"units":8,"activation":"relu"},{"units":1}]}'
    )


def test_links_that_are_no_chain_are_written() -> None:
    topology = chain((1, 1, 1), (TANH, IDENTITY))
    topology = wiring.link_layers(topology, topology.layers[0].id, topology.layers[2].id)
    text = to_text(whole(topology)).text
    assert len(text.splitlines()) == 3
    assert document(text)["links"] == [
        {"source": 0, "target": 1}, {"source": 1, "target": 2}, {"source": 0, "target": 2},
    ]  # fmt: skip
    alone = replace(topology, links=())
    assert document(to_text(whole(alone)).text)["links"] == []


def test_many_numbers_and_those_of_a_diverged_network_are_left_out() -> None:
    fits = chain((98, 50, 1), (TANH, IDENTITY))  # 98·50 + 50 + 50 + 1 = 5001
    assert Parameters.zeros(fits).vector.size == MAX_NUMBERS + 1
    text, left_out = to_text(whole(fits, Parameters.zeros(fits)))
    assert left_out
    assert "biases" not in text
    assert "weights" not in text
    smaller = take(fits, [layer.id for layer in fits.layers[:2]], Parameters.zeros(fits))
    assert not to_text(smaller).numbers_left_out
    assert not to_text(whole(fits)).numbers_left_out  # there were none to leave out
    diverged = Fragment((Layer(0, (1,), TANH),), (), False, {0: np.array([np.nan])})
    assert to_text(diverged) == (to_text(replace(diverged, biases={})).text, True)


def test_unprintable_characters_of_a_name_are_left_out() -> None:
    fragment = Fragment((Layer(0, (1,), TANH, "\N{RIGHT-TO-LEFT MARK}שכבה\n"),), (), is_whole=False)
    assert read_text(to_text(fragment).text).layers[0].name == "שכבה"


def test_words_around_the_text_do_not_matter() -> None:
    text = to_text(whole(chain((2, 3, 1), (RELU, SIGMOID)))).text
    pasted = f"Look what I made:\n```json\n{text}\n```\nIt learns the spiral!"
    assert to_text(read_text(pasted)).text == text


@pytest.mark.parametrize(
    "around",
    [
        "look {here}: %s",
        "{} {1} {} {%s} :-}",
        'the {"format" is %s} or so',
        "f() { return 0; } and %s int main() { return 0; }",
        '{"network": %s, "author": "me"}',
        '{"format": "nn-desktop-layers", "cut %s',
    ],
)
def test_braces_around_the_text_do_not_matter(around: str) -> None:
    text = to_text(whole(chain((2, 3, 1), (RELU, SIGMOID)))).text
    assert to_text(read_text(around % text)).text == text
    other_order = json.dumps(dict(reversed(document(text).items())))
    assert to_text(read_text("look {here}: " + other_order)).text == text


def test_a_pasted_name_is_no_longer_than_a_typed_one() -> None:
    parts = document(to_text(whole(chain((2, 3, 1), (RELU, SIGMOID)))).text)
    parts["layers"][1]["name"] = "x" * 100
    assert read_text(json.dumps(parts)).layers[1].name == "x" * edits.MAX_NAME_LENGTH


# --- the notation


@pytest.mark.parametrize(
    "text", ["2-8:relu-1", " `2-8:relu-1`\n", "“2-8:relu-1”", "```\n2-8:relu-1\n```", "«2-8:relu-1»"]
)
def test_the_notation_without_what_surrounds_it(text: str) -> None:
    assert plain_notation(text) == "2-8:relu-1"
    assert [len(layer.units) for layer in read_text(text).layers] == [2, 8, 1]


@pytest.mark.parametrize(
    "text", ["", "``", "Hello", '2 {"a"}', "2-" + "a" * 1000, "2-" * 900_000, "2" * 3_000_000]
)
def test_what_is_no_notation(text: str) -> None:
    assert plain_notation(text) is None


def test_a_whole_network_that_was_typed() -> None:
    fragment = read_text(" 2-8:relu-8-1 ", default=Activation.SINE, output=SIGMOID)
    assert fragment.is_whole
    assert [len(layer.units) for layer in fragment.layers] == [2, 8, 8, 1]
    assert [layer.activation for layer in fragment.layers] == [IDENTITY, RELU, Activation.SINE, SIGMOID]
    assert len(fragment.links) == 3
    assert read_text("2-8-3:softmax").layers[-1].activation is Activation.SOFTMAX
    assert [layer.activation for layer in read_text("`2-8-1`").layers] == [IDENTITY, TANH, IDENTITY]


def test_a_single_layer_that_was_typed() -> None:
    fragment = read_text("8:relu")
    assert not fragment.is_whole
    assert [(len(layer.units), layer.activation) for layer in fragment.layers] == [(8, RELU)]
    assert read_text("“16”", default=Activation.ELU).layers[0].activation is Activation.ELU


# --- what cannot be pasted


def refusal(text: str) -> str:
    """Return the sentence that a text is refused with."""
    with pytest.raises(UserError) as caught:
        read_text(text)
    sentence = str(caught.value)
    assert isinstance(caught.value, TextError | TopologyError) or "There is no activation" in sentence
    assert not steering_characters(sentence)
    assert sentence.endswith((".", "?"))
    assert len(sentence) < 300
    return sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "This text does not describe a network"),
        (" \n ", "This text does not describe a network"),
        ("Hello, world", "This text does not describe a network"),
        ("2" + " " * 1_000_000 + "x", "is not a number of units"),
        ("2-" * 900_000, "This text does not describe a network"),
        ("7" * 1_999_999, "This text does not describe a network"),
        ("2-\x07-1", "This text does not describe a network"),
        ("2-" + "a" * 1000, "This text does not describe a network"),
        ("x" * 2_000_001, "2,000,001 characters"),
        ("2-8:tahn-1", 'no activation "tahn". Did you mean "tanh"'),
        ("2-x-1", "is not a number of units"),
        ("2:relu-8-1", "The input layer passes its values on"),
        ("2-0-1", "1 to 10000 units"),
        ("2-8:softmax-1", "Softmax"),
        ("10000-10000-1", "weights are more than"),
        ("-".join("1" * 65), "65 layers"),
        ("{", "damaged or cut off"),
        ("}{", "damaged or cut off"),
        ('{"format":', "damaged or cut off"),
        ("{}", "no network of this program"),
        ('{"format":"nn-desktop-network","version":2}', "no network of this program"),
        ("int main() { return 0; }", "damaged or cut off"),
        ('{"a":' * 300_000 + "1" + "}" * 300_000, "damaged or cut off"),
        ('{"a":' + "[" * 900_000 + "]" * 900_000 + "}", "damaged or cut off"),
        ('{"a":' + "9" * 1_000_000 + "}", "damaged or cut off"),
        ("{" * 2_000_000, "damaged or cut off"),
        ('{"format":' * 200_000, "damaged or cut off"),
        ("{" + " " * 1_999_999, "damaged or cut off"),
        ("{" + '"format"' * 240_000, "damaged or cut off"),
        ('{"format":[' * 4 + "[[[1]]]," * 249_990, "damaged or cut off"),
        ('{"a":' * 4 + "[" + '{"b":1},' * 249_990, "damaged or cut off"),
    ],
)
def test_text_that_is_no_network(text: str, says: str) -> None:
    assert says in refusal(text)


Edit = Callable[[dict[str, Any]], object]
EDITS: dict[str, Edit] = {
    "newer version": lambda d: d.update(version=2),
    '"version" is not': lambda d: d.update(version=0),
    '"whole" is not': lambda d: d.update(whole=1),
    '"layers" is not': lambda d: d.update(layers=[]),
    '"layers.units" is not': lambda d: d["layers"][1].update(units=True),
    '"layers.activation" is not': lambda d: d["layers"][1].update(activation="rely"),
    '"layers.initializer" is not': lambda d: d["layers"][1].update(initializer=""),
    '"layers.frozen" is not': lambda d: d["layers"][1].update(frozen=0),
    '"layers.name" is not': lambda d: d["layers"][1].update(name=7),
    '"layers.biases" is not': lambda d: d["layers"][1].update(biases=[0.0]),
    '"links" is not': lambda d: d.update(links={}),
    '"links.source" is not': lambda d: d["links"][0].update(source=-1),
    '"links.target" is not': lambda d: d["links"][0].update(target=10**30),
    '"links.removed" is not': lambda d: d["links"][0].update(removed=[[0, 3]]),
    '"links.only" is not': lambda d: d["links"][0].update(only=[[0]]),
    '"links.frozen" is not': lambda d: d["links"][0].update(frozen=[[True, 0]]),
    '"links.weights" is not': lambda d: d["links"][0].update(weights=[[0.0, 0.0]]),
    "1 to 10000 units, not 0": lambda d: d["layers"][1].update(units=0),
    "1 to 10000 units, not -5": lambda d: d["layers"][1].update(units=-5),
    "1 to 10000 units, not 1000000000": lambda d: d["layers"][1].update(units=10**9),
    "layers are more than the 64": lambda d: d["layers"].extend([{"units": 10_000}] * 50_000),
    "units are more than the limit of 100,000": lambda d: d["layers"].extend([{"units": 10_000}] * 60),
    "linked twice": lambda d: d["links"].extend([d["links"][0]] * 10_000),
    "it has no activation to choose": lambda d: d["layers"][0].update(activation="relu"),
    "Softmax turns": lambda d: d["layers"][1].update(activation="softmax"),
    "the output layer comes after hidden layer 1": lambda d: d["links"][1].update(source=2, target=1),
    "can only run forward: both ends": lambda d: d["links"][1].update(source=1, target=1),
    "no connection of its own": lambda d: d["links"][0].update(only=[]),
    "needs an input layer": lambda d: d.pop("links") and d["layers"].__delitem__(slice(1, 3)),
}  # fmt: skip


@pytest.fixture
def parts() -> dict[str, Any]:
    topology = chain((2, 3, 1), (RELU, SIGMOID))
    return document(to_text(whole(topology, random_parameters(topology, 0))).text)


@pytest.mark.parametrize("words", EDITS)
def test_a_wrong_part_is_refused(parts: dict[str, Any], words: str) -> None:
    read_text(json.dumps(parts))
    EDITS[words](parts)
    assert words in refusal(json.dumps(parts))


def test_an_input_layer_has_no_biases(parts: dict[str, Any]) -> None:
    parts["layers"][0]["biases"] = [0.0, 0.0]
    assert '"layers.biases" is not' in refusal(json.dumps(parts))


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "true", '"1"', "null", "[1]", "{}"]
)
@pytest.mark.parametrize("place", ["layers.biases", "links.weights"])
def test_what_is_no_number_is_refused(parts: dict[str, Any], number: str, place: str) -> None:
    if place == "layers.biases":
        parts["layers"][1]["biases"][2] = "here"
    else:
        parts["links"][0]["weights"][2][1] = "here"
    assert f'its "{place}" is not as it should be' in refusal(json.dumps(parts).replace('"here"', number))


NOTHING_LIKE_IT: list[object] = [
    None,
    [],
    {},
    [1],
    {"a": 1},
    "",
    "x\ny",
    True,
    1.5,
    -1,
    10**400,
    [[[]]],
    [None],
]


@pytest.mark.parametrize("wrong", NOTHING_LIKE_IT, ids=repr)
def test_wrong_values_anywhere_are_refused_or_read(parts: dict[str, Any], wrong: object) -> None:
    """No value in any place raises another error than one that says something."""
    for record in (parts, parts["layers"][0], parts["layers"][2], parts["links"][0]):
        known = ("biases", "weights", "removed", "only", "frozen", "name", "initializer", "activation")
        for key in {*record, *known}:
            kept = record.get(key, "absent")
            record[key] = wrong
            try:
                read_text(json.dumps(parts))
            except UserError as error:
                assert str(error).endswith((".", "?"))
            if kept == "absent":
                del record[key]
            else:
                record[key] = kept


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_text_is_read_or_refused(parts: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(parts)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        text = text[:start] + data.draw(st.text(max_size=3)) + text[start + data.draw(st.integers(0, 3)) :]
    try:
        fragment = read_text(text)
    except UserError as error:
        assert str(error).endswith((".", "?"))
    else:
        assert isinstance(fragment, Fragment)


def test_the_largest_layers_are_read_soon() -> None:
    text = json.dumps(
        {"format": network_text.FORMAT, "version": 1, "layers": [{"units": 10_000}] * 9, "links": []}
    )
    assert len(read_text(text).layers) == 9
