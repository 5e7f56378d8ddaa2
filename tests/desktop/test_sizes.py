"""Everything is within reach at every size: of the window, of the text, and of the screen's points."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox, QToolButton
from reachable import faults_of, is_cut
from window_driver import find, settle

from nn_desktop.data.catalogue import find_source
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.look.theme import scaled

PROGRAM = Path(__file__).parents[1] / "reachable.py"
Key = Qt.Key
NO_MODIFIER, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def width_of(window, side):
    """Return how wide the column at a side is; 0 if it is closed."""
    name = {"left": "dock_data", "right": "dock_fit"}[side]
    return window.docks.by_name[name].width() if window.columns.is_open(side) else 0


@pytest.fixture
def open_at(qapp, open_window):
    """Opens the window at a size, with text so many times as large."""
    before = qapp.font()

    def open_one(width, height, text=1.0):
        qapp.setFont(scaled(before, text))
        window = open_window()
        window.resize(width, height)
        QTest.qWait(100)
        assert window.size() == QSize(width, height)
        return window

    yield open_one
    qapp.setFont(before)


@pytest.mark.parametrize(
    ("width", "height", "text"),
    [
        (800, 560, 1),
        (1024, 700, 1),
        (1006, 700, 1),
        (1024, 768, 14 / 9),
        (1024, 768, 1.25),
        (1024, 768, 1.5),
        (1024, 768, 2),
        (800, 560, 2),
        (1440, 900, 1),
    ],
)
def test_every_control_of_every_workspace_can_be_reached_and_read(open_at, width, height, text):
    assert faults_of(open_at(width, height, text), lambda: QTest.qWait(50)) == []


@pytest.mark.parametrize(
    ("scale", "width", "height"), [("1.25", 1024, 700), ("1.5", 800, 560), ("2", 960, 640)]
)
def test_so_it_is_on_a_screen_with_more_pixels_to_a_point(tmp_path, scale, width, height):
    command = [sys.executable, str(PROGRAM), str(width), str(height), str(tmp_path / "settings.ini")]
    environment = os.environ | {"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=100)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["sizes"][2] == 100 * float(scale)
    assert found["faults"] == []


@pytest.mark.parametrize("text", [1, 1.5, 2])
def test_the_smallest_window_is_the_same_however_large_the_text(open_at, text):
    window = open_at(1024, 700, text)
    window.resize(300, 200)
    QTest.qWait(50)
    assert window.size() == QSize(800, 560)


def test_in_a_narrow_window_the_columns_are_drawers(qtbot, open_at):
    window = open_at(800, 560)
    whole = window.canvas.width()
    assert (width_of(window, "left"), width_of(window, "right")) == (0, 0)
    for side, other in (("left", "right"), ("right", "left")):
        qtbot.mouseClick(find(window, QToolButton, f"{side}_column_button"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda side=side: width_of(window, side) > 200)
        assert width_of(window, other) == 0
        assert find(window, QToolButton, f"{side}_column_button").isChecked()
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.canvas.width() == whole)


@pytest.mark.parametrize(
    ("name", "panel"),
    [
        ("data", "dock_data"),
        ("network", "dock_inspector"),
        ("train", "dock_fit"),
        ("understand", "dock_inspector"),
        ("export", "dock_export"),
    ],
)
def test_in_a_narrow_window_a_workspace_opens_the_drawer_that_one_comes_for(qtbot, open_at, name, panel):
    window = open_at(800, 560)
    for _ in range(2):
        qtbot.mouseClick(find(window, QToolButton, f"workspace_{name}_button"), Qt.MouseButton.LeftButton)
        assert not window.docks.by_name[panel].visibleRegion().isEmpty()
        assert window.columns.is_open("left") is not window.columns.is_open("right")
        assert window.columns.close_drawers()


@pytest.mark.parametrize(("modifier", "side"), [(NO_MODIFIER, "left"), (SHIFT, "right")])
@pytest.mark.parametrize("width", [800, 1440])
def test_a_key_opens_and_closes_a_column_at_any_size(qtbot, open_at, modifier, side, width):
    window = open_at(width, 700)
    before = window.columns.is_open(side)
    for is_open in (not before, before):
        qtbot.keyClick(window.canvas, Key.Key_F9, modifier)
        qtbot.wait(20)
        assert window.columns.is_open(side) is is_open


def test_esc_in_a_field_of_a_drawer_closes_it(qtbot, open_at):
    window = open_at(800, 560)
    window.columns.open("left")
    box = find(window, QComboBox, "learning_loss")
    box.setFocus()
    qtbot.keyClick(box, Key.Key_Escape)
    assert not window.columns.is_open("left")
    assert window.canvas.hasFocus()


def test_a_column_comes_back_as_it_was(qtbot, open_at):
    window = open_at(1440, 900)
    window.docks.by_name["dock_outline"].raise_()
    qtbot.wait(50)
    before = window.docks.read()
    window.resize(800, 560)
    qtbot.wait(50)
    assert not window.columns.is_open("left")
    window.resize(1440, 900)
    qtbot.wait(50)
    assert [(panel.name, panel.is_shown, panel.behind) for panel in window.docks.read()] == [
        (panel.name, panel.is_shown, panel.behind) for panel in before
    ]
    assert not window.docks.outline.visibleRegion().isEmpty()
    assert window.canvas.width() > 0.42 * window.width()


def test_a_column_that_is_closed_and_opened_is_as_wide_as_before(qtbot, open_at):
    window = open_at(1440, 900)
    window.resizeDocks([window.docks.by_name["dock_data"]], [330], Qt.Orientation.Horizontal)
    qtbot.wait(50)
    assert abs(width_of(window, "left") - 330) <= 12
    for _ in range(2):
        qtbot.keyClick(window.canvas, Key.Key_F9)
        qtbot.wait(50)
    assert abs(width_of(window, "left") - 330) <= 12


def test_the_plots_have_their_share_of_a_window_that_is_made_larger_or_smaller(qtbot, open_at):
    window = open_at(1440, 900)
    for width in (1100, 1440, 1024, 1440, 800, 1440):
        window.resize(width, 900)
        qtbot.wait(50)
    assert window.docks.by_name["dock_fit"].width() == int(0.26 * 1440)
    window.workspaces.go_to("data")
    window.resize(1200, 900)
    window.workspaces.go_to("train")
    qtbot.wait(50)
    assert window.docks.by_name["dock_fit"].width() == pytest.approx(0.26 * 1200, abs=2)


def test_a_column_that_somebody_made_wider_stays_so_in_a_larger_window(qtbot, open_at):
    window = open_at(1200, 800)
    window.resizeDocks([window.docks.by_name["dock_fit"]], [335], Qt.Orientation.Horizontal)
    qtbot.wait(50)
    for go_away in (False, True):
        if go_away:
            window.workspaces.go_to("data")
        window.resize(1440, 900)
        window.workspaces.go_to("train")
        qtbot.wait(50)
        assert window.docks.by_name["dock_fit"].width() == pytest.approx(335, abs=2)


def test_what_is_folded_away_is_kept_as_shown(qtbot, open_at, open_window):
    window = open_at(800, 560)
    shown = {panel.name for panel in window.workspaces.read_panels() if panel.is_shown}
    assert shown >= {"dock_data", "dock_learning", "dock_fit", "dock_loss"}
    window.workspaces.go_to("network")
    window.workspaces.go_to("train")
    assert not window.columns.is_open("left")
    window.close()
    again = open_window()
    assert again.columns.is_open("left") and again.columns.is_open("right")


@pytest.mark.parametrize(("width", "height"), [(800, 560), (1024, 700), (1440, 900)])
def test_the_longest_loss_is_read_whole_in_a_narrow_column_too(qtbot, open_at, width, height):
    window = open_at(width, height)
    window.columns.open("left")
    window.document.choose_source(find_source("digits"))
    settle(qtbot, window)
    box = find(window, QComboBox, "learning_loss")
    qtbot.waitUntil(lambda: box.currentText() == "Categorical cross-entropy" and not is_cut(box))


def test_tab_scrolls_to_a_field_that_is_out_of_sight(qtbot, open_at):
    window = open_at(800, 560, 2)
    window.columns.open("left")
    qtbot.wait(50)
    seed = find(window, QSpinBox, "data_seed")
    assert seed.visibleRegion().isEmpty()
    find(window, QSlider, "data_train_share").setFocus()
    qtbot.keyClick(window.focusWidget(), Key.Key_Tab)
    assert seed.hasFocus()
    assert not seed.visibleRegion().isEmpty()


def test_a_window_that_was_on_a_screen_that_is_gone_comes_up_within_one_that_is_there(
    qtbot, window, open_window, theme, settings, dialogs
):
    window.move(4000, 3000)
    window.close()
    again = make_window(theme, settings, dialogs)
    qtbot.addWidget(again)
    assert again.screen().availableGeometry().contains(again.geometry())
    again.close()


def test_the_first_window_leaves_room_on_the_screen_for_its_title_bar(qtbot, theme, settings, dialogs):
    window = make_window(theme, settings, dialogs)
    qtbot.addWidget(window)
    assert window.height() <= window.screen().availableSize().height() - 30
    window.close()
