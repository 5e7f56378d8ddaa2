"""The questions that the program asks in windows of their own. Tests hand in other answers."""

from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


class Dialogs(Protocol):
    """What can be asked and told."""

    def ask_save_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        """Ask where to write a file; None if the user does not want to."""
        ...

    def ask_open_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        """Ask which file to open; None if the user does not want to."""
        ...

    def tell(self, parent: QWidget, title: str, html: str) -> None:
        """Show a text until it is closed."""
        ...


class WindowDialogs:
    """Asks with the dialogs of Qt, or of the platform."""

    def ask_save_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        """Ask where to write a file; it gets the suffix of the chosen filter if it has none."""
        name, chosen = QFileDialog.getSaveFileName(parent, title, str(start), ";;".join(filters))
        if not name:
            return None
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(chosen[chosen.rindex("*") + 1 : chosen.rindex(")")])
        return path

    def ask_open_path(self, parent: QWidget, title: str, start: Path, filters: list[str]) -> Path | None:
        """Ask which file to open."""
        name, _ = QFileDialog.getOpenFileName(parent, title, str(start), ";;".join(filters))
        return Path(name) if name else None

    def tell(self, parent: QWidget, title: str, html: str) -> None:
        """Show a text until it is closed."""
        box = QMessageBox(parent)
        box.setWindowTitle(title)
        box.setText(html)
        box.exec()
