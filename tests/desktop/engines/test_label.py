"""The status bar says what computes, and why."""

import pytest
from PySide6.QtWidgets import QLabel
from window_driver import find, settle

from nn_desktop.desktop.engines.label import EngineLabel
from nn_desktop.engines import cpp_engine
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.selection import Choice
from nn_desktop.training.settings import ENGINE

AUTO, PYTHON, NUMPY, CPP = EngineName.AUTO, EngineName.PYTHON, EngineName.NUMPY, EngineName.CPP
MEASURED = {NUMPY: 1.4e-5, CPP: 1e-6, PYTHON: 1e-3}


@pytest.fixture
def label(qtbot):
    label = EngineLabel()
    qtbot.addWidget(label)
    label.resize(900, 24)
    with qtbot.waitExposed(label):
        label.show()
    return label


@pytest.fixture
def without_cpp(monkeypatch):
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError())


def test_automatic_names_the_fastest_and_what_it_was_chosen_from(label):
    label.show_choice(Choice(CPP, AUTO, MEASURED))
    assert label.text() == "C++ (automatic: computes an update in 1.0 µs; numpy 14 µs, Plain Python 1.0 ms)"
    assert [line for line in label.toolTip().splitlines() if "computes an update" in line] == [
        "C++: computes an update in 1.0 µs",
        "numpy: computes an update in 14 µs",
        "Plain Python: computes an update in 1.0 ms",
    ]


def test_who_was_not_measured_is_named_in_the_tool_tip(label):
    label.show_choice(Choice(NUMPY, AUTO, {NUMPY: 1.4e-5}))
    assert label.text() == "numpy (automatic: computes an update in 14 µs)"
    assert "Plain Python: not measured" in label.toolTip()


def test_a_choice_of_the_user_needs_no_reason(label):
    label.show_choice(Choice(PYTHON, PYTHON))
    assert label.text() == "Plain Python (chosen)"


def test_an_engine_in_place_of_a_missing_one_says_why(label, without_cpp):
    label.show_choice(Choice(NUMPY, CPP, {NUMPY: 1.4e-5}))
    assert label.text().startswith("numpy, as C++ is missing: it was not compiled")
    assert "C++ is missing: it was not compiled" in label.toolTip()


def test_a_narrow_label_says_less_and_is_read_as_a_whole(label):
    label.show_choice(Choice(CPP, AUTO, MEASURED))
    whole = label.text()
    for width, text in ((300, "C++ (automatic: computes an update in 1.0 µs)"), (60, "C++")):
        label.resize(width, 24)
        assert label.text() == text
        assert label.accessibleName() == whole
    label.resize(900, 24)
    assert label.text() == whole


def test_the_window_shows_the_engine_in_use(qtbot, window, document, trainer):
    label = find(window, QLabel, "engine_in_use")
    assert "(automatic: " in label.text()
    assert trainer.snapshot.engine.wanted is AUTO
    assert document.change_setting(ENGINE, NUMPY)
    settle(qtbot, window)
    assert label.text() == "numpy (chosen)"
    document.undo_stack.undo()
    settle(qtbot, window)
    assert "(automatic: " in label.text()


def test_what_each_speed_of_the_status_bar_is_can_be_read(qtbot, window, trainer):
    engine, speed = find(window, QLabel, "engine_in_use"), find(window, QLabel, "speed")
    assert "computes an update in" in engine.text()
    assert "That is computing alone" in engine.toolTip()
    assert "measuring the losses and showing the network share the time" in speed.toolTip().replace("\n", " ")
    trainer.train_or_pause()
    qtbot.waitUntil(lambda: speed.text().endswith(" updates a second, display included"))
    trainer.set_pace(30)
    qtbot.waitUntil(lambda: speed.text().endswith(" updates a second, as the pace allows"))
    trainer.pause()
    settle(qtbot, window)
    assert speed.text() == "paused"
