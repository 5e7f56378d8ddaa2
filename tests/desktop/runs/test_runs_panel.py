"""The table of runs: what it says, and what mouse and keys do with it."""

import csv
import io
import threading

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QToolButton
from window_driver import find, settle

from nn_desktop.data.catalogue import CATALOGUE, find_source
from nn_desktop.desktop.look.run_colors import run_color
from nn_desktop.desktop.look.theme import ThemeChoice
from nn_desktop.desktop.runs.run_measuring import RunMeasuring
from nn_desktop.desktop.runs.runs_model import Kind
from nn_desktop.desktop.runs.runs_panel import RunsPanel
from nn_desktop.insight.metrics import r_squared
from nn_desktop.insight.run_table import Measures
from nn_desktop.training.session import Session
from nn_desktop.training.settings import LEARNING_RATE, SEED

LEFT = Qt.MouseButton.LeftButton


def train(qtbot, window, count: int) -> None:
    window.trainer.post(lambda session: session.advance(count)).result(10)
    settle(qtbot, window)


@pytest.fixture
def panel(qtbot, window):
    """The panel in view, with two filed runs; the window has a third."""
    window.document.change_setting(LEARNING_RATE, 0.05)
    for seed, rate in ((1, 0.1), (2, 0.2)):
        train(qtbot, window, 60)
        window.document.change_setting(SEED, seed)
        settle(qtbot, window)
        window.document.change_setting(LEARNING_RATE, rate)
        settle(qtbot, window)
    train(qtbot, window, 20)
    panel = window.docks.runs
    dock = window.docks.by_name["dock_runs"]
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: panel.is_in_view)
    qtbot.waitUntil(lambda: all(row.measures.name for row in panel._model.rows))
    return panel


def cell(panel, number: int, kind: Kind) -> QModelIndex:
    row = panel._model.row_of(number)
    assert row is not None
    return panel._model.index(row, panel._model.column_of(kind))


def text(panel, number: int, kind: Kind) -> str:
    return panel._model.data(cell(panel, number, kind))


def point(panel, number: int, kind: Kind) -> QPoint:
    index = cell(panel, number, kind)
    panel.table.scrollTo(index)
    return panel.table.visualRect(index).center()


def click(qtbot, panel, number: int, kind: Kind = Kind.RUN) -> None:
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=point(panel, number, kind))


def press(qtbot, panel, key: Qt.Key) -> None:
    panel.table.setFocus()
    qtbot.keyClick(panel.table, key)


def titles(panel) -> list[str]:
    return [panel._model.data(panel._model.index(row, 0)) for row in range(panel._model.rowCount())]


def headers(panel) -> list[str]:
    horizontal = Qt.Orientation.Horizontal
    return [panel._model.headerData(place, horizontal) for place in range(panel._model.columnCount())]


def test_it_is_a_tab_beside_learning_and_says_how_runs_come_into_it(qtbot, window):
    dock = window.docks.by_name["dock_runs"]
    assert window.docks.by_name["dock_learning"] in window.tabifiedDockWidgets(dock)
    dock.raise_()
    qtbot.waitUntil(lambda: window.docks.runs.is_in_view)
    assert "reset" in window.docks.runs.message
    assert titles(window.docks.runs) == ["run 1 (now)"]


def test_it_shows_what_differs_and_how_well_each_does(panel, window):
    assert titles(panel) == ["run 3 (now)", "run 2", "run 1"]
    assert headers(panel) == ["Run", "★", "Test R²", "Learning rate", "Seed", "Epochs", "Best loss", "Note"]
    rates = [panel._model.data(panel._model.index(row, 3)) for row in range(3)]
    assert rates == ["0.2", "0.1", "0.05"]
    assert text(panel, 0, Kind.EPOCHS) == "6"
    checkpoint, dataset = window.document.runs.run(0).checkpoint, window.trainer.snapshot.dataset
    assert text(panel, 0, Kind.TEST) == f"{r_squared(checkpoint.parameters, dataset, dataset.test):.3f}"


def test_a_number_that_grows_longer_is_not_cut_off(panel, window):
    place = panel._model.column_of(Kind.TEST)
    panel.table.setColumnWidth(place, 20)
    panel._refresh()
    assert panel.table.columnWidth(place) >= panel.table.sizeHintForColumn(place)


def test_numbers_and_their_titles_stand_at_the_right_and_words_at_the_left(panel):
    model, role = panel._model, Qt.ItemDataRole.TextAlignmentRole
    at_right = set()
    for place, title in enumerate(headers(panel)):
        header = model.headerData(place, Qt.Orientation.Horizontal, role)
        assert all(model.index(row, place).data(role) == header for row in range(model.rowCount()))
        if header & Qt.AlignmentFlag.AlignRight:
            at_right.add(title)
    assert at_right == {"Test R²", "Seed", "Learning rate", "Epochs", "Best loss"}


def test_what_runs_on_other_data_are_measured_by_has_room(qtbot, panel, window):
    window.document.choose_source(find_source("xor"))
    train(qtbot, window, 20)
    number = window.document.runs.current.id
    qtbot.waitUntil(lambda: text(panel, number, Kind.TEST).startswith("accuracy "))
    place = panel._model.column_of(Kind.TEST)
    assert panel.table.columnWidth(place) >= panel.table.sizeHintForColumn(place)
    assert headers(panel)[place] == "Test"
    window.resize(1440, 900)
    end = panel.table.columnViewportPosition(place) + panel.table.columnWidth(place)
    qtbot.waitUntil(lambda: end <= panel.table.viewport().width())


def test_the_run_in_the_window_follows_the_training(qtbot, panel, window):
    before = text(panel, 2, Kind.EPOCHS)
    train(qtbot, window, 500)
    qtbot.waitUntil(lambda: text(panel, 2, Kind.EPOCHS) == "52")
    assert before == "2"


def test_the_run_in_the_window_is_there_and_goes_on_while_one_looks_back(qtbot, window):
    train(qtbot, window, 60)
    window.trainer.look_back(window.trainer.snapshot.milestones[0])
    settle(qtbot, window)
    panel = window.docks.runs
    dock = window.docks.by_name["dock_runs"]
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: titles(panel) == ["run 1 (now)"])
    train(qtbot, window, 20)
    assert window.trainer.looked_at is not None
    qtbot.waitUntil(lambda: panel._model.rows[0].updates == 80)


def test_runs_that_take_long_are_measured_once_each_while_the_one_in_the_window_goes_on(qtbot, window):
    measuring, measured, may_end = RunMeasuring(window), [], threading.Event()

    def measure(moment):
        measured.append(moment)
        may_end.wait(10)
        return Measures()

    measuring._measurer.measure = measure
    first, second = (window.trainer.post(Session.checkpoint).result(10) for _ in range(2))
    measuring.want([first, second])
    qtbot.waitUntil(lambda: measured == [first])
    measuring.want([first, second])  # asked for again before it is known
    may_end.set()
    qtbot.waitUntil(lambda: len(measured) > 1 and not measuring._background.is_busy)
    assert measured == [first, second]
    measuring.close()


def test_the_run_in_the_window_does_not_keep_the_others_from_being_measured(panel, window):
    asked = []
    panel._measuring.want = asked.extend
    panel._refresh()
    assert asked[-1] is window.trainer.snapshot
    assert asked[:-1] == [run.checkpoint for run in reversed(window.document.runs.filed)]


def test_a_click_on_a_header_sorts_and_what_is_not_known_is_last(qtbot, panel):
    header = panel.table.horizontalHeader()
    column = panel._model.column_of(Kind.EPOCHS)
    panel.table.scrollTo(panel._model.index(0, column))
    where = QPoint(header.sectionViewportPosition(column) + 12, header.height() // 2)
    qtbot.mouseClick(header.viewport(), LEFT, pos=where)
    first = [row.updates for row in panel._model.rows]
    qtbot.mouseClick(header.viewport(), LEFT, pos=where)
    assert [row.updates for row in panel._model.rows] == first[::-1]
    assert sorted(first) in (first, first[::-1])
    panel._editor.write_note(0, "b")
    panel._editor.write_note(1, "a")
    note = panel._model.column_of(Kind.NOTE)
    for order, expected in (
        (Qt.SortOrder.AscendingOrder, [1, 0, 2]),
        (Qt.SortOrder.DescendingOrder, [0, 1, 2]),
    ):
        panel.table.sortByColumn(note, order)
        assert [row.label.id for row in panel._model.rows] == expected


def test_enter_takes_a_run_up_again_and_undo_takes_that_back(qtbot, panel, window):
    click(qtbot, panel, 0)
    press(qtbot, panel, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.document.setup.hyperparameters.learning_rate == 0.05
    assert window.trainer.snapshot.updates == 60
    assert set(titles(panel)) == {"run 1 (now)", "run 2", "run 3"}
    window.document.undo()
    settle(qtbot, window)
    assert window.trainer.snapshot.updates == 20
    assert set(titles(panel)) == {"run 1", "run 2", "run 3 (now)"}


def test_the_button_takes_up_too_and_is_off_for_the_run_in_the_window(qtbot, panel, window):
    button = find(window, QToolButton, "take_up_run_button")
    click(qtbot, panel, 2)
    assert not button.isEnabled()
    click(qtbot, panel, 1)
    assert button.isEnabled()
    qtbot.mouseClick(button, LEFT)
    settle(qtbot, window)
    assert window.document.runs.current.id == 1


def test_delete_deletes_what_is_selected_but_not_the_run_in_the_window(qtbot, panel, window):
    panel.table.selectAll()
    count = window.document.undo_stack.count()
    press(qtbot, panel, Qt.Key.Key_Delete)
    assert titles(panel) == ["run 3 (now)"]
    assert window.document.undo_stack.count() == count + 1
    window.document.undo()
    assert titles(panel) == ["run 3 (now)", "run 2", "run 1"]


def test_a_click_on_the_star_puts_it_on_and_the_key_takes_it_away(qtbot, panel, window):
    click(qtbot, panel, 1, Kind.STAR)
    assert window.document.runs.run(1).label.is_starred
    assert text(panel, 1, Kind.STAR) == "★"
    assert panel.table.selected == [1]
    press(qtbot, panel, Qt.Key.Key_Asterisk)
    assert not window.document.runs.run(1).label.is_starred


def edit(qtbot, panel, typed: str) -> None:
    fields = panel.table.viewport().findChildren(QLineEdit)
    (field,) = [each for each in fields if each.isVisible()]  # one that was closed may not be deleted yet
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.table.state() is not panel.table.State.EditingState)


def test_f2_renames_and_a_double_click_writes_a_note(qtbot, panel, window):
    click(qtbot, panel, 0)
    press(qtbot, panel, Qt.Key.Key_F2)
    edit(qtbot, panel, "a*b Del")
    assert window.document.runs.run(0).label.name == "a*b Del"
    where = point(panel, 0, Kind.NOTE)
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=where)
    qtbot.mouseDClick(panel.table.viewport(), LEFT, pos=where)
    edit(qtbot, panel, "too slow")
    assert window.document.runs.run(0).label.note == "too slow"
    window.document.undo()
    assert window.document.runs.run(0).label.note == ""
    window.document.undo()
    assert window.document.runs.run(0).label.name == ""


def test_a_note_of_two_lines_stays_when_nothing_is_typed(qtbot, panel, window):
    panel._editor.write_note(0, "one\ntwo")
    assert text(panel, 0, Kind.NOTE) == "one two"
    click(qtbot, panel, 0, Kind.NOTE)
    press(qtbot, panel, Qt.Key.Key_F2)
    field = panel.table.viewport().findChild(QLineEdit)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.document.runs.run(0).label.note == "one\ntwo"


def test_the_run_in_the_window_is_written_on_too(qtbot, panel, window):
    click(qtbot, panel, 2)
    press(qtbot, panel, Qt.Key.Key_F2)
    edit(qtbot, panel, "now")
    assert window.document.runs.current.name == "now"
    qtbot.waitUntil(lambda: titles(panel)[0] == "now (now)")


def test_space_shows_runs_in_the_plots_and_does_not_train(qtbot, panel, window):
    count = window.document.undo_stack.count()
    chart = window.docks.loss_plot._chart
    panel.table.selectAll()
    press(qtbot, panel, Qt.Key.Key_Space)
    assert not window.trainer.is_running
    assert [run.label.id for run in chart.run_curves.runs] == [0, 1]
    assert [run.label.id for run in window.docks.fit_view.fit.run_curves.runs] == [0, 1]
    assert window.document.undo_stack.count() == count, "ticks are the window's"
    press(qtbot, panel, Qt.Key.Key_Space)
    assert chart.run_curves.runs == ()


def test_a_click_on_the_tick_shows_one_run_and_its_deletion_takes_it_out_of_the_plots(qtbot, panel, window):
    index = cell(panel, 0, Kind.RUN)
    box = panel.table.visualRect(index)
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=QPoint(box.left() + 10, box.center().y()))
    chart = window.docks.loss_plot._chart
    assert [run.label.id for run in chart.run_curves.runs] == [0]
    panel._editor.delete([0])
    assert chart.run_curves.runs == ()
    window.document.undo()
    assert [run.label.id for run in chart.run_curves.runs] == [0]


def test_three_runs_are_overlaid_in_both_plots_with_their_names(qtbot, panel, window):
    window.document.reset()
    settle(qtbot, window)
    panel._editor.rename(1, "wide")
    panel.table.selectAll()
    press(qtbot, panel, Qt.Key.Key_Space)
    plot = window.docks.loss_plot
    assert [entry.text for entry in plot._legend.entries][2:] == ["run 1", "2 wide", "run 3"]
    colors = window._theme.colors
    runs = window.document.runs.filed
    assert [entry.color for entry in plot._legend.entries][2:] == [
        run_color(colors, run.label) for run in runs
    ]
    assert len({run_color(colors, run.label) for run in runs}) == 3
    for run, (x, y) in zip(runs, plot._chart.run_curves.curves, strict=True):
        rows = run.history.rows()
        assert x.tolist() == rows[:, 0].tolist()
        assert y.tolist() == rows[:, 2].tolist()
    fit = window.docks.fit_view.fit
    assert len(fit.run_curves.curves) == 3
    assert len({tuple(y) for _, y in fit.run_curves.curves}) == 3


def test_runs_on_other_data_are_not_in_the_fit(qtbot, panel, window):
    panel.table.selectAll()
    press(qtbot, panel, Qt.Key.Key_Space)
    window.document.choose_source(CATALOGUE["cubic"])
    settle(qtbot, window)
    assert window.docks.fit_view.fit.run_curves.runs == ()
    assert len(window.docks.loss_plot._chart.run_curves.runs) == 2


def test_more_ticks_than_can_be_told_apart_are_refused_with_a_sentence(qtbot, panel, monkeypatch):
    monkeypatch.setattr("nn_desktop.desktop.runs.runs_panel.MAX_TICKED", 1)
    panel.table.selectAll()
    press(qtbot, panel, Qt.Key.Key_Space)
    assert len(panel.ticked) == 1
    assert panel.message == "The plots show 1 runs at most: take another tick away first."


def test_the_context_menu_has_everything(qtbot, panel, window):
    click(qtbot, panel, 0)
    panel.table.context_menu_requested.emit(panel.mapToGlobal(QPoint(5, 5)))
    menu = window.findChild(QMenu, "runs_menu")
    names = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    assert names == [
        "take_up_run",
        "show_run",
        "star_run",
        "rename_run",
        "note_run",
        "delete_run",
        "export_runs",
    ]
    assert all(action.isEnabled() for action in menu.actions())
    menu.close()


def test_the_table_is_exported_as_csv_that_pandas_opens(qtbot, panel, window, dialogs, tmp_path):
    dialogs.path = tmp_path / "runs.csv"
    panel._editor.write_note(1, "=1+1")
    panel.actions_by_name["export_runs"].trigger()
    qtbot.waitUntil(lambda: dialogs.path.exists())
    qtbot.waitUntil(lambda: "runs.csv" in window.message_bar.text)
    assert find(window, QPushButton, "message_answer").text() == "Show in folder"
    content = dialogs.path.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["run"] for row in rows] == ["run 1", "run 2", "run 3"]
    assert [float(row["learning rate"]) for row in rows] == [0.05, 0.1, 0.2]
    assert rows[1]["note"].startswith("'=")
    pandas = pytest.importorskip("pandas", minversion="3")
    frame = pandas.read_csv(dialogs.path)
    assert frame["updates"].tolist() == [60, 60, 20]


def test_it_is_made_when_it_is_first_seen_and_nothing_is_measured_or_drawn_before(qtbot, window):
    for _ in range(2):
        train(qtbot, window, 20)
        window.document.reset()
        settle(qtbot, window)
    assert window.findChild(RunsPanel, "runs_panel") is None
    panel = window.docks.runs
    assert not panel.is_in_view
    assert panel._model.rows == []
    assert not panel._measuring._background.is_busy


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_the_marks_of_runs_have_the_colours_of_the_theme(panel, window, choice):
    window._theme.set_choice(choice)
    icon = panel._model.data(cell(panel, 0, Kind.RUN), Qt.ItemDataRole.DecorationRole)
    image = icon.pixmap(16, 16).toImage()
    label = window.document.runs.run(0).label
    assert image.pixelColor(8, 1).name() == run_color(window._theme.colors, label)


def test_a_box_without_a_tick_is_seen_in_the_dark(panel, window):
    window._theme.set_choice(ThemeChoice.DARK)
    where = panel.table.visualRect(cell(panel, 0, Kind.RUN))
    image = panel.table.viewport().grab(where).toImage()
    colors = {image.pixelColor(x, y).name() for x in range(20) for y in range(image.height())}
    assert QColor(window._theme.colors.unit_border).name() in colors


def test_every_action_has_a_tooltip_and_every_button_a_name(panel):
    assert all(len(action.toolTip()) > 20 for action in panel.findChildren(QAction))
    assert all(button.accessibleName() for button in panel.findChildren(QToolButton))


def test_who_selected_a_run_has_it_selected_after_another_is_filed(qtbot, panel, window):
    click(qtbot, panel, 1)
    window.document.reset()
    settle(qtbot, window)
    assert panel.table.selected == [1]
