"""A small file asks for no more than a bounded number of things; a large one may hold what it likes."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from costs import is_cheap
from known_data import default_settings, make_setup, unknown_settings
from reopening import write_project

from nn_desktop.arrays import AnyArray
from nn_desktop.data.sampling import MAX_SAMPLES
from nn_desktop.errors import UserError
from nn_desktop.files.exporters import find_exporter
from nn_desktop.files.imports.adoption import adopt
from nn_desktop.files.imports.importers import IMPORTERS
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.data_document import describe_data
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.project.project import OpenedProject, Project
from nn_desktop.files.project.project_document import read_project
from nn_desktop.files.project.setup_document import describe_ids_and_topology, describe_setup
from nn_desktop.files.share.links import read_shared
from nn_desktop.files.share.network_text import read_text
from nn_desktop.limits import MAX_MADE, too_many
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import MAX_TOTAL_UNITS, Layer, Topology, TopologyError, chain
from nn_desktop.training.checkpoints import MAX_MILESTONES
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.setup import make_setup as setup_of

TANH = Activation.TANH


def sine_session() -> Session:
    return Session(make_setup("sine", parse_layers("1-10-1"), Activation.TANH))


def model_of(session: Session) -> TrainedModel:
    return TrainedModel.of(session.setup, session.dataset, session.parameters)


def exported(model: TrainedModel, suffix: str) -> bytes:
    name = f"a{suffix}"
    return find_exporter(Path(name)).to_files(model, name)[name]


def imported(suffix: str, content: bytes) -> Setup:
    read = next(importer.read for importer in IMPORTERS if importer.suffix == suffix)
    return adopt(read(content)).setup


def project_of(session: Session) -> dict[str, bytes]:
    file = io.BytesIO()
    write_project(Project(session.checkpoint()), file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: dict[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(array: object) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def project_asking_for(samples: int) -> bytes:
    members = project_of(sine_session())
    document = json.loads(members["project.json"])
    document["setups"][0]["data"]["samples"] = samples
    members["project.json"] = json.dumps(document).encode()
    members["order.npy"] = npy(np.arange(round(0.8 * samples)))
    return zipped(members)


def npz_asking_for(samples: int) -> bytes:
    session = sine_session()
    with zipfile.ZipFile(io.BytesIO(exported(model_of(session), ".npz"))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    data = replace(session.setup.data, samples=samples)
    members["data.npy"] = npy(json.dumps(describe_data(data)))
    return zipped(members, zipfile.ZIP_DEFLATED)


def packed_zeros(dtype: str) -> bytes:
    """Return an NPZ file of a few kilobytes that unpacks to sixteen million weights."""
    topology = chain((1, 4000, 4000, 1), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
    setup = Setup(topology, default_settings("sine"))
    parameters = Parameters.zeros(topology, np.float32)
    small = TrainedModel.of(
        setup, Session(make_setup("sine", parse_layers("1"), Activation.TANH)).dataset, parameters
    )
    with zipfile.ZipFile(io.BytesIO(exported(small, ".npz"))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in members:
        if name.startswith("layer"):
            members[name] = npy(np.load(io.BytesIO(members[name])).astype(dtype))
    return zipped(members, zipfile.ZIP_DEFLATED)


def onnx_identities() -> bytes:
    helper = pytest.importorskip("onnx.helper")
    graph = helper.make_graph(
        [helper.make_node("Tanh", ["x"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", 1, [None, 4400])],
        [helper.make_tensor_value_info("y", 1, [None, 4400])],
    )
    content: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7
    ).SerializeToString()
    return content


ASKING: dict[str, Callable[[], tuple[int, Callable[[], object]]]] = {
    "a project": lambda: opener(project_asking_for(25_000), lambda c: read_project(io.BytesIO(c))),
    "an NPZ file of much data": lambda: opener(npz_asking_for(MAX_SAMPLES), lambda c: imported(".npz", c)),
    "an NPZ file of zeros": lambda: opener(packed_zeros("<f4"), lambda c: imported(".npz", c)),
    "an NPZ file of short zeros": lambda: opener(packed_zeros("<f2"), lambda c: imported(".npz", c)),
    "an ONNX file": lambda: opener(onnx_identities(), lambda c: imported(".onnx", c)),
    "an address": lambda: opener(
        b"https://playground.tensorflow.org/#networkShape=4400,4400&dataset=xor",
        lambda c: read_shared(c.decode()),
    ),
    "a text": lambda: opener(b"4400-4400-1", lambda c: read_text(c.decode())),
}


def opener(content: bytes, read: Callable[[bytes], object]) -> tuple[int, Callable[[], object]]:
    return len(content), lambda: read(content)


@pytest.mark.parametrize("what", list(ASKING))
def test_a_small_file_that_asks_for_much_takes_little_memory(what: str) -> None:
    size, read = ASKING[what]()
    assert size < 250_000
    tracemalloc.start()
    try:
        try:
            setup = read()
        except (ReadError, UserError) as error:
            assert 20 < len(str(error)) < 400
        else:
            assert isinstance(setup, Setup | OpenedProject)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_project_at_the_bound_is_opened_and_one_beyond_is_refused() -> None:
    opened = read_project(io.BytesIO(project_asking_for(MAX_SAMPLES)))
    assert opened.remarks == ()
    with pytest.raises(ReadError, match=f"must lie between 4 and {MAX_SAMPLES}"):
        read_project(io.BytesIO(project_asking_for(MAX_SAMPLES + 1)))


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_weights_that_are_in_the_file_are_read_however_many_they_are(suffix: str) -> None:
    topology = chain((1, 2450, 2450, 1), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
    setup = Setup(topology, default_settings("sine"))
    vector = np.random.default_rng(0).normal(size=Parameters.zeros(topology).vector.size).astype(np.float32)
    assert vector.size > 1.2 * MAX_MADE
    dataset = Session(make_setup("sine", parse_layers("1"), Activation.TANH)).dataset
    model = TrainedModel.of(setup, dataset, Parameters(topology, vector))
    h = replace(model.hyperparameters, precision="float32")
    content = exported(replace(model, hyperparameters=h), suffix)
    assert imported(suffix, content).topology.sizes == topology.sizes


def test_a_project_cannot_describe_one_large_network_very_often() -> None:
    session = Session(make_setup("sine", parse_layers("2"), Activation.TANH))
    session.advance(3 * session.walk.updates_per_epoch)
    members = project_of(session)
    document = json.loads(members["project.json"])
    first, hidden, last = document["topologies"][0]["layers"]
    layers = [first, *({**hidden, "units": 9_000} for _ in range(10)), last]
    count = sum(1 + layer["units"] for layer in layers)
    large = {"layers": layers, "links": [], "ids": "large_ids", "next_id": count}
    document["topologies"] += [large] * 60
    document["setups"] += [{**document["setups"][0], "topology": place} for place in range(1, 61)]
    document["milestones"] = [{"setup": place, "epoch": 0, "updates": 0} for place in range(1, 61)]
    members["project.json"] = json.dumps(document).encode()
    members["large_ids.npy"] = npy(np.arange(count, dtype=np.int32))
    tracemalloc.start()
    opened = read_project(io.BytesIO(zipped(members)))
    assert tracemalloc.get_traced_memory()[1] < 500_000_000
    tracemalloc.stop()
    assert opened.project.checkpoint.milestones == ()
    assert opened.damage == ("The timeline's snapshots were damaged and left out.",)


@pytest.mark.parametrize("networks", [1, 40])
def test_names_that_a_project_does_not_hold_take_little_memory_and_time(networks: int) -> None:
    """Its unknown data have 19,000 names each, all of them numbered, in 513 setups of wide networks."""
    setups = [
        setup_of(unknown_settings(10_000, 9_000 + number), parse_layers(f"10000-1-{9_000 + number}"), TANH)
        for number in range(networks)
    ]
    members = project_of(Session(setups[0]))
    document = json.loads(members["project.json"])
    arrays: dict[str, AnyArray] = {}
    document["topologies"] = [
        describe_ids_and_topology(setup.topology, f"topology{place}", arrays)
        for place, setup in enumerate(setups)
    ]
    document["setups"] = [
        describe_setup(setups[place % networks], place % networks) for place in range(MAX_MILESTONES + 1)
    ]
    document["milestones"] = [
        {"setup": place, "epoch": 0, "updates": 0} for place in range(1, MAX_MILESTONES + 1)
    ]
    members |= {f"{name}.npy": npy(array) for name, array in arrays.items()}
    members["project.json"] = json.dumps(document).encode()
    content = zipped(members)
    tracemalloc.start()
    opened = read_project(io.BytesIO(content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert opened.project.checkpoint.milestones == ()
    assert peak < 100_000_000
    assert is_cheap(lambda: read_project(io.BytesIO(content)))


def test_a_network_has_a_bounded_number_of_units() -> None:
    def layers(count: int, size: int) -> tuple[Layer, ...]:
        starts = range(0, count * (size + 1), size + 1)
        return tuple(Layer(start, tuple(range(start + 1, start + 1 + size))) for start in starts)

    fits = layers(10, MAX_TOTAL_UNITS // 10)
    assert sum(Topology(fits, (), 2 * MAX_TOTAL_UNITS).sizes) == MAX_TOTAL_UNITS
    with pytest.raises(TopologyError, match="units are more than the limit of 100,000"):
        Topology(layers(11, MAX_TOTAL_UNITS // 10), (), 2 * MAX_TOTAL_UNITS)


def test_more_than_the_limit_is_said_to_whoever_asked_for_it() -> None:
    assert too_many(5_000_001, "weights", "use smaller layers") == (
        "5,000,001 weights are more than the limit of 5,000,000: use smaller layers."
    )
