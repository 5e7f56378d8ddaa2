"""What is read of safetensors is what the library reads, and nothing is read that the library refuses."""

import json
import random

import numpy as np
import pytest
import safetensors
from files.foreign_files import safetensors as file_of
from files.foreign_files import tensor
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from safetensors.numpy import load, save

from nn_desktop.files.native.safetensors_reader import open_tensors
from nn_desktop.files.native.stored import ReadError

DTYPES = st.sampled_from([np.float64, np.float32, np.float16])
SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.text(max_size=10), DTYPES.flatmap(lambda d: arrays_of.arrays(d, SHAPES)), max_size=4),
    st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3),
)
def test_what_the_library_writes_is_read(arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    arrays.pop("__metadata__", None)
    # Of empty metadata and no arrays the library writes what it does not read.
    tensors = open_tensors(save(arrays, metadata or None))
    assert tensors.metadata == metadata
    assert tensors.openers.keys() == arrays.keys()
    for name, array in arrays.items():
        stored = tensors.openers[name]()
        assert stored.shape == array.shape
        assert stored.read().tobytes() == array.tobytes()


def test_nothing_is_read_that_the_library_refuses() -> None:
    chance = random.Random(0)
    sound = save({"a.weight": np.ones((3, 2)), "a.bias": np.zeros(3)}, {"key": "value"})
    length = 8 + int.from_bytes(sound[:8], "little")
    read = 0
    for _ in range(2000):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 2)):
            place = chance.randrange(length)
            content[place] = chance.choice(b'0123456789"[]{},: aF\\')
        try:
            tensors = open_tensors(bytes(content))
            found = {name: opener().read() for name, opener in tensors.openers.items()}
        except ReadError:
            continue
        expected = load(bytes(content))
        read += 1
        assert found.keys() == expected.keys()
        for name, values in found.items():
            np.testing.assert_array_equal(values, expected[name])
    assert read > 10


@pytest.mark.parametrize(
    "header",
    [
        {"a": tensor("F32", [2], 0, 4)},
        {"a": tensor("F32", [1], 4, 0)},
        {"a": tensor("F32", [-1], 0, 4)},
        {"a": tensor("F32", [True], 0, 4)},
        {"a": tensor("F32", [1.0], 0, 4)},  # type: ignore[list-item]
        {"a": []},
        {"__metadata__": {"a": 1}, "a": tensor("F32", [1], 0, 4)},
        {},
    ],
    ids=str,
)
def test_a_damaged_header_is_refused(header: object) -> None:
    content = file_of(header, bytes(4))
    with pytest.raises(ReadError, match="damaged"):
        open_tensors(content)
    with pytest.raises(safetensors.SafetensorError):
        safetensors.deserialize(content)


def test_an_array_twice_is_refused() -> None:
    entry = json.dumps(tensor("F32", [1], 0, 4))
    with pytest.raises(ReadError, match="damaged"):
        open_tensors(file_of(f'{{"a":{entry},"a":{entry}}}'.encode(), bytes(4)))
