"""The gallery shows what the datasets look like, and nothing waits for it."""

import threading

import pytest
from PySide6.QtWidgets import QListWidget, QWidget
from window_driver import find, settle

from nn_desktop.data import tables
from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.source import load
from nn_desktop.desktop.panels import data_panel

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
