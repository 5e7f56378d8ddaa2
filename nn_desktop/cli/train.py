"""``nn-desktop train``: train a network or go on with a project, say how well it does, and export it."""

import argparse
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nn_desktop.cli.console import put, say
from nn_desktop.cli.progress import ProgressBar
from nn_desktop.cli.values import read_settings, read_source
from nn_desktop.errors import UserError
from nn_desktop.process import (
    BAD_INPUT,
    DIVERGED,
    INTERRUPTED,
    SUCCESS,
    LeftError,
    StopRequest,
    end_process,
    raise_interrupt,
)
from nn_desktop.texts import shown_file, shown_path
from nn_desktop.training.setting import Part
from nn_desktop.training.settings import BATCH_SIZE, ENGINE, LEARNING_RATE, LOSS, PRECISION, settings_of

if TYPE_CHECKING:
    from nn_desktop.files.exporters import Exported
    from nn_desktop.files.project.project import Project
    from nn_desktop.network.parameters import Parameters
    from nn_desktop.training.checkpoints import Checkpoint
    from nn_desktop.training.session import Session
    from nn_desktop.training.setup import Setup
    from nn_desktop.training.stopping import Stopped, StopRule

SLICE_SECONDS = 0.05
"""Between two slices of this length the training looks whether it was asked to stop."""


def train(
    session: "Session", rule: "StopRule", stop: StopRequest, between: Callable[[], object] = lambda: None
) -> "Stopped | None":
    """Train in short slices until a rule stops it, the run diverges, or a stop is asked for.

    Something else may be done between two slices.

    Returns
    -------
    Stopped or None
        What of the rule was reached.

    Raises
    ------
    LeftError
        If a stop leaves no time for the end of an update, or for finding a finite state. The session then
        has a safe moment, and must not be touched.
    """
    from nn_desktop.engines.engine import StopFlag
    from nn_desktop.training.bounded_run import BoundedRun
    from nn_desktop.training.pace import Pace

    flag = StopFlag()
    stop.interrupt(flag)
    run, stopped = BoundedRun(rule), None
    pace = Pace(SLICE_SECONDS)
    with ProgressBar(rule.epochs, "epoch", session.epoch) as bar:
        while stopped is None and not session.diverged and not stop.asked:
            began, before = time.perf_counter(), session.updates
            if pace.updates == 1:  # an update takes long enough to be worth a copy
                session.note_safe_checkpoint()
            stopped = stop.run(partial(run.advance, session, pace.updates, flag))
            pace.measure(session.updates - before, time.perf_counter() - began)
            bar.show(session.epoch, f"loss {session.history.rows()[-1, 1]:.4g}")
            between()
    stop.run(session.ensure_finite)
    return stopped


def train_and_export(options: argparse.Namespace, stop: StopRequest) -> int:
    """Do what ``nn-desktop train`` is asked for, and return its exit code."""
    with stop.answered_by(end_process):
        from nn_desktop.cli.files import export_all, is_well_exported
        from nn_desktop.cli.keeping import WorkKeeper
        from nn_desktop.cli.results import (
            describe_runs,
            format_json,
            format_lines,
            table_of_runs,
            tabulate_runs,
        )
        from nn_desktop.files.model import TrainedModel
        from nn_desktop.user_folders import recovery_folder

    with stop.answered_by(raise_interrupt):
        session, project = stop.run(lambda: _begin(options))
    target = options.project if options.output is None else options.output
    keeper = WorkKeeper(
        session,
        project,
        None if target is None else Path(target),
        recovery_folder(),
        partial(stop.run, session.ensure_finite),
    )
    updates, began = session.updates, time.perf_counter()
    rule = replace(_stop_rule(options), epochs=session.epoch + options.epochs)
    checkpoint, stopped = _train(session, rule, stop, keeper.keep_if_due)
    seconds = time.perf_counter() - began
    measures = _measure(session, stop)
    # What has not changed need not be written again.
    is_unsaved = target is not None and (checkpoint.updates != updates or options.output is not None)
    if project is not None and is_unsaved and options.output is None:
        _mention_change(project, Path(target))
    is_saved = not is_unsaved or keeper.save(checkpoint)
    model = TrainedModel.of(
        checkpoint.setup, session.dataset, checkpoint.parameters, checkpoint.engine.engine
    )
    is_written = _save_history(options.history, checkpoint, measures)
    exported = export_all(model, options.export, stop)
    result = {
        **_summarize(checkpoint, session.train_count, seconds, stop.asked),
        **measures,
        **_describe_exports(exported, options.json),
    }
    if is_unsaved and is_saved:
        result["project"] = str(target)
    if rule.has_limits:
        result["stopped_by"] = None if stopped is None else stopped.kind.value
    if project is not None and project.runs.filed:
        table = table_of_runs(project.runs, checkpoint)
        result["runs"] = describe_runs(table) if options.json else tabulate_runs(table)
    put(format_json(result) if options.json else format_lines(result))
    if rule.has_limits and stopped is not None:
        say(stopped.sentence)
    if checkpoint.diverged:
        _say_diverged(checkpoint)
    if stop.asked:
        return INTERRUPTED
    if not (is_saved and is_written) or not is_well_exported(exported, options.export):
        return BAD_INPUT
    return DIVERGED if checkpoint.diverged else SUCCESS


def _train(
    session: "Session", rule: "StopRule", stop: StopRequest, between: Callable[[], object]
) -> tuple["Checkpoint", "Stopped | None"]:
    """Train; return the moment at the end, or the last safe one if a stop leaves no time for the end."""
    try:
        stopped = train(session, rule, stop, between)
    except LeftError:
        checkpoint = session.safe_checkpoint
        say(
            "The training did not stop in time: the network is kept as it was after "
            f"{checkpoint.updates} updates."
        )
        return checkpoint, None
    return session.checkpoint(), stopped


def _stop_rule(options: argparse.Namespace) -> "StopRule":
    """Return where training stops before all epochs are over; raises `UserError` for what cannot be."""
    from nn_desktop.training.stopping import StopRule

    return StopRule(
        train_loss=options.stop_at_loss,
        test_loss=options.stop_at_test_loss,
        minutes=options.stop_after_minutes,
    )


def _measure(session: "Session", stop: StopRequest) -> Mapping[str, float | None]:
    """Return how well the network does, or nothing where a stop does not let that be known."""
    from nn_desktop.cli.results import measure, unmeasured

    if not stop.has_left_work:  # which would still use the session
        with suppress(LeftError):
            return stop.run(lambda: measure(session))
    return unmeasured(session.dataset)


def _check_history(path: Path | None, exports: Sequence[Path]) -> None:
    """See that the losses can be written to a file, which is no other one."""
    from nn_desktop.files import atomic

    if path is None:
        return
    if path.suffix.lower() != ".csv":
        raise UserError(f'The losses are written as CSV: let the name "{shown_path(path)}" end with .csv.')
    if os.path.realpath(path) in map(os.path.realpath, exports):
        raise UserError(
            f'Two things are to be written to "{shown_path(path)}": choose another name for one of them.'
        )
    atomic.check_writable(path)


def _save_history(path: Path | None, checkpoint: "Checkpoint", measures: Mapping[str, float | None]) -> bool:
    """Write the losses where they are asked for; return whether that could be done. A failure is said."""
    from nn_desktop.cli.files import say_all
    from nn_desktop.files.atomic import write_atomically
    from nn_desktop.files.loss_table import loss_table

    train_loss, test_loss = measures["train_loss"], measures["test_loss"]
    losses = None if train_loss is None or test_loss is None else (train_loss, test_loss)
    try:
        if path is not None:
            say_all(write_atomically(path, loss_table(checkpoint, losses)))
    except UserError as error:
        say(str(error))
        return False
    return True


def _say_diverged(checkpoint: "Checkpoint") -> None:
    say(
        f"The loss became infinite after {checkpoint.updates} updates, since the learning rate "
        f"{LEARNING_RATE.get(checkpoint.setup):g} is probably too large: try a smaller one. "
        "The last finite state is kept."
    )


def _begin(options: argparse.Namespace) -> tuple["Session", "Project | None"]:
    """Make the session of a new training, or come back to that of a project, and find all mistakes first."""
    from nn_desktop.cli.files import check_project_name, say_all
    from nn_desktop.files import atomic
    from nn_desktop.files.engine_memory import EngineMemory
    from nn_desktop.files.exporters import check_writable
    from nn_desktop.files.native.weights import read_weights
    from nn_desktop.files.project.project_file import open_project
    from nn_desktop.training.session import Session

    _stop_rule(options)  # refuses what cannot be before anything takes long
    opened = None if options.project is None else open_project(Path(options.project))
    setup, given = _make_setup(options) if opened is None else (opened.project.checkpoint.setup, None)
    if opened is not None and opened.damage and options.output is None:
        raise UserError(
            f'The project "{shown_path(options.project)}" is damaged, and training would replace it: name '
            f"another file with --output. {' '.join(opened.remarks)}"
        )
    for path in options.export:
        check_writable(path)
    _check_history(options.history, options.export)
    if options.output is not None:
        check_project_name(options.output)
    if options.output is not None or opened is not None:
        atomic.check_writable(options.output or Path(options.project))
    if options.epochs and (lack := setup.data.source.why_no_samples):
        raise UserError(lack)
    if opened is not None:
        session = Session.at(opened.project.checkpoint, EngineMemory.of_user())
        say_all(opened.remarks)
        return session, opened.project
    precision = setup.hyperparameters.precision
    start = given if options.weights is None else read_weights(options.weights, setup.topology, precision)
    session = Session(setup, start, EngineMemory.of_user())
    _mention_large_batch(session, options.batch_size)
    return session, None


def _mention_change(project: "Project", path: Path) -> None:
    from nn_desktop.files.project.project_file import backup_of, open_project

    try:
        now = open_project(path).project.checkpoint
    except UserError:  # it is gone, or damaged: nothing that would be missed
        return
    if (now.updates, now.setup) != (project.checkpoint.updates, project.checkpoint.setup):
        say(
            f'Another program has saved "{shown_path(path)}" in the meantime: that version is kept as '
            f'"{shown_file(backup_of(path).name)}".'
        )


def _make_setup(options: argparse.Namespace) -> "tuple[Setup, Parameters | None]":
    """Return what is trained, and the numbers that it begins with; None if those are random."""
    from nn_desktop.network.notation import parse_activation, parse_layers
    from nn_desktop.training.examples import find_with_data, start_of
    from nn_desktop.training.hyperparameters import MAX_BATCH_SIZE, Hyperparameters
    from nn_desktop.training.setup import LOSS_OF_TASK, make_setup

    if options.example is not None:
        return start_of(*find_with_data(options.example))
    source = read_source(options.dataset)
    chosen = {LOSS.name: LOSS_OF_TASK[source.task], **read_settings(options, Part.HYPERPARAMETERS)}
    # No dataset has more samples, and a batch above their number is the whole set anyway.
    chosen[BATCH_SIZE.name] = min(options.batch_size, MAX_BATCH_SIZE)
    hyperparameters = Hyperparameters(**chosen)
    data = replace(source.default_settings, **read_settings(options, Part.DATA))
    activation = parse_activation(options.activation)
    return make_setup(data, parse_layers(options.layers), activation, hyperparameters), None


def _mention_large_batch(session: "Session", batch_size: int) -> None:
    from nn_desktop.training.hyperparameters import Mode

    if session.setup.hyperparameters.mode is Mode.MINI_BATCH and batch_size > session.train_count:
        say(
            f"A batch of {batch_size} samples is larger than the training set of {session.train_count}: "
            "each update uses the whole set."
        )


def _summarize(
    checkpoint: "Checkpoint", train_count: int, seconds: float, interrupted: bool
) -> dict[str, object]:
    from nn_desktop.network.notation import format_layers

    setup = checkpoint.setup
    chosen = {
        setting.option.argument: setting.get(setup) if setting.applies_to(setup) else None
        for setting in settings_of(Part.HYPERPARAMETERS)
        if setting.option is not None and setting not in (ENGINE, PRECISION)
    }
    return {
        "dataset": setup.data.source.name,
        "layers": format_layers(setup.topology),
        **chosen,
        "batch_size": setup.hyperparameters.samples_per_update(train_count),  # whatever the mode
        "engine": checkpoint.engine.engine.value,
        "dtype": PRECISION.get(setup).value,
        "epochs": checkpoint.epoch,
        "updates": checkpoint.updates,
        "seconds": seconds,
        "diverged": checkpoint.diverged,
        "interrupted": interrupted,
    }


def _describe_exports(exported: "list[Exported]", as_json: bool) -> dict[str, object]:
    from nn_desktop.cli.results import describe_export, summarize_exports

    if as_json:
        return summarize_exports(exported)
    return {"exports": [describe_export(each) for each in exported]}
