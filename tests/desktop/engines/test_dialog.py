"""The engines are compared side by side, by real mouse and keyboard events."""

import threading
from collections import Counter

import pytest
from comparisons import CPP, NUMPY, PYTHON, comparison, standing
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget
from reachable import cut_controls
from window_driver import find, settle

from nn_desktop.bench import live as live_module
from nn_desktop.bench import sweep as sweep_module
from nn_desktop.desktop.engines import dialog as dialog_module
from nn_desktop.desktop.engines.dialog import EngineComparison
from nn_desktop.desktop.engines.view import ComparisonView, own_width
from nn_desktop.desktop.look.theme import ThemeChoice, scaled
from nn_desktop.desktop.plots.chart import Chart
from nn_desktop.desktop.plots.legend import Legend
from nn_desktop.engines import cpp_engine
from nn_desktop.errors import UserError
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import chain
from nn_desktop.training.race import Standing, State

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def short_sweeps(monkeypatch):
    monkeypatch.setattr(sweep_module, "PASSES", 1)
    monkeypatch.setattr(sweep_module, "POINT_SECONDS", 1e-5)
    monkeypatch.setattr(dialog_module, "PULL_MILLISECONDS", 10)


@pytest.fixture
def dialog(qtbot, window):
    """The comparison, opened with its key, with first numbers."""
    qtbot.keyClick(window, Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    dialog = find(window, EngineComparison, "engine_comparison")
    wait_for_numbers(qtbot, dialog)
    yield dialog
    dialog.end()
    assert "comparison" not in names_of_threads()


@pytest.fixture
def view(qtbot, theme, make_host):
    view = ComparisonView(theme, make_host())
    qtbot.addWidget(view)
    view.resize(960, 560)
    with qtbot.waitExposed(view):
        view.show()
    return view


def names_of_threads():
    return [thread.name for thread in threading.enumerate()]


def text_of(dialog, name):
    return find(dialog, QLabel, name).text()


def words_of(parent, engine):
    return find(parent, QWidget, f"engine_row_{engine}").accessibleDescription()


def wait_for_numbers(qtbot, dialog):
    qtbot.waitUntil(lambda: "an update takes" in words_of(dialog, NUMPY).lower(), timeout=20_000)


def click(qtbot, dialog, name):
    qtbot.mouseClick(find(dialog, QPushButton, name), LEFT)


def test_it_shows_the_network_and_how_fast_each_engine_is(dialog):
    assert text_of(dialog, "comparison_title") == "1-8-8-1 · batches of 16 · 64-bit numbers"
    words = words_of(dialog, NUMPY)
    assert words.startswith("numpy: ")
    assert "forward" in words
    assert "backward" in words


@pytest.mark.parametrize("text", [1, 2])
def test_all_of_it_can_be_read_in_its_smallest_size_however_large_the_text(qtbot, qapp, open_window, text):
    before = qapp.font()
    qapp.setFont(scaled(before, text))
    try:
        open_window().actions_by_name["compare_engines"].trigger()
        dialog = next(each for each in qapp.topLevelWidgets() if isinstance(each, EngineComparison))
        wait_for_numbers(qtbot, dialog)
        dialog.resize(1, 1)
        qtbot.waitUntil(lambda: dialog.size() == QSize(800, 560) and not list(cut_controls(dialog)))
        dialog.end()
    finally:
        qapp.setFont(before)


def test_training_pauses_meanwhile_and_goes_on_afterwards(qtbot, window, trainer):
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 0)
    window.actions_by_name["compare_engines"].trigger()
    dialog = find(window, EngineComparison, "engine_comparison")
    wait_for_numbers(qtbot, dialog)
    assert not trainer.is_running
    assert "paused" in text_of(dialog, "comparison_state")
    assert find(window, QLabel, "speed").text() == "paused: the engines are compared"
    click(qtbot, dialog, "comparison_run")
    assert trainer.is_running
    assert not dialog.is_running
    dialog.end()


def test_training_that_was_paused_stays_paused(qtbot, window, dialog, trainer):
    click(qtbot, dialog, "comparison_close")
    assert not dialog.isVisible()
    assert not trainer.is_running
    assert find(window, QLabel, "speed").text() == "paused"


def test_esc_closes_it_and_ends_its_thread(qtbot, dialog):
    assert "comparison" in names_of_threads()
    qtbot.keyClick(dialog, Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: "comparison" not in names_of_threads())


def test_enter_stops_it_and_starts_it_anew(qtbot, dialog):
    button = find(dialog, QPushButton, "comparison_run")
    assert button.text() == "&Stop"
    qtbot.keyClick(dialog, Key.Key_Return)
    assert button.text() == "&Start"
    assert text_of(dialog, "comparison_state") == "Stopped."
    qtbot.waitUntil(lambda: "comparison" not in names_of_threads())
    assert "numpy: " in words_of(dialog, NUMPY)  # the numbers stay
    qtbot.keyClick(dialog, Key.Key_Return)
    assert dialog.is_running
    qtbot.waitUntil(lambda: "paused" in text_of(dialog, "comparison_state"), timeout=10_000)


def test_a_start_just_after_a_stop_is_not_lost(qtbot, dialog):
    stopped = dialog._live
    qtbot.keyClick(dialog, Key.Key_Return)
    qtbot.keyClick(dialog, Key.Key_Return)
    assert dialog.is_running
    qtbot.waitUntil(lambda: dialog._live not in (None, stopped), timeout=10_000)
    qtbot.waitUntil(lambda: "paused" in text_of(dialog, "comparison_state"), timeout=10_000)
    assert names_of_threads().count("comparison") == 1


def test_it_stops_when_the_network_is_to_train(qtbot, window, dialog, trainer):
    qtbot.keyClick(window.canvas, Key.Key_Space)
    assert trainer.is_running
    assert not dialog.is_running
    assert "trains again" in text_of(dialog, "comparison_state")
    qtbot.keyClick(window.canvas, Key.Key_Space)
    settle(qtbot, window)


def test_another_network_is_compared_at_once(qtbot, document, dialog):
    assert document.type_layers("1-3-1")
    qtbot.waitUntil(lambda: text_of(dialog, "comparison_title").startswith("1-3-1"), timeout=20_000)
    assert dialog.is_running
    assert names_of_threads().count("comparison") == 1


def test_a_change_after_the_stop_is_left_alone(qtbot, document, dialog):
    dialog.stop()
    document.type_layers("1-3-1")
    qtbot.wait(100)
    assert text_of(dialog, "comparison_title").startswith("1-8-8-1")


def test_the_end_of_the_measurement_is_announced_once(qtbot, dialog, monkeypatch):
    said = []
    monkeypatch.setattr(dialog_module, "announce", lambda widget, text, **_: said.append(text))
    qtbot.waitUntil(lambda: dialog._shown.is_complete, timeout=30_000)
    seconds = text_of(dialog, "comparison_state")
    qtbot.waitUntil(lambda: text_of(dialog, "comparison_state") != seconds)  # it is shown again and again
    assert said == ["The curves are complete."]
    assert "from" in dialog.view.width_chart.plot.accessibleDescription()


def test_the_numbers_can_be_copied(qtbot, dialog):
    click(qtbot, dialog, "comparison_copy")
    text = QGuiApplication.clipboard().text()
    assert text.startswith("network\t1-8-8-1\n")
    assert "\nnumpy\ttraining\t" in text
    assert find(dialog, QPushButton, "comparison_copy").text() == "Copied"
    qtbot.waitUntil(lambda: "numbers" in find(dialog, QPushButton, "comparison_copy").text())


def test_closing_the_window_ends_the_thread(qtbot, window, dialog):
    window.close()
    assert not dialog.isVisible()
    assert "comparison" not in names_of_threads()


def test_it_opens_once(qtbot, window, dialog):
    window.actions_by_name["compare_engines"].trigger()
    assert len(window.findChildren(EngineComparison)) == 1
    assert names_of_threads().count("comparison") == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError("x"), "stopped at an error of the program (ZeroDivisionError: x)"),
        (UserError("There is no such file."), "There is no such file."),
    ],
)
def test_an_error_is_told(qtbot, window, monkeypatch, caplog, error, words):
    def fail(*parts):
        raise error

    monkeypatch.setattr(live_module, "Race", fail)
    window.actions_by_name["compare_engines"].trigger()
    dialog = find(window, EngineComparison, "engine_comparison")
    qtbot.waitUntil(lambda: words in text_of(dialog, "comparison_state"))
    assert not dialog.is_running
    caplog.clear()


def test_every_control_has_both_names_and_no_other_has_them(window, dialog):
    controls = [w for kind in (QAbstractButton, Chart, Legend) for w in dialog.findChildren(kind)]
    assert len(controls) >= 6
    for control in controls:
        assert control.accessibleName(), control.objectName()
    names = Counter(control.objectName() for control in controls)
    assert set(names.values()) == {1}


def test_the_keyboard_reaches_everything(qtbot, dialog):
    reached = set()
    for _ in range(12):
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_Tab)
        reached.add(dialog.focusWidget().objectName())
    assert reached >= {
        "width_chart_plot",
        "batch_chart_plot",
        "comparison_run",
        "comparison_copy",
        "comparison_close",
    }


def test_it_fits_a_small_screen(dialog):
    assert dialog.minimumSize().width() <= 1024
    assert dialog.minimumSizeHint().height() <= 640


def test_both_themes_suit_it(qtbot, dialog, theme):
    theme.set_choice(ThemeChoice.DARK)
    background = dialog.view.width_chart.plot.backgroundBrush().color().name()
    assert background == theme.colors.canvas
    theme.set_choice(ThemeChoice.LIGHT)


def test_an_engine_that_is_missing_is_grey_and_says_why(view):
    standings = (*comparison().standings[:2], Standing(CPP, State.MISSING, "no compiler"))
    view.show_comparison(comparison(standings=standings))
    labels = {label.text(): label for label in view.table.findChildren(QLabel)}
    assert not labels["C++"].isEnabled()
    assert labels["numpy"].isEnabled()
    assert labels["missing: no compiler"].isVisible()
    assert not find(view, QWidget, "engine_row_cpp").isVisible()


def test_an_engine_that_is_left_out_says_how_long_it_would_take(view):
    standings = (Standing(PYTHON, State.LEFT_OUT, seconds_per_update=1.3), *comparison().standings[1:])
    view.show_comparison(comparison(standings=standings))
    texts = [label.text() for label in view.table.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("left out: an update would take about 1.3 s") for text in texts)


def test_a_run_that_diverged_says_so(view):
    standings = (*comparison().standings[:2], standing(CPP, 0.8, state=State.DIVERGED))
    view.show_comparison(comparison(standings=standings))
    texts = [label.text() for label in view.table.findChildren(QLabel) if label.isVisible()]
    assert "diverged" in texts


def test_the_numbers_of_a_row_are_those_of_its_engine(view):
    view.show_comparison(comparison())
    assert words_of(view, NUMPY) == (
        "numpy: 62\u202f500 updates a second. An update takes 16.0 µs: forward 4.80 µs, "
        "backward 9.60 µs, update of the parameters 1.60 µs. Loss 0.2500."
    )


def test_a_crossing_is_in_the_legend_and_in_the_description(view):
    view.show_comparison(comparison())
    assert "the curves cross" in [entry.text for entry in view._legend.entries]
    assert "From about 100 on numpy is faster than C++" in view.width_chart.plot.accessibleDescription()
    view.show_comparison(comparison(has_all_points=False))
    assert "the curves cross" not in [entry.text for entry in view._legend.entries]


@pytest.mark.parametrize(("name", "words"), [("width", "cost per call"), ("batch", "the larger the batch")])
def test_each_chart_has_a_caption_that_is_read_as_it_stands(view, name, words):
    caption = find(view, QLabel, f"{name}_caption")
    assert words in caption.text()
    read = QAccessible.queryAccessibleInterface(caption).text(QAccessible.Text.Name)
    assert read == caption.text()


@pytest.mark.parametrize(
    ("sizes", "width"), [((1, 8, 8, 1), 8), ((1, 8, 4, 1), None), ((1, 1), None), ((1, 16, 1), 16)]
)
def test_the_own_width_is_one_that_all_hidden_layers_have(sizes, width):
    assert own_width(chain(sizes, (Activation.TANH,) * (len(sizes) - 1))) == width


def test_cpp_is_found_missing_by_the_comparison_itself(qtbot, window, monkeypatch):
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError())
    window.actions_by_name["compare_engines"].trigger()
    dialog = find(window, EngineComparison, "engine_comparison")
    wait_for_numbers(qtbot, dialog)
    texts = [label.text() for label in dialog.view.table.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("missing: it was not compiled") for text in texts)
    dialog.end()
