"""Offers work that was left behind when a program could not close."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.files.project.recovery import Recovered
from nn_desktop.texts import shown, shown_path

PICTURE_SIZE = QSize(192, 120)


class RecoveryDialog(QDialog):
    """A list with pictures and times; what is left when it closes is offered again at the next start.

    Parameters
    ----------
    found
        What was left behind, the newest first; it is released when the dialog closes.

    Signals
    -------
    chosen(Recovered)
        One should be opened.
    """

    chosen = Signal(object)

    def __init__(self, found: Sequence[Recovered], parent: QWidget) -> None:
        super().__init__(parent)
        identify(self, "recovery_dialog", self.tr("Recovered work"))
        self.setWindowTitle(self.tr("Recovered work"))
        self._found = list(found)
        self._is_sure = False
        told = QLabel(
            self.tr("NN Desktop did not close properly the last time. This is what it had kept."),
            wordWrap=True,
        )
        identify(told, "recovery_text")
        self._list = QListWidget()
        identify(self._list, "recovery_list", self.tr("Work that was recovered"))
        self._list.setIconSize(PICTURE_SIZE)
        self._list.setSpacing(4)
        self._list.setWordWrap(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for recovered in self._found:
            self._list.addItem(self._item_of(recovered))
        self._list.setCurrentRow(0)
        self._list.itemActivated.connect(self._on_open)
        self._list.currentRowChanged.connect(self._on_row_changed)
        layout = QVBoxLayout(self)
        for widget in (told, self._list, self._make_buttons()):
            layout.addWidget(widget)
        self.resize(560, 420)
        self._list.setFocus()

    def done(self, result: int) -> None:
        """Let go of what was not opened."""
        for recovered in self._found:
            recovered.folder.release()
        self._found = []
        super().done(result)

    def _make_buttons(self) -> QDialogButtonBox:
        box, roles = QDialogButtonBox(), QDialogButtonBox.ButtonRole
        first, self._discard = QPushButton(self.tr("&Open")), QPushButton(self.tr("&Delete"))
        later = QPushButton(self.tr("&Later"))
        for button, name, accessible_name, role, act in (
            (first, "open", self.tr("Open the recovered work"), roles.AcceptRole, self._on_open),
            (
                self._discard,
                "discard",
                self.tr("Delete the recovered work"),
                roles.DestructiveRole,
                self._on_discard,
            ),
            (later, "later", self.tr("Decide later"), roles.RejectRole, self.reject),
        ):
            identify(button, f"recovery_{name}", accessible_name)
            box.addButton(button, role)
            button.clicked.connect(act)
        first.setDefault(True)
        self._discard.setAutoDefault(False)  # Enter after the first press opens: it does not delete
        return box

    def _item_of(self, recovered: Recovered) -> QListWidgetItem:
        about = recovered.about
        where = self.tr("not saved in a file yet") if about.path is None else shown_path(about.path)
        time = recovered.time.strftime("%Y-%m-%d %H:%M:%S")
        text = self.tr("{name}\n{time}\n{where}").format(name=shown(about.name), time=time, where=where)
        if recovered.is_overtaken:
            text += "\n" + self.tr("The file was saved after that: it may hold later work.")
        item = QListWidgetItem(text)
        picture = QPixmap(str(recovered.picture))
        if not picture.isNull():
            icon = QIcon(picture)
            icon.addPixmap(picture, QIcon.Mode.Selected)  # not tinted
            item.setIcon(icon)
        item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter)
        return item

    @Slot()
    def _on_open(self) -> None:
        row = self._list.currentRow()
        if row >= 0:
            self.chosen.emit(self._found.pop(row))
            self.accept()

    @Slot()
    def _on_row_changed(self) -> None:
        self._is_sure = False
        self._discard.setText(self.tr("&Delete"))

    @Slot()
    def _on_discard(self) -> None:
        """Ask at the button itself: a second press deletes."""
        row = self._list.currentRow()
        if row >= 0 and not self._is_sure:
            self._is_sure = True
            self._discard.setText(self.tr("&Delete for good?"))
        elif row >= 0:
            self._is_sure = False
            self._discard.setText(self.tr("&Delete"))
            self._list.takeItem(row)
            self._found.pop(row).folder.remove()
        if not self._found:
            self.accept()
