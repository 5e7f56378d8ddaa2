"""A setup as a link: text of a line or two that goes through mail, chat, or the back of an exercise sheet.

A link is ``nnd:`` and base64url (RFC 4648, without padding) of

- one byte: the version of the format, 2, or 1 where the split of the data is by class, as in all links of it;
- one zlib stream (RFC 1950) of a JSON object in UTF-8 and, where weights go along, a byte 0 and the flat
  vector of parameters in little-endian bytes, float32 or float64 as ``precision`` says.

The JSON object has the keys

- ``layers`` and ``links``: as `share.network_text` writes them, without numbers; its other keys are there
  only where they are not ``"format":"nn-desktop-layers","version":1,"whole":true``;
- ``data``: as in `files.native.data_document`, without settings that are the dataset's own;
- ``hyperparameters``: the fields of `Hyperparameters` where they are not the default. The loss is that of the
  task by default.

The stream ends by itself and has a checksum. So whatever follows it does no harm, nor do the characters that
mail and chat put in between, and a link that was cut off or changed is noticed. Ids of layers and units are
not written: they are given anew. Where weights start does not depend on them, so a link without weights
starts from the same bits everywhere. The same setup gives the same text with the same version of zlib.
"""

import binascii
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from itertools import islice, pairwise
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.data.sampling import SplitRule
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName
from nn_desktop.errors import UserError
from nn_desktop.files.native.data_document import KEYS as DATA_KEYS
from nn_desktop.files.native.data_document import describe_data, describe_shape, read_data
from nn_desktop.files.native.topology_document import WrongPartError, read_value
from nn_desktop.files.project.setup_document import read_fields
from nn_desktop.files.share import network_text
from nn_desktop.files.share.network_text import TextError, read_text
from nn_desktop.files.share.playground import has_fragment, read_fragment
from nn_desktop.limits import MAX_PRODUCTS, NUMBERS_OF_A_UNIT, too_many
from nn_desktop.network.fragment import take
from nn_desktop.network.parameters import Parameters, blocks_of, connection_mask
from nn_desktop.network.topology import Topology
from nn_desktop.texts import shown
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setup import LOSS_OF_TASK, Setup

SCHEME: Final = "nnd:"
VERSION: Final = 2
"""Grows when a reader of the old version would misunderstand a link of the new one."""
_LAST_BY_CLASS: Final = 1
LAST_VERSION: Final = 7
"""A larger first byte is no version: the text merely looks like a link. So links begin with A or B."""
MAX_CHARACTERS: Final = 2_000_000
"""Of a text in which a link is looked for."""
MAX_NUMBERS: Final = 100_000
"""Weights and biases that are written: float64, they are a million characters."""
MAX_DOCUMENT_BYTES: Final = 1_000_000
MAX_BEGINNINGS: Final = 8
"""Places where a link may begin that are looked at."""

_BEGINNING: Final = re.compile(r"(?<![0-9A-Za-z])(?i:nnd:)[\s/]*(?=[AB][0-9A-Za-z_-]{7})")
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FOREIGN: Final = bytes(set(range(256)) - set(_ALPHABET))
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_TYPOGRAPHY: Final = {ord("\N{EN DASH}"): "--", ord("\N{EM DASH}"): "--", 0x2010: "-", 0x2011: "-"}
"""What phones and word processors make of hyphens."""
_NETWORK_DEFAULTS: Final[Mapping[str, object]] = {"format": "nn-desktop-layers", "version": 1, "whole": True}
_KEYS: Final = frozenset({*_NETWORK_DEFAULTS, "layers", "links", "data", "hyperparameters"})


class LinkError(UserError):
    """A link that cannot be made or opened: why, what to do."""


@dataclass(frozen=True, eq=False)
class Link:
    """What a link holds.

    Attributes
    ----------
    setup
        The setup to share.
    parameters
        Its weights and biases, in the precision of the setup; None if it starts from random ones.
    """

    setup: Setup
    parameters: Parameters | None = None


@dataclass(frozen=True, eq=False)
class Shared:
    """What somebody shared, by a link of this program or by an address of TensorFlow Playground.

    Attributes
    ----------
    setup, parameters
        As in `Link`.
    remarks
        Sentences on what is not the same here as where it comes from.
    """

    setup: Setup
    parameters: Parameters | None = None
    remarks: tuple[str, ...] = ()


def to_link(setup: Setup, parameters: Parameters | None = None) -> str:
    """Write a setup as a link.

    Parameters
    ----------
    setup
        What is shared.
    parameters
        Of its network and in its precision, to go along; None to start from random ones, which are the same
        wherever the link is opened.

    Raises
    ------
    LinkError
        If there are too many parameters, or some are not finite, or the network or the names of its data take
        too many words.
    ValueError
        If the parameters belong to another network, or are in another precision.
    """
    described = _describe(setup)
    content = _render(described)
    if len(content) > MAX_DOCUMENT_BYTES:
        raise _too_long(described)
    if parameters is not None:
        content += b"\0" + _to_bytes(setup, parameters)
    version = _LAST_BY_CLASS if setup.data.split is SplitRule.BY_CLASS else VERSION
    packed = bytes([version]) + zlib.compress(content, 9)
    return SCHEME + binascii.b2a_base64(packed, newline=False).translate(_TO_URL, b"=").decode("ascii")


def read_link(text: str) -> Link:
    """Read a link, or the first one in a longer text.

    What mail and chat do to links does no harm: line breaks and quotation marks inside, brackets around,
    whatever stands before and after. The data are not made: whether they can be had is seen when they are
    loaded. An engine that is not here gives way to the fastest one.

    Raises
    ------
    LinkError
        If there is no link, or one that is damaged, was made by a newer version of the program, or says what
        cannot be.
    """
    if len(text) > MAX_CHARACTERS:
        raise LinkError(
            f"The text has {len(text):,} characters, and no link has more than {MAX_CHARACTERS:,}: "
            "copy the link alone."
        )
    version, content = _find_content(text)
    try:
        return _read_content(version, content)
    except WrongPartError as error:
        raise _wrong_part(error.key) from error
    except RecursionError as error:
        raise _wrong_part("layers") from error
    except UserError as error:
        if isinstance(error, LinkError):
            raise
        # What reads pasted text would say that text was pasted.
        if isinstance(error, TextError) and isinstance(error.__cause__, WrongPartError):
            raise _wrong_part(error.__cause__.key) from error
        raise LinkError(f"The link cannot be opened. {error}") from error


def looks_shared(text: str) -> bool:
    """Tell whether `read_shared` is to be asked: a cheap guess, for what is pasted, dropped or typed."""
    if len(text) > MAX_CHARACTERS:
        return False
    return _BEGINNING.search(text) is not None or has_fragment(text)


def read_shared(text: str) -> Shared:
    """Read a link, or an address of TensorFlow Playground, whichever the text holds.

    Raises
    ------
    UserError
        If it holds neither, or one that cannot be opened: `LinkError` or `playground.PlaygroundError`.
    """
    if len(text) <= MAX_CHARACTERS and _BEGINNING.search(text) is None and has_fragment(text):
        found = read_fragment(text)
        return Shared(found.setup, None, found.remarks)
    link = read_link(text)
    return Shared(link.setup, link.parameters)


def _render(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _describe(setup: Setup) -> dict[str, object]:
    topology = setup.topology
    whole = take(topology, [layer.id for layer in topology.layers])
    network = json.loads(network_text.to_text(whole).text)
    described = _without_defaults(network, _NETWORK_DEFAULTS)
    source = setup.data.source
    default = replace(source.default_settings, split=setup.data.split)  # the version says it
    chosen = _without_defaults(describe_data(setup.data), describe_data(default))
    described["data"] = {"name": source.name, **describe_shape(source), **chosen}
    hyperparameters = _differences(setup.hyperparameters, _default_hyperparameters(source.task))
    if hyperparameters:
        described["hyperparameters"] = hyperparameters
    return described


def _too_long(described: Mapping[str, object]) -> LinkError:
    """Say which part of a setup is too long for a link."""
    data = len(_render({"data": described["data"]}))
    if len(_render(described)) - data > MAX_DOCUMENT_BYTES:
        return LinkError(
            "The network has too many single connections for a link: export it as JSON, and send the file "
            "instead."
        )
    return LinkError(
        "The names of the inputs and outputs are too long for a link: export the network as JSON, and send "
        "the file instead."
    )


def _default_hyperparameters(task: Task) -> Hyperparameters:
    return Hyperparameters(loss=LOSS_OF_TASK[task])


def _differences(settings: Hyperparameters, default: Hyperparameters) -> dict[str, object]:
    differing = _without_defaults(asdict(settings), asdict(default))
    # Where 1 is meant as 1.0, equal settings are to give the same text.
    floats = {field.name for field in fields(default) if type(getattr(default, field.name)) is float}
    return {
        key: float(value) if key in floats and isinstance(value, int) else value
        for key, value in differing.items()
    }


def _without_defaults(described: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in described.items() if key not in defaults or value != defaults[key]}


def _to_bytes(setup: Setup, parameters: Parameters) -> bytes:
    vector, precision = parameters.vector, np.dtype(setup.hyperparameters.precision)
    if parameters.topology != setup.topology or vector.dtype != precision:
        raise ValueError("the parameters do not belong to the setup")
    if vector.size > MAX_NUMBERS:
        raise LinkError(
            f"The network has {vector.size:,} weights and biases, and a link holds {MAX_NUMBERS:,} at most: "
            "export it as JSON and send the file instead, or share the link without weights."
        )
    if not np.isfinite(vector).all():
        raise LinkError(
            "Some weights are not finite, and nobody could go on with them: reset the network, or share the "
            "link without weights."
        )
    return vector.astype(_stored(precision)).tobytes()


def _stored(precision: np.dtype[np.floating]) -> np.dtype[np.floating]:
    return precision.newbyteorder("<")


def _find_content(text: str) -> tuple[int, bytes]:
    """Unpack the first link of a text whose checksum is right."""
    refusal = LinkError(f'The text holds no link: copy one that begins with "{SCHEME}", as a whole.')
    ends = [found.end() for found in islice(_BEGINNING.finditer(text), MAX_BEGINNINGS)]
    # Piece by piece: each link may go on to the end of the text, which is cleaned only once.
    pieces = [_clean(text[start:stop]) for start, stop in pairwise([*ends, len(text)])]
    for place in range(len(pieces)):
        try:
            return _unpack(b"".join(pieces[place:]))
        except LinkError as error:
            if place == 0:
                refusal = error
    raise refusal


def _clean(text: str) -> bytes:
    """Return the characters of base64 that a text has, in order."""
    return text.translate(_TYPOGRAPHY).encode("ascii", "ignore").translate(_FROM_URL, _FOREIGN)


def _unpack(base64: bytes) -> tuple[int, bytes]:
    """Return the version of a link and what it holds; characters after its end do no harm."""
    # A single character over holds no whole byte.
    base64 = base64[: len(base64) - 1] if len(base64) % 4 == 1 else base64
    packed = binascii.a2b_base64(base64 + b"=" * (-len(base64) % 4))
    version = packed[0]
    if not 1 <= version <= LAST_VERSION:
        raise _damaged()
    if version > VERSION:
        raise LinkError(
            f"A newer version of this program made the link (format {version}, and {VERSION} is known here): "
            "update the program, or ask for a file."
        )
    limit = MAX_DOCUMENT_BYTES + 1 + 8 * MAX_NUMBERS
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed[1:], limit + 1)
    except zlib.error as error:
        raise _damaged() from error
    if len(content) > limit:
        raise LinkError("The link holds more than any link of this program does: ask for a file instead.")
    if not stream.eof:
        raise _damaged()
    return version, content


def _damaged() -> LinkError:
    return LinkError("The link is damaged or cut off: copy it again, from its first character to its last.")


def _wrong_part(key: str) -> LinkError:
    return LinkError(
        f'The link cannot be opened, since its "{key}" is not as it should be: ask for another link, or for '
        "a file."
    )


def _read_content(version: int, content: bytes) -> Link:
    document, mark, numbers = content.partition(b"\0")  # JSON has no byte 0
    setup = _read_document(_parse(document))
    if version > _LAST_BY_CLASS:
        setup = replace(setup, data=replace(setup.data, split=SplitRule.EXACT))
    return Link(setup, _read_numbers(setup, numbers) if mark else None)


def _parse(content: bytes) -> dict[str, object]:
    if len(content) > MAX_DOCUMENT_BYTES:
        raise WrongPartError("layers")
    try:
        document = json.loads(content.decode())
    except ValueError as error:  # no UTF-8, no JSON, or a number that is too long
        raise _damaged() from error
    if not isinstance(document, dict):
        raise _damaged()
    _refuse_unknown(document, _KEYS)
    return document


def _refuse_unknown(found: Mapping[str, object], known: frozenset[str]) -> None:
    unknown = next((key for key in found if key not in known), None)
    if unknown is not None:
        raise LinkError(
            f'The link says something on "{shown(unknown)}", which is not known here: update the program, or '
            "ask for a file."
        )


def _read_document(document: Mapping[str, object]) -> Setup:
    topology = _read_topology(document)
    data, hyperparameters = (_read_part(document, key) for key in ("data", "hyperparameters"))
    _refuse_unknown(data, DATA_KEYS)
    _refuse_unknown(hyperparameters, frozenset(field.name for field in fields(Hyperparameters)))
    settings = read_data(data, may_lack=True)
    work = settings.samples * (blocks_of(topology)[-1].stop + NUMBERS_OF_A_UNIT * sum(topology.sizes))
    if work > MAX_PRODUCTS:
        raise UserError(too_many(work, "products", "ask for a file instead", MAX_PRODUCTS))
    chosen = {**asdict(_default_hyperparameters(settings.source.task)), **hyperparameters}
    if "engine" in hyperparameters:
        chosen["engine"] = _known_engine(read_value("hyperparameters.engine", chosen["engine"], str))
    return Setup(topology, settings, read_fields("hyperparameters", chosen, Hyperparameters))


def _read_part(document: Mapping[str, object], key: str) -> dict[str, object]:
    part = document.get(key, {})
    if not isinstance(part, dict):
        raise WrongPartError(key)
    return part


def _known_engine(name: str) -> EngineName:
    return next((engine for engine in available_engines() if engine == name), EngineName.AUTO)


def _read_topology(document: Mapping[str, object]) -> Topology:
    network = {key: value for key, value in document.items() if key not in ("data", "hyperparameters")}
    text = json.dumps({**_NETWORK_DEFAULTS, **network}, ensure_ascii=False)
    fragment = read_text(text)
    if not fragment.is_whole or fragment.biases or fragment.weights:
        raise WrongPartError("layers")
    layers = fragment.layers
    return Topology(layers, fragment.links, layers[-1].units[-1] + 1)


def _read_numbers(setup: Setup, numbers: bytes) -> Parameters:
    precision = np.dtype(setup.hyperparameters.precision)
    blocks = blocks_of(setup.topology)
    # Before memory is taken: a short link can describe a network with very many of them.
    if len(numbers) != blocks[-1].stop * precision.itemsize:
        raise WrongPartError("weights")
    vector: FloatArray = np.frombuffer(numbers, _stored(precision)).astype(precision)
    mask = connection_mask(setup.topology)
    if not np.isfinite(vector).all() or (mask is not None and vector[~mask].any()):
        raise WrongPartError("weights")
    return Parameters(setup.topology, vector, blocks)
