"""Where an export is written to: fields for name and folder, and what would happen there."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.export.export_formats import FormatList
from nn_desktop.desktop.export.exporting import (
    as_stem,
    at_home,
    format_of,
    path_of,
    stem_of,
)
from nn_desktop.desktop.export.outcome import ICON_PIXELS
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice, PlainLabel
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.look.validated_field import mark
from nn_desktop.files.check_vectors import SUFFIX
from nn_desktop.files.places import is_file, is_folder
from nn_desktop.texts import shown_path

MAX_NAME_LENGTH = 48
"""Letters of a file's name in running text."""


class PlaceForm(QWidget):
    """Takes the file's name and folder, and keeps the name's ending that of the format.

    Parameters
    ----------
    formats
        The list in which the format is chosen.

    Attributes
    ----------
    replaces
        Whether the file is there already, as far as has been shown.
    written
        The file that was written last: replacing it once more needs no warning.

    Signals
    -------
    changed()
        Another file would be written, or whether it is there already.
    """

    changed = Signal()

    def __init__(self, formats: FormatList, theme: Theme, last_folder: LastFolder, dialogs: Dialogs) -> None:
        super().__init__()
        self._formats, self._theme = formats, theme
        self._last_folder, self._dialogs = last_folder, dialogs
        self._suggested = ""
        self.replaces = False
        self.written: Path | None = None
        self._name, self._folder = QLineEdit(), QLineEdit()
        self._browse = QPushButton(self.tr("&Browse…"))
        self._browse.setAutoDefault(False)
        self._plan = PlainLabel("export_plan")
        self._warning_icon, self._warning = QLabel(), Notice("export_replace_note")
        identify(self._name, "export_name", self.tr("File name"))
        identify(self._folder, "export_folder", self.tr("Folder"))
        identify(self._browse, "export_browse", self.tr("Choose the place in a dialog of its own"))
        self._lay_out()
        formats.chosen.connect(self._on_format_chosen)
        self._name.textEdited.connect(self._on_name_edited)
        self._folder.textEdited.connect(self.show_plan)
        self._browse.clicked.connect(self._on_browse)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def path(self) -> Path | None:
        """The file that would be written; None if nothing is typed that could be its name."""
        folder = self._last_folder.path / at_home(self._folder.text())
        return path_of(folder, self._name.text(), self._formats.ending)

    @property
    def needs_care(self) -> bool:
        """Whether a file would be replaced that was not written just now."""
        return self.replaces and self.path != self.written

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """Its controls, in the order of Tab."""
        return self._name, self._folder, self._browse

    def suggest(self, name: str) -> None:
        """Call the file like this, unless something else was typed since it was suggested last."""
        stem = as_stem(name)
        if stem != self._suggested:
            self._suggested = stem
            self._name.setText(stem + self._formats.ending)

    def begin(self) -> None:
        """Begin anew in the folder that was used last."""
        self.written = None
        self._folder.setText(str(self._last_folder.path))

    def complete_name(self) -> None:
        """Let the name end as the format wants, if it has no ending."""
        name = self._name.text().strip()
        self._name.setText(name if format_of(name) is not None else name + self._formats.ending)

    def mark_wrong(self, path: Path | None) -> None:
        """Let another name be typed at once, or another folder if there is none for this path."""
        is_place_wrong = path is not None and not is_folder(path.parent)
        field = self._folder if is_place_wrong else self._name
        mark(field, is_wrong=True)
        field.setFocus()
        field.setSelection(0, len(field.text() if is_place_wrong else stem_of(field.text())))

    @Slot()
    def show_plan(self) -> None:
        """Say what would be written, and whether that is there already."""
        for field in (self._name, self._folder):
            mark(field, is_wrong=False)
        path = self.path
        self.replaces = path is not None and is_file(path)
        self._plan.setText("" if path is None else self._describe(path))
        warning = ""
        if path is not None and self.needs_care:
            warning = self.tr("{name} is there already. It and the files that belong to it will be replaced.")
            warning = warning.format(name=shown_path(path.name, MAX_NAME_LENGTH))
        self._warning.say(warning, is_urgent=False)
        self._warning_icon.setVisible(bool(warning))
        self.changed.emit()

    def _describe(self, path: Path) -> str:
        text = self.tr(
            "Writes {name} and the files that belong to it, such as {check}: inputs and answers to check it "
            "with. The network is taken as it is when you press the button."
        )
        return text.format(
            name=shown_path(path.name, MAX_NAME_LENGTH), check=shown_path(path.name + SUFFIX, MAX_NAME_LENGTH)
        )

    def _lay_out(self) -> None:
        self._plan.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        note = fill(QHBoxLayout(), self._warning_icon, self._warning, stretched=self._warning)
        note.setAlignment(self._warning_icon, Qt.AlignmentFlag.AlignTop)
        fill(QVBoxLayout(self), self._make_fields(), self._plan, note, spacing=8)

    def _make_fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        for row, (text, field) in enumerate(
            ((self.tr("File &name"), self._name), (self.tr("F&older"), self._folder))
        ):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1, 1, 2 - row)
        grid.addWidget(self._browse, 1, 2)
        return grid

    @Slot(str)
    def _on_format_chosen(self, ending: str) -> None:
        """Let the name end as the format wants."""
        name = self._name.text()
        if name.strip() and format_of(name) != ending:
            self._name.setText(stem_of(name) + ending)
        self.show_plan()

    @Slot(str)
    def _on_name_edited(self, name: str) -> None:
        """Choose the format that the name ends like."""
        ending = format_of(name)
        if ending is not None:
            self._formats.choose(ending)
        self.show_plan()

    @Slot()
    def _on_browse(self) -> None:
        window, endings = self.window(), self._formats.endings
        filters = [f"{self._formats.title_of(ending)} (*{ending})" for ending in endings]
        start = self.path or self._last_folder.path / self._suggested
        chosen = self._dialogs.ask_export_path(
            window, window.windowTitle(), start, filters, endings.index(self._formats.ending)
        )
        if chosen is None:
            return
        path, index = chosen
        ending = format_of(path.name)
        self._folder.setText(str(path.parent))
        self._name.setText(path.name if ending is not None else path.name + endings[index])
        self._formats.choose(endings[index] if ending is None else ending)
        self.show_plan()

    @Slot()
    def _on_theme_changed(self) -> None:
        icon = themed_icon(self._theme.colors, "warning")
        self._warning_icon.setPixmap(icon.pixmap(ICON_PIXELS, ICON_PIXELS))
