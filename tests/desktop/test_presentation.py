"""F11 shows the network to a whole room; F11 or Esc gives back exactly what was there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QMenu, QToolBar
from timeline_driver import look_at, train_to
from window_driver import find, settle

from nn_desktop.desktop.canvas.weight_pens import weight_pens
from nn_desktop.desktop.look.colors import DARK, LIGHT
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.drawing.weight_style import color_share, strength

Key = Qt.Key


@pytest.fixture
def window(qtbot, qapp, window):
    """The window, after a few updates; the text of the application is as before when it is closed."""
    font = qapp.font()
    for _ in range(3):
        qtbot.keyClick(window, Key.Key_Period)
    settle(qtbot, window)
    qtbot.wait(400)
    window.canvas.setFocus()
    yield window
    qapp.setFont(font)


def text_size(widget) -> float:
    return QFontInfo(widget.font()).pointSizeF()


def look_of(window) -> dict[str, object]:
    """Return how the window looks: sizes of text, where the network and the panels stand, the rail itself."""
    columns = [column.x for column in window.canvas.network.placement.columns]
    return {
        "text": text_size(window),
        "canvas": (window.canvas.transform(), columns, window.canvas.geometry()),
        "plots": [dock.geometry() for dock in window.docks.by_name.values() if dock.isVisible()],
        "rail": find(window, QToolBar, "rail").grab().toImage(),
    }


def distance(color: QColor, other: QColor) -> float:
    return sum(abs(a - b) for a, b in zip(color.getRgb(), other.getRgb(), strict=True))


def test_it_fills_the_screen_and_leaves_the_network_alone_with_the_tools(qtbot, window):
    before = text_size(window.canvas)
    qtbot.keyClick(window.canvas, Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    assert window.presentation.is_on
    assert find(window, QToolBar, "rail").isHidden()
    assert not (window.columns.is_open("left") or window.columns.is_open("right"))
    assert text_size(window.canvas) == pytest.approx(1.5 * before, rel=0.1)
    assert window.actions_by_name["presentation"].isChecked()
    assert all(menu.sizeHint().height() < 768 for menu in window.menuBar().findChildren(QMenu))
    window.presentation.end()


@pytest.mark.parametrize("key", [Key.Key_F11, Key.Key_Escape])
@pytest.mark.parametrize("width", [1440, 800])
def test_f11_or_esc_gives_back_exactly_what_was_there(qtbot, window, key, width):
    window.resize(width, 700)
    window.docks.by_name["dock_learning"].hide()
    qtbot.wait(400)
    panels, size, look = window.docks.read(), window.size(), look_of(window)
    qtbot.keyClick(window.canvas, Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    qtbot.wait(100)
    assert look_of(window)["text"] > look["text"]
    qtbot.keyClick(window.canvas, key)
    qtbot.waitUntil(lambda: window.size() == size)
    qtbot.wait(400)
    assert not window.isFullScreen()
    assert window.docks.read() == panels
    assert look_of(window) == look


def test_a_column_may_be_opened_meanwhile_and_esc_closes_it_first(qtbot, window):
    qtbot.keyClick(window.canvas, Key.Key_F11)
    qtbot.keyClick(window.canvas, Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert window.columns.is_open("right")
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    assert window.presentation.is_on and not window.columns.is_open("right")
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    assert not window.presentation.is_on
    assert window.columns.is_open("left") and window.columns.is_open("right")


def test_the_window_is_remembered_as_it_was_before(qtbot, window, open_window):
    qtbot.keyClick(window.canvas, Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    window.close()
    again = open_window()
    assert not again.isFullScreen()
    assert again.columns.is_open("left") and not find(again, QToolBar, "rail").isHidden()


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_are_thicker_and_weak_weights_further_from_the_canvas(qtbot, window, theme, colors):
    usual = weight_pens(colors, 4.0)
    theme.set_choice("dark" if colors.is_dark else "light")
    qtbot.keyClick(window.canvas, Key.Key_F11)
    plain = weight_pens(theme.colors, 4.0)
    assert [pen.widthF() for pen in plain] == pytest.approx([1.5 * pen.widthF() for pen in usual])
    canvas = QColor(colors.canvas)
    for index in range(4):  # the weakest two levels, negative and positive
        assert distance(plain[index].color(), canvas) > 1.2 * distance(usual[index].color(), canvas)
    window.presentation.end()


def test_the_share_of_colour_is_that_of_the_formula():
    assert color_share(0) == 0.44
    assert color_share(1) == color_share(1, 1.5) == pytest.approx(0.95)
    assert color_share(0, 1.5) == pytest.approx(0.44 + 0.51 / 3)
    assert color_share(strength(0), 2) == pytest.approx(0.695 + 0.255 / 12)


def test_the_rail_is_there_again_at_the_next_start(qtbot, window, open_window):
    qtbot.keyClick(window.canvas, Key.Key_F11)
    qtbot.keyClick(window.canvas, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.workspaces.present.name == "network"
    window.close()
    later = open_window()
    assert later.workspaces.present.name == "train"
    assert find(later, QToolBar, "rail").isVisible()


def test_esc_takes_back_one_thing_at_a_time(qtbot, window, document, trainer):
    train_to(qtbot, window, 20)
    qtbot.keyClick(window.canvas, Key.Key_F11)
    look_at(qtbot, window, 8)
    qtbot.keyClick(window.canvas, Key.Key_F9)
    window.message_bar.inform("Copied.")
    window.selection.select_unit(document.setup.topology.layers[1].units[0])
    window.canvas.setFocus()

    def what_is_there() -> list[str]:
        there = {
            "selection": not window.selection.is_empty,
            "message": bool(window.message_bar.text),
            "drawer": window.columns.is_narrow and window.columns.is_open("left"),
            "past": trainer.looked_at is not None,
            "presentation": window.presentation.is_on,
        }
        return [name for name, is_there in there.items() if is_there]

    expected = what_is_there()
    assert len(expected) == 5
    while expected:
        qtbot.keyClick(window.canvas, Key.Key_Escape)
        del expected[0]
        assert what_is_there() == expected


def test_a_plot_that_is_maximized_stays_so_until_esc(qtbot, window):
    frame = find(window, PlotFrame, "loss_frame")
    frame.toggle_maximized()
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    qtbot.wait(50)
    assert window.presentation.is_on and frame.is_maximized
    assert not frame.visibleRegion().isEmpty()
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    assert window.presentation.is_on and not frame.is_maximized
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    qtbot.waitUntil(frame.isVisible)


def test_a_project_that_is_opened_meanwhile_has_its_panels_afterwards(qtbot, window, tmp_path, dialogs):
    dialogs.path = tmp_path / "a.nnd"
    window.docks.by_name["dock_learning"].hide()
    window.actions_by_name["save_as"].trigger()
    settle(qtbot, window)
    window.docks.by_name["dock_learning"].show()
    qtbot.keyClick(window.canvas, Key.Key_F11)
    window.opener.open_file(dialogs.path)
    settle(qtbot, window)
    window.presentation.end()
    qtbot.wait(300)
    assert window.docks.by_name["dock_learning"].isHidden()
    assert window.docks.by_name["dock_data"].isVisible()


def test_the_numbers_on_the_lines_grow_like_all_other_text(qtbot, window):
    qtbot.keyClick(window.canvas, Key.Key_W)
    window.canvas.grab()
    numbers, zoom = window.canvas.network.drawing.numbers, window.canvas.transform().m11()
    height = numbers.rects()[0].height() * zoom
    qtbot.keyClick(window.canvas, Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    window.canvas.grab()
    zoom = window.canvas.transform().m11()
    assert numbers.rects()[0].height() * zoom == pytest.approx(1.5 * height, rel=0.15)
    window.presentation.end()
