"""Runs are filed, taken up again and told apart, in bounded number; none changes what another one has."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import default_settings, make_setup

from nn_desktop.data.sampling import SplitRule
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training import runs as runs_module
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.runs import (
    RunLabel,
    Runs,
    RunsError,
    delete_run,
    file_run,
    name_run,
    note_run,
    star_run,
    take_up,
    what_differs,
)
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup


def setup_of(layers: str = "1-4-1", **choices: object) -> Setup:
    return make_setup("sine", parse_layers(layers), Activation.TANH, Hyperparameters(**choices))


def trained(updates: int = 25, **choices: object) -> Checkpoint:
    session = Session(setup_of(**choices))
    session.advance(updates)
    return session.checkpoint()


def several(count: int) -> Runs:
    runs, checkpoint = Runs(), trained(1)
    for _ in range(count):
        runs = file_run(runs, checkpoint).runs
    return runs


def ids(runs: Runs) -> list[int]:
    return [run.label.id for run in runs.filed]


# Filing


def test_a_run_is_filed_with_all_but_its_milestones_and_another_one_begins() -> None:
    checkpoint = trained(100)
    filed = file_run(Runs(), checkpoint)
    (run,) = filed.runs.filed
    assert checkpoint.milestones and run.checkpoint.milestones == ()
    assert run.checkpoint.parameters is checkpoint.parameters
    assert (run.setup, run.history, run.best) == (checkpoint.setup, checkpoint.history, checkpoint.best)
    assert run.label == RunLabel(id=0)
    assert filed.runs.current == RunLabel(id=1, colour=1)
    assert filed.sentence == "" and filed.forgotten == ()


def test_a_run_that_has_learned_nothing_is_not_filed() -> None:
    runs = several(2)
    assert file_run(runs, trained(0)).runs is runs


def test_a_fork_knows_its_parent() -> None:
    runs = file_run(Runs(), trained(), is_fork=True).runs
    assert runs.current.parent == 0
    assert file_run(runs, trained()).runs.current.parent is None


@pytest.mark.parametrize("engine", list(available_engines()))
def test_a_run_that_is_taken_up_again_goes_on_as_if_it_had_never_been_reset(engine: EngineName) -> None:
    setup = setup_of(engine=engine, batch_size=7)
    straight, session = Session(setup), Session(setup)
    session.advance(37)  # in the middle of an epoch
    filed = file_run(Runs(), session.checkpoint())
    session.reset()
    session.advance(11)
    assert session.updates == 11
    taken = take_up(filed.runs, 0, session.checkpoint())
    session.restore(filed.runs.run(0).checkpoint)
    straight.advance(37)
    for each in (straight, session):
        each.advance(23)
    assert session.parameters.vector.tobytes() == straight.parameters.vector.tobytes()
    assert session.history.rows().tobytes() == straight.history.rows().tobytes()
    assert (session.epoch, session.updates, session.losses()) == (straight.epoch, 60, straight.losses())
    assert taken.runs.current == RunLabel(id=0)
    assert ids(taken.runs) == [1]
    assert taken.runs.run(1).checkpoint.updates == 11


def test_what_is_in_the_window_is_not_filed_if_it_has_learned_nothing() -> None:
    taken = take_up(several(2), 1, trained(0))
    assert ids(taken.runs) == [0]
    assert taken.runs.current.id == 1
    assert file_run(taken.runs, trained()).runs.current.id == 3  # no id is used twice


def test_runs_differ_in_colour_and_one_that_is_free_is_taken_again() -> None:
    runs = several(4)
    assert [run.label.colour for run in runs.filed] == [0, 1, 2, 3]
    runs = file_run(delete_run(runs, 2), trained()).runs
    assert [run.label.colour for run in runs.filed] == [0, 1, 3, 4]
    assert runs.current.colour == 2


def test_the_colour_of_a_run_in_the_window_is_kept_by_taking_up_another() -> None:
    taken = take_up(several(3), 0, trained())
    colours = [run.label.colour for run in taken.runs.filed] + [taken.runs.current.colour]
    assert sorted(colours) == [0, 1, 2, 3]


# Bounds


def test_the_oldest_without_a_star_go_first_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "MAX_RUNS", 4)
    runs = name_run(star_run(several(4), 0, True), 1, "Wide")
    filed = file_run(runs, trained())
    assert ids(filed.runs) == [0, 2, 3, 4]
    assert [run.label.id for run in filed.forgotten] == [1]
    assert filed.sentence == (
        '"Wide" was left out of the runs, which hold 4 and 64 MB: the oldest without a star go first, '
        "and undo brings them back."
    )
    runs = filed.runs
    for number in (2, 3, 4):
        runs = star_run(runs, number, True)
    assert ids(file_run(runs, trained()).runs) == [
        2,
        3,
        4,
        5,
    ]  # the newest stays


def test_thousands_of_runs_take_no_more_than_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    size = file_run(Runs(), trained(1)).runs.filed[0].size
    monkeypatch.setattr(runs_module, "MAX_RUN_BYTES", 10 * size + 1)
    runs = several(2000)
    assert ids(runs) == list(range(1990, 2000))
    assert runs.next_id == 2001


def test_a_run_that_is_too_large_alone_leaves_the_others_where_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = several(3)
    monkeypatch.setattr(runs_module, "MAX_RUN_BYTES", 3 * runs.filed[0].size)
    filed = file_run(runs, trained(1, layers="1-300-1"))
    assert ids(filed.runs) == [0, 1, 2]
    assert [run.label.id for run in filed.forgotten] == [3]
    assert filed.sentence.startswith('"run 4" was left out')


# What is written on them


def test_names_notes_and_stars_change_that_run_alone_and_nothing_of_before() -> None:
    before = several(3)
    after = note_run(name_run(star_run(before, 1, True), 1, " Two\nlines "), 1, "First line\nsecond")
    assert after.run(1).label == RunLabel(
        id=1, colour=1, name="Two lines", note="First line\nsecond", is_starred=True
    )
    assert before.run(1).label == RunLabel(id=1, colour=1)
    assert after.run(0) is before.run(0) and after.run(1).checkpoint is before.run(1).checkpoint
    current = note_run(name_run(after, 3, "Now"), 3, "Of the window")
    assert (current.current.name, current.current.note) == ("Now", "Of the window")
    assert current.filed == after.filed


def test_a_name_and_a_note_are_cut_to_what_a_file_holds() -> None:
    runs = note_run(name_run(several(1), 0, "x" * 500), 0, "a\ud800" + "y" * 5000)
    label = runs.run(0).label
    assert label.name == "x" * 100
    assert label.note == "a" + "y" * 1999


def test_a_run_that_is_not_there_is_refused_in_a_sentence() -> None:
    runs = delete_run(several(2), 1)
    for act in (
        lambda: runs.run(1),
        lambda: delete_run(runs, 1),
        lambda: star_run(runs, 7, True),
        lambda: take_up(runs, 1, trained()),
    ):
        with pytest.raises(RunsError, match=r"^There is no run \d any more: choose another one\.$"):
            act()


# What differs


def test_only_what_differs_is_told() -> None:
    setups = [setup_of(learning_rate=0.1), setup_of(learning_rate=0.2, seed=4), setup_of(learning_rate=0.1)]
    assert [(each.name, each.noun, each.values, each.texts) for each in what_differs(setups)] == [
        ("hyperparameters learning_rate", "learning rate", (0.1, 0.2, 0.1), ("0.1", "0.2", "0.1")),
        ("hyperparameters seed", "seed", (0, 4, 0), ("0", "4", "0")),
    ]
    assert what_differs(setups[:1]) == what_differs([setups[0]] * 3) == what_differs([]) == ()


def test_networks_data_and_settings_that_do_not_apply_are_told_apart() -> None:
    first = setup_of()
    batch = replace(first, hyperparameters=replace(first.hyperparameters, mode=Mode.BATCH))
    other = first.with_data(default_settings("cubic"))
    frozen = first.with_topology(edits.freeze_layer(first.topology, first.topology.layers[1].id, True))
    relu = setup_of("1-4:relu-1")
    found = {each.noun: each.texts for each in what_differs([first, batch, other, frozen, relu])}
    assert found["network"] == ("1-4-1", "1-4-1", "1-4-1", "1-4-1 (2)", "1-4:relu-1")
    assert found["dataset"] == ("sine", "sine", "cubic", "sine", "sine")
    assert found["mode"] == ("Mini-batch", "Batch", *["Mini-batch"] * 3)
    assert found["batch size"] == ("16", "", "16", "16", "16")


def test_what_is_on_or_off_is_told_in_words_and_as_it_is() -> None:
    first = setup_of()
    other = replace(first, data=replace(first.data, standardize=not first.data.standardize))
    (difference,) = what_differs([first, other])
    assert difference.values == (first.data.standardize, not first.data.standardize)
    assert set(difference.texts) == {"yes", "no"}


def test_a_run_that_has_not_begun_is_kept_with_its_note_when_another_is_taken_up() -> None:
    runs = note_run(several(1), 1, "to be tried")
    filed = take_up(runs, 0, trained(0))
    assert [(run.label.id, run.label.note) for run in filed.runs.filed] == [(1, "to be tried")]
    filed = take_up(several(1), 0, trained(0))
    assert filed.runs.filed == ()


def test_the_size_of_a_run_counts_all_its_numbers() -> None:
    checkpoint = trained(100)
    (run,) = file_run(Runs(), checkpoint).runs.filed
    parameters = checkpoint.parameters.vector.nbytes
    rows = checkpoint.history.rows().nbytes
    assert run.size == 2 * parameters + checkpoint.order.nbytes + rows
    assert np.array_equal(run.history.rows(), checkpoint.history.rows())


def test_the_split_differs_only_between_runs_on_classes() -> None:
    circle, sine = (make_setup(name, parse_layers("4"), Activation.TANH) for name in ("circle", "sine"))
    old = replace(circle, data=replace(circle.data, split=SplitRule.BY_CLASS))
    (split,) = what_differs([old, circle])
    assert (split.noun, split.texts) == ("split", ("by class", "exact"))
    assert "split" not in [each.noun for each in what_differs([circle, sine])]
    (found,) = [each for each in what_differs([circle, sine, old]) if each.noun == "split"]
    assert found.values == ("exact", None, "by class")
