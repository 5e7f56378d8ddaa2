"""The questions that the program asks in windows of their own. Tests hand in other answers."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.texts import shown


class Unsaved(StrEnum):
    """What should become of what is not saved."""

    SAVE = "save"
    DISCARD = "discard"
    STAY = "stay"


Preview = Callable[[DiagramOptions], QImage]
"""Draws a diagram with some options."""


class Dialogs(Protocol):
    """What can be asked and told."""

    def ask_diagram(
        self, parent: QWidget, options: DiagramOptions, suffix: str, preview: Preview
    ) -> tuple[DiagramOptions, str] | None:
        """Ask how a diagram should look, and for its format's suffix; None if there should be none."""

    def ask_printer(self, parent: QWidget) -> QPagedPaintDevice | None:
        """Ask for a printer; None if nothing should be printed."""

    def ask_save_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        """Ask where to write a file; None if the user does not want to."""

    def ask_export_path(
        self, parent: QWidget, title: str, start: Path, filters: list[str], chosen: int
    ) -> tuple[Path, int] | None:
        """Ask for a file's place and the number of its filter, beginning with a chosen one; None for none.

        Whether a file may be replaced is asked elsewhere.
        """

    def ask_open_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        """Ask which file to open; None if the user does not want to."""

    def ask_unsaved(self, parent: QWidget, name: str) -> Unsaved:
        """Ask what should become of a project that is not saved, before it is left."""

    def tell(self, parent: QWidget, title: str, html: str) -> None:
        """Show a text until it is closed."""


class WindowDialogs:
    """Asks with the dialogs of Qt, or of the platform."""

    def ask_diagram(
        self, parent: QWidget, options: DiagramOptions, suffix: str, preview: Preview
    ) -> tuple[DiagramOptions, str] | None:
        from nn_desktop.desktop.dialogs.diagram_dialog import DiagramDialog

        dialog = DiagramDialog(options, suffix, preview, parent)
        accepted = dialog.exec()
        chosen = dialog.options, dialog.suffix
        dialog.deleteLater()
        return chosen if accepted else None

    def ask_printer(self, parent: QWidget) -> QPagedPaintDevice | None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        dialog = QPrintDialog(printer, parent)
        accepted = dialog.exec()
        dialog.deleteLater()
        return printer if accepted else None

    def ask_save_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        """Ask where to write a file; it gets the suffix of the chosen filter if it has none."""
        dialog = QFileDialog(parent, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(filters)
        dialog.setDirectory(str(start.parent))
        dialog.selectFile(start.name)
        # As Qt adds it before it asks whether to replace a file.
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_suffix_of(chosen)))
        dialog.setDefaultSuffix(_suffix_of(filters[0]))
        chosen = dialog.exec() and dialog.selectedFiles()
        dialog.deleteLater()
        return Path(chosen[0]) if chosen else None

    def ask_export_path(
        self, parent: QWidget, title: str, start: Path, filters: list[str], chosen: int
    ) -> tuple[Path, int] | None:
        """Ask for a file's place and its filter; the name stays as it is typed."""
        dialog = QFileDialog(parent, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setNameFilters(filters)
        dialog.selectNameFilter(filters[chosen])
        dialog.setDirectory(str(start.parent))
        dialog.selectFile(start.name)
        accepted = dialog.exec() and dialog.selectedFiles()
        name_filter = dialog.selectedNameFilter()
        dialog.deleteLater()
        index = filters.index(name_filter) if name_filter in filters else chosen
        return (Path(accepted[0]), index) if accepted else None

    def ask_open_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(parent, title, str(start), ";;".join(filters))
        return Path(name) if name else None

    def tell(self, parent: QWidget, title: str, html: str) -> None:
        from nn_desktop.desktop.dialogs.text_dialog import TextDialog

        dialog = TextDialog(title, html, parent)
        dialog.exec()
        dialog.deleteLater()

    def ask_unsaved(self, parent: QWidget, name: str) -> Unsaved:
        """Ask with a message box; Esc stays."""
        say = partial(QCoreApplication.translate, "WindowDialogs")
        box = QMessageBox(parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(say("Not saved yet"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(say("Save the changes to “{name}”?").format(name=shown(name)))
        box.setInformativeText(say("Without saving, what was drawn, trained and written since is gone."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = buttons(box.exec())
        box.deleteLater()
        answers = {buttons.Save: Unsaved.SAVE, buttons.Discard: Unsaved.DISCARD}
        return answers.get(answer, Unsaved.STAY)


def _suffix_of(name_filter: str) -> str:
    """Return the suffix in a filter such as ``NumPy arrays (*.npz)``, without its dot."""
    return name_filter[name_filter.rindex("*") + 2 : name_filter.rindex(")")]
