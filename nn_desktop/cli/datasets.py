"""``nn-desktop datasets``: what there is to learn from."""

import argparse
import json

from nn_desktop.cli.console import put
from nn_desktop.data.builtin import Builtin
from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.process import SUCCESS, StopRequest


def list_datasets(options: argparse.Namespace, stop: StopRequest) -> int:
    """Print what there is to learn from."""
    sources = CATALOGUE.values()
    if options.json:
        put(json.dumps([_describe_source(source) for source in sources], indent=1))
        return SUCCESS
    rows = [("name", "task", "inputs", "outputs", "samples")]
    rows += [(s.name, s.task.value, str(s.inputs), str(s.outputs), str(s.samples)) for s in sources]
    name, task = (max(len(row[column]) for row in rows) for column in (0, 1))
    put("\n".join(f"{r[0]:{name}}  {r[1]:{task}}  {r[2]:>6}  {r[3]:>7}  {r[4]:>7}" for r in rows))
    return SUCCESS


def _describe_source(source: Builtin) -> dict[str, object]:
    names = ("name", "title", "group", "task", "inputs", "outputs", "samples")
    more = ("description", "formula", "train_share", "standardize")
    return {
        **{name: getattr(source, name) for name in (*names, *more)},
        "adjustable": "samples" in source.adjustable,
    }
