"""Weights come back to the last bit, and nothing else comes in."""

import io
import json
import os
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from nn_desktop.data.dataset import Dataset
from nn_desktop.files.atomic import FileError
from nn_desktop.files.exporters import export, find_exporter
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import layer_arrays, sequential_arrays
from nn_desktop.files.native.json_document import to_json
from nn_desktop.files.native.npz import to_npz
from nn_desktop.files.native.safetensors_file import to_safetensors
from nn_desktop.files.native.weights import BASE_BYTES, read_weights
from nn_desktop.network import wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Topology, chain

SUFFIXES = [".npz", ".json", ".safetensors"]


def refusal(path: Path, topology: Topology, dtype: type = np.float64) -> str:
    """Return the sentence that a file is refused with."""
    with pytest.raises(FileError) as caught:
        read_weights(path, topology, dtype)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert len(text) < 500
    return text


def write_npz(path: Path, arrays: dict[str, np.ndarray], compressed: bool = False) -> Path:
    save_arrays: Callable[..., None] = np.savez_compressed if compressed else np.savez
    save_arrays(path, **arrays)
    return path


def write_raw(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def write_members(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def npy(header: str, data: bytes = b"", length: int | None = None) -> bytes:
    size = len(header) if length is None else length
    return b"\x93NUMPY\x01\x00" + size.to_bytes(2, "little") + header.encode() + data


def plain_members(model: TrainedModel) -> dict[str, bytes]:
    members = {}
    for name, array in layer_arrays(model.parameters).items():
        buffer = io.BytesIO()
        np.save(buffer, array)
        members[name] = buffer.getvalue()
    return members


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_bit_comes_back(
    trained_model: tuple[TrainedModel, Dataset], tmp_path: Path, suffix: str
) -> None:
    model, _ = trained_model
    path = tmp_path / f"a{suffix}"
    export(model, path)
    vector = read_weights(path, model.topology, model.parameters.vector.dtype).vector
    assert vector.dtype == model.parameters.vector.dtype
    assert vector.tobytes() == model.parameters.vector.tobytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_hardest_numbers_come_back(chain_model: TrainedModel, tmp_path: Path, suffix: str) -> None:
    hard = [0.1, -0.0, 5e-324, -1.7976931348623157e308, 1 / 3, 2**53 + 1.0]
    chain_model.parameters.vector[: len(hard)] = hard
    path = tmp_path / f"a{suffix}"
    export(chain_model, path)
    vector = read_weights(path, chain_model.topology).vector
    assert vector.tobytes() == chain_model.parameters.vector.tobytes()


def test_float64_is_rounded_to_float32(chain_model: TrainedModel, tmp_path: Path) -> None:
    export(chain_model, tmp_path / "a.npz")
    vector = read_weights(tmp_path / "a.npz", chain_model.topology, np.float32).vector
    np.testing.assert_array_equal(vector, chain_model.parameters.vector.astype(np.float32))
    chain_model.parameters.vector[0] = 1e300
    export(chain_model, tmp_path / "a.npz")
    assert "too large for float32" in refusal(tmp_path / "a.npz", chain_model.topology, np.float32)


def test_npz_made_by_others_is_read(chain_model: TrainedModel, tmp_path: Path) -> None:
    arrays = layer_arrays(chain_model.parameters)
    for compressed in (False, True):
        path = write_npz(tmp_path / "a.npz", {k: np.asfortranarray(v) for k, v in arrays.items()}, compressed)
        vector = read_weights(path, chain_model.topology).vector
        np.testing.assert_array_equal(vector, chain_model.parameters.vector)
    path = write_npz(tmp_path / "b.npz", {k: v.astype(">f4") for k, v in arrays.items()})
    vector = read_weights(path, chain_model.topology).vector
    np.testing.assert_array_equal(vector, chain_model.parameters.vector.astype(np.float32))


def test_safetensors_made_by_others_are_read(chain_model: TrainedModel, tmp_path: Path) -> None:
    arrays = {k: v.astype(np.float32) for k, v in sequential_arrays(chain_model.parameters).items()}
    path = write_raw(tmp_path / "a.safetensors", save(arrays))
    vector = read_weights(path, chain_model.topology).vector
    np.testing.assert_array_equal(vector, chain_model.parameters.vector.astype(np.float32))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_another_topology_is_named(chain_model: TrainedModel, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    export(chain_model, path)  # 1-5-4-1
    tanh, identity = Activation.TANH, Activation.IDENTITY
    first = "0" if suffix == ".safetensors" else "layer1"
    text = refusal(path, chain((1, 6, 4, 1), (tanh, tanh, identity)))
    assert f"its {first}.weight is 5×1, but 6×1 was expected" in text
    deeper = refusal(path, chain((1, 5, 4, 4, 1), (tanh, tanh, tanh, identity)))
    assert "of another topology than 1-5-4-4-1: it lacks" in deeper
    shallower = refusal(path, chain((1, 5, 1), (tanh, identity)))
    assert "of another topology than 1-5-1: it also has" in shallower


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_other_links_are_another_topology(skip_model: TrainedModel, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    export(skip_model, path)
    topology = skip_model.topology
    first, _, third, _ = topology.layers
    unlinked = wiring.disconnect_all(topology, product(first.units, third.units))
    assert "it also has layer2.weight_from_layer0" in refusal(path, unlinked)
    link = topology.link_between(topology.layers[2].id, topology.layers[3].id)
    assert link is not None
    sparser = wiring.disconnect_all(topology, [(topology.layers[2].units[0], topology.layers[3].units[0])])
    assert "connections that are removed" in refusal(path, sparser)
    # Where the file has a 0 for a removed connection, the whole link takes it.
    whole = wiring.connect(topology, first.units[0], topology.layers[1].units[1])
    assert read_weights(path, whole).weight(first.units[0], topology.layers[1].units[1]) == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(
    chain_model: TrainedModel, tmp_path: Path, suffix: str, value: float
) -> None:
    to_bytes = {".npz": to_npz, ".safetensors": to_safetensors}.get(suffix)
    chain_model.parameters.vector[-1] = value
    if to_bytes is None:
        chain_model.parameters.vector[-1] = 12345.0
        content = to_json(chain_model).replace(b"12345.0", b"NaN" if np.isnan(value) else b"1e999")
    else:
        content = to_bytes(chain_model)
    assert "not finite" in refusal(write_raw(tmp_path / f"a{suffix}", content), chain_model.topology)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_cut_off_file_is_refused(chain_model: TrainedModel, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    export(chain_model, path)
    content = path.read_bytes()
    for length in (0, 1, 8, 100, len(content) // 2, len(content) - 3):
        assert "damaged" in refusal(write_raw(path, content[:length]), chain_model.topology)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_another_format_under_this_name_is_refused(
    chain_model: TrainedModel, tmp_path: Path, suffix: str
) -> None:
    for content in (
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04",
        b"\x93NUMPY\x01\x00",
        pickle.dumps([1]),
    ):
        text = refusal(write_raw(tmp_path / f"a{suffix}", content), chain_model.topology)
        assert f"no {suffix[1:].upper() if suffix != '.safetensors' else 'safetensors'} file" in text


def test_a_flipped_bit_is_found_by_the_checksum(chain_model: TrainedModel, tmp_path: Path) -> None:
    content = bytearray(to_npz(chain_model))
    content[content.index(chain_model.parameters.biases(chain_model.topology.layers[1].id).tobytes())] ^= 1
    assert "damaged" in refusal(write_raw(tmp_path / "a.npz", bytes(content)), chain_model.topology)


class Trap:
    """Would tell if anybody unpickled it."""

    sprung = False

    def __reduce__(self) -> tuple[Callable[..., None], tuple[object, ...]]:
        return setattr, (Trap, "sprung", True)


def test_pickles_are_never_opened(chain_model: TrainedModel, tmp_path: Path) -> None:
    arrays: dict[str, np.ndarray] = dict(layer_arrays(chain_model.parameters))
    arrays["layer1.weight"] = np.array([[Trap()]] * 5, dtype=object)
    assert "no plain floating-point" in refusal(write_npz(tmp_path / "a.npz", arrays), chain_model.topology)
    assert not Trap.sprung


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<i8', 'fortran_order': False, 'shape': (5, 1), }\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-5, 1), }\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "(" * 5000 + "), }\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 1), 'more': __import__('os'), }\n",
        "\\N{",
        "",
    ],
)
def test_odd_array_headers_are_refused(chain_model: TrainedModel, tmp_path: Path, header: str) -> None:
    members = plain_members(chain_model) | {"layer1.weight": npy(header, bytes(40))}
    text = refusal(write_members(tmp_path / "a.npz", members), chain_model.topology)
    assert "its array layer1.weight holds no plain floating-point numbers" in text


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ("(1000000000000, 1000000)", "its parts are larger than such a file can hold"),
        ("(5, 1, 1)", "layer1.weight is 5×1×1, but 5×1"),
        ("()", "layer1.weight is a single number, but 5×1"),
    ],
)
def test_absurd_shapes_are_refused_unread(
    chain_model: TrainedModel, tmp_path: Path, shape: str, why: str
) -> None:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n"
    members = plain_members(chain_model) | {"layer1.weight": npy(header)}
    text = refusal(write_members(tmp_path / "a.npz", members), chain_model.topology)
    assert why in text


@pytest.mark.parametrize("name", ["layer1.weight", "unneeded"])
def test_a_zip_bomb_is_not_unpacked(chain_model: TrainedModel, tmp_path: Path, name: str) -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 1), }\n"
    members = plain_members(chain_model) | {name: npy(header, bytes(200_000_000))}
    path = write_members(tmp_path / "a.npz", members, zipfile.ZIP_DEFLATED)
    del members
    tracemalloc.start()
    try:
        if name == "unneeded":
            read_weights(path, chain_model.topology)
        else:
            assert "damaged" in refusal(path, chain_model.topology)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_other_compressions_are_refused(chain_model: TrainedModel, tmp_path: Path) -> None:
    path = write_members(tmp_path / "a.npz", plain_members(chain_model), zipfile.ZIP_BZIP2)
    assert "damaged" in refusal(path, chain_model.topology)


def test_a_file_that_is_far_too_large_is_refused(chain_model: TrainedModel, tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        path = tmp_path / f"a{suffix}"
        with path.open("wb") as file:
            file.truncate(BASE_BYTES + 1_000_000)
        assert "larger than 8 MB" in refusal(path, chain_model.topology)


def test_safetensors_of_another_type_are_refused(chain_model: TrainedModel, tmp_path: Path) -> None:
    arrays = sequential_arrays(chain_model.parameters)
    arrays["0.weight"] = np.zeros((5, 1), np.int64)
    path = write_raw(
        tmp_path / "a.safetensors", save({k: np.ascontiguousarray(v) for k, v in arrays.items()})
    )
    assert "0.weight holds numbers of type I64" in refusal(path, chain_model.topology)


JsonEdit = Callable[[dict[str, Any]], object]
JSON_EDITS: dict[str, JsonEdit] = {
    "no network of this program": lambda d: d.update(format="other"),
    "newer version": lambda d: d.update(version=4),
    '"layers" are not': lambda d: d.update(layers={}),
    '"links" are not': lambda d: d.update(links=[1]),
    '"number" in it': lambda d: d["layers"][1].update(number="1"),
    '"source" in it': lambda d: d["links"][0].pop("source"),
    "layer1.bias is no table": lambda d: d["layers"][1].update(biases="00000"),
    "layer1.weight is no table": lambda d: d["links"][0].update(weights=[1, 2, 3, 4, 5]),
    "layer2.weight is no table": lambda d: d["links"][1]["weights"][0].__setitem__(0, "1.0"),
    "layer2.bias is no table": lambda d: d["layers"][2]["biases"].__setitem__(0, True),
    "layer3.bias is no table": lambda d: d["layers"][3]["biases"].__setitem__(0, 10**400),
    "not of one length": lambda d: d["links"][1]["weights"][0].append(1.0),
    "layer2.weight is 3×5": lambda d: d["links"][1]["weights"].pop(),
    "lacks layer2.weight": lambda d: d["links"].pop(1),
}


@pytest.mark.parametrize("words", JSON_EDITS)
def test_a_document_with_a_wrong_part_is_refused(
    chain_model: TrainedModel, tmp_path: Path, words: str
) -> None:
    document = json.loads(to_json(chain_model))
    JSON_EDITS[words](document)
    path = write_raw(tmp_path / "a.json", json.dumps(document).encode())
    assert words in refusal(path, chain_model.topology)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"version": ' + b"1" * 10_000 + b"}",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
    ],
    ids=["lists", "objects", "digits", "encoding", "list", "null"],
)
def test_hostile_json_is_refused(chain_model: TrainedModel, tmp_path: Path, content: bytes) -> None:
    said = refusal(write_raw(tmp_path / "a.json", content), chain_model.topology)
    assert "it is damaged, cut off, or no JSON file" in said


def test_what_is_no_file_is_refused(chain_model: TrainedModel, tmp_path: Path) -> None:
    (tmp_path / "folder.npz").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")
    assert "it is no file" in refusal(tmp_path / "folder.npz", chain_model.topology)
    assert "it is no file" in refusal(tmp_path / "pipe.npz", chain_model.topology)
    assert "it does not exist" in refusal(tmp_path / "missing.npz", chain_model.topology)
    assert "unknown file type" in refusal(tmp_path / "a.pt", chain_model.topology)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused(
    chain_model: TrainedModel, tmp_path: Path, suffix: str, data: st.DataObject
) -> None:
    path = tmp_path / f"a{suffix}"
    model = replace(chain_model)
    content = bytearray(find_exporter(path).to_files(model, path.name)[path.name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path.write_bytes(content)
    try:
        parameters = read_weights(path, model.topology)
    except FileError as error:
        assert str(path) in str(error)
    else:
        assert np.isfinite(parameters.vector).all()
