"""Results of commands, for people and as JSON."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.files.exporters import Exported
from nn_desktop.insight.run_table import RunRow, RunTable, run_table
from nn_desktop.insight.run_table import measure as measure_moment
from nn_desktop.texts import shown, visible
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.runs import Runs
from nn_desktop.training.session import Session

_LISTED = 8
"""Items of a long list, and lines of a long text, that people are shown."""
_ONE_LINE = frozenset({"input_names", "output_names", "class_names", "milestones"})
"""Lists that stand in one line."""


def format_json(result: object) -> str:
    """Write a result as JSON, which has no word for what is not finite: that is null."""
    # JSON has an escape for each control but this one.
    return json.dumps(_finite(result), indent=1, allow_nan=False).replace("\x7f", r"\u007f")


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list) else value


def format_lines(result: Mapping[str, object], width: int = 14) -> str:
    """Write a result for people: a line for each part, or for each item of a part; nothing for what is not.

    Parameters
    ----------
    result
        Values by name, as the JSON output has them.
    width
        Least width of the column of names, in characters.
    """
    width = max([width, *(len(key) for key, value in result.items() if value is not None)])
    return "\n".join(
        f"{key.replace('_', ' '):{width}} {line}"
        for key, value in result.items()
        for line in _lines(key, value)
    )


def _lines(key: str, value: object) -> list[str]:
    if value is None or value == []:
        return []
    if isinstance(value, str):
        lines = value.splitlines()
        return [*map(visible, lines[:_LISTED]), *(["…"] if len(lines) > _LISTED else [])]
    if not isinstance(value, list):
        return [_shown(value)]
    if key not in _ONE_LINE:
        return [_shown(item) for item in value]
    listed = ", ".join(map(_shown, value[:_LISTED]))
    return [listed if len(value) <= _LISTED else f"{listed}, … ({len(value)} in all)"]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        parts = {key.replace("_", " "): each for key, each in value.items() if each not in (None, "")}
        return ", ".join(f"{key} {_shown(each)}" for key, each in parts.items())
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_shown, value))})"
    return visible(str(value))


def measure(session: Session) -> Mapping[str, float | None]:
    """Return how well a network does, over the training samples and over the test samples."""
    if not session.train_count:
        return unmeasured(session.dataset)
    dataset, name = session.dataset, _metric_name(session.dataset)
    m = measure_moment(session.checkpoint(), dataset, session.losses())
    return {
        "train_loss": m.train_loss,
        "test_loss": m.test_loss,
        f"train_{name}": m.train,
        f"test_{name}": m.test,
    }


def unmeasured(dataset: Dataset) -> dict[str, None]:
    """Return the same for a network of which that is not known."""
    name = _metric_name(dataset)
    return dict.fromkeys(("train_loss", "test_loss", f"train_{name}", f"test_{name}"))


def _metric_name(dataset: Dataset) -> str:
    return "r2" if dataset.task is Task.REGRESSION else "accuracy"


def table_of_runs(runs: Runs, current: Checkpoint) -> RunTable:
    """Return the table of a project's runs, the one in the window last; one without rows if none is filed."""
    return run_table(runs, current) if runs.filed else run_table(Runs())


def describe_runs(table: RunTable) -> list[dict[str, object]]:
    """Return the runs of a project as JSON values."""
    values = [difference.values for difference in table.differences]
    return [
        _describe_run(table, row, [each[place] for each in values]) for place, row in enumerate(table.rows)
    ]


def _describe_run(table: RunTable, row: RunRow, settings: Sequence[object]) -> dict[str, object]:
    nouns = [difference.noun.replace(" ", "_") for difference in table.differences]
    return {
        "run": row.label.title,
        "epochs": row.epochs,
        "updates": row.updates,
        "train_loss": row.measures.train_loss,
        "test_loss": row.measures.test_loss,
        "measure": row.measures.name,
        "test": row.measures.test,
        "best_epoch": row.best_epoch,
        "starred": row.label.is_starred,
        **dict(zip(nouns, settings, strict=True)),
        "note": row.label.note,
    }


def tabulate_runs(table: RunTable) -> list[str]:
    """Write the runs of a project as lines of a table, for people; columns without anything go."""
    rows = [_describe_run(table, row, row.texts) for row in table.rows]
    if not rows:
        return []
    cells = [{name: _cell(value) for name, value in row.items()} for row in rows]
    names = [name for name in rows[0] if any(row[name] not in ("", False) for row in rows)]
    names = [name for name in names if any(row[name] for row in cells)]
    lines = [[name.replace("_", " ") for name in names], *([row[name] for name in names] for row in cells)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    pairs = [zip(line, widths, strict=True) for line in lines]
    return ["  ".join(f"{text:{width}}" for text, width in pair).rstrip() for pair in pairs]


def _cell(value: object) -> str:
    """Write a value for people; nothing where it is not known."""
    is_known = value is not None and not (isinstance(value, float) and math.isnan(value))
    return shown(_shown(value)) if is_known else ""


def describe_export(exported: Exported) -> str:
    """Say in a line what was written, and what came of its check."""
    path, *others = exported.paths
    companions = f" (and {', '.join(other.name for other in others)})" if others else ""
    return f"{path}{companions}: {exported.check}"


def summarize_exports(written: Iterable[Exported]) -> dict[str, object]:
    """Return what was exported, and its checks, as JSON values."""
    return {
        "exports": [str(exported.paths[0]) for exported in written],
        "checks": [_check_values(exported) for exported in written],
    }


def _check_values(exported: Exported) -> dict[str, object]:
    check = exported.check
    return {
        "path": str(exported.paths[0]),
        "files": [str(path) for path in exported.paths],
        "checked": check.is_checked,
        "good": check.is_good if check.is_checked else None,
        "reader": check.reader or None,
        "difference": check.difference,
        "tolerance": check.tolerance,
        "inputs": check.inputs,
        "why_not": check.why_not or None,
    }
