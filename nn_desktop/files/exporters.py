"""The formats that a trained network can be exported to: one table for the window and the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn_desktop.files import atomic
from nn_desktop.files.atomic import FileError, write_atomically
from nn_desktop.files.json_document import to_json
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.npz import to_npz
from nn_desktop.files.safetensors_file import to_safetensors


@dataclass(frozen=True)
class Exporter:
    """One format.

    Attributes
    ----------
    suffix
        How the names of its files end, with the dot.
    title
        For people.
    to_bytes
        Gives the content of the file; may raise `FileError` if the format cannot hold the network.
    """

    suffix: str
    title: str
    to_bytes: Callable[[TrainedModel], bytes]


EXPORTERS = (
    Exporter(".npz", "NumPy arrays", to_npz),
    Exporter(".json", "JSON", to_json),
    Exporter(".safetensors", "safetensors (PyTorch)", to_safetensors),
)


def find_exporter(path: Path) -> Exporter:
    """Find the format that a file's suffix asks for.

    Raises
    ------
    FileError
        If there is none.
    """
    for exporter in EXPORTERS:
        if path.suffix.lower() == exporter.suffix:
            return exporter
    *others, last = (exporter.suffix for exporter in EXPORTERS)
    raise FileError(
        f'The file "{path}" cannot be exported to, since its suffix says no known format: '
        f"end its name with {', '.join(others)} or {last}."
    )


def check_writable(path: Path) -> None:
    """Find out before a training whether its outcome can be exported to this file.

    Raises
    ------
    FileError
        If the suffix is unknown or the file cannot be written.
    """
    find_exporter(path)
    atomic.check_writable(path)


def export(model: TrainedModel, path: Path) -> None:
    """Write a trained network in the format of the file's suffix.

    Raises
    ------
    FileError
        If the suffix is unknown, the format cannot hold the network, or the file cannot be written; what was
        there before is then still there.
    """
    exporter = find_exporter(path)
    if not np.isfinite(model.parameters.vector).all():
        raise FileError(
            f'Nothing was exported to "{path}", since some weights have grown beyond all numbers: '
            "train again with a smaller learning rate."
        )
    write_atomically(path, exporter.to_bytes(model))
