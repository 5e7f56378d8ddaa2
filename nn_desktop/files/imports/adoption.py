"""Fitting an imported network to data that are known here, so that it can be trained on.

A network sees scaled inputs, and the scaling belongs to the data. So if the data here are scaled in another
way than those that the network was trained on, the difference goes into its weights: it answers raw inputs as
before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.source import DataSettings, DataSource, load
from nn_desktop.engines.available import why_missing
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError
from nn_desktop.files.imports.equivalence import (
    NoEquivalentError,
    is_close,
    with_class_order,
    with_input_scaling,
    with_one_output,
    with_target_scaling,
)
from nn_desktop.files.imports.imported import Imported, loss_for, unknown_data
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.functions import LOSSES
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.setup import Setup

_NUMBERED = re.compile(r"(class ?)?[0-9]+(\.0)?|False|True", re.ASCII)


@dataclass(frozen=True, eq=False)
class Adopted:
    """An imported network with its data; ready to be trained on, if those are known.

    Attributes
    ----------
    setup
        The network and its data.
    parameters
        Its weights and biases: with the dataset's scalings it answers raw inputs as the file says.
    remarks
        What was assumed, left out or changed, one sentence each.
    """

    setup: Setup
    parameters: Parameters
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """Data that a network may be fitted to, and what is to be said of them."""

    settings: DataSettings
    remark: str = ""


def adopt(imported: Imported, present: DataSettings | None = None) -> Adopted:
    """Fit an imported network to data.

    Those are, whichever is the first that fits: what the file says it was trained on; the present ones; a
    dataset of the catalogue with its very names of inputs and classes; unknown data.

    Parameters
    ----------
    imported
        What was read.
    present
        The data that are used now.

    Returns
    -------
    If the network saw its inputs as the data are scaled here, the same weights to the last bit; otherwise
    those that give the same answers, see `imports.equivalence`.

    Raises
    ------
    FileError
        If it cannot be fitted to any data.
    """
    remarks = list(imported.remarks)
    try:
        model = _with_outputs_of_here(imported.model, remarks)
        model = _with_hyperparameters_of_here(model, remarks)
        return _fit_to_first(model, _candidates(imported.knows_data, model, present), remarks)
    except NoEquivalentError as error:
        raise FileError(f"The network cannot be opened, since {error}.") from error
    except UserError as error:
        raise FileError(f"The network cannot be opened. {error}") from error


def _fit_to_first(model: TrainedModel, candidates: Iterator[_Candidate], remarks: list[str]) -> Adopted:
    """Fit to the first of the candidates that can be."""
    why_not: Exception = NoEquivalentError("there are no data for it")
    for candidate in candidates:
        try:
            return _fit(model, candidate, remarks)
        except (NoEquivalentError, UserError) as error:
            why_not = error
    raise why_not


def _with_outputs_of_here(model: TrainedModel, remarks: list[str]) -> TrainedModel:
    if model.task is not Task.MULTICLASS or model.topology.sizes[-1] != 2:
        return model
    remarks.append("Two classes have one output here: the two of its softmax became one sigmoid unit.")
    return with_one_output(model)


def _with_hyperparameters_of_here(model: TrainedModel, remarks: list[str]) -> TrainedModel:
    hyperparameters = model.hyperparameters
    loss = loss_for(model.task, model.topology.layers[-1].activation, hyperparameters.loss)
    if loss is not hyperparameters.loss:
        remarks.append(f"Its loss does not suit its outputs here: {LOSSES[loss].title.lower()} was chosen.")
    engine = hyperparameters.engine
    if engine is not EngineName.AUTO and why_missing(engine):
        remarks.append(f"The engine {engine} that trained it is not here: the fastest one is taken.")
        engine = EngineName.AUTO
    precision = Precision(model.parameters.vector.dtype.name)
    changed = replace(hyperparameters, loss=loss, engine=engine, precision=precision)
    return replace(model, hyperparameters=changed)


def _candidates(knows_data: bool, model: TrainedModel, present: DataSettings | None) -> Iterator[_Candidate]:
    if knows_data:
        yield _Candidate(model.data)
    if present is not None and not present.source.why_no_samples:
        yield _Candidate(present, f'It goes on with "{present.source.title}".')
    namesake = _namesake(model)
    if namesake is not None:
        yield _Candidate(
            namesake.default_settings,
            f'Its inputs and classes are called as those of "{namesake.title}", which was taken.',
        )
    unknown = unknown_data(model)
    yield _Candidate(unknown.default_settings, unknown.why_no_samples)


def _namesake(model: TrainedModel) -> DataSource | None:
    """Return the dataset whose inputs and classes have the names of the model's, if there is just one."""
    if model.task is Task.REGRESSION:  # nearly all are called x and y
        return None
    found = []
    for source in CATALOGUE.values():
        if _has_ends(model, source):
            dataset = load(source.default_settings)
            if dataset.input_names == model.input_names and set(dataset.class_names) == set(
                model.class_names
            ):
                found.append(source)
    return found[0] if len(found) == 1 else None


def _has_ends(model: TrainedModel, source: DataSource) -> bool:
    """Whether a dataset has as many inputs and outputs as a model, and its task."""
    sizes = model.topology.sizes
    return (source.inputs, source.outputs, source.task) == (sizes[0], sizes[-1], model.task)


def _fit(model: TrainedModel, candidate: _Candidate, before: list[str]) -> Adopted:
    """Fit a model to some data; raises `NoEquivalentError` or `UserError` if that cannot be."""
    if not _has_ends(model, candidate.settings.source):
        raise NoEquivalentError("its inputs and outputs are not those of the data")
    dataset = load(candidate.settings)
    remarks = [*before, *([candidate.remark] if candidate.remark else [])]
    model = _with_names_of(model, dataset, remarks)
    model = _with_scalings_of(model, dataset, remarks)
    setup = Setup(model.topology, candidate.settings, model.hyperparameters)
    return Adopted(setup, model.parameters, tuple(map(_sentence, remarks)))


def _with_names_of(model: TrainedModel, dataset: Dataset, remarks: list[str]) -> TrainedModel:
    """Put the classes into the order of the dataset's."""
    names, wanted = model.input_names, dataset.input_names
    if names != wanted and sorted(names) == sorted(wanted):
        raise NoEquivalentError("its inputs have another order than those of the data")
    if model.class_names == dataset.class_names:
        return model
    if sorted(model.class_names) != sorted(dataset.class_names) and all(
        map(_NUMBERED.fullmatch, model.class_names)
    ):
        remarks.append("Its classes have no names: they were taken in the order of the dataset's.")
        return model
    reordered = with_class_order(model, dataset.class_names)
    remarks.append("Its classes have another order than the dataset's: its outputs were reordered.")
    return reordered


def _with_scalings_of(model: TrainedModel, dataset: Dataset, remarks: list[str]) -> TrainedModel:
    folded = []
    if not is_close(model.input_scaling, dataset.input_scaling):
        model = with_input_scaling(model, dataset.input_scaling)
        folded.append("inputs")
    if model.task is Task.REGRESSION and not is_close(model.target_scaling, dataset.target_scaling):
        model = with_target_scaling(model, dataset.target_scaling)
        folded.append("outputs")
    if folded:
        has_data = len(dataset.inputs) > 0
        how = "scaled otherwise than the data are here: the difference" if has_data else "scaled: that"
        remarks.append(
            f"Its {' and '.join(folded)} were {how} was put into its weights and biases, and its answers "
            "stay the same."
        )
    return model


def _sentence(remark: str) -> str:
    """Begin with a capital letter, and end with a full stop."""
    return remark[:1].upper() + remark[1:] + ("" if remark.endswith((".", "?", "!")) else ".")
