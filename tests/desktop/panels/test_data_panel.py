"""The gallery shows what the datasets look like, and nothing waits for it."""

import threading

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QSlider, QWidget
from window_driver import find, settle

from nn_desktop.data import tables
from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.source import load
from nn_desktop.desktop.panels import data_panel, thumbnails
from nn_desktop.desktop.panels.data_panel import TILE_MARGINS
from nn_desktop.training.settings import DATA_SEED

NAMES = list(CATALOGUE)


def test_thumbnails_are_loaded_beside_the_window(qtbot, monkeypatch, open_window):
    threads = []

    def noted(settings):
        threads.append(threading.get_ident())
        return load(settings)

    monkeypatch.setattr(data_panel, "load", noted)
    window = open_window()
    gallery = find(window, QListWidget, "data_gallery")
    blank = gallery.item(len(NAMES) - 1).icon().cacheKey()
    qtbot.waitUntil(lambda: gallery.item(len(NAMES) - 1).icon().cacheKey() != blank, timeout=20_000)
    assert len(threads) == len(NAMES)
    assert threading.get_ident() not in threads


def test_closed_while_thumbnails_are_loaded_no_thread_stays(qtbot, open_window):
    before = set(threading.enumerate())
    window = open_window()
    window.close()
    qtbot.waitUntil(
        lambda: not [t for t in set(threading.enumerate()) - before if t.name.startswith("background")]
    )


def test_a_dataset_whose_file_is_missing_is_marked_and_says_so_when_chosen(
    qtbot, monkeypatch, tmp_path, open_window
):
    monkeypatch.setattr(tables, "resource_path", tmp_path.joinpath)
    window = open_window()
    gallery, wine = find(window, QListWidget, "data_gallery"), NAMES.index("wine")
    qtbot.waitUntil(lambda: "missing from the installation" in gallery.item(wine).toolTip(), timeout=20_000)
    gallery.setCurrentRow(wine)
    qtbot.waitUntil(lambda: "missing from the installation" in window.message_bar.text)
    settle(qtbot, window)
    assert gallery.currentRow() == NAMES.index("sine")
    assert window.document.setup.data.source is CATALOGUE["sine"]


def test_the_gallery_stays_where_it_was_scrolled_to_while_settings_change(qtbot, window, document):
    gallery = find(window, QListWidget, "data_gallery")
    bar = gallery.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert not gallery.viewport().rect().intersects(gallery.visualItemRect(gallery.currentItem()))
    document.change_setting(DATA_SEED, 5)
    window.actions_by_name["undo"].trigger()
    settle(qtbot, window)
    QTest.qWait(20)
    assert bar.value() == bar.maximum()


def test_what_is_chosen_elsewhere_comes_into_view(qtbot, window, document):
    gallery = find(window, QListWidget, "data_gallery")
    document.choose_source(CATALOGUE["digits"])
    settle(qtbot, window)
    chosen = gallery.item(NAMES.index("digits"))
    qtbot.waitUntil(lambda: gallery.viewport().rect().contains(gallery.visualItemRect(chosen)))
    window.actions_by_name["undo"].trigger()
    first = gallery.item(0)
    qtbot.waitUntil(lambda: gallery.viewport().rect().contains(gallery.visualItemRect(first)))


def test_what_is_chosen_stays_in_view_in_another_room(qtbot, window, document):
    gallery = find(window, QListWidget, "data_gallery")
    document.choose_source(CATALOGUE["digits-784"])
    settle(qtbot, window)
    chosen = gallery.item(NAMES.index("digits-784"))
    for width, height in ((1024, 700), (1440, 900), (1100, 640)):
        window.resize(width, height)
        qtbot.waitUntil(lambda: gallery.viewport().rect().contains(gallery.visualItemRect(chosen)))


@pytest.mark.parametrize("points", [9, 14, 20])
def test_names_are_whole_where_there_is_room(qtbot, window, points):
    gallery = find(window, QListWidget, "data_gallery")
    font = gallery.font()
    font.setPointSizeF(points)
    gallery.setFont(font)
    QTest.qWait(20)
    width, metrics = gallery.gridSize().width(), gallery.fontMetrics()
    names = [gallery.item(row).text() for row in range(gallery.count())]
    widest = max(metrics.horizontalAdvance(word) for name in names for word in name.split())
    assert widest + 8 <= width
    box, wrap = QRect(0, 0, width - TILE_MARGINS // 2, 1000), Qt.TextFlag.TextWordWrap
    highest = max(metrics.boundingRect(box, wrap, name).height() for name in names)
    assert gallery.wordWrap() and gallery.iconSize().height() + highest <= gallery.gridSize().height()
    tops = [
        gallery.visualItemRect(gallery.item(row)).center().y() // gallery.gridSize().height()
        for row in range(4)
    ]
    columns = tops.count(tops[0])
    tile = max(widest, thumbnails.SIZE.width()) + TILE_MARGINS
    assert columns == max(1, (gallery.viewport().width() - 1) // tile)
    assert gallery.viewport().width() - columns * width <= columns  # nothing is left beside the last one


@pytest.mark.parametrize(
    ("name", "off"),
    [
        ("sine", set()),
        ("spiral", {"data_grid"}),
        ("iris", {"data_grid", "data_noise", "data_samples"}),
    ],
)
def test_what_a_source_does_not_let_be_chosen_is_switched_off(qtbot, window, name, off):
    window.document.choose_source(CATALOGUE[name])
    settle(qtbot, window)
    fields = {f"data_{field}" for field in ("noise", "samples", "train_share", "seed", "standardize", "grid")}
    assert {field for field in fields if not find(window, QWidget, field).isEnabled()} == off


def test_the_share_for_training_goes_up_to_99_percent_and_is_exactly_that(qtbot, window, trainer):
    share = find(window, QSlider, "data_train_share")
    share.setFocus()
    for key, number, count in ((Qt.Key.Key_End, "99 %", 198), (Qt.Key.Key_Left, "94 %", 188)):
        qtbot.keyClick(share, key)
        settle(qtbot, window)
        labels = [label.text() for label in share.parent().findChildren(QLabel)]
        assert labels == [number]
        assert len(trainer.snapshot.dataset.train) == count
