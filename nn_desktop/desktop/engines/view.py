"""What a comparison of the engines shows: the race as a table, and two charts with captions."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from nn_desktop.bench.live import Comparison
from nn_desktop.bench.sweep import BATCHES, WIDTHS, Crossing, Curve, crossings
from nn_desktop.desktop.engines.styles import STYLES
from nn_desktop.desktop.engines.table import EngineTable
from nn_desktop.desktop.engines.time_chart import TimeChart
from nn_desktop.desktop.engines.titles import engine_title
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.numbers import duration, grouped, roughly
from nn_desktop.desktop.look.slow_description import SlowDescription
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.legend import Legend, LegendEntry
from nn_desktop.desktop.plots.marks import Mark
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.workload import Workload
from nn_desktop.network.topology import Topology

MIN_CHART_LINES = 11
"""Lines of text for which a chart has room, however large they are: its own are at two edges of it."""


class ComparisonView(QWidget):
    """Shows a moment of a comparison.

    Parameters
    ----------
    theme
        Gives the colours.
    host
        Of the plots.
    """

    def __init__(self, theme: Theme, host: PlotHost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._engines: Sequence[EngineName] = ()
        self._crosses = False
        self.table = EngineTable(theme)
        self._legend = Legend(theme)
        identify(self._legend, "engine_legend", self.tr("Engines"))
        self._width_title, self._batch_title = QLabel(), QLabel()
        self.width_chart = TimeChart(
            theme,
            "width_chart",
            self.tr("Time of an update against the width of the hidden layers"),
            WIDTHS,
            self.tr("units of each hidden layer"),
        )
        self.batch_chart = TimeChart(
            theme,
            "batch_chart",
            self.tr("Time of an update against the samples of a batch"),
            BATCHES,
            self.tr("samples of an update"),
        )
        self._descriptions = {
            chart: SlowDescription(chart.plot) for chart in (self.width_chart, self.batch_chart)
        }
        self._width_caption = QLabel(
            self.tr(
                "Plain Python has a cost per weight, numpy a fixed cost per call: its curve stays flat until "
                "there is much to compute in each call. C++ has hardly any cost but the sums."
            )
        )
        self._batch_caption = QLabel(
            self.tr(
                "A call into numpy costs nearly the same for one sample as for many: the larger the batch, "
                "the less each sample costs."
            )
        )
        identify(self._width_caption, "width_caption")
        identify(self._batch_caption, "batch_caption")
        self._table_title = QLabel(self.tr("How fast each engine trains this network"))
        self._frames = self._make_frames(host)
        self._lay_out()
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show this moment."""
        workload = comparison.workload
        self.table.show_standings(comparison.standings)
        self._width_title.setText(self._title_of_widths(workload))
        self._batch_title.setText(self._title_of_batches(workload))
        by_width = crossings(comparison.by_width) if comparison.has_all_points else ()
        by_batch = crossings(comparison.by_batch) if comparison.has_all_points else ()
        self._draw(self.width_chart, comparison.by_width, by_width, own_width(workload.topology))
        self._draw(self.batch_chart, comparison.by_batch, by_batch, workload.batch_size)
        self._engines = [curve.engine for curve in comparison.by_width]
        self._crosses = bool(by_width or by_batch)
        self._update_legend()

    def _make_frames(self, host: PlotHost) -> tuple[PlotFrame, ...]:
        """Put the table and the charts into frames, which have their menus."""
        return tuple(
            self._make_frame(host, title, plot)
            for title, plot in (
                (self._table_title, self.table),
                (self._width_title, self.width_chart),
                (self._batch_title, self.batch_chart),
            )
        )

    def _make_frame(self, host: PlotHost, title: QLabel, plot: EngineTable | TimeChart) -> PlotFrame:
        name, words = f"{plot.objectName()}_frame", plot.accessibleName()
        frame = PlotFrame(name, words, lambda: plot if plot.has_points else None, host, self._theme)
        frame.lay_out(title, plot, stretched=plot)
        plot.maximize_requested.connect(frame.toggle_maximized)
        return frame

    def _lay_out(self) -> None:
        bold = QFont(self.font())
        bold.setBold(True)
        charts = QGridLayout()
        charts.setHorizontalSpacing(16)
        charts.setVerticalSpacing(2)
        table, width, batch = self._frames
        for title in (self._table_title, self._width_title, self._batch_title):
            title.setFont(bold)
            title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for column, parts in enumerate(((width, self._width_caption), (batch, self._batch_caption))):
            for row, widget in enumerate(parts):
                charts.addWidget(widget, row, column)
            parts[1].setWordWrap(True)
            parts[1].setAlignment(Qt.AlignmentFlag.AlignTop)
            charts.setColumnStretch(column, 1)
        charts.setRowStretch(0, 1)
        charts.setRowMinimumHeight(0, MIN_CHART_LINES * self.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(table)
        layout.addWidget(self._legend)
        layout.addLayout(charts, 1)

    def _title_of_widths(self, workload: Workload) -> str:
        sizes = workload.topology.sizes
        layers = "-".join(str(part) for part in (sizes[0], *["n"] * max(1, len(sizes) - 2), sizes[-1]))
        text = self.tr("Wider layers: {layers}, batches of {batch}")
        return text.format(layers=layers, batch=grouped(min(workload.batch_size, BATCHES[-1])))

    def _title_of_batches(self, workload: Workload) -> str:
        layers = "-".join(map(str, workload.topology.sizes))
        return self.tr("Larger batches: {layers}").format(layers=layers)

    def _draw(
        self, chart: TimeChart, curves: Sequence[Curve], crossed: Sequence[Crossing], own: int | None
    ) -> None:
        chart.set_curves(curves)
        chart.set_crossings(crossed)
        chart.set_own(own)
        rows = [self._words_of_curve(curve) for curve in curves if curve.points]
        self._descriptions[chart].set_text(" ".join([*rows, *map(self._words_of_crossing, crossed)]))

    def _words_of_curve(self, curve: Curve) -> str:
        text = self.tr("{engine}: from {low} at {first} to {high} at {last}.")
        first, last = curve.points[0], curve.points[-1]
        return text.format(
            engine=engine_title(curve.engine),
            low=duration(first.seconds),
            first=grouped(first.size),
            high=duration(last.seconds),
            last=grouped(last.size),
        )

    def _words_of_crossing(self, crossing: Crossing) -> str:
        text = self.tr("From about {size} on {after} is faster than {before}.")
        return text.format(
            size=roughly(crossing.size),
            after=engine_title(crossing.after),
            before=engine_title(crossing.before),
        )

    def _update_legend(self) -> None:
        colors = self._theme.colors
        entries = [
            LegendEntry(engine_title(name), STYLES[name].color(colors), STYLES[name].mark)
            for name in self._engines
        ]
        if self._crosses:
            text = self.tr("the curves cross")
            entries.append(LegendEntry(text, colors.text, Mark.CIRCLE, emphasized=False))
        self._legend.set_entries(tuple(entries))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.width_chart.restyle(self._theme.colors)
        self.batch_chart.restyle(self._theme.colors)
        self._update_legend()


def own_width(topology: Topology) -> int | None:
    """Return the width of the hidden layers, if all of them have the same."""
    widths = set(topology.sizes[1:-1])
    return widths.pop() if len(widths) == 1 else None
