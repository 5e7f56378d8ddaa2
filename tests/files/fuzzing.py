"""Spoils files at random and reads them: ``python fuzzing.py READER FILES SEED``.

It runs as a process of its own, in which memory is bounded. It prints one line of JSON: how many files were
read, how many were refused, the longest time that one took, and how much memory all took at most. Nothing
that is said of a file may hold what steers a terminal or turns the direction of writing.
"""

import copy
import io
import json
import random
import re
import resource
import signal
import sys
import time
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import numpy as np
from sentences import LONGEST, steering_characters

from nn_desktop.data.catalogue import find_source
from nn_desktop.data.csv_reader import read_columns
from nn_desktop.errors import UserError
from nn_desktop.files.exporters import find_exporter
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.imports.importers import IMPORTERS
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.project.project import OpenedProject, Project
from nn_desktop.files.project.project_document import ProjectContents, read_project
from nn_desktop.files.share.links import Shared, read_shared, to_link
from nn_desktop.files.share.network_text import read_text, to_text
from nn_desktop.network import wiring
from nn_desktop.network.edits import rename_layer
from nn_desktop.network.fragment import Fragment, take
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session
from nn_desktop.training.setup import make_setup

MORE_MEMORY = 200_000_000
"""Bytes that reading a file may take, beyond what the program has anyway."""
HANG_SECONDS = 10
STEERING = ("\x1b[2J\x07", "\u202egpj.exe", "a\r\x9bb\n", "\u2066<b>\u2028", "\ud800", "\x7f\ufeff\u200f")
NASTY = (0, -1, 1, 2, 10**9, 2**31, 2**63, 10**30, -(10**12), 0.5, 1e308, True, None, "", "x" * 300)
NASTY += STEERING
WORD = re.compile(rb"[A-Za-z0-9_.]{4,}|(?:[A-Za-z0-9_.]\0\0\0){4,}")
EVIL_NAMES = ("../../evil", "/etc/passwd", "C:\\evil", "a" * 300, *STEERING[:4], "\u202elayer1.weight.npy")
NASTY_CONTAINERS = ([], {}, [[]], [0] * 1000, {"x": 1})


class HangError(Exception):
    """A file took too long."""


@dataclass(frozen=True)
class Reader:
    """How a good file is made, and how one is read."""

    make: Callable[[], list[bytes]]
    read: Callable[[bytes], object]


def session() -> Session:
    setup = make_setup(find_source("iris").default_settings, parse_layers("4-5-4:relu-3"), Activation.TANH)
    topology = wiring.link_layers(setup.topology, setup.topology.layers[0].id, setup.topology.layers[2].id)
    first, second, *_ = topology.layers
    topology = rename_layer(topology, second.id, "the first hidden layer")
    made = Session(setup.with_topology(wiring.disconnect_all(topology, [(first.units[0], second.units[1])])))
    made.advance(60)
    return made


def model() -> TrainedModel:
    made = session()
    return TrainedModel.of(made.setup, made.dataset, made.parameters)


def exported(ending: str) -> list[bytes]:
    name = f"a{ending}"
    return [find_exporter(Path(name)).to_files(model(), name)[name]]


def skops_files() -> list[bytes]:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from skops.io import dumps

    made = session()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = make_pipeline(StandardScaler(), MLPClassifier((5, 4), max_iter=3))
        fitted.fit(made.dataset.inputs, made.dataset.labels)
        return [dumps(fitted), dumps(fitted[-1])]


def state_dicts() -> list[bytes]:
    shapes = {"hidden.weight": [2, 3], "hidden.bias": [2], "out.weight": [1, 2], "out.bias": [1]}
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    return [len(text).to_bytes(8, "little") + text + np.arange(end // 4, dtype="<f4").tobytes()]


def projects() -> list[bytes]:
    file = io.BytesIO()
    ProjectContents.of(Project(session().checkpoint(), notes="Noted.")).write(file)
    return [file.getvalue()]


def links() -> list[bytes]:
    made = session()
    address = (
        "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=xor&networkShape=4,2&noise=5"
    )
    texts = (to_link(made.setup), to_link(made.setup, made.parameters), address)
    return [text.encode() for text in texts]


def texts() -> list[bytes]:
    made = session()
    layers = [layer.id for layer in made.setup.topology.layers]
    whole = take(made.setup.topology, layers, made.parameters)
    return [to_text(whole).text.encode(), b"2-8:relu-1"]


def tables() -> list[bytes]:
    rows = "".join(f"{x},{x / 7!r},-{x}e-3,{x}\n" for x in range(40))
    titled = "a,b,c,d\n" + rows
    german = titled.replace(",", ";").replace(".", ",")
    return [rows.encode(), titled.encode("utf-8-sig"), german.encode("utf-16")]


def read_table(content: bytes) -> list[object]:
    stream = io.BufferedReader(io.BytesIO(content))  # type: ignore[arg-type]
    return list(read_columns(stream, "the table", ("a", "b", "c", "d"), 16))


def from_suffix(suffix: str) -> Callable[[bytes], object]:
    return next(importer.read for importer in IMPORTERS if importer.suffix == suffix)


READERS = {
    "npz": Reader(lambda: exported(".npz"), from_suffix(".npz")),
    "json": Reader(lambda: exported(".json"), from_suffix(".json")),
    "safetensors": Reader(lambda: exported(".safetensors") + state_dicts(), from_suffix(".safetensors")),
    "onnx": Reader(lambda: exported(".onnx"), from_suffix(".onnx")),
    "skops": Reader(skops_files, from_suffix(".skops")),
    "project": Reader(projects, lambda content: read_project(io.BytesIO(content))),
    "link": Reader(links, lambda content: read_shared(content.decode("latin-1"))),
    "table": Reader(tables, read_table),
    "text": Reader(texts, lambda content: read_text(content.decode("latin-1"))),
}


# How files are spoiled


def spoil(content: bytes, chance: random.Random) -> bytes:
    """Spoil a file; of an archive or JSON mostly what is inside, so that it is still read that far."""
    if content.startswith(b"PK") and chance.random() < 0.8:
        return spoil_archive(content, chance)
    if content[8:9] == b"{" and chance.random() < 0.7:
        return spoil_safetensors(content, chance)
    if content.startswith((b"{", b"\n{")) and chance.random() < 0.7:
        return spoil_json(content, chance)
    return spoil_bytes(content, chance)


def spoil_bytes(content: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        place = chance.randrange(len(spoiled) + 1)
        length = chance.choice((1, 1, 2, 4, 8, 64))
        match chance.randrange(7):
            case 0:
                spoiled[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del spoiled[place : place + length]
            case 2:
                spoiled[place:place] = chance.randbytes(length)
            case 3:
                spoiled[place : place + length] = b"\xff" * length
            case 4:
                del spoiled[chance.randrange(len(spoiled) + 1) :]
            case 5:
                other = chance.randrange(len(spoiled) + 1)
                spoiled[place : place + length] = spoiled[other : other + length]
            case 6:
                _spoil_word(spoiled, chance)
    return bytes(spoiled)


def _spoil_word(spoiled: bytearray, chance: random.Random) -> None:
    """Put something that steers over a word, whose length stays: it may be given somewhere before it."""
    words = list(WORD.finditer(spoiled))
    if words:
        place = chance.choice(words).start()
        encoding = "utf-32-le" if spoiled[place + 1] == 0 else "utf-8"
        written = chance.choice(STEERING).encode(encoding, "surrogatepass")
        spoiled[place : place + len(written)] = written


def spoil_safetensors(content: bytes, chance: random.Random) -> bytes:
    """Spoil the header, and say how long it is now."""
    stop = 8 + int.from_bytes(content[:8], "little")
    header = spoil_json(content[8:stop], chance)
    return len(header).to_bytes(8, "little") + header + content[stop:]


def spoil_archive(content: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    place = chance.randrange(len(members))
    name, inside = members[place]
    match chance.randrange(8):
        case 0:
            del members[place]
        case 1:
            members.append((chance.choice(EVIL_NAMES), inside))
        case 2:
            members[place] = (name, b"\0" * chance.choice((10**6, 3 * 10**7)))  # a bomb, when it is packed
        case 3:
            members[place] = (chance.choice((*EVIL_NAMES, *(name for name, _ in members))), inside)
        case _:
            members[place] = (name, spoil_member(name, inside, chance))
    buffer = io.BytesIO()
    packed = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", packed) as archive:
        warnings.simplefilter("ignore")  # names twice
        for name, inside in members:
            archive.writestr(name, inside)
    return buffer.getvalue()


def spoil_member(name: str, inside: bytes, chance: random.Random) -> bytes:
    if name.endswith(".json") or name == "schema.json":
        return spoil_json(inside, chance)
    if chance.random() < 0.3 and len(inside) > 136:  # numbers that are none
        numbers = chance.choice((np.nan, np.inf, -1e308))
        return inside[:-8] + np.float64(numbers).tobytes()
    return spoil_bytes(inside, chance)


def spoil_json(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.05:
        return b'{"a":' * chance.choice((900, 5000, 100_000)) + b"1"
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return spoil_bytes(content, chance)
    for _ in range(chance.choice((1, 1, 1, 3))):
        holder, key = _random_place(document, chance)
        if holder is None:
            continue
        match chance.randrange(5):
            case 0:
                holder[key] = chance.choice(NASTY)
            case 1:
                holder[key] = copy.deepcopy(chance.choice(NASTY_CONTAINERS))
            case 2:
                other, other_key = _random_place(document, chance)
                if other is not None:
                    holder[key] = json.loads(json.dumps(other[other_key]))
            case 3:
                if isinstance(holder, dict):
                    del holder[key]
                else:
                    holder.append(chance.choice(NASTY))
            case 4:
                if isinstance(holder, dict):
                    holder[chance.choice((key, "")) + chance.choice(STEERING)] = holder.pop(key)
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _random_place(document: object, chance: random.Random):
    """Find a random value, and return what holds it and under which key; seldom at the very bottom."""
    holder, key, value = None, None, document
    while isinstance(value, dict | list) and value and (holder is None or chance.random() < 0.75):
        holder = value
        key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        value = value[key]
    return holder, key


# Reading many of them


def fuzz(name: str, files: int, seed: int) -> dict[str, object]:
    reader, chance = READERS[name], random.Random(seed)
    seeds = reader.make()
    for content in seeds:
        reader.read(content)  # what is not spoiled is read, and whatever is loaded once is loaded now
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _bound_memory()
    signal.signal(signal.SIGALRM, _hang)
    counts, longest = {"read": 0, "refused": 0}, 0.0
    for number in range(files):
        content = spoil(chance.choice(seeds), chance)
        began = time.perf_counter()
        signal.alarm(HANG_SECONDS)
        try:
            said = said_of(reader.read(content))
            counts["read"] += 1
        except (ReadError, UserError) as error:
            said = [str(error)]
            counts["refused"] += 1
            if not 10 < len(str(error)) < 1000:
                raise AssertionError(f"file {number}: no sentence: {error!s:.2000}") from error
        except BaseException as error:
            with open(f"/tmp/fuzz-{name}-{seed}-{number}", "wb") as kept:  # noqa: PTH123
                kept.write(content)
            raise AssertionError(f"file {number} of seed {seed}: {type(error).__name__}: {error}") from error
        finally:
            signal.alarm(0)
        longest = max(longest, time.perf_counter() - began)
        for text in said:
            if steering_characters(text) or len(text) > LONGEST:
                raise AssertionError(f"file {number} of seed {seed}: not fit to be shown: {text[:2000]!a}")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {**counts, "longest": longest, "megabytes": most // 1024}


def said_of(read: object) -> list[str]:
    """Return what is shown of a file that could be read: the remarks, and what its layers are called."""
    remarks = getattr(read, "remarks", ())
    match read:
        case Imported():
            layers = read.model.topology.layers
        case OpenedProject():
            layers = read.project.checkpoint.setup.topology.layers
        case Shared():
            layers = read.setup.topology.layers
        case Fragment():
            layers = read.layers
        case _:
            layers = ()
    # Marks of direction are part of a name in Hebrew; where it is shown, they are made visible.
    names = ("".join(c for c in layer.name if unicodedata.category(c) != "Cf") for layer in layers)
    return [*remarks, *names]


def _bound_memory() -> None:
    with open("/proc/self/status") as status:  # noqa: PTH123
        data = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, (data + MORE_MEMORY, data + MORE_MEMORY))


def _hang(number: int, frame: FrameType | None) -> None:
    raise HangError


if __name__ == "__main__":
    print(json.dumps(fuzz(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
