"""How the loss falls: two curves, their numbers of now, and a switch for the axis."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.desktop.look.slow_description import SlowDescription
from nn_desktop.desktop.look.snapshot_view import SnapshotView
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.legend import Legend
from nn_desktop.desktop.plots.loss_chart import LossChart
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot


class LossPlot(SnapshotView):
    """Training and test loss against epochs.

    Signals
    -------
    logarithmic_changed(bool)
        The loss axis is logarithmic now, or linear.
    """

    logarithmic_changed = Signal(bool)

    def __init__(self, theme: Theme, host: PlotHost) -> None:
        super().__init__()
        self._theme = theme
        identify(self, "loss_plot", self.tr("Loss"))
        self._legend = Legend(theme, self)
        identify(self._legend, "loss_legend", self.tr("Losses now"))
        self._lack = QLabel(self)
        self._lack.setWordWrap(True)
        self._lack.setAlignment(Qt.AlignmentFlag.AlignCenter)
        identify(self._lack, "loss_lack")
        self._lack.hide()
        self._chart = LossChart(theme, self)
        self._description = SlowDescription(self._chart.plot)
        self._logarithmic_action = self._make_logarithmic_action()
        self._log_button = self._make_button("loss_log_scale", self.tr("Logarithmic loss axis"))
        self._log_button.setDefaultAction(self._logarithmic_action)
        self._view_all_button = self._make_button("loss_view_all", self.tr("View all of the loss"))
        self._view_all_button.setToolTip(self.tr("View all, and follow the run again (0)"))
        self._view_all_button.clicked.connect(self._chart.view_all)
        self._view_all_button.hide()
        self._chart.following_changed.connect(self._on_following_changed)
        self._chart.logarithmic_changed.connect(self._on_axes_changed)
        self._frame = PlotFrame("loss_frame", self.tr("Loss"), self._shown_chart, host, theme)
        self._chart.maximize_requested.connect(self._frame.toggle_maximized)
        self._lay_out()
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def set_logarithmic(self, on: bool) -> None:
        """Make the loss axis logarithmic, or linear."""
        self._logarithmic_action.setChecked(on)

    @Slot(object)
    def show_runs(self, runs: tuple[Run, ...]) -> None:
        """Draw the test losses of other runs too."""
        self._chart.show_runs(runs)
        self._legend.set_entries(self._chart.legend())

    def sizeHint(self) -> QSize:
        return QSize(380, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 130)

    def _draw(self, snapshot: Snapshot) -> None:
        self._chart.show_snapshot(snapshot)
        self._chart.set_looked_at(snapshot.epoch if snapshot.is_past else None)
        self._legend.set_entries(self._chart.legend())
        lack = snapshot.setup.data.source.why_no_samples
        self._lack.setText(self.tr("No data"))
        self._lack.setVisible(bool(lack))
        if lack:
            self._description.set_text(lack)
            return
        text = self.tr("Epoch {epoch}: training loss {training}, test loss {test}.")
        self._description.set_text(
            " ".join(
                (
                    text.format(
                        epoch=grouped(snapshot.epoch),
                        training=figure(snapshot.train_loss),
                        test=figure(snapshot.test_loss),
                    ),
                    self._chart.marks.describe(snapshot),
                )
            ).strip()
        )

    def _lay_out(self) -> None:
        header, parts = QHBoxLayout(), (self._legend, self._view_all_button, self._log_button)
        fill(header, *parts, stretched=self._legend, margins=(8, 0, 0, 0), spacing=2)
        for part in parts:  # beside the first line of the legend, as the corner is
            header.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        self._frame.lay_out(header, self._lack, self._chart, stretched=self._chart)
        fill(QVBoxLayout(self), self._frame, spacing=0)

    def _make_logarithmic_action(self) -> QAction:
        action = QAction(self.tr("Logarithmic"), self)
        identify(action, "loss_log_scale_action", self.tr("Logarithmic loss axis"))
        action.setCheckable(True)
        action.setToolTip(
            self.tr("Logarithmic loss axis: equal distances are equal ratios, so small losses stay visible")
        )
        action.toggled.connect(self._on_logarithmic_toggled)
        return action

    def _make_button(self, name: str, accessible_name: str) -> QToolButton:
        button = QToolButton(self)
        identify(button, name, accessible_name)
        button.setIconSize(QSize(16, 16))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        return button

    def _shown_chart(self) -> LossChart | None:
        return None if self._chart.snapshot is None else self._chart

    @Slot(bool)
    def _on_logarithmic_toggled(self, on: bool) -> None:
        self._chart.set_logarithmic(Change.LOG_Y, on)
        self.logarithmic_changed.emit(on)

    @Slot()
    def _on_axes_changed(self) -> None:
        self._logarithmic_action.setChecked(self._chart.is_on(Change.LOG_Y))

    @Slot(bool)
    def _on_following_changed(self, is_following: bool) -> None:
        self._view_all_button.setVisible(not is_following)

    @Slot()
    def _on_theme_changed(self) -> None:
        colors = self._theme.colors
        self._chart.restyle(colors)
        self._logarithmic_action.setIcon(themed_icon(colors, "log-scale"))
        self._view_all_button.setIcon(themed_icon(colors, "fit-view"))
        self._legend.set_entries(self._chart.legend())
