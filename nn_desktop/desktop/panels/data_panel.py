"""What the network learns from: a gallery of datasets, and their settings."""

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import MAX_SAMPLES, MAX_SEED, MIN_SAMPLES, Dataset, Positions
from nn_desktop.data.source import load
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.panels import thumbnails
from nn_desktop.desktop.project.background import Background
from nn_desktop.errors import UserError
from nn_desktop.training.setup import Setup

DRAW_MILLISECONDS = 15
SOURCES = tuple(CATALOGUE.values())


class DataPanel(QWidget):
    """Chooses the dataset, its noise, its size, its seed, the share for training, and the scaling.

    Parameters
    ----------
    document
        Whose data are chosen.
    theme
        Gives the colours of the thumbnails.
    background
        Loads the datasets that they show.
    """

    def __init__(
        self, document: Document, theme: Theme, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        identify(self, "data_panel")
        self._document = document
        self._theme = theme
        self._background = background
        self._gallery = self._make_gallery()
        self._description = QLabel(wordWrap=True)
        identify(self._description, "data_description")
        self._noise, self._noise_label = self._make_slider("data_noise", 0, 50)
        self._samples = self._make_spin_box("data_samples", MIN_SAMPLES, MAX_SAMPLES)
        self._train_share, self._train_share_label = self._make_slider("data_train_share", 10, 90)
        self._seed = self._make_spin_box("data_seed", 0, MAX_SEED)
        self._standardize = QCheckBox(self.tr("Standardi&ze"))
        identify(self._standardize, "data_standardize")
        self._grid = QCheckBox(self.tr("Even g&rid"))
        identify(self._grid, "data_grid")
        self._add_tool_tips()
        self._lay_out()
        self._undrawn: list[int] = []
        self._draw_timer = QTimer(self)  # a thumbnail at a time: the window opens and answers meanwhile
        self._draw_timer.setSingleShot(True)
        self._draw_timer.setInterval(DRAW_MILLISECONDS)
        self._draw_timer.timeout.connect(self._load_next_thumbnail)
        self._draw_thumbnails()
        self._show_setup(document.setup)
        self._connect()

    def _make_gallery(self) -> QListWidget:
        gallery = QListWidget()
        identify(gallery, "data_gallery")
        gallery.setViewMode(QListView.ViewMode.IconMode)
        gallery.setResizeMode(QListView.ResizeMode.Adjust)
        gallery.setMovement(QListView.Movement.Static)
        gallery.setIconSize(thumbnails.SIZE)
        blank = QPixmap(thumbnails.SIZE)
        blank.fill(Qt.GlobalColor.transparent)
        gallery.setWordWrap(True)
        gallery.setGridSize(QSize(84, thumbnails.SIZE.height() + 2 * gallery.fontMetrics().lineSpacing() + 8))
        gallery.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        gallery.setMinimumHeight(90)
        for source in SOURCES:
            item = QListWidgetItem(QIcon(blank), source.title)
            item.setToolTip(f"{source.title}\n{source.formula}\n{source.description}".replace("\n\n", "\n"))
            gallery.addItem(item)
        return gallery

    def _make_slider(self, name: str, low: int, high: int) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal)
        identify(slider, name)
        slider.setRange(low, high)
        slider.setSingleStep(5)
        slider.setPageStep(10)
        label = QLabel()
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("100 %"))
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return slider, label

    def _make_spin_box(self, name: str, low: int, high: int) -> QSpinBox:
        box = QSpinBox()
        identify(box, name)
        box.setRange(low, high)
        box.setKeyboardTracking(False)
        return box

    def _add_tool_tips(self) -> None:
        self._noise.setToolTip(self.tr("How far chance moves the samples, as a share of their range"))
        self._samples.setToolTip(self.tr("Number of samples, for training and test together"))
        self._train_share.setToolTip(
            self.tr("Share of the samples to train on; the others test what was learned")
        )
        self._seed.setToolTip(self.tr("Another seed draws other samples"))
        self._standardize.setToolTip(
            self.tr("Bring inputs to mean 0 and deviation 1, by the numbers of the training samples")
        )
        self._grid.setToolTip(self.tr("Sample a function at even distances, not at random positions"))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(6)
        for title, control, field in (
            (self.tr("N&oise"), self._noise, self._beside(self._noise, self._noise_label)),
            (self.tr("&Samples"), self._samples, self._samples),
            (
                self.tr("Tr&aining"),
                self._train_share,
                self._beside(self._train_share, self._train_share_label),
            ),
            (self.tr("See&d"), self._seed, self._seed),
        ):
            label = QLabel(title)
            label.setBuddy(control)
            form.addRow(label, field)
        form.addRow(self._beside(self._standardize, self._grid))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 8)
        layout.addWidget(self._gallery, 1)
        layout.addWidget(self._description)
        layout.addLayout(form)

    def _beside(self, first: QWidget, second: QWidget) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(first, 1)
        layout.addWidget(second)
        return row

    def _connect(self) -> None:
        self._gallery.currentRowChanged.connect(self._on_row_changed)
        self._noise.valueChanged.connect(self._on_noise_changed)
        self._samples.valueChanged.connect(self._on_samples_changed)
        self._train_share.valueChanged.connect(self._on_train_share_changed)
        self._seed.valueChanged.connect(self._on_seed_changed)
        self._standardize.toggled.connect(self._on_standardize_toggled)
        self._grid.toggled.connect(self._on_grid_toggled)
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

    def _go_on_drawing(self) -> None:
        if self._undrawn:
            self._draw_timer.start()

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        """Show the settings in force, without changing them by that."""
        data, source = setup.data, setup.data.source
        fields = (
            self._gallery,
            self._noise,
            self._samples,
            self._train_share,
            self._seed,
            self._standardize,
            self._grid,
        )
        blocked = [field.blockSignals(True) for field in fields]
        # Unknown data are in no gallery.
        self._gallery.setCurrentRow(SOURCES.index(source) if source in SOURCES else -1)
        self._noise.setValue(round(100 * data.noise))
        self._samples.setValue(data.samples)
        self._train_share.setValue(round(100 * data.train_share))
        self._seed.setValue(data.seed)
        self._standardize.setChecked(data.standardize)
        self._grid.setChecked(data.positions is Positions.GRID)
        for field, was_blocked in zip(fields, blocked, strict=True):
            field.blockSignals(was_blocked)
        for name, field in (
            ("noise", self._noise),
            ("samples", self._samples),
            ("train_share", self._train_share),
            ("seed", self._seed),
            ("standardize", self._standardize),
            ("positions", self._grid),
        ):
            field.setEnabled(name in source.adjustable)
        self._noise_label.setText(f"{data.noise:.0%}".replace("%", " %"))
        self._train_share_label.setText(f"{data.train_share:.0%}".replace("%", " %"))
        self._description.setText(source.why_no_samples or source.formula or source.description)
        # The description may have changed the height of the gallery.
        QTimer.singleShot(0, self._gallery, self._show_chosen)

    @Slot()
    def _show_chosen(self) -> None:
        self._gallery.scrollToItem(self._gallery.currentItem())

    @Slot(int)
    def _on_row_changed(self, row: int) -> None:
        if row >= 0 and not self._document.choose_source(SOURCES[row]):
            self._show_setup(self._document.setup)

    @Slot(int)
    def _on_noise_changed(self, percent: int) -> None:
        self._change(noise=percent / 100)

    @Slot(int)
    def _on_samples_changed(self, samples: int) -> None:
        self._change(samples=samples)

    @Slot(int)
    def _on_train_share_changed(self, percent: int) -> None:
        self._change(train_share=percent / 100)

    @Slot(int)
    def _on_seed_changed(self, seed: int) -> None:
        self._change(seed=seed)

    @Slot(bool)
    def _on_grid_toggled(self, on: bool) -> None:
        self._change(positions=Positions.GRID if on else Positions.RANDOM)

    @Slot(bool)
    def _on_standardize_toggled(self, on: bool) -> None:
        self._change(standardize=on)

    def _change(self, **values: object) -> None:
        """Change settings; what is refused is not left standing in its field."""
        if not self._document.change_data(**values):
            self._show_setup(self._document.setup)
