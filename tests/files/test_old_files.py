"""Files that version 0.1 wrote are opened, with every number that is in them."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from nn_desktop.data.dataset import Task
from nn_desktop.data.source import load
from nn_desktop.data.unknown import UnknownData
from nn_desktop.files.imports.importers import read_model
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.project.project_document import ProjectContents, read_project
from nn_desktop.files.project.project_file import open_project
from nn_desktop.files.share.links import read_link, to_link
from nn_desktop.training.session import Session
from nn_desktop.training.start import SessionError

OLD = Path(__file__).with_name("old")
PROJECTS = json.loads((OLD / "expected.json").read_text(encoding="utf-8"))
LINKS = json.loads((OLD / "links.json").read_text(encoding="utf-8"))
NETWORKS = (
    "sine.npz",
    "iris-edited.npz",
    "iris-edited.json",
    "iris-edited.safetensors",
    "spiral-float32.json",
)
ANSWERS = json.loads((OLD / "answers.json").read_text(encoding="utf-8"))
"""What networks on standardized random numbers answered, and their links."""
UNKNOWN_DATA = ("foreign", "random-numbers")
"""Those which learned from nothing but random numbers."""


def digest_of(vector: np.ndarray) -> str:
    return hashlib.sha256(vector.astype("<f8").tobytes()).hexdigest()


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_is_opened_with_all_that_is_in_it(name: str) -> None:
    expected, opened = PROJECTS[name], open_project(OLD / name)
    assert opened.damage == ()
    checkpoint = opened.project.checkpoint
    assert list(checkpoint.setup.topology.sizes) == expected["layers"]
    assert (checkpoint.epoch, checkpoint.updates, checkpoint.diverged) == tuple(
        expected[key] for key in ("epoch", "updates", "diverged")
    )
    assert len(checkpoint.milestones) == expected["milestones"]
    assert len(checkpoint.history.rows()) == expected["rows_of_history"]
    assert opened.project.notes == expected["notes"]
    assert digest_of(checkpoint.parameters.vector) == expected["numbers"]


@pytest.mark.parametrize("name", [name for name in PROJECTS if name.removesuffix(".nnd") not in UNKNOWN_DATA])
def test_it_learned_what_it_says_and_goes_on(name: str) -> None:
    expected, checkpoint = PROJECTS[name], open_project(OLD / name).project.checkpoint
    session = Session.at(checkpoint)
    assert session.losses() == pytest.approx((expected["train_loss"], expected["test_loss"]), rel=1e-6)
    session.advance(3)
    assert session.updates == expected["updates"] + (0 if expected["diverged"] else 3)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("foreign.nnd", UnknownData(task=Task.REGRESSION, inputs=6, outputs=3)),
        ("random-numbers.nnd", UnknownData(task=Task.REGRESSION, inputs=3, outputs=2)),
    ],
)
def test_data_that_were_random_numbers_are_unknown(name: str, source: UnknownData) -> None:
    expected, checkpoint = PROJECTS[name], open_project(OLD / name).project.checkpoint
    assert checkpoint.setup.data == source.default_settings
    session = Session.at(checkpoint)
    snapshot = session.snapshot()
    assert np.isnan(snapshot.train_loss) and np.isnan(snapshot.test_loss)
    assert len(snapshot.history) == expected["rows_of_history"]
    assert np.isfinite(snapshot.history).all()
    with pytest.raises(SessionError, match="choose a dataset with"):
        session.advance(1)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_network_on_standardized_random_numbers_answers_as_before(name: str) -> None:
    expected, project = ANSWERS[name], open_project(OLD / name).project
    link = read_link(expected["link"])
    assert link.parameters is not None
    saved = io.BytesIO()
    ProjectContents.of(project).write(saved)
    again = read_project(saved).project.checkpoint
    linked = read_link(to_link(link.setup, link.parameters)).setup
    for setup, parameters in (
        (project.checkpoint.setup, project.checkpoint.parameters),
        (again.setup, again.parameters),
        (link.setup, link.parameters),
        (linked, link.parameters),
    ):
        assert setup.data.source.why_no_samples
        model = TrainedModel.of(setup, load(setup.data), parameters)
        np.testing.assert_allclose(
            model.predict(np.array(expected["inputs"])), expected["answers"], rtol=1e-12
        )
        for key in ("input_scaling", "target_scaling"):
            scaling = getattr(model, key)
            np.testing.assert_array_equal([scaling.mean, scaling.scale], expected[key])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_read_with_the_numbers_of_its_project(name: str) -> None:
    project = PROJECTS[f"{name.partition('.')[0]}.nnd"]
    parameters = read_model(OLD / name).model.parameters
    assert list(parameters.topology.sizes) == project["layers"]
    assert digest_of(parameters.vector) == project["numbers"]


def test_a_network_whose_data_were_never_known_is_read() -> None:
    imported = read_model(OLD / "foreign.json")
    assert digest_of(imported.model.parameters.vector) == PROJECTS["foreign.nnd"]["numbers"]
    assert imported.model.data.source == UnknownData(task=Task.REGRESSION, inputs=6, outputs=3)
    assert not imported.knows_data


@pytest.mark.parametrize("name", LINKS)
def test_a_link_is_read(name: str) -> None:
    link, project = read_link(LINKS[name]), PROJECTS[f"{name.removesuffix(' with weights')}.nnd"]
    assert list(link.setup.topology.sizes) == project["layers"]
    assert (link.parameters is not None) == name.endswith(" with weights")
    if link.parameters is not None:
        saved = open_project(OLD / f"{name.removesuffix(' with weights')}.nnd").project.checkpoint.parameters
        np.testing.assert_allclose(link.parameters.vector, saved.vector, rtol=1e-6)
