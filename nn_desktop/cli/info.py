"""The command that tells what is in a project, a file of a network, or a link."""

import argparse
from dataclasses import asdict
from pathlib import Path

from nn_desktop.cli.console import put
from nn_desktop.cli.results import (
    describe_runs,
    format_json,
    format_lines,
    measure,
    table_of_runs,
    tabulate_runs,
)
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.native.data_document import describe_data, describe_shape
from nn_desktop.files.opening import find_reader, open_anything
from nn_desktop.files.places import is_file
from nn_desktop.files.project.project import OpenedProject
from nn_desktop.files.project.project_file import backup_of
from nn_desktop.files.share.links import Shared
from nn_desktop.network.notation import format_layers
from nn_desktop.network.topology import Layer, Topology
from nn_desktop.process import SUCCESS, StopRequest, raise_interrupt
from nn_desktop.texts import counted
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup


def info(options: argparse.Namespace, stop: StopRequest) -> int:
    """Tell what is in a project, a file of a network, or a link."""
    with stop.answered_by(raise_interrupt):
        return stop.run(lambda: _tell(options))


def _tell(options: argparse.Namespace) -> int:
    text = options.source
    opened = open_anything(text)
    runs: list[str] = []
    match opened:
        case Shared():
            topology, result = opened.setup.topology, _describe_link(opened)
        case OpenedProject():
            topology = opened.project.checkpoint.setup.topology
            table = table_of_runs(opened.project.runs, opened.project.checkpoint)
            runs = tabulate_runs(table)
            result = {**_describe_project(Path(text), opened), "runs": describe_runs(table)}
        case Imported():
            topology, result = opened.model.topology, _describe_foreign(text, opened)
    if options.json:
        put(format_json(result))
    else:
        layers = [_layer_in_words(layer, index) for index, layer in enumerate(topology.layers)]
        put(format_lines({**result, "layers": layers, "runs": runs}, 20))
    return SUCCESS


def _describe_project(path: Path, opened: OpenedProject) -> dict[str, object]:
    project = opened.project
    checkpoint = project.checkpoint
    backup = backup_of(path)
    return {
        "file": str(path),
        "format": "project",
        **_describe_topology(checkpoint.setup.topology),
        **_describe_setup(checkpoint.setup),
        "engine": checkpoint.engine.engine.value,
        "epochs": checkpoint.epoch,
        "samples_of_epoch": checkpoint.position,
        "updates": checkpoint.updates,
        "diverged": checkpoint.diverged,
        **measure(Session.at(checkpoint)),
        "milestones": [milestone.epoch for milestone in checkpoint.milestones],
        "notes": project.notes,
        "backup": str(backup) if is_file(backup) else None,
        "remarks": list(opened.remarks),
    }


def _describe_foreign(text: str, imported: Imported) -> dict[str, object]:
    model = imported.model
    return {
        "file": str(Path(text)),
        "format": find_reader(text).title,
        **_describe_topology(model.topology),
        "task": model.task.value,
        "precision": model.parameters.vector.dtype.name,
        "input_names": list(model.input_names),
        "output_names": list(model.output_names),
        "class_names": list(model.class_names),
        "input_scaling": not model.input_scaling.is_none,
        "target_scaling": not model.target_scaling.is_none,
        "dataset": model.dataset if imported.knows_data else None,
        "remarks": list(imported.remarks),
    }


def _describe_link(shared: Shared) -> dict[str, object]:
    return {
        "format": "link",
        **_describe_topology(shared.setup.topology),
        **_describe_setup(shared.setup),
        "has_weights": shared.parameters is not None,
        "remarks": list(shared.remarks),
    }


def _describe_topology(topology: Topology) -> dict[str, object]:
    return {
        "network": format_layers(topology),
        "layers": [
            {
                "units": len(layer.units),
                "activation": layer.activation.value,
                "name": layer.name,
                "initializer": None if layer.initializer is None else layer.initializer.value,
                "frozen": layer.frozen,
            }
            for layer in topology.layers
        ],
        "skips_layers": not topology.is_chain,
        "weights": topology.weight_count,
        "biases": topology.bias_count,
        "removed_connections": sum(len(link.removed) for link in topology.links),
        "frozen_connections": sum(len(link.frozen) for link in topology.links),
    }


def _layer_in_words(layer: Layer, index: int) -> str:
    parts = [counted(len(layer.units), "unit"), layer.activation.value if index else "input"]
    if layer.name:
        parts.append(f'called "{layer.name}"')
    if layer.initializer is not None:
        parts.append(f"starts from {layer.initializer}")
    return ", ".join([*parts, *(["frozen"] if layer.frozen else [])])


def _describe_setup(setup: Setup) -> dict[str, object]:
    described = {**describe_data(setup.data), **describe_shape(setup.data.source)}
    return {
        "dataset": setup.data.source.name,
        "data": {key: value for key, value in described.items() if key != "name"},
        "hyperparameters": asdict(setup.hyperparameters),
    }
