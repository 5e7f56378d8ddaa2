"""The runs of a project are kept in its file, bit by bit, and a damaged one spoils nothing else."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from known_data import make_setup
from reopening import contents, moment_contents, reopened, write_project

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.files.project import project_document, runs_document
from nn_desktop.files.project.project import OpenedProject, Project
from nn_desktop.files.project.project_document import read_project
from nn_desktop.files.project.project_file import open_project, save_project
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.runs import Runs, file_run, name_run, note_run, star_run, take_up
from nn_desktop.training.session import Session


def session_of(layers: str = "1-4-1", updates: int = 25, **choices: object) -> Session:
    session = Session(make_setup("sine", parse_layers(layers), Activation.TANH, Hyperparameters(**choices)))
    session.advance(updates)
    return session


def rich_project() -> Project:
    """Return a project with three filed runs of different networks and settings."""
    start = session_of()
    given = Session(start.setup, Parameters(start.setup.topology, np.linspace(-1, 1, 13)))
    given.advance(33)
    wide = session_of("1-8:relu-3-1", 47, precision=Precision.FLOAT32, learning_rate=0.2)
    wide.change(replace(wide.setup, hyperparameters=replace(wide.setup.hyperparameters, batch_size=5)))
    wide.advance(20)
    runs = file_run(Runs(), given.checkpoint()).runs
    runs = file_run(runs, wide.checkpoint(), is_fork=True).runs
    runs = file_run(runs, session_of(learning_rate=1e6, updates=500).checkpoint()).runs
    runs = note_run(name_run(star_run(runs, 1, True), 1, "Wide 🧠"), 1, "Zeile 1\nline 2")
    runs = note_run(runs, 3, "In the window")
    return Project(start.checkpoint(), runs=runs)


def members_of(project: Project) -> dict[str, bytes]:
    file = io.BytesIO()
    write_project(project, file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read_members(members: dict[str, bytes]) -> OpenedProject:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return read_project(file)


def rewritten(project: Project, change: Callable[[dict[str, Any]], object]) -> OpenedProject:
    """Read a project whose document of runs somebody has changed."""
    members = members_of(project)
    document = json.loads(members["runs.json"])
    change(document)
    return read_members({**members, "runs.json": json.dumps(document).encode()})


# What is kept


def test_runs_are_kept_bit_by_bit(tmp_path: Path) -> None:
    project = rich_project()
    assert [run.label.is_starred for run in project.runs.filed] == [False, True, False]
    assert project.runs.filed[2].checkpoint.diverged
    assert len(project.runs.filed[1].marks) == 1
    again = reopened(project)
    assert contents(again)["runs"] == contents(project)["runs"]
    path = tmp_path / "a.nnd"
    assert save_project(project, path) == ()
    assert contents(open_project(path).project) == contents(project)
    save_project(open_project(path).project, tmp_path / "b.nnd")
    assert path.read_bytes() == (tmp_path / "b.nnd").read_bytes()


@pytest.mark.parametrize("engine", list(available_engines()))
def test_a_run_from_a_file_that_is_taken_up_goes_on_as_if_it_had_never_been_reset(engine: EngineName) -> None:
    session, straight = (session_of(updates=37, engine=engine, batch_size=7) for _ in range(2))
    runs = file_run(Runs(), session.checkpoint()).runs
    session.reset()
    session.advance(5)
    project = reopened(Project(session.checkpoint(), runs=runs))
    taken = take_up(project.runs, 0, project.checkpoint)
    again = Session.at(project.runs.run(0).checkpoint)
    for each in (again, straight):
        each.advance(23)
    assert {**moment_contents(again.checkpoint()), "milestones": None} == {
        **moment_contents(straight.checkpoint()),
        "milestones": None,
    }
    assert [run.checkpoint.updates for run in taken.runs.filed] == [5]


def test_a_project_without_runs_is_written_as_before() -> None:
    members = members_of(Project(session_of().checkpoint()))
    assert "runs.json" not in members
    assert json.loads(members["project.json"])["version"] == 1


def test_with_runs_it_has_a_version_that_earlier_programs_refuse() -> None:
    assert json.loads(members_of(rich_project())["project.json"])["version"] == 3
    noted = note_run(Runs(), 0, "x")
    members = members_of(Project(session_of().checkpoint(), runs=noted))
    assert json.loads(members["project.json"])["version"] == 3
    assert reopened(Project(session_of().checkpoint(), runs=noted)).runs.current.note == "x"


def test_runs_of_the_same_network_describe_it_once() -> None:
    runs = Runs()
    for rate in (0.1, 0.2, 0.3, 0.1):
        runs = file_run(runs, session_of(learning_rate=rate).checkpoint()).runs
    document = json.loads(members_of(Project(session_of().checkpoint(), runs=runs))["runs.json"])
    assert (len(document["topologies"]), len(document["setups"])) == (1, 3)


def test_as_many_runs_as_there_can_be_are_kept() -> None:
    checkpoint, runs = session_of().checkpoint(), Runs()
    for _ in range(230):
        runs = file_run(runs, checkpoint).runs
    again = reopened(Project(checkpoint, runs=runs)).runs
    assert [run.label.id for run in again.filed] == list(range(30, 230))


def test_runs_that_do_not_fit_into_the_file_are_left_out_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = rich_project()
    monkeypatch.setattr(project_document, "MAX_RUN_ARRAYS", 10)
    remarks = save_project(project, tmp_path / "a.nnd")
    assert remarks == ("2 of the filed runs did not fit into the file: delete runs of large networks.",)
    assert [run.label.id for run in open_project(tmp_path / "a.nnd").project.runs.filed] == [1]


# What is damaged


def test_an_array_of_a_run_that_is_missing_costs_that_run_alone() -> None:
    project = rich_project()
    members = members_of(project)
    del members["run1_parameters.npy"]
    opened = read_members(members)
    assert opened.damage == ("Some of the filed runs were damaged and left out.",)
    expected = contents(project)
    kept = contents(opened.project)
    assert kept.pop("runs") == [run for run in expected.pop("runs") if run[0].id != 1]  # type: ignore[attr-defined]
    assert kept == expected


@pytest.mark.parametrize("array", ["history", "best", "order"])
def test_a_part_of_a_run_that_is_not_needed_to_train_costs_only_that(array: str) -> None:
    project = rich_project()
    members = members_of(project)
    del members[f"run1_{array}.npy"]
    opened = read_members(members)
    assert opened.damage == ("Some of the less important parts of the filed runs were damaged and left out.",)
    runs = opened.project.runs
    assert [run.label.id for run in runs.filed] == [0, 1, 2]
    session = Session.at(runs.run(1).checkpoint)
    session.advance(30)
    assert session.updates == 97


WRONG = {
    "no label": lambda run: run.pop("label"),
    "another id twice": lambda run: run["label"].update(id=0),
    "the id of the run in the window": lambda run: run["label"].update(id=3),
    "an id beyond the next": lambda run: run["label"].update(id=4),
    "a huge colour": lambda run: run["label"].update(colour=10**9),
    "a name that is a number": lambda run: run["label"].update(name=3),
    "a star that is none": lambda run: run["label"].update(is_starred="yes"),
    "no moment": lambda run: run.pop("moment"),
    "a setup that is not there": lambda run: run["moment"].update(setup=9),
    "epochs below 0": lambda run: run["moment"].update(epoch=-1),
    "a text": lambda run: run.update(moment="x"),
}


@pytest.mark.parametrize("wrong", list(WRONG))
def test_a_run_that_is_wrong_is_left_out(wrong: str) -> None:
    opened = rewritten(rich_project(), lambda document: WRONG[wrong](document["runs"][1]))
    assert opened.damage == ("Some of the filed runs were damaged and left out.",)
    assert [run.label.id for run in opened.project.runs.filed] == [0, 2]
    reopened(opened.project)


ALL_WRONG = {
    "no list": lambda document: document.update(runs=3),
    "very many": lambda document: document.update(runs=document["runs"] * 100),
    "no run in the window": lambda document: document.pop("current"),
    "no next id": lambda document: document.pop("next_id"),
    "too many setups": lambda document: document.update(setups=document["setups"] * 300),
}


@pytest.mark.parametrize("wrong", list(ALL_WRONG))
def test_runs_that_make_no_sense_are_left_out_and_the_project_opens(wrong: str) -> None:
    project = rich_project()
    opened = rewritten(project, ALL_WRONG[wrong])
    assert opened.damage == ("The filed runs were damaged and left out.",)
    assert opened.project.runs.are_none
    assert moment_contents(opened.project.checkpoint) == moment_contents(project.checkpoint)


def test_a_document_that_is_none_is_left_out() -> None:
    members = members_of(rich_project())
    for content in (b"", b"[]", b"{" * 100_000, b"x" * 5_000_000):
        opened = read_members({**members, "runs.json": content})
        assert opened.damage == ("The filed runs were damaged and left out.",)


def test_runs_take_no_more_memory_than_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    project = rich_project()
    first, wide, last = (run.size for run in project.runs.filed)
    assert first + last < first + wide
    monkeypatch.setattr(runs_document, "MAX_RUN_BYTES", first + last)
    opened = read_members(members_of(project))
    assert [run.label.id for run in opened.project.runs.filed] == [0, 2]
    assert opened.damage == ("Some of the filed runs were damaged and left out.",)


def test_names_and_notes_of_strangers_are_cut_and_made_fit() -> None:
    def write(document: dict[str, Any]) -> None:
        document["runs"][0]["label"].update(name="a\nb\x1b" + "x" * 500, note="y" * 9000)

    label = rewritten(rich_project(), write).project.runs.run(0).label
    assert label.name.startswith("a b x") and len(label.name) == 100
    assert len(label.note) == 2000


@pytest.mark.skipif(EngineName.CPP not in available_engines(), reason="the C++ engine is not here")
def test_an_engine_of_runs_that_is_not_here_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs()
    for _ in range(3):
        runs = file_run(runs, session_of(engine=EngineName.CPP).checkpoint()).runs
    members = members_of(Project(session_of(engine=EngineName.CPP).checkpoint(), runs=runs))
    others = {name: make for name, make in available_engines().items() if name is not EngineName.CPP}
    monkeypatch.setattr("nn_desktop.files.project.checkpoint_document.available_engines", lambda: others)
    opened = read_members(members)
    assert len(opened.remarks) == 1 and '"cpp"' in opened.remarks[0]
    assert all(run.checkpoint.engine.engine is EngineName.NUMPY for run in opened.project.runs.filed)
