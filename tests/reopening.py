"""Closing a project into bytes and opening it again, and what there is to compare afterwards."""

import io
from typing import BinaryIO

from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_document import ProjectContents, read_project
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.checkpoints import Checkpoint


def write_project(project: Project, file: BinaryIO) -> None:
    """Write a project, as saving does."""
    ProjectContents.of(project).write(file)


def reopened(project: Project) -> Project:
    """Write a project, and read what was written; nothing may be left out, or changed."""
    file = io.BytesIO()
    write_project(project, file)
    opened = read_project(file)
    assert opened.remarks == ()
    assert contents(opened.project) == contents(project)
    return opened.project


def contents(project: Project) -> dict[str, object]:
    """Return all that a project holds, bit by bit."""
    layout = project.layout
    return {
        **moment_contents(project.checkpoint),
        "layout": (dict(layout.layers), dict(layout.units)),
        "notes": project.notes,
        "panels": project.panels,
        "current run": project.runs.current,
        "next run": None if project.runs.are_none else project.runs.next_id,
        "runs": [(run.label, moment_contents(run.checkpoint)) for run in project.runs.filed],
    }


def moment_contents(checkpoint: Checkpoint) -> dict[str, object]:
    """Return all that a moment holds, bit by bit; a start of another network is none."""
    start = checkpoint.initial.of(checkpoint.setup.topology)
    return {
        "setup": checkpoint.setup,
        "parameters": bits(checkpoint.parameters),
        "place": (checkpoint.epoch, checkpoint.position, checkpoint.updates, checkpoint.diverged),
        "order": checkpoint.order.tobytes(),
        "history": (checkpoint.history.rows().tobytes(), checkpoint.history.stride),
        "engine": checkpoint.engine,
        "start": bits(start),
        "typed": None if start is None else bits(checkpoint.initial.user_set),
        "optimizer_state": {
            name: bits(vector) for name, vector in checkpoint.optimizer_state.vectors.items()
        },
        "milestones": [
            (m.setup, m.epoch, m.updates, m.vector.dtype, m.vector.tobytes()) for m in checkpoint.milestones
        ],
        "best": best_contents(checkpoint),
        "marks": checkpoint.marks,
    }


def best_contents(checkpoint: Checkpoint) -> tuple[object, ...] | None:
    """Return all that is known of the best moment of a run; its losses as texts, of which NaN is one."""
    if (best := checkpoint.best) is None:
        return None
    m = best.milestone
    losses = repr(best.train_loss), repr(best.test_loss)
    return m.setup, m.epoch, m.updates, m.vector.dtype, m.vector.tobytes(), losses


def bits(parameters: Parameters | None) -> tuple[object, ...] | None:
    """Return numbers and their type."""
    if parameters is None:
        return None
    return parameters.topology, parameters.vector.dtype, parameters.vector.tobytes()
