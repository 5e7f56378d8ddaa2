"""What the network has made of the data, in the picture that suits the data."""

from enum import Enum
from typing import cast

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.slow_description import SlowDescription
from nn_desktop.desktop.look.snapshot_view import SnapshotView
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.fit import Fit, ShowsRuns
from nn_desktop.desktop.plots.legend import Legend
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.desktop.plots.plot_header import PlotHeader
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot


class FitKind(Enum):
    """The pictures there are."""

    CURVE = "CurveFit"
    BOUNDARY = "BoundaryFit"
    PREDICTION = "PredictionFit"
    CONFUSION = "ConfusionView"


class FitView(SnapshotView):
    """The fit: a curve, a plane with its boundary, predicted against actual values, or a confusion matrix.

    `fit` is the picture of now; None before the first snapshot, and where there are no samples.
    """

    def __init__(self, theme: Theme, host: PlotHost) -> None:
        super().__init__()
        identify(self, "fit_view", self.tr("Fit"))
        self._theme = theme
        self._fits: dict[FitKind, Fit] = {}
        self.fit: Fit | None = None
        self._empty = QLabel(self.tr("No network yet"))
        self._dataset: Dataset | None = None
        self._runs: tuple[Run, ...] = ()
        self._description = SlowDescription(self)
        self._caption = QLabel(self)
        identify(self._caption, "fit_caption")
        self._legend = Legend(theme)
        identify(self._legend, "fit_legend", self.tr("What the marks and lines of the fit mean"))
        self._header = PlotHeader(self._caption, self._legend)
        self._frame = PlotFrame("fit_frame", self.tr("Fit"), lambda: self.fit, host, theme)
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)

    @property
    def caption(self) -> str:
        """The line that says how good the fit is."""
        return self._caption.text()

    @Slot(object)
    def show_runs(self, runs: tuple[Run, ...]) -> None:
        """Draw what other runs have made of the data too, where there is room for that in the picture."""
        self._runs = runs
        if isinstance(self.fit, ShowsRuns):
            self.fit.show_runs(runs)
        if self.fit is not None:
            self._legend.set_entries(self.fit.legend())

    def sizeHint(self) -> QSize:
        return QSize(380, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 150)

    def _lay_out(self) -> None:
        pictures = QWidget(self)
        self._pictures = QStackedLayout(pictures)  # which shows what it gets: of no parent, as a window
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        identify(self._empty, "fit_lack")
        self._pictures.addWidget(self._empty)
        self._frame.lay_out(self._header, pictures, stretched=pictures)
        fill(QVBoxLayout(self), self._frame, spacing=0)

    def _draw(self, snapshot: Snapshot) -> None:
        if snapshot.setup.data.source.why_no_samples:
            self._show_lack(self.tr("No data"))
            return
        is_new = snapshot.dataset is not self._dataset or self.fit is None
        if self.fit is None or is_new:
            self._dataset = snapshot.dataset
            self.fit = self._fit_for(snapshot.dataset)
            self.fit.set_dataset(snapshot.dataset)
        summary = self.fit.show_fit(snapshot)
        if is_new:
            self.show_runs(self._runs)
        if summary.caption != self._caption.text():
            self._caption.setText(summary.caption)
            self._caption.setToolTip(summary.tip)
            self._header.arrange()
        self.fit.caption = summary.caption
        self._description.set_text(f"{snapshot.dataset.title}. {summary.description}")

    def _show_lack(self, lack: str) -> None:
        """Say in place of a picture why there is none."""
        self._dataset = self.fit = None
        self._empty.setText(lack)
        self._pictures.setCurrentWidget(self._empty)
        self._caption.clear()
        self._caption.setToolTip("")
        self._legend.set_entries(())
        self._description.set_text(lack)

    def _fit_for(self, dataset: Dataset) -> Fit:
        kind = fit_kind(dataset)
        if kind not in self._fits:
            self._fits[kind] = _make_fit(kind, self._theme, self)
            self._pictures.addWidget(cast(QWidget, self._fits[kind]))
            self._fits[kind].maximize_requested.connect(self._frame.toggle_maximized)
        fit = self._fits[kind]
        self._pictures.setCurrentWidget(cast(QWidget, fit))
        return fit

    @Slot()
    def _on_theme_changed(self) -> None:
        for fit in self._fits.values():
            fit.restyle(self._theme.colors)
        if self.fit is not None:
            self._legend.set_entries(self.fit.legend())


def fit_kind(dataset: Dataset) -> FitKind:
    """Return which picture suits a dataset."""
    is_regression = dataset.task is Task.REGRESSION
    if dataset.input_count == 1 and is_regression:
        return FitKind.CURVE
    if dataset.input_count == 2 and (not is_regression or dataset.output_count == 1):
        return FitKind.BOUNDARY
    return FitKind.PREDICTION if is_regression else FitKind.CONFUSION


def _make_fit(kind: FitKind, theme: Theme, parent: QWidget) -> Fit:
    """Make a picture; what it needs is imported for it, since most windows show only one of them."""
    match kind:
        case FitKind.CURVE:
            from nn_desktop.desktop.plots.curve_fit import CurveFit

            return CurveFit(theme, parent)
        case FitKind.BOUNDARY:
            from nn_desktop.desktop.plots.boundary_fit import BoundaryFit

            return BoundaryFit(theme, parent)
        case FitKind.PREDICTION:
            from nn_desktop.desktop.plots.prediction_fit import PredictionFit

            return PredictionFit(theme, parent)
        case FitKind.CONFUSION:
            from nn_desktop.desktop.plots.confusion_view import ConfusionView

            return ConfusionView(theme, parent)
