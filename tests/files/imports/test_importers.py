"""Files of strangers are read or refused with a sentence: soon, and without taking the memory."""

import io
import itertools
import json
import os
import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from costs import is_cheap
from files.foreign_files import (
    array_node,
    list_node,
    npy,
    npy_claiming,
    object_node,
    perceptron_node,
    safetensors,
    skops_file,
    tensor,
    unzipped,
    value_node,
    zipped,
)
from known_data import make_setup
from safetensors.numpy import save
from sentences import steering_characters

from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError
from nn_desktop.files.imports.importers import IMPORTERS, Importer, read_model
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.json_document import to_json
from nn_desktop.files.native.npz import to_npz
from nn_desktop.files.native.safetensors_file import to_safetensors
from nn_desktop.files.native.stored import ReadError
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

MAX_MEMORY = 200_000_000
MUTATIONS = int(os.environ.get("MUTATIONS", "300"))
"""Of each file."""


def importer(suffix: str) -> Importer:
    return next(each for each in IMPORTERS if each.suffix == suffix)


def iris_model() -> TrainedModel:
    session = Session(make_setup("iris", parse_layers("5-4"), Activation.TANH))
    return TrainedModel.of(session.setup, session.dataset, session.parameters)


MODEL = iris_model()


def document(**changes: object) -> bytes:
    """A JSON file of which some parts are others."""
    return json.dumps({**json.loads(to_json(MODEL)), **changes}).encode()


def npz(**members: bytes) -> bytes:
    """An NPZ file of which some members are others."""
    return zipped(unzipped(to_npz(MODEL)) | {f"{name}.npy": content for name, content in members.items()})


def layer(number: int, units: int) -> dict[str, object]:
    return {"number": number, "units": units, "activation": "identity", "name": "", "biases": []}


def link(source: int, target: int) -> dict[str, object]:
    return {"source": source, "target": target, "removed": [], "weights": []}


def flat_archive(entries: int) -> bytes:
    """A directory of many members, none of which is there."""
    entry = b"PK\x01\x02" + bytes(24) + b"\1\0" + bytes(16) + b"a"
    end = struct.pack("<HHHHIIH", 0, 0, 65535, 65535, entries * len(entry), 0, 0)
    return entry * entries + b"PK\x05\x06" + end


def with_a_member_twice() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for name, member in [*unzipped(to_npz(MODEL)).items(), ("task.npy", npy("binary"))]:
            archive.writestr(name, member)
    return buffer.getvalue()


def state_dict(**entries: tuple[str, list[int], int]) -> bytes:
    """A safetensors file with arrays of zeros: type, shape and bytes of each."""
    header, start = {}, 0
    for name, (dtype, shape, size) in entries.items():
        header[name.replace("_", ".")] = tensor(dtype, shape, start, start + size)
        start += size
    return safetensors(header, bytes(start))


SIXTY_FOUR = [layer(number, 10_000) for number in range(64)]
DIGITS = 30_000_000
ONE_ARRAY = ([array_node("a.npy")], [array_node("b.npy")])

HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    # JSON: little text for many objects
    "lists": (".json", lambda: b"[" + b"[]," * 10_000_000 + b"[]]", "more parts"),
    "objects": (".json", lambda: b"[" + b"{}," * 10_000_000 + b"{}]", "more parts"),
    "texts": (".json", lambda: b"[" + b'"ab",' * 6_000_000 + b"1]", "more parts"),
    "numbers": (".json", lambda: b"[" + b"300," * 7_500_000 + b"1]", "more parts"),
    "a million numbers": (".json", lambda: b"[" + b"300," * 1_000_000 + b"1]", "damaged"),
    "as many lists as are read": (".json", lambda: b"[" + b"[]," * 300_000 + b"1]", "damaged"),
    "keys": (
        ".json",
        lambda: ("{" + ",".join(f'"{key}":1' for key in range(1_300_000)) + "}").encode(),
        "more parts",
    ),
    "one rare character": (".json", lambda: b'{"a":"' + b"a" * DIGITS + "😀".encode() + b'"}', "more parts"),
    "a number of many digits": (".json", lambda: b'{"a":1.' + b"1" * DIGITS + b"}", "no network"),
    "an exponent of many digits": (".json", lambda: b'{"a":1e' + b"1" * DIGITS + b"}", "no network"),
    "a whole number of many digits": (".json", lambda: b'{"a":' + b"1" * 100_000 + b"}", "damaged"),
    "white space": (".json", lambda: b" " * DIGITS, "damaged"),
    "a thousand levels": (".json", lambda: b'{"a":' * 1000 + b"1" + b"}" * 1000, "damaged"),
    "a key twice": (".json", lambda: b'{"format":"a","format":"nn-desktop-network"}', "damaged"),
    "half a pair": (".json", lambda: document(input_names=["\ud800"] * 4), '"input_names"'),
    "no UTF-8": (".json", lambda: document().replace(b"iris", b"ir\xffs"), "damaged"),
    "UTF-16": (".json", lambda: document().decode().encode("utf-16"), "damaged"),
    "NaN": (".json", lambda: document().replace(b"0.0]", b"NaN]"), "not finite"),
    "1e999": (".json", lambda: document().replace(b"0.0]", b"1e999]"), "not finite"),
    # what a network asks for
    "640,000 units": (".json", lambda: document(layers=SIXTY_FOUR, links=[]), "640,000 units are more"),
    "10¹⁸ units": (".json", lambda: document(layers=[layer(0, 10**18), layer(1, 2)]), "1 to 10000 units"),
    "10⁴⁰ units": (".json", lambda: document(layers=[layer(0, 10**40), layer(1, 2)]), '"layers.units"'),
    "10,000 layers": (
        ".json",
        lambda: document(layers=[layer(number, 1) for number in range(10_000)]),
        "more than the 64",
    ),
    "20 million weights that are not there": (
        ".json",
        lambda: document(layers=[layer(0, 4000), layer(1, 5000)], links=[link(0, 1)]),
        "layer1.weight is no table",
    ),
    "a hundred million weights": (
        ".json",
        lambda: document(layers=[layer(0, 10_000), layer(1, 10_000)], links=[link(0, 1)]),
        "20,000,000",
    ),
    "a link again and again": (".json", lambda: document(links=[link(0, 1)] * 20_000), "linked twice"),
    "100,000 removed connections": (
        ".json",
        lambda: document(
            layers=[layer(0, 1000), layer(1, 1000)],
            links=[{**link(0, 1), "removed": list(itertools.product(range(100), range(1000)))}],
        ),
        "layer1.weight is no table",
    ),
    # NPZ
    "half a million members": (".npz", lambda: flat_archive(500_000), "more than 5000 parts"),
    "five thousand members": (".npz", lambda: flat_archive(5000), "two parts of one name"),
    "a member twice": (".npz", with_a_member_twice, "two parts of one name"),
    "a packed array that is longer than it says": (
        ".npz",
        lambda: npz(**{"layer1.weight": npy_claiming("<f8", "(5, 4)", bytes(100_000_000))}),
        "damaged",
    ),
    "a packed array of 1.6 GB": (
        ".npz",
        lambda: npz(**{"layer1.weight": npy_claiming("<f8", "(5, 40000000)", bytes(100_000_000))}),
        "larger than such a file can hold",
    ),
    "a topology of zeros": (
        ".npz",
        lambda: npz(topology=npy_claiming("<U9999999", "()", bytes(40_000_000))),
        "too long",
    ),
    "a topology of lists": (
        ".npz",
        lambda: npz(
            topology=npy_claiming("<U7500000", "()", ("[" + "[]," * 2_499_999 + "1]").encode("utf-32-le"))
        ),
        "more parts",
    ),
    "names of a million characters": (
        ".npz",
        lambda: npz(input_names=npy_claiming("<U1000000", "(4,)", bytes(16_000_000))),
        "too long",
    ),
    "ten million names": (
        ".npz",
        lambda: npz(input_names=npy_claiming("<U4", "(10000000,)", bytes(160_000_000))),
        "too long",
    ),
    "names that are no characters": (
        ".npz",
        lambda: npz(input_names=npy_claiming("<U1", "(4,)", b"\xff" * 16)),
        "damaged",
    ),
    "names that are halves of pairs": (
        ".npz",
        lambda: npz(input_names=npy_claiming("<U1", "(4,)", b"\x00\xd8\x00\x00" * 4)),
        '"input_names"',
    ),
    "a mean of four million numbers": (
        ".npz",
        lambda: npz(input_mean=npy_claiming("<f8", "(4000000,)", bytes(32_000_000))),
        '"input_mean"',
    ),
    "a scale of 0": (".npz", lambda: npz(input_scale=npy(np.zeros(4))), '"input_scaling"'),
    "a pickle": (".npz", lambda: npz(task=npy_claiming("|O", "()", b"cos\nsystem\n.")), "is no text"),
    "numbers that are texts": (".npz", lambda: npz(input_mean=npy(["a"] * 4)), "floating-point"),
    "an absurd shape": (
        ".npz",
        lambda: npz(**{"layer1.bias": npy_claiming("<f8", "(" + "1," * 49 + "5)", bytes(40))}),
        "layer1.bias",
    ),
    "paths instead of names": (
        ".npz",
        lambda: zipped({f"../../{name}": content for name, content in unzipped(to_npz(MODEL)).items()}),
        "no network of this program",
    ),
    "an archive in an archive": (
        ".npz",
        lambda: zipped({"a.npz": to_npz(MODEL)}),
        "no network of this program",
    ),
    "NPZ cut off": (".npz", lambda: to_npz(MODEL)[:-100], "damaged"),
    # safetensors
    "a header of spaces": (".safetensors", lambda: safetensors(b"{" + b" " * DIGITS + b"}"), "no arrays"),
    "a header without an end": (".safetensors", lambda: b"\xff" * 8 + b"{}", "damaged"),
    "many arrays": (
        ".safetensors",
        lambda: safetensors({f"{number}.weight": tensor("F32", [0, 1], 0, 0) for number in range(100_000)}),
        "more",
    ),
    "a million dimensions": (
        ".safetensors",
        lambda: safetensors({"a.weight": tensor("F32", [1] * 1_000_000, 0, 4)}, bytes(4)),
        "damaged",
    ),
    "arrays one over another": (
        ".safetensors",
        lambda: safetensors(
            {"a.weight": tensor("F32", [1, 1], 0, 4), "b.weight": tensor("F32", [1, 1], 0, 4)}, bytes(4)
        ),
        "damaged",
    ),
    "a gap": (
        ".safetensors",
        lambda: safetensors({"a.weight": tensor("F32", [1, 1], 4, 8)}, bytes(8)),
        "damaged",
    ),
    "2⁸⁰ weights": (
        ".safetensors",
        lambda: safetensors({"a.weight": tensor("F32", [2**40, 2**40], 0, 2**47)}),
        "damaged",
    ),
    "metadata that ask for much": (
        ".safetensors",
        lambda: safetensors(
            {
                "__metadata__": {
                    "nn_desktop": json.dumps(
                        {"format": "nn-desktop-network", "version": 2, "layers": SIXTY_FOUR, "links": []}
                    )
                }
            }
        ),
        "units are more",
    ),
    "bfloat16 NaN": (
        ".safetensors",
        lambda: safetensors(
            {"0.weight": tensor("BF16", [10_000, 2000], 0, 40_000_000)}, b"\xff" * 40_000_000
        ),
        "not finite",
    ),
    "a layer of no units": (
        ".safetensors",
        lambda: state_dict(**{"0.weight": ("F32", [0, 3], 0)}),
        "is empty",
    ),
    "too wide a layer": (
        ".safetensors",
        lambda: state_dict(**{"0.weight": ("F16", [100_000, 100], 20_000_000)}),
        "10000",
    ),
    # skops
    "a schema of lists": (".skops", lambda: skops_file(b"[" + b"[]," * 5_000_000 + b"1]"), "more parts"),
    "a schema that is too large": (".skops", lambda: skops_file(b" " * 17_000_000), "too large"),
    "a schema a thousand levels deep": (
        ".skops",
        lambda: skops_file(b'{"a":' * 1000 + b"1" + b"}" * 1000),
        "damaged",
    ),
    "a value a thousand levels deep": (
        ".skops",
        lambda: skops_file(
            perceptron_node(*ONE_ARRAY, activation={"__loader__": "JsonNode", "content": "[" * 999}),
            {"a.npy": npy(np.ones((2, 1))), "b.npy": npy(np.ones(1))},
        ),
        '"activation"',
    ),
    "packed weights": (
        ".skops",
        lambda: skops_file(
            perceptron_node(*ONE_ARRAY),
            {
                "a.npy": npy_claiming("<f8", "(10000, 2000)", bytes(160_000_000)),
                "b.npy": npy(np.zeros(2000)),
            },
        ),
        "larger than such a file can hold",
    ),
    "packed weights with a NaN": (
        ".skops",
        lambda: skops_file(
            perceptron_node(*ONE_ARRAY),
            {
                "a.npy": npy_claiming("<f2", "(10000, 400)", bytes(7_999_998) + b"\xff\xff"),
                "b.npy": npy(np.zeros(400)),
            },
        ),
        "not finite",
    ),
    "the same weights again and again": (
        ".skops",
        lambda: skops_file(
            perceptron_node([array_node("a.npy")] * 63, [array_node("b.npy")] * 63),
            {"a.npy": npy(np.zeros((700, 700))), "b.npy": npy(np.zeros(700))},
        ),
        "20,000,000",
    ),
    "very many layers": (
        ".skops",
        lambda: skops_file(
            perceptron_node([array_node("a.npy")] * 1000, [array_node("b.npy")] * 1000),
            {"a.npy": npy(np.zeros((7, 7))), "b.npy": npy(np.zeros(7))},
        ),
        '"coefs_"',
    ),
    "an array outside of the archive": (
        ".skops",
        lambda: skops_file(
            perceptron_node([array_node("/etc/passwd")], [array_node("../b.npy")]),
        ),
        '"coefs_"',
    ),
    "a command": (
        ".skops",
        lambda: skops_file(object_node("system", "os", command=value_node("true"))),
        "os.system",
    ),
    "a class whose name is no name": (
        ".skops",
        lambda: skops_file(object_node("a\nb" * 1000, "sklearn")),
        r"it holds a\nba\nb",
    ),
    "a pipeline of many steps": (
        ".skops",
        lambda: skops_file(
            object_node(
                "Pipeline",
                "sklearn.pipeline",
                steps=list_node([list_node([value_node("a"), value_node("passthrough")])] * 5000),
            )
        ),
        "nothing",
    ),
    "no schema": (".skops", lambda: zipped({"a": b""}), "damaged"),
    # whatever
    "nothing": (".npz", lambda: b"", "damaged"),
    "nothing, as safetensors": (".safetensors", lambda: b"", "damaged"),
    "nothing, as skops": (".skops", lambda: b"", "damaged"),
    "an image": (".json", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_soon_and_without_much_memory(case: str) -> None:
    suffix, make, words = HOSTILE[case]
    reader, content = importer(suffix), make()
    assert len(content) <= reader.most_bytes
    with pytest.raises((ReadError, UserError)) as caught:
        reader.read(content)

    def read_again() -> None:
        with suppress(ReadError, UserError):
            reader.read(content)

    assert is_cheap(read_again)
    text = str(caught.value)
    assert words in text
    assert not steering_characters(text)
    assert len(text) < 400
    tracemalloc.start()
    try:
        with pytest.raises((ReadError, UserError)):
            reader.read(content)
        assert tracemalloc.get_traced_memory()[1] < MAX_MEMORY
    finally:
        tracemalloc.stop()


def test_a_refusal_says_which_file_why_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"PK")
    with pytest.raises(FileError) as caught:
        read_model(path)
    assert str(caught.value) == (
        f'The file "{path}" cannot be opened: it is damaged, cut off, or no NPZ file: export it again, or '
        "choose another file."
    )


@pytest.mark.parametrize("name", ["a.pt", "a", "a.npz.bak", ".npz"])
def test_an_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match=r"ends with \.npz, \.json, \.safetensors, \.onnx or \.skops"):
        read_model(tmp_path / name)


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "A.NPZ"
    path.write_bytes(to_npz(MODEL))
    assert read_model(path).model.class_names == MODEL.class_names


@pytest.mark.parametrize("each", IMPORTERS, ids=lambda each: each.suffix)
def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path, each: Importer) -> None:
    path = tmp_path / f"a{each.suffix}"
    with path.open("wb") as file:
        file.truncate(each.most_bytes + 1)
    with pytest.raises(FileError, match=f"larger than {each.most_bytes / 1e6:.0f} MB"):
        read_model(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(FileError, match="it is no file"):
        read_model(tmp_path / "folder.npz")
    with pytest.raises(FileError, match="it does not exist"):
        read_model(tmp_path / "missing.skops")


def small_perceptron() -> bytes:
    """A classifier behind a scaler, as skops saves it."""
    scaler = object_node(
        "StandardScaler",
        "sklearn.preprocessing._data",
        with_mean=value_node(True),
        with_std=value_node(True),
        mean_=array_node("m.npy"),
        scale_=array_node("s.npy"),
    )
    perceptron = perceptron_node(
        [array_node("a.npy"), array_node("c.npy")],
        [array_node("b.npy"), array_node("d.npy")],
        "MLPClassifier",
        out_activation_=value_node("softmax"),
        classes_=array_node("k.npy"),
    )
    steps = [list_node([value_node("scaler"), scaler]), list_node([value_node("mlp"), perceptron])]
    arrays = {
        "m.npy": npy([1.0, 2.0]),
        "s.npy": npy([0.5, 0.25]),
        "a.npy": npy(np.arange(6.0).reshape(2, 3)),
        "b.npy": npy(np.zeros(3)),
        "c.npy": npy(np.ones((3, 3))),
        "d.npy": npy(np.zeros(3)),
        "k.npy": npy(["a", "b", "c"]),
    }
    return skops_file(object_node("Pipeline", "sklearn.pipeline", steps=list_node(steps)), arrays)


def stored(content: bytes) -> bytes:
    """The same archive unpacked, so that changes reach what is in it."""
    return zipped(unzipped(content), zipfile.ZIP_STORED)


SOUND: dict[str, tuple[str, Callable[[], bytes]]] = {
    "npz": (".npz", lambda: to_npz(MODEL)),
    "npz-packed": (".npz", lambda: zipped(unzipped(to_npz(MODEL)))),
    "json": (".json", lambda: to_json(MODEL)),
    "safetensors": (".safetensors", lambda: to_safetensors(MODEL)),
    "state-dict": (
        ".safetensors",
        lambda: save({"a.weight": np.ones((3, 2), np.float32), "a.bias": np.ones(3, np.float32)}),
    ),
    "skops": (".skops", lambda: stored(small_perceptron())),
    "skops-packed": (".skops", small_perceptron),
}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Change, insert or leave out some bytes; or make a number, a length or a quote another one."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(changed) + 1)
        new = chance.choice(
            [
                chance.randbytes(chance.randint(0, 3)),
                b'"',
                b"0",
                b"9",
                b"-",
                b"[",
                b"}",
                b"\xff",
                b"e9",
                b"\0",
            ]
        )
        changed[start : start + chance.randint(0, 3)] = new
    if chance.random() < 0.05:
        del changed[chance.randrange(len(changed) + 1) :]
    return bytes(changed)


@pytest.mark.parametrize("case", SOUND)
def test_a_mutated_file_is_read_or_refused(case: str) -> None:
    suffix, make = SOUND[case]
    reader, sound = importer(suffix), make()
    assert np.isfinite(reader.read(sound).model.parameters.vector).all()
    chance = random.Random(0)
    read = 0
    for _ in range(MUTATIONS):
        if suffix in (".npz", ".skops") and chance.random() < 0.5:
            members = unzipped(sound)
            name = chance.choice(list(members))
            content = zipped(members | {name: mutated(members[name], chance)}, zipfile.ZIP_STORED)
        else:
            content = mutated(sound, chance)
        try:
            model = reader.read(content).model
        except (ReadError, UserError) as error:
            assert "\n" not in str(error)
            assert len(str(error)) < 500
        else:
            read += 1
            assert np.isfinite(model.parameters.vector).all()
            assert model.predict(np.ones((2, len(model.input_names)))).shape == (2, len(model.output_names))
    assert read < MUTATIONS
