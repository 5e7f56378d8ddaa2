"""The work of an update is what its speed depends on, and nothing else."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from nn_desktop.engines.names import Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.topology import Topology, chain
from nn_desktop.network.wiring import disconnect_all, link_layers

TANH = (Activation.TANH, Activation.IDENTITY)
WORKLOAD = Workload(
    topology=chain((2, 3, 1), TANH),
    loss=Loss.MEAN_SQUARED_ERROR,
    precision=Precision.FLOAT32,
    batch_size=4,
)
FIRST, _, LAST = (layer.id for layer in WORKLOAD.topology.layers)


def test_products_are_those_of_all_weights_and_samples() -> None:
    assert WORKLOAD.products == (2 * 3 + 3 * 1) * 4


def test_operations_by_hand() -> None:
    # 6 + 3 weights: 18 forward, 18 for the gradient, 6 back through the last three, for each of 5 samples.
    assert replace(WORKLOAD, batch_size=5).flops == 5 * (18 + 18 + 6)
    # Nothing is passed back to the inputs.
    single = chain((4, 3), (Activation.IDENTITY,))
    assert replace(WORKLOAD, topology=single, batch_size=1).flops == 24 + 24


def test_a_link_past_a_layer_has_its_operations_and_a_removed_connection_has_none() -> None:
    skipping = link_layers(WORKLOAD.topology, FIRST, LAST)
    # Two weights more, both from the inputs: 2 products forward, 2 for the gradient.
    assert replace(WORKLOAD, topology=skipping).flops == WORKLOAD.flops + 4 * 2 * (2 + 2)
    unit, target = skipping.layers[1].units[0], skipping.layers[2].units[0]
    assert replace(WORKLOAD, topology=disconnect_all(skipping, [(unit, target)])).flops == (
        replace(WORKLOAD, topology=skipping).flops - 4 * 2 * 3
    )


def with_other_ids(topology: Topology) -> Topology:
    hidden = topology.layers[1].id
    return edits.resize_layer(edits.resize_layer(topology, hidden, 2), hidden, 3)


def test_other_ids_are_the_same_work() -> None:
    again = replace(WORKLOAD, topology=with_other_ids(WORKLOAD.topology))
    assert again.topology != WORKLOAD.topology
    assert again == WORKLOAD
    assert hash(again) == hash(WORKLOAD)


@pytest.mark.parametrize(
    "other",
    [
        replace(WORKLOAD, topology=chain((2, 4, 1), TANH)),
        replace(WORKLOAD, topology=chain((2, 3, 1), (Activation.RELU, Activation.IDENTITY))),
        replace(
            WORKLOAD,
            topology=link_layers(
                WORKLOAD.topology, WORKLOAD.topology.layers[0].id, WORKLOAD.topology.layers[2].id
            ),
        ),
        replace(WORKLOAD, loss=Loss.MEAN_ABSOLUTE_ERROR),
        replace(WORKLOAD, batch_size=5),
        replace(WORKLOAD, precision=Precision.FLOAT64),
    ],
    ids=["sizes", "activation", "links", "loss", "batch size", "precision"],
)
def test_anything_else_is_other_work(other: Workload) -> None:
    assert other != WORKLOAD
    assert other.key != WORKLOAD.key


def test_a_key_is_the_same_in_every_process() -> None:
    code = (
        "from nn_desktop.engines.names import Precision\n"
        "from nn_desktop.engines.workload import Workload\n"
        "from nn_desktop.network.functions import Activation, Loss\n"
        "from nn_desktop.network.topology import chain\n"
        "topology = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))\n"
        "print(Workload(topology=topology, loss=Loss.MEAN_SQUARED_ERROR, "
        "precision=Precision.FLOAT32, batch_size=4).key)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert {text.strip() for text in said} == {WORKLOAD.key}


def test_it_can_travel_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(WORKLOAD)) == WORKLOAD
