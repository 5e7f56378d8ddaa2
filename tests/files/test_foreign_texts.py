"""Whatever stands where a name or a value stands, nothing that is said of a file steers a terminal.

Each text and each key of a good file is replaced by such a thing, one after another, in every format.
"""

import csv
import importlib.util
import io
import json
import zipfile
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote

import fuzzing
import numpy as np
import pytest
from foreign_files import npy, npy_claiming, safetensors, tensor, unzipped, zipped
from sentences import LONGEST, steering_characters

from nn_desktop.data.csv_reader import read_columns
from nn_desktop.data.dataset import DataError
from nn_desktop.errors import ReadableError, UserError, unknown_name
from nn_desktop.files.atomic import FileError, write_atomically
from nn_desktop.files.imports.importers import read_model
from nn_desktop.files.native.networks import read_network
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.weights import read_weights
from nn_desktop.network.topology import chain

EVIL = "\x1b[2J\x1b]0;owned\x07\u202egpj\u2066\ud800\r\n\x9b\x7f\u2028<img src=x>"
WRITABLE = EVIL.replace("\ud800", "")
"""The same as text in UTF-8 can be."""
EVILS = (EVIL, WRITABLE, "\x1b", "\u200f", WRITABLE * 1000)
UNREAD = ("_optimizer", "_random_state", "loss_curve_", "key_types", "__id__", "is_json")
"""Parts of what skops writes that nobody looks at."""


def answer(reader: str, content: bytes) -> list[str]:
    """Return all that a reader says of a file, and see that nothing of it steers."""
    try:
        said = fuzzing.said_of(fuzzing.READERS[reader].read(content))
    except (ReadError, UserError) as error:
        said = [str(error)]
        assert len(said[0]) > 10
    for text in said:
        assert not steering_characters(text), ascii(text)
        assert len(text) <= LONGEST
    return said


def spoiled(document: object) -> Iterator[object]:
    """Yield documents that have something evil for one key or one value, each place once."""
    written = json.dumps(document)
    for path in _places(document):
        for change, evil in ((_set, WRITABLE), (_rename, EVIL)):
            other = json.loads(written)
            holder = other
            for step in path[:-1]:
                holder = holder[step]  # type: ignore[index]
            if change(holder, path[-1], evil):
                yield other


def _places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in UNREAD:
                yield from _places(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value[:2]):  # the others are of the same kind
            yield from _places(item, (*path, place))


def _set(holder: object, key: object, evil: str) -> bool:
    holder[key] = evil  # type: ignore[index]
    return True


def _rename(holder: object, key: object, evil: str) -> bool:
    if not isinstance(holder, dict):
        return False
    holder[f"{key}{evil}"] = holder.pop(key)
    return True


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()


def needs(reader: str) -> None:
    library = {"onnx": "onnx", "skops": "skops"}.get(reader)
    if library is not None and importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")


# --- documents of JSON, wherever they are


def wrapped(reader: str) -> list[tuple[object, Callable[[object], bytes]]]:
    """Return the documents of good files, and how each becomes a file again."""
    made = fuzzing.READERS[reader].make()
    match reader:
        case "json":
            return [(json.loads(made[0]), as_json)]
        case "safetensors":
            return [_in_safetensors(content) for content in made] + [_in_metadata(made[0])]
        case "skops":
            return [_in_archive(made[1], "schema.json")]
        case "project":
            return [_in_archive(made[0], "project.json")]
        case "npz":
            return [_in_npz(made[0])]
        case "link":
            return [_in_link(made[0])]
        case "text":
            return [(json.loads(made[0]), lambda document: json.dumps(document, ensure_ascii=True).encode())]
    raise AssertionError(reader)


def _in_safetensors(content: bytes) -> tuple[object, Callable[[object], bytes]]:
    stop = 8 + int.from_bytes(content[:8], "little")
    return json.loads(content[8:stop]), lambda header: safetensors(header, content[stop:])


def _in_metadata(content: bytes) -> tuple[object, Callable[[object], bytes]]:
    stop = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:stop])
    (key,) = header["__metadata__"]

    def pack(document: object) -> bytes:
        return safetensors({**header, "__metadata__": {key: json.dumps(document)}}, content[stop:])

    return json.loads(header["__metadata__"][key]), pack


def _in_archive(content: bytes, member: str) -> tuple[object, Callable[[object], bytes]]:
    members = unzipped(content)

    def pack(document: object) -> bytes:
        return zipped({**members, member: json.dumps(document).encode()}, zipfile.ZIP_STORED)

    return json.loads(members[member]), pack


def _in_npz(content: bytes) -> tuple[object, Callable[[object], bytes]]:
    members = unzipped(content)
    document = json.loads(np.load(io.BytesIO(members["topology.npy"])).item())
    return document, lambda other: zipped({**members, "topology.npy": npy(json.dumps(other))})


def _in_link(content: bytes) -> tuple[object, Callable[[object], bytes]]:
    packed = content.removeprefix(b"nnd:")
    document = json.loads(zlib.decompress(urlsafe_b64decode(packed + b"=" * (-len(packed) % 4))[1:]))

    def pack(other: object) -> bytes:
        return b"nnd:" + urlsafe_b64encode(b"\1" + zlib.compress(json.dumps(other).encode()))

    return document, pack


@pytest.mark.parametrize("reader", ["json", "safetensors", "skops", "project", "npz", "link", "text"])
def test_every_text_and_key_of_a_document_is_shown_harmlessly(reader: str) -> None:
    needs(reader)
    tried = 0
    for document, pack in wrapped(reader):
        answer(reader, pack(document))
        for other in spoiled(document):
            answer(reader, pack(other))
            tried += 1
    assert tried > 25


# --- what the documents do not name


@pytest.mark.parametrize("evil", EVILS, ids=range(len(EVILS)))
def test_types_and_names_of_tensors_are_shown_harmlessly(evil: str) -> None:
    four = b"\0" * 16
    kind = answer("safetensors", safetensors({"0.weight": tensor(evil, [2, 2], 0, 16)}, four))
    name = answer("safetensors", safetensors({evil: tensor("F32", [2, 2], 0, 16)}, four))
    assert "holds numbers of type" in kind[0]
    assert "neither the weight nor the bias" in name[0]
    remarks = answer("safetensors", safetensors({f"{evil}.weight": tensor("F32", [2, 2], 0, 16)}, four))
    assert any("comes without biases" in remark for remark in remarks)


def test_a_header_that_clears_the_screen_is_spelled_out() -> None:
    (said,) = answer("safetensors", safetensors({"w.weight": tensor("\x1b[2J", [1, 1], 0, 4)}, b"\0" * 4))
    assert r"its array w.weight holds numbers of type \x1b[2J: convert" in said


@pytest.mark.parametrize("evil", [WRITABLE, "\u202e" * 50], ids=range(2))
@pytest.mark.parametrize("packed", [0, 8])
def test_members_of_archives_are_shown_harmlessly(evil: str, packed: int) -> None:
    for reader in ("npz", "skops", "project"):
        needs(reader)
        members = unzipped(fuzzing.READERS[reader].make()[0])
        archives = [{**members, f"{evil}.npy": npy([1.0])}]
        for name in members:
            others = {key: content for key, content in members.items() if key != name}
            archives += [
                {**others, name + evil: members[name]},
                {**others, name: npy_claiming(evil[:9], "(1,)")},
                {**others, name: npy_claiming("<U9", evil[:9])},
                {**members, name: npy(evil)},
                {**members, name: npy([evil] * 4)},
            ]
        said = [text for archive in archives for text in answer(reader, zipped(archive, packed)) if text]
        assert len(said) > len(members)  # the first wrong array of each, at least, is told of


@pytest.mark.parametrize("evil", [WRITABLE, "\u202ename", WRITABLE * 20], ids=range(3))
def test_all_that_a_graph_names_is_shown_harmlessly(evil: str) -> None:
    onnx = pytest.importorskip("onnx", reason="the files of this test are made with it")
    (content,) = fuzzing.READERS["onnx"].make()
    whole = onnx.load_from_string(content)
    del whole.metadata_props[:]
    described = onnx.load_from_string(content)
    changes: list[Callable[[object], object]] = []
    for model in (whole, described):
        graph = model.graph
        for place in range(len(graph.node)):
            for field in ("name", "op_type", "domain"):
                changes.append(lambda m, p=place, f=field: setattr(m.graph.node[p], f, evil))
            changes.append(lambda m, p=place: m.graph.node[p].input.__setitem__(0, evil))
            changes.append(lambda m, p=place: m.graph.node[p].output.__setitem__(0, evil))
            changes.append(
                lambda m, p=place: m.graph.node[p].attribute.add(name=evil, type=3, s=evil.encode())
            )
        for place in range(len(graph.initializer)):
            changes.append(lambda m, p=place: setattr(m.graph.initializer[p], "name", evil))
            changes.append(lambda m, p=place: setattr(m.graph.initializer[p], "data_type", 8))
        changes += [
            lambda m: setattr(m.graph.input[0], "name", evil),
            lambda m: setattr(m.graph.output[0], "name", evil),
            lambda m: setattr(m.opset_import[0], "domain", evil),
            lambda m: m.metadata_props.add(key=evil, value=evil),
        ]
        for change in changes:
            other = onnx.ModelProto()
            other.CopyFrom(model)
            change(other)
            answer("onnx", other.SerializeToString())
        changes.clear()


@pytest.mark.parametrize(
    "key",
    [
        "activation", "batchSize", "dataset", "regDataset", "learningRate", "regularizationRate", "noise",
        "networkShape", "seed", "regularization", "percTrainData", "problem", "initZero", "x", EVIL,
    ],
)  # fmt: skip
def test_addresses_of_the_playground_are_shown_harmlessly(key: str) -> None:
    for evil in (WRITABLE, "\x1b[2J", WRITABLE * 100):
        for value in (evil, quote(evil)):
            name = quote(key, errors="replace")
            said = answer(
                "link", f"https://playground.tensorflow.org/#networkShape=4&{name}={value}".encode()
            )
            assert said


@pytest.mark.parametrize("evil", EVILS, ids=range(len(EVILS)))
def test_pasted_words_and_numbers_are_shown_harmlessly(evil: str) -> None:
    for text in (evil, f"2-{evil}-1", f"2-3:{evil}-1", f"{evil}2-3-1", f"2-{'9' * 200}-1"):
        with pytest.raises(UserError) as caught:
            fuzzing.read_text(text)
        assert not steering_characters(str(caught.value))
        with pytest.raises(UserError) as caught:
            fuzzing.parse_layers(text)
        assert not steering_characters(str(caught.value))
        assert len(str(caught.value)) <= LONGEST


@pytest.mark.parametrize("evil", [WRITABLE, "\x1b[2J", "\u202e1", "\x9b31m", WRITABLE * 100], ids=range(5))
def test_titles_and_cells_of_tables_are_shown_harmlessly(evil: str) -> None:
    for table in (
        [[evil, "b"], [1, 2]],
        [["a", "b"], [1, evil]],
        [["a", evil, "b"], [1, 2, evil]],
        [[evil, 1]],
    ):
        text = io.StringIO()
        csv.writer(text).writerows(table)
        for encoding in ("utf-8", "utf-16", "latin-1"):
            content = text.getvalue().encode(encoding, "replace")
            for names in (("a", "b"), (evil, "b"), ("a", evil)):
                try:
                    stream = io.BufferedReader(io.BytesIO(content))
                    list(read_columns(stream, f'"{evil}.csv"', names, 8))
                except DataError as error:
                    assert not steering_characters(str(error))
                    assert len(str(error)) <= LONGEST


@pytest.mark.parametrize("evil", ["\x1b[2J", "\u202egpj", "half\udcff", "line\nline"])
@pytest.mark.parametrize("suffix", [".npz", ".json", ".safetensors", ".onnx", ".skops", ".nnd", ".xyz", ""])
def test_names_of_files_are_shown_harmlessly(tmp_path, evil: str, suffix: str) -> None:
    damaged = tmp_path / f"{evil}{suffix}"
    damaged.write_bytes(b"nothing")
    for path in (damaged, tmp_path / f"{evil}-missing{suffix}", tmp_path / evil / f"none{suffix}", tmp_path):
        for use in (
            read_model,
            lambda path: read_weights(path, chain((1, 1), (fuzzing.Activation.TANH,))),
            lambda path: write_atomically(path / "no" / "folder", b""),
        ):
            with pytest.raises(FileError) as caught:
                use(path)
            assert not steering_characters(str(caught.value))


def test_the_weights_of_another_network_are_named_harmlessly(tmp_path) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(safetensors({WRITABLE: tensor("F32", [1, 1], 0, 4)}, b"\0" * 4))
    with pytest.raises(FileError, match=r"lacks|also has") as caught:
        read_weights(path, chain((1, 1), (fuzzing.Activation.TANH,)))
    assert not steering_characters(str(caught.value))


# --- what holds for any error, also one that nobody has written yet


def test_no_error_steers_whatever_is_put_into_it() -> None:
    for kind in _with_subclasses(ReadableError):
        made = kind(f"its {EVIL} is wrong: choose another")
        assert not steering_characters(str(made)), kind
        assert str(made).endswith("choose another") or "is not as it should be" in str(made)
    assert "<img src=x>" in str(ReadError(EVIL))  # a text, and no page


def test_a_long_error_keeps_its_end_which_says_what_to_do() -> None:
    error = UserError(f"The file {'x' * 100_000} cannot be read: choose another file.")
    assert len(str(error)) <= LONGEST
    assert str(error).startswith("The file xxx")
    assert str(error).endswith("x cannot be read: choose another file.")


def test_a_wrong_name_is_quoted_harmlessly() -> None:
    said = str(unknown_name("dataset", EVIL * 1000, ["sine", "iris"]))
    assert not steering_characters(said)
    assert len(said) < 300
    assert said.startswith(r'There is no dataset "\x1b[2J\x1b]0;owned\x07\u202egpj')


def test_a_network_of_a_document_without_any_words_is_refused_in_one() -> None:
    with pytest.raises((ReadError, UserError)) as caught:
        read_network({EVIL: EVIL}, {})
    assert not steering_characters(str(caught.value))


def _with_subclasses(kind: type[ReadableError]) -> Iterator[type[ReadableError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _with_subclasses(each)
