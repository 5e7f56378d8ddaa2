"""The commands that make other files of a network: export, import, predict."""

import argparse
import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.cli.console import put, put_bytes, say
from nn_desktop.cli.results import describe_export, format_json, summarize_exports
from nn_desktop.cli.values import read_source
from nn_desktop.data.csv_reader import read_columns
from nn_desktop.data.dataset import Task
from nn_desktop.data.source import DataSettings, DataSource, load
from nn_desktop.data.unknown import UnknownData
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.evaluation import CHUNK
from nn_desktop.errors import UserError
from nn_desktop.files import exporters
from nn_desktop.files.atomic import FileError, check_writable, replace_atomically
from nn_desktop.files.check_vectors import column_names
from nn_desktop.files.engine_memory import EngineMemory
from nn_desktop.files.exporters import Exported
from nn_desktop.files.imports.adoption import Adopted, adopt
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.opening import LINK, PROJECT, find_reader, open_anything
from nn_desktop.files.project.project import SUFFIX, OpenedProject, Project
from nn_desktop.files.project.project_file import save_project
from nn_desktop.files.share.links import Shared
from nn_desktop.files.spreadsheet import cell
from nn_desktop.network.initializers import initialize
from nn_desktop.network.notation import format_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.process import BAD_INPUT, INTERRUPTED, SUCCESS, LeftError, StopRequest, raise_interrupt
from nn_desktop.texts import counted, shown_file, shown_path
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup

MAX_NUMBERS = 8_000_000
"""Inputs that are answered at once, if that is less than what the sums take at once anyway."""
STANDARD = "-"
"""In place of a file: standard input, standard output."""

# --- what a network is taken from


@dataclass(frozen=True, eq=False)
class _Source:
    """A network that was opened, and what is to be said of it."""

    model: TrainedModel
    remarks: tuple[str, ...] = ()


def _open_source(text: str) -> _Source:
    """Open a network, whatever it is in: a project, a file of another program, or a link.

    Raises
    ------
    UserError
        If it cannot be opened.
    """
    match open_anything(text):
        case Shared() as shared:
            return _of_link(shared)
        case OpenedProject() as opened:
            checkpoint = opened.project.checkpoint
            dataset = load(checkpoint.setup.data)
            model = TrainedModel.of(
                checkpoint.setup, dataset, checkpoint.parameters, checkpoint.engine.engine
            )
            return _Source(model, opened.remarks)
        case Imported() as imported:
            return _Source(imported.model, imported.remarks)


def _of_link(shared: Shared) -> _Source:
    setup, parameters, remarks = shared.setup, shared.parameters, shared.remarks
    if parameters is None:
        parameters = _start_of(setup)
        remarks = (*remarks, "The link has no weights: those that a training starts from were taken.")
    return _Source(TrainedModel.of(setup, load(setup.data), parameters), remarks)


def _start_of(setup: Setup) -> Parameters:
    h = setup.hyperparameters
    return initialize(setup.topology, h.initializer, h.seed, np.dtype(h.precision))


def say_all(remarks: Iterable[str]) -> None:
    """Say what was assumed or left out, a line each."""
    for remark in remarks:
        say(remark)


# --- export


def export(options: argparse.Namespace, stop: StopRequest) -> int:
    """Write a network in other formats, and print what checked them; a stop leaves out further checks."""
    with stop.answered_by(raise_interrupt):
        source = stop.run(lambda: _open_source(options.source))
    say_all(source.remarks)
    show = None if options.json else lambda exported: put(describe_export(exported))
    written = export_all(source.model, options.targets, stop, show)
    if options.json:
        put(format_json({**summarize_exports(written), "interrupted": stop.asked}))
    if stop.asked:
        return INTERRUPTED
    return SUCCESS if is_well_exported(written, options.targets) else BAD_INPUT


def export_all(
    model: TrainedModel,
    paths: Iterable[Path],
    stop: StopRequest,
    show: Callable[[Exported], None] | None = None,
) -> list[Exported]:
    """Write all files that can be written, and say which cannot: one of them must not cost the others.

    Parameters
    ----------
    model
        What is written.
    paths
        The files.
    stop
        Leaves out checks that are not done yet, and files for which there is no time left.
    show
        Told of each file as soon as it is written and checked.
    """
    flag = StopFlag()
    stop.interrupt(flag)
    written = []
    for path in paths:
        if stop.is_over:
            say(f'"{shown_file(path.name)}" was not written, since the program was asked to end.')
            continue
        try:
            exported = stop.run(partial(_export_one, model, path, flag))
        except LeftError:
            say(f'"{shown_file(path.name)}" was not written, since the program was asked to end.')
            continue
        except UserError as error:
            say(str(error))
            continue
        say_all(exported.remarks)
        written.append(exported)
        if show is not None:
            show(exported)
    return written


def _export_one(model: TrainedModel, path: Path, stop: StopFlag) -> Exported:
    if path.suffix.lower() == SUFFIX:
        raise FileError(
            f'The project "{shown_path(path)}" cannot be exported to: use "nn-desktop import" or '
            '"nn-desktop train" to make a project.'
        )
    return exporters.export(model, path, stop)


def is_well_exported(written: Sequence[Exported], paths: Sequence[Path]) -> bool:
    """Whether all files were written, and none was found to compute something else."""
    wrong = any(exported.check.is_checked and not exported.check.is_good for exported in written)
    return len(written) == len(paths) and not wrong


# --- import


def import_network(options: argparse.Namespace, stop: StopRequest) -> int:
    """Make a project from a file of another program, or from a link."""
    with stop.answered_by(raise_interrupt):
        checkpoint, remarks = stop.run(lambda: _read_network(options))
    say_all((*save_project(Project(checkpoint), options.target), *remarks))
    setup, source = checkpoint.setup, checkpoint.setup.data.source
    learns = "its data are unknown" if isinstance(source, UnknownData) else f"learns from {source.name}"
    put(f"{options.target}: {format_layers(setup.topology)}, {learns}")
    return SUCCESS


def _read_network(options: argparse.Namespace) -> tuple[Checkpoint, tuple[str, ...]]:
    """Return the start of a training with the network that is imported, and what is to be said of it."""
    target = options.target
    check_project_name(target)
    check_writable(target)
    reader = find_reader(options.source)
    if reader is LINK and options.dataset is not None:
        raise UserError("A link says what it learns from: leave --dataset out.")
    if reader is PROJECT:
        raise UserError(
            f'"{shown_path(options.source)}" is a project already: copy it, or "nn-desktop train" it.'
        )
    opened = reader.read(options.source)
    found = _adopt(opened, options.dataset) if isinstance(opened, Imported) else opened
    assert not isinstance(found, OpenedProject)
    setup, parameters, remarks = found.setup, found.parameters, found.remarks
    return Session(setup, parameters, EngineMemory.of_user()).checkpoint(), remarks


def check_project_name(path: Path) -> None:
    """See that a file is called a project; raises `FileError`."""
    if path.suffix.lower() != SUFFIX:
        raise FileError(
            f'The project cannot be saved as "{shown_path(path)}", since that is no name of a project: '
            f"end it with {SUFFIX}."
        )


def _adopt(imported: Imported, dataset: str | None) -> Adopted:
    """Fit a network to data that are known here; to those of a name, if one is given."""
    if dataset is None:
        return adopt(imported)
    source = read_source(dataset)
    chosen = _settings_for(imported, source)
    adopted = adopt(replace(imported, knows_data=False), chosen)
    if adopted.setup.data != chosen:
        raise UserError(
            f'The network does not fit the dataset "{source.name}", which has {_ends_of(source)}: choose '
            "another one, or leave --dataset out."
        )
    return adopted


def _settings_for(imported: Imported, source: DataSource) -> DataSettings:
    """Return settings of a source: those that the network was trained with, if it was on that one."""
    data = imported.model.data
    return data if data.source == source else source.default_settings


def _ends_of(source: DataSource) -> str:
    if source.task is Task.REGRESSION:
        answers = counted(source.outputs, "output")
    else:
        answers = f"{max(source.outputs, 2)} classes"
    return f"{counted(source.inputs, 'input')} and {answers}"


# --- predict


def predict(options: argparse.Namespace, stop: StopRequest) -> int:
    """Answer inputs from a CSV file; the answers are a CSV file too."""
    with stop.answered_by(raise_interrupt):
        return _answer_all(options, stop)


def _answer_all(options: argparse.Namespace, stop: StopRequest) -> int:
    source = _open_source(options.source)
    say_all(source.remarks)
    model = source.model
    rows = max(1, min(CHUNK, MAX_NUMBERS // len(model.input_names)))
    with ExitStack() as stack:
        stream, title = _open_input(options.input, stack)
        pieces = stack.enter_context(closing(read_columns(stream, title, model.input_names, rows, cell)))
        lines = _answer(model, pieces, stop)
        if options.output == STANDARD:
            put_bytes(lines)
        else:
            say_all(replace_atomically(Path(options.output), lambda file: file.writelines(lines)))
    return SUCCESS


def _open_input(name: str, stack: ExitStack) -> tuple[io.BufferedReader, str]:
    if name == STANDARD:
        if sys.stdin is None:  # the process was started with it closed
            raise UserError("There is no standard input to read from: name a file.")
        return sys.stdin.buffer, "standard input"  # type: ignore[return-value]
    try:
        return stack.enter_context(Path(name).open("rb")), f'"{shown_path(name)}"'
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise FileError(
            f'The input "{shown_path(name)}" cannot be opened ({why}): choose another file.'
        ) from error


def _answer(model: TrainedModel, pieces: Iterator[FloatArray], stop: StopRequest) -> Iterator[bytes]:
    """Yield a line of names and the answers, piece by piece.

    What stands before the first answers waits for them: an input that cannot be read gives nothing.
    """
    names = _to_csv([list(map(cell, column_names(model)))])
    for piece in pieces:
        answers = stop.run(partial(_predict, model, piece))
        rows: Iterable[list[str]] = ([repr(number) for number in row] for row in answers.tolist())
        if model.class_names:
            classes = model.name_classes(answers)
            rows = ([*row, cell(name)] for row, name in zip(rows, classes, strict=True))
        yield names + _to_csv(rows)
        names = b""
    if names:
        yield names


def _predict(model: TrainedModel, inputs: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):  # an answer that is not finite is written so
        return model.predict(inputs)


def _to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
