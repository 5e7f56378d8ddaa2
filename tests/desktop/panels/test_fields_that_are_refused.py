"""A field whose value the document refuses shows again what is in force, and neither corrects the other."""

import pytest
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox
from window_driver import find, open_descent, settle

from nn_desktop.training.settings import LEARNING_RATE


@pytest.fixture
def told(document):
    """Every setup that the document tells of."""
    setups = []
    document.setup_changed.connect(setups.append)
    return setups


@pytest.fixture
def refusing(document, monkeypatch):
    """A document that refuses whatever is changed."""

    def change(text, make, field="", assignment=None):
        document.refuse("No.")
        return False

    monkeypatch.setattr(document, "change", change)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (QSpinBox, "data_samples"),
        (QSpinBox, "data_seed"),
        (QSlider, "data_noise"),
        (QSlider, "data_train_share"),
        (QSpinBox, "learning_seed"),
        (QSpinBox, "inspector_units"),
    ],
)
def test_a_number_that_is_refused_gives_way_to_the_one_in_force(window, document, refusing, told, kind, name):
    document.refused.connect(lambda text: None)
    window.editor.selection.select_layer(document.setup.topology.layers[1].id)
    window.docks.inspector.set_in_view(True)
    field = find(window, kind, name)
    before = field.value()
    field.setValue(before + 1)
    assert field.value() == before
    assert told == []


@pytest.mark.parametrize(
    "name", ["learning_loss", "learning_initializer", "learning_precision", "learning_engine"]
)
def test_a_choice_that_is_refused_gives_way_to_the_one_in_force(window, refusing, told, name):
    box = find(window, QComboBox, name)
    before = box.currentIndex()
    box.setCurrentIndex(1 - min(before, 1))
    box.activated.emit(box.currentIndex())
    assert box.currentIndex() == before
    assert told == []


@pytest.mark.parametrize("learning_rate", [1 / 3, 1e-300, 123456789.123456789, 0.1 + 0.2])
def test_a_number_that_a_field_shows_shorter_is_told_once(qtbot, window, document, told, learning_rate):
    document.change_setting(LEARNING_RATE, learning_rate)
    settle(qtbot, window)
    assert [setup.hyperparameters.learning_rate for setup in told] == [learning_rate]
    open_descent(window)
    box = find(window, QComboBox, "learning_rate")
    box.lineEdit().editingFinished.emit()
    assert document.setup.hyperparameters.learning_rate == learning_rate
