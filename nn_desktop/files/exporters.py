"""The formats that a trained network can be exported to: one table for the window and the command line."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.engines.engine import StopFlag
from nn_desktop.files import atomic, check_vectors
from nn_desktop.files.atomic import FileError, write_all_atomically
from nn_desktop.files.check_vectors import make_check_vectors
from nn_desktop.files.checking import Answer, Answered, Check, NotCheckedError, Question, compare
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.json_document import to_json
from nn_desktop.files.native.npz import to_npz
from nn_desktop.files.native.safetensors_file import to_safetensors
from nn_desktop.files.onnx import writer as onnx_writer
from nn_desktop.files.pages import csv_tables
from nn_desktop.files.pages import formulas as formula_page
from nn_desktop.files.programs import (
    c_header,
    cpp_header,
    keras_script,
    numpy_python,
    plain_python,
    torch_module,
)
from nn_desktop.files.rounding import rounding_tolerance
from nn_desktop.network.parameters import Parameters
from nn_desktop.programs import private_folder
from nn_desktop.texts import one_line, shown_file, shown_path

Files = Mapping[str, bytes]
"""Contents by file name, all in one folder; the file that was asked for comes first."""


@dataclass(frozen=True)
class Exporter:
    """One format.

    Attributes
    ----------
    ending
        How the names of its files end: a suffix such as ``.onnx``, or ``_torch.py``.
    title
        Name of the format, as the dialog shows it.
    to_files
        Gives the files of a network, and of the name of the first; may raise `FileError` if the format cannot
        hold the network.
    answer
        Reads or runs what was written.
    keeps_float64
        Whether it computes in float64 what was trained in float64.
    scales_in_float64
        Whether it scales the outputs back to the units of the answers in float64.
    """

    ending: str
    title: str
    to_files: Callable[[TrainedModel, str], Files]
    answer: Answer
    keeps_float64: bool = True
    scales_in_float64: bool = True

    def tolerance(self, model: TrainedModel, question: Question) -> FloatArray:
        """Return how far its answers may differ from the program's by rounding, shape (n, outputs).

        Raises
        ------
        NotCheckedError
            If it was stopped.
        """
        dtype = model.parameters.vector.dtype if self.keeps_float64 else np.float32
        scaling_dtype = np.float64 if self.scales_in_float64 else np.float32
        return rounding_tolerance(model, question.inputs, dtype, scaling_dtype, question.stop)


@dataclass(frozen=True)
class Exported:
    """What an export has written, what came of its check, and in sentences what could not be done besides."""

    paths: tuple[Path, ...]
    check: Check
    remarks: tuple[str, ...] = ()


def _single(to_bytes: Callable[[TrainedModel], bytes]) -> Callable[[TrainedModel, str], Files]:
    """Make a format of one file."""
    return lambda model, name: {name: to_bytes(model)}


def _read_back(path: Path, question: Question) -> Answered:
    """Let this program's own reader answer."""
    from nn_desktop.files.imports.importers import read_model

    try:
        return Answered("this program's own reader", read_model(path).model.predict(question.inputs))
    except FileError as error:
        raise NotCheckedError(f"it could not be read back ({error})") from error


EXPORTERS = (
    Exporter(".npz", "NumPy arrays", _single(to_npz), _read_back),
    Exporter(".json", "JSON", _single(to_json), _read_back),
    Exporter(".csv", "CSV tables for spreadsheets", csv_tables.to_files, csv_tables.answer),
    Exporter(".safetensors", "safetensors", _single(to_safetensors), _read_back),
    Exporter(
        ".onnx",
        "ONNX",
        onnx_writer.to_files,
        onnx_writer.answer,
        keeps_float64=False,
        scales_in_float64=False,
    ),
    Exporter("_torch.py", "PyTorch module", torch_module.to_files, torch_module.answer),
    # Keras multiplies in float32 whatever it is told, but for TensorFlow (keras-team/keras#23223).
    Exporter("_keras.py", "Keras 3 script", keras_script.to_files, keras_script.answer, keeps_float64=False),
    Exporter("_numpy.py", "Python with numpy", numpy_python.to_files, numpy_python.answer),
    Exporter(".py", "Python alone", plain_python.to_files, plain_python.answer),
    Exporter(".hpp", "C++17 header", cpp_header.to_files, cpp_header.answer),
    Exporter(
        ".h",
        "C99 header for microcontrollers",
        c_header.to_files,
        c_header.answer,
        keeps_float64=False,
        scales_in_float64=False,
    ),
    Exporter(".md", "Page of formulas, Markdown", formula_page.to_markdown_files, formula_page.answer),
    Exporter(".tex", "Page of formulas, LaTeX", formula_page.to_latex_files, formula_page.answer),
)


def find_exporter(path: Path) -> Exporter:
    """Find the format that the end of a file's name asks for: the longest that fits.

    Raises
    ------
    FileError
        If there is none.
    """
    name = path.name.lower()
    fitting = [
        exporter for exporter in EXPORTERS if name.endswith(exporter.ending) and name != exporter.ending
    ]
    if fitting:
        return max(fitting, key=lambda exporter: len(exporter.ending))
    *others, last = (exporter.ending for exporter in EXPORTERS)
    raise FileError(
        f'The file "{shown_path(path)}" cannot be exported to (unknown file type): '
        f"end it with {', '.join(others)} or {last}."
    )


def check_writable(path: Path) -> None:
    """Find out before a training whether its outcome can be exported to this file.

    Raises
    ------
    FileError
        If the end of its name is unknown or the file cannot be written.
    """
    find_exporter(path)
    atomic.check_writable(path)


def export(model: TrainedModel, path: Path, stop: StopFlag | None = None) -> Exported:
    """Write a trained network in the format of the file's name, with vectors to check it, and check it.

    Parameters
    ----------
    model
        The trained network to write.
    path
        The file; others that belong to it are written beside it.
    stop
        Ends the check; the files are written all the same.

    Raises
    ------
    FileError
        If the end of its name is unknown, the format cannot hold the network, or a file cannot be written;
        what was there before is then still there.
    """
    exporter = find_exporter(path)
    if not np.isfinite(model.parameters.vector).all():
        raise FileError(
            f'Nothing was exported to "{shown_path(path)}", since some weights have grown beyond all '
            "numbers: train again with a smaller learning rate."
        )
    model = _with_names_of_one_line(model)
    vectors = make_check_vectors(model)
    files = dict(exporter.to_files(model, path.name))
    files[path.name + check_vectors.SUFFIX] = check_vectors.to_csv(model, vectors)
    paths, remarks = _write(path, files)
    question = Question(vectors.inputs, len(model.output_names), StopFlag() if stop is None else stop)
    try:
        answered = _ask(exporter.answer, path.name, files, question)
        check = compare(answered, vectors.answers, exporter.tolerance(model, question))
    except NotCheckedError as error:
        check = Check(why_not=str(error))
    return Exported(paths, check, remarks)


def _with_names_of_one_line(model: TrainedModel) -> TrainedModel:
    """Make all names fit for any file: without ends of lines, controls and halves of surrogate pairs."""
    layers = tuple(replace(layer, name=one_line(layer.name)) for layer in model.topology.layers)
    return replace(
        model,
        parameters=Parameters(replace(model.topology, layers=layers), model.parameters.vector),
        input_names=tuple(map(one_line, model.input_names)),
        output_names=tuple(map(one_line, model.output_names)),
        class_names=tuple(map(one_line, model.class_names)),
    )


def _write(path: Path, files: Files) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write all files, the one that was asked for at last: where it is, the others are too."""
    paths = [path.with_name(name) for name in files]
    if not os.path.lexists(path):  # which asks nothing of names that are too long
        for other in paths[1:]:
            if os.path.lexists(other):
                raise FileError(
                    f'Nothing was exported to "{shown_path(path)}", since "{shown_file(other.name)}", which '
                    "would belong to it, is there already and may be something else: choose another name, or "
                    "remove that file."
                )
    return tuple(paths), write_all_atomically({each: files[each.name] for each in paths})


def _ask(answer: Answer, name: str, files: Files, question: Question) -> Answered:
    """Let copies of what was written answer: beside the files themselves may lie things that would be run."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(private_folder())
            for each, content in files.items():
                (folder / each).write_bytes(content)
        except OSError as error:
            raise NotCheckedError(f"it could not be copied ({error.strerror or error})") from error
        try:
            return answer(folder / name, question)
        except OSError as error:
            raise NotCheckedError(f"it could not be run ({error.strerror or error})") from error
