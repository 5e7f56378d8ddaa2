"""Qt's own tool finds every text of the window, in the context in which it is looked up."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDockWidget, QLabel, QTabBar, QWidget

import nn_desktop
from nn_desktop.desktop.main_window import MainWindow
from nn_desktop.training.examples import EXAMPLES
from nn_desktop.training.settings import MODE, PRECISION, SETTINGS

PACKAGE = Path(nn_desktop.__file__).parent


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every text that lupdate finds, by context."""
    tool = shutil.which("pyside6-lupdate", path=Path(sys.executable).parent) or shutil.which(
        "pyside6-lupdate"
    )
    if tool is None:
        pytest.skip("pyside6-lupdate is not installed")
    found = tmp_path_factory.mktemp("translations") / "found.ts"
    sources = [str(path) for path in sorted(PACKAGE.rglob("*.py"))]
    subprocess.run([tool, *sources, "-ts", str(found)], check=True, capture_output=True, timeout=60)
    return {
        context.findtext("name", ""): {message.findtext("source", "") for message in context.iter("message")}
        for context in ElementTree.parse(found).iter("context")
    }


def test_every_action_and_menu_can_be_translated(texts: dict[str, set[str]], window: MainWindow) -> None:
    for menu in window.menus:
        found = texts[type(menu).__name__] | texts["Workspaces"]
        assert menu.title in found
        for row in menu.rows:
            assert row.tip in found
            if isinstance(row.text, str):  # others depend on what there is to undo, or to pause
                assert row.text in found
    assert texts["EditMenu"] >= {"&Undo {what}", "&Redo {what}"}


def test_every_accessible_name_can_be_translated(texts: dict[str, set[str]], window: MainWindow) -> None:
    found = {text.replace("&", "") for of_context in texts.values() for text in of_context}
    found |= {text.removesuffix(" {what}") for text in found}
    controls = [widget for widget in window.findChildren(QWidget) if not isinstance(widget, QLabel)]
    own = [widget for widget in controls if not isinstance(widget.parent(), QDockWidget | QTabBar)]
    names = {widget.accessibleName() for widget in own if not widget.objectName().startswith("qt_")} - {""}
    assert len(names) > 50
    assert names - found == set()


def test_every_example_can_be_translated(texts: dict[str, set[str]]) -> None:
    assert texts["examples"] == {text for each in EXAMPLES for text in (each.title, each.description)}


def test_every_setting_can_be_translated(texts: dict[str, set[str]]) -> None:
    wanted = {
        text
        for row in SETTINGS
        for text in (row.title, row.tip, row.accessible_name, row.undo_text, row.refusal)
        if text
    }
    titles = {row.title_of(each) for row in (MODE, PRECISION) for each in row.kind}
    assert texts["settings"] == wanted | titles


def test_the_parts_of_a_network_can_be_translated(texts: dict[str, set[str]]) -> None:
    assert {
        "Input",
        "Output",
        "Hidden {number}",
        "{layer}, unit {number}",
        "bias b = {bias}",
        "{source} → {target}",
        "weight w = {weight}",
    } <= texts["descriptions"]


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("TrainMenu", "Pause"),
        ("HelpMenu", "About NN Desktop"),
        ("keys", "Mouse on the canvas"),
        ("ExportDialog", "Export weights"),
        ("PlotEntries", "View &all"),
        ("gestures", "move"),
        ("LossChart", "training"),
        ("fit_summaries", "test R² {score}"),
    ],
)
def test_each_class_has_its_texts(texts: dict[str, set[str]], context: str, text: str) -> None:
    assert text in texts[context]


def test_no_text_lies_in_a_context_without_a_name(texts: dict[str, set[str]]) -> None:
    assert "" not in texts
