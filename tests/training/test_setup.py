"""Network, data and hyperparameters that fit one another, and say so where they do not."""

from dataclasses import replace

import pytest
from known_data import default_settings, make_setup

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.errors import UserError
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.topology import chain
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import LOSSES_OF_TASK, Setup, SetupError


def setup_of(dataset: str, layers: str = "5", hyperparameters: Hyperparameters | None = None) -> Setup:
    return make_setup(dataset, parse_layers(layers), Activation.TANH, hyperparameters)


def setup_with(setup: Setup, output: Activation, loss: Loss) -> Setup:
    topology = edits.set_activation(setup.topology, setup.topology.layers[-1].id, output)
    return Setup(topology, setup.data, replace(setup.hyperparameters, loss=loss))


@pytest.mark.parametrize("dataset", CATALOGUE)
def test_every_dataset_says_the_ends_the_output_and_the_loss(dataset):
    entry = CATALOGUE[dataset]
    setup = setup_of(dataset, "5-4")
    assert setup.topology.sizes == (entry.inputs, 5, 4, entry.outputs)
    output, loss = {
        "regression": (Activation.IDENTITY, Loss.MEAN_SQUARED_ERROR),
        "binary": (Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY),
        "multiclass": (Activation.SOFTMAX, Loss.CATEGORICAL_CROSS_ENTROPY),
    }[entry.task]
    assert setup.topology.layers[-1].activation is output
    assert setup.hyperparameters.loss is loss
    assert [layer.activation for layer in setup.topology.layers[1:-1]] == [Activation.TANH] * 2


def test_all_layers_or_the_hidden_ones_alone():
    assert setup_of("iris", "4-8-3") == setup_of("iris", "8")
    assert setup_of("sine", "1-16-16-1") == setup_of("sine", "16-16")
    assert setup_of("xor", "2-8:relu-1").topology.layers[1].activation is Activation.RELU


@pytest.mark.parametrize("layers", ["4-8-4", "3-8-3"])
def test_layers_that_do_not_fit_the_dataset(layers):
    with pytest.raises(SetupError, match='do not fit the dataset "Iris", which has 4 inputs and 3 outputs'):
        setup_of("iris", layers)


@pytest.mark.parametrize(
    ("dataset", "layers", "sizes"),
    [
        ("sine", "1-1", (1, 1)),
        ("sine", "1", (1, 1, 1)),
        ("sine", "16", (1, 16, 1)),
        ("sine", "16-16", (1, 16, 16, 1)),
        ("sine", "4-8", (1, 4, 8, 1)),
        ("sine", "8-4-8", (1, 8, 4, 8, 1)),
        ("sine", "1-16-1-1", (1, 16, 1, 1)),
        ("iris", "4-3", (4, 3)),
        ("iris", "3-4", (4, 3, 4, 3)),
    ],
)
def test_what_is_typed_is_the_whole_network_or_hidden_layers(dataset, layers, sizes):
    assert setup_of(dataset, layers).topology.sizes == sizes


@pytest.mark.parametrize(
    ("dataset", "layers", "hidden"),
    [
        ("sine", "16-1", "1-16-1-1"),
        ("sine", "1-16", "1-1-16-1"),
        ("sine", "8-16-1", "1-8-16-1-1"),
        ("sine", "2-16-16-2", "1-2-16-16-2-1"),
        ("iris", "4-8", "4-4-8-3"),
        ("iris", "8-3", "4-8-3-3"),
    ],
)
def test_what_may_be_either_is_refused_with_both_ways_to_type_it(dataset, layers, hidden):
    with pytest.raises(SetupError) as caught:
        setup_of(dataset, layers)
    entry = CATALOGUE[dataset]
    assert f"begin with {entry.inputs} and end with {entry.outputs} ({hidden} if all" in str(caught.value)
    assert "or give hidden layers alone, such as 16-16" in str(caught.value)
    assert "-".join(map(str, setup_of(dataset, hidden).topology.sizes)) == hidden


def test_unknown_dataset_suggests_the_nearest():
    with pytest.raises(UserError, match='no dataset "irs"\\. Did you mean "iris"'):
        setup_of("irs")


@pytest.mark.parametrize(("sizes", "which", "has"), [((3, 1), "input", 2), ((2, 2), "output", 1)])
def test_network_that_does_not_fit_the_dataset(sizes, which, has):
    topology = chain(sizes, (Activation.SIGMOID,))
    with pytest.raises(SetupError, match=f'The {which} layer has . units, but the dataset "XOR" has {has}'):
        Setup(topology, default_settings("xor"), Hyperparameters())


@pytest.mark.parametrize(
    ("dataset", "output", "loss", "says"),
    [
        ("sine", Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY, "is no loss for regression"),
        ("sine", Activation.IDENTITY, Loss.CATEGORICAL_CROSS_ENTROPY, "is no loss for regression"),
        ("xor", Activation.SIGMOID, Loss.CATEGORICAL_CROSS_ENTROPY, "is no loss for binary"),
        ("xor", Activation.TANH, Loss.BINARY_CROSS_ENTROPY, "needs sigmoid in the output layer, not tanh"),
        ("iris", Activation.SIGMOID, Loss.CATEGORICAL_CROSS_ENTROPY, "needs softmax in the output layer"),
        ("iris", Activation.SOFTMAX, Loss.BINARY_CROSS_ENTROPY, "needs sigmoid in the output layer"),
        ("xor", Activation.SOFTMAX, Loss.MEAN_SQUARED_ERROR, "Softmax shares 1 out among classes"),
        ("sine", Activation.SOFTMAX, Loss.HUBER, "choose identity for the output layer"),
    ],
)
def test_loss_output_and_task_that_do_not_fit(dataset, output, loss, says):
    with pytest.raises(SetupError, match=says):
        setup_with(setup_of(dataset), output, loss)


@pytest.mark.parametrize(
    ("dataset", "loss"),
    [
        (dataset, loss)
        for dataset in ("sine", "xor", "iris")
        for loss in LOSSES_OF_TASK[CATALOGUE[dataset].task]
    ],
)
def test_every_loss_of_a_task_brings_its_output(dataset, loss):
    setup = setup_of(dataset).with_loss(loss)
    assert setup.hyperparameters.loss is loss
    if loss is Loss.BINARY_CROSS_ENTROPY:
        assert setup.topology.layers[-1].activation is Activation.SIGMOID
    typed = make_setup(dataset, parse_layers("5"), Activation.TANH, Hyperparameters(loss=loss))
    assert typed.hyperparameters.loss is loss


def test_loss_that_is_none_for_the_task_is_refused():
    with pytest.raises(SetupError, match="is no loss for regression"):
        setup_of("sine").with_loss(Loss.BINARY_CROSS_ENTROPY)


def test_output_that_rules_the_loss_out_takes_squared_error():
    setup = setup_of("xor")
    tanh = edits.set_activation(setup.topology, setup.topology.layers[-1].id, Activation.TANH)
    assert setup.with_topology(tanh).hyperparameters.loss is Loss.MEAN_SQUARED_ERROR
    wider = edits.resize_layer(setup.topology, setup.topology.layers[1].id, 9)
    assert setup.with_topology(wider).hyperparameters == setup.hyperparameters


def test_network_and_loss_follow_the_dataset():
    setup = setup_of("sine", "7:relu-6:sine").with_data(default_settings("iris"))
    assert setup.topology.sizes == (4, 7, 6, 3)
    assert setup.topology.layers[1].activation is Activation.RELU
    assert setup.topology.layers[-1].activation is Activation.SOFTMAX
    assert setup.hyperparameters.loss is Loss.CATEGORICAL_CROSS_ENTROPY


@pytest.mark.parametrize("before", CATALOGUE)
@pytest.mark.parametrize("after", ["sine", "xor", "wine"])
def test_any_dataset_can_follow_any_other(before, after):
    entry = CATALOGUE[after]
    setup = setup_of(before).with_data(default_settings(after))
    assert setup.topology.sizes == (entry.inputs, 5, entry.outputs)


def test_another_set_of_the_same_task_keeps_what_was_chosen():
    setup = setup_with(setup_of("xor"), Activation.TANH, Loss.HUBER).with_data(default_settings("circle"))
    assert setup.topology.layers[-1].activation is Activation.TANH
    assert setup.hyperparameters.loss is Loss.HUBER


def test_other_settings_of_the_same_dataset_change_nothing_else():
    setup = setup_of("xor")
    noisy = setup.with_data(replace(setup.data, noise=0.2))
    assert noisy == replace(setup, data=replace(setup.data, noise=0.2))


def with_skip(setup: Setup) -> Setup:
    """Draw a connection from the first input to the output, past the layer between."""
    first, last = setup.topology.layers[0], setup.topology.layers[-1]
    return setup.with_topology(wiring.connect(setup.topology, first.units[0], last.units[0]))


def skips_of(setup: Setup) -> int:
    return len(setup.topology.links) - (len(setup.topology.layers) - 1)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [("xor", "circle", 1), ("xor", "gaussians", 1), ("xor", "sine", 0), ("digits", "iris", 0)],
)
def test_a_connection_past_the_next_layer_stays_where_the_inputs_have_the_same_names(before, after, kept):
    setup = with_skip(setup_of(before))
    assert skips_of(setup) == 1
    assert skips_of(setup.with_data(default_settings(after))) == kept
    assert skips_of(setup.with_data(replace(setup.data, seed=9))) == 1


@pytest.mark.parametrize(
    ("before", "after", "kept"), [("xor", "circle", True), ("xor", "sine", False), ("digits", "iris", False)]
)
def test_an_input_that_was_erased_stays_so_where_the_inputs_have_the_same_names(before, after, kept):
    setup = setup_of(before, "5-4")
    erased = edits.erase(setup.topology, [setup.topology.layers[0].units[0]], [])
    setup = setup.with_topology(erased).with_data(default_settings(after))
    first, second = setup.topology.layers[:2]
    link = setup.topology.link_between(first.id, second.id)
    assert link is not None
    missing = len(first.units) * len(second.units) - setup.topology.count(link)
    assert missing == (5 if kept else 0)


def test_a_connection_past_the_next_layer_stays_where_nothing_else_leads_on():
    setup = with_skip(setup_of("xor"))
    first, second = setup.topology.layers[:2]
    alone = replace(
        setup.topology,
        links=tuple(
            link for link in setup.topology.links if (link.source, link.target) != (first.id, second.id)
        ),
    )
    assert skips_of(setup.with_topology(alone).with_data(default_settings("sine"))) == skips_of(
        setup.with_topology(alone)
    )


def test_connections_that_skip_hidden_layers_stay_with_any_dataset():
    setup = setup_of("digits", "5-4")
    hidden, last = setup.topology.layers[1], setup.topology.layers[-1]
    setup = setup.with_topology(wiring.link_layers(setup.topology, hidden.id, last.id))
    assert skips_of(setup.with_data(default_settings("iris"))) == 1
