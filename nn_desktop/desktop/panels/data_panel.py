"""What the network learns from: a gallery of datasets, and their settings."""

from functools import partial

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFocusEvent, QIcon, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import Dataset
from nn_desktop.data.source import DataSource, load
from nn_desktop.desktop.background import Background
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.bound_field import bound_field
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.panels import thumbnails
from nn_desktop.errors import UserError
from nn_desktop.training.setting import Part
from nn_desktop.training.settings import settings_of
from nn_desktop.training.setup import Setup

DRAW_MILLISECONDS = 15
TILE_MARGINS = 12
SOURCES = tuple(CATALOGUE.values())


class _Gallery(QListWidget):
    """Tiles that fill the width, each as wide as the longest word of all names.

    What is clicked by the left button alone is chosen: a new choice begins a new run.
    """

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._share_out_room()

    def _share_out_room(self) -> None:
        metrics = self.fontMetrics()
        words = [word for row in range(self.count()) for word in self.item(row).text().split()]
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        needed = max(thumbnails.SIZE.width(), widest) + TILE_MARGINS
        room = self.viewport().width() - 1  # Qt begins a new row where the last tile would end at the edge
        width = room // max(1, room // needed)
        self.setGridSize(QSize(width, thumbnails.SIZE.height() + 2 * metrics.lineSpacing() + 8))
        QTimer.singleShot(0, self, self.show_chosen)  # when the tiles stand in other places

    @Slot()
    def show_chosen(self) -> None:
        """Scroll to the tile that is chosen."""
        self.scrollToItem(self.currentItem())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the keys; where no tile is chosen, Qt would choose the first one."""
        if self.currentRow() >= 0:
            super().focusInEvent(event)
        else:
            QAbstractScrollArea.focusInEvent(self, event)


class DataPanel(QWidget):
    """Chooses the dataset, its noise, its size, its seed, the share for training, and the scaling.

    Attributes
    ----------
    column
        Its layout, from top to bottom.
    """

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        identify(self, "data_panel", self.tr("Dataset and its settings"))
        self._document = document
        self._theme = theme
        self._background = Background(self)
        self._gallery = self._make_gallery()
        self._shown: DataSource | None = None
        self._description = QLabel(wordWrap=True)
        identify(self._description, "data_description")
        self._description.setToolTip(self.tr("What there is to learn from these data"))
        self._fields = [bound_field(setting, document) for setting in settings_of(Part.DATA)]
        self._lay_out()
        self._undrawn: list[int] = []
        # A thumbnail at a time: the window opens and answers meanwhile.
        self._draw_timer = QTimer(self, singleShot=True, interval=DRAW_MILLISECONDS)
        self._draw_timer.timeout.connect(self._load_next_thumbnail)
        self._draw_thumbnails()
        self._show_setup(document.setup)
        self._connect()

    def _make_gallery(self) -> _Gallery:
        gallery = _Gallery()
        identify(gallery, "data_gallery", self.tr("Datasets"))
        gallery.setViewMode(QListView.ViewMode.IconMode)
        gallery.setResizeMode(QListView.ResizeMode.Adjust)
        gallery.setMovement(QListView.Movement.Static)
        gallery.setIconSize(thumbnails.SIZE)
        blank = QPixmap(thumbnails.SIZE)
        blank.fill(Qt.GlobalColor.transparent)
        gallery.setWordWrap(True)
        gallery.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        gallery.setMinimumHeight(90)
        for source in SOURCES:
            item = QListWidgetItem(QIcon(blank), source.title)
            item.setToolTip(f"{source.title}\n{source.formula}\n{source.description}".replace("\n\n", "\n"))
            gallery.addItem(item)
        return gallery

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(6)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        check_boxes = QHBoxLayout()
        for field in self._fields:
            if isinstance(field.widget, QCheckBox):
                check_boxes.addWidget(field.widget, 0 if check_boxes.count() else 1)
            else:
                field.add_to(form)
        form.addRow(check_boxes)
        parts = self._gallery, self._description, form
        self.column = fill(QVBoxLayout(self), *parts, stretched=self._gallery, margins=(8, 0, 8, 8))

    def _connect(self) -> None:
        self._gallery.currentRowChanged.connect(self._on_row_changed)
        self._document.setup_changed.connect(self._show_setup)
        self._theme.changed.connect(self._draw_thumbnails)

    @Slot()
    def _draw_thumbnails(self) -> None:
        self._undrawn = list(range(self._gallery.count()))
        self._draw_timer.start()

    @Slot()
    def _load_next_thumbnail(self) -> None:
        row = self._undrawn.pop(0)
        self._background.run(
            partial(load, SOURCES[row].default_settings),
            partial(self._draw_thumbnail, row),
            partial(self._mark_missing, row),
        )

    def _draw_thumbnail(self, row: int, dataset: Dataset) -> None:
        icon = thumbnails.thumbnail(SOURCES[row], dataset, self._theme.colors, self.devicePixelRatioF())
        self._gallery.item(row).setIcon(icon)
        self._go_on_drawing()

    def _mark_missing(self, row: int, error: UserError) -> None:
        """Say that a file cannot be read; choosing the dataset says so too."""
        item = self._gallery.item(row)
        item.setIcon(themed_icon(self._theme.colors, "warning"))
        item.setToolTip(tool_tip(str(error)))
        self._go_on_drawing()

    def end_work(self) -> None:
        """Load no more thumbnails: the window closes."""
        self._undrawn.clear()
        self._draw_timer.stop()
        self._background.close()

    def _go_on_drawing(self) -> None:
        if self._undrawn:
            self._draw_timer.start()

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        """Show the settings in force, without changing them by that."""
        source = setup.data.source
        if source == self._shown:
            return  # the gallery stays where somebody has scrolled it to
        self._shown = source
        with QSignalBlocker(self._gallery):
            # Unknown data are in no gallery.
            self._gallery.setCurrentRow(SOURCES.index(source) if source in SOURCES else -1)
        self._description.setText(source.formula or source.description)
        # The description may have changed the height of the gallery.
        QTimer.singleShot(0, self._gallery, self._gallery.show_chosen)

    @Slot(int)
    def _on_row_changed(self, row: int) -> None:
        if row >= 0 and not self._document.choose_source(SOURCES[row]):
            self._shown = None
            self._show_setup(self._document.setup)
