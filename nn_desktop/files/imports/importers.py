"""The formats that a network can be read from: one table for the window and the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.imports.skops import read_skops
from nn_desktop.files.imports.state_dict import read_state_dict
from nn_desktop.files.native.json_document import check_format, list_arrays, parse, parse_json
from nn_desktop.files.native.networks import read_network
from nn_desktop.files.native.npz import read_npz
from nn_desktop.files.native.safetensors_file import METADATA_KEY
from nn_desktop.files.native.safetensors_reader import open_tensors
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.weights import read_bytes
from nn_desktop.files.project.project import SUFFIX
from nn_desktop.texts import shown_path


@dataclass(frozen=True)
class Importer:
    """One format.

    Attributes
    ----------
    suffix
        Ending of the names of its files, such as ``.onnx``.
    title
        Name of the format, as dialogs and sentences show it.
    read
        Reads the content of a file; may raise `ReadError` or `UserError`.
    most_bytes
        Larger files are not opened. A number is 4 or 8 bytes in most formats, and about 20 in a text, which
        also takes several times its length while it is read.
    """

    suffix: str
    title: str
    read: Callable[[bytes], Imported]
    most_bytes: int = 200_000_000


def _read_npz(content: bytes) -> Imported:
    return read_network(*read_npz(content))


def _read_json(content: bytes) -> Imported:
    document = parse(content)
    return read_network(document, list_arrays(document))


def _read_safetensors(content: bytes) -> Imported:
    """Read what this program wrote, or a state dict of PyTorch."""
    tensors = open_tensors(content)
    if METADATA_KEY not in tensors.metadata:
        return read_state_dict(tensors)
    document = parse_json(tensors.metadata[METADATA_KEY], "safetensors")
    return read_network(check_format(document, "safetensors"), tensors.openers)


def _read_onnx(content: bytes) -> Imported:
    # Only now: it may load a large library.
    from nn_desktop.files.onnx.reader import read_onnx

    return read_onnx(content)


IMPORTERS: Final = (
    Importer(".npz", "NumPy arrays", _read_npz),
    Importer(".json", "JSON", _read_json, 32_000_000),
    Importer(".safetensors", "safetensors, also from PyTorch", _read_safetensors),
    Importer(".onnx", "ONNX", _read_onnx, 100_000_000),
    Importer(".skops", "scikit-learn perceptrons", read_skops, 100_000_000),
)


def find_importer(path: Path) -> Importer:
    """Find the format that the end of a file's name says.

    Raises
    ------
    FileError
        If there is none.
    """
    for importer in IMPORTERS:
        if path.suffix.lower() == importer.suffix:
            return importer
    *others, last = (importer.suffix for importer in IMPORTERS)
    raise FileError(
        f'The file "{shown_path(path)}" cannot be opened as a network (unknown file type): choose '
        f"a project ({SUFFIX}), or a file that ends with {', '.join(others)} or {last}."
    )


def read_model(path: Path) -> Imported:
    """Read a network from a file of any of the formats.

    Raises
    ------
    FileError
        If the file cannot be read, is damaged or too large, or holds something else or something that cannot
        be drawn here.
    """
    importer = find_importer(path)
    try:
        return importer.read(read_bytes(path, importer.most_bytes))
    except ReadError as error:
        raise FileError(f'The file "{shown_path(path)}" cannot be opened: {error}.') from error
    except UserError as error:
        raise FileError(f'The file "{shown_path(path)}" cannot be opened. {error}') from error
