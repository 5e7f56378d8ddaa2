"""The fit view shows what the network of a snapshot makes of its data."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nn_desktop.data.dataset import Task
from nn_desktop.desktop.look.colors import DARK
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.plots.boundary_fit import BoundaryFit
from nn_desktop.desktop.plots.confusion_view import ConfusionView
from nn_desktop.desktop.plots.curve_fit import CurveFit
from nn_desktop.desktop.plots.fit_view import FitKind, FitView, fit_kind
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.desktop.plots.prediction_fit import PredictionFit
from nn_desktop.insight.metrics import accuracy, confusion_matrix, predict_labels, predict_raw
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import chain
from nn_desktop.training.session import Session
from nn_desktop.training.snapshot import Snapshot

MakeSession = Callable[..., Session]
ManyInputs = Callable[[Snapshot, int, int, Task], Snapshot]


ACCESSIBLE_NAMES = {
    FitKind.CURVE: "Fitted curve over the samples",
    FitKind.BOUNDARY: "Output over two inputs, and the samples",
    FitKind.PREDICTION: "Predicted against actual values",
    FitKind.CONFUSION: "Confusion matrix of the test samples",
}


@pytest.fixture
def view(theme: Theme, host: PlotHost, qtbot: QtBot) -> FitView:
    view = FitView(theme, host)
    qtbot.addWidget(view)
    view.resize(380, 300)
    with qtbot.waitExposed(view):
        view.show()
    return view


def with_values(snapshot: Snapshot, value: float) -> Snapshot:
    vector = np.full_like(snapshot.parameters.vector, value)
    return replace(snapshot, parameters=Parameters(snapshot.parameters.topology, vector))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sine", FitKind.CURVE),
        ("spiral", FitKind.BOUNDARY),
        ("plane", FitKind.BOUNDARY),
        ("iris", FitKind.CONFUSION),
        ("breast-cancer", FitKind.CONFUSION),
    ],
)
def test_each_kind_of_data_has_its_picture(
    view: FitView, make_session: MakeSession, name: str, kind: FitKind
) -> None:
    snapshot = make_session(name, epochs=1).snapshot()
    assert fit_kind(snapshot.dataset) is kind
    view.show_snapshot(snapshot)
    assert type(view.fit).__name__ == kind.value
    assert view.fit.accessibleName() == ACCESSIBLE_NAMES[kind]
    assert view.caption
    view.grab()


def test_the_curve_is_what_the_network_predicts(view: FitView, make_session: MakeSession) -> None:
    snapshot = make_session("sine", epochs=10).snapshot()
    view.show_snapshot(snapshot)
    assert isinstance(view.fit, CurveFit)
    x, y = view.fit.curve.getData()
    np.testing.assert_array_equal(
        y, predict_raw(snapshot.parameters, snapshot.dataset, x[:, np.newaxis])[:, 0]
    )
    assert snapshot.dataset.domain is not None
    (low, high) = snapshot.dataset.domain[0]
    assert x[0] == pytest.approx(low - 0.2 * (high - low))
    assert x[-1] == pytest.approx(high + 0.2 * (high - low))


def test_on_the_boundary_the_network_is_undecided(view: FitView, make_session: MakeSession) -> None:
    snapshot = make_session("circle", epochs=60).snapshot()
    view.show_snapshot(snapshot)
    assert isinstance(view.fit, BoundaryFit)
    places = np.column_stack(view.fit.boundary.getData())
    assert len(places) > 20
    outputs = predict_raw(snapshot.parameters, snapshot.dataset, places)
    np.testing.assert_allclose(outputs, 0.5, atol=0.06)


def test_the_boundary_of_saturated_relu_networks_is_as_straight_as_they_are(
    view: FitView, make_session: MakeSession
) -> None:
    """Between two places of the grid the output jumps from 0 to 1; its sum z tells where it crosses 0."""
    snapshot = make_session("circle", epochs=1).snapshot()
    topology = chain((2, 2, 1), (Activation.RELU, Activation.SIGMOID))
    parameters = Parameters.zeros(topology)
    parameters.matrix(topology.layers[1].id)[:] = [[1.0, 0.3, 20.0], [0.0, 0.0, 0.0]]  # always active
    parameters.matrix(topology.layers[2].id)[:] = [[500.0, 0.0, -500.0 * 20.7]]
    view.show_snapshot(replace(snapshot, parameters=parameters))
    assert isinstance(view.fit, BoundaryFit)
    x, y = view.fit.boundary.getData()
    assert len(x) > 60
    np.testing.assert_allclose(x + 0.3 * y, 0.7, atol=1e-4)


@pytest.mark.parametrize("output", [Activation.SIGMOID, Activation.TANH, Activation.SOFTMAX, Activation.RELU])
def test_the_boundary_lies_where_the_predicted_class_changes(
    view: FitView, make_session: MakeSession, many_inputs: ManyInputs, output: Activation
) -> None:
    snapshot = many_inputs(make_session("sine").snapshot(), 2, 3, Task.MULTICLASS)
    topology = chain((2, 6, 3), (Activation.TANH, output))
    parameters = Parameters(topology, np.random.default_rng(3).normal(scale=2.0, size=39))
    view.show_snapshot(replace(snapshot, parameters=parameters))
    assert isinstance(view.fit, BoundaryFit)
    x, y = view.fit.boundary.getData()
    assert len(x) > 20
    (left, right), (bottom, top) = view.fit._domain
    step = (right - left) / 64, (top - bottom) / 64
    corners = [
        predict_labels(parameters, snapshot.dataset, np.column_stack((x + a * step[0], y + b * step[1])))
        for a in (-1, 1)
        for b in (-1, 1)
    ]
    assert np.mean(np.ptp(corners, axis=0) > 0) > 0.95


@pytest.mark.parametrize(
    ("name", "formula"),
    [("sine", "R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)²"), ("iris", "right predictions / test samples")],
)
def test_the_number_above_the_fit_says_what_it_is(
    view: FitView, make_session: MakeSession, name: str, formula: str
) -> None:
    view.show_snapshot(make_session(name, epochs=1).snapshot())
    assert formula in view._caption.toolTip()


def test_the_background_has_the_colour_of_the_class(view: FitView, make_session: MakeSession) -> None:
    session = make_session("circle", epochs=60)
    view.show_snapshot(session.snapshot())
    assert isinstance(view.fit, BoundaryFit)
    image = view.fit._heat.pixmap().toImage()
    inside, corner = image.pixelColor(32, 32), image.pixelColor(1, 1)
    assert inside.blue() > inside.red()
    assert corner.red() > corner.blue()


def test_the_matrix_counts_the_test_samples(view: FitView, make_session: MakeSession) -> None:
    snapshot = make_session("iris", epochs=20).snapshot()
    view.show_snapshot(snapshot)
    assert isinstance(view.fit, ConfusionView)
    data = snapshot.dataset
    np.testing.assert_array_equal(view.fit.counts, confusion_matrix(snapshot.parameters, data, data.test))
    assert view.fit.counts.sum() == len(data.test)
    assert view.caption == f"test accuracy {accuracy(snapshot.parameters, data, data.test):.3f}"


def test_a_table_with_numbers_to_predict_is_shown_against_its_diagonal(
    view: FitView, make_session: MakeSession, many_inputs: ManyInputs
) -> None:
    snapshot = many_inputs(make_session("sine").snapshot(), 3, 1, Task.REGRESSION)
    view.show_snapshot(snapshot)
    assert isinstance(view.fit, PredictionFit)
    actual, predicted = view.fit.points.test.getData()
    data = snapshot.dataset
    np.testing.assert_array_equal(actual, data.targets[data.test, 0])
    expected = predict_raw(snapshot.parameters, data, data.inputs[data.test])[:, 0]
    np.testing.assert_allclose(predicted, expected)
    view.grab()


def test_three_classes_in_a_plane_have_boundaries_too(
    view: FitView, make_session: MakeSession, many_inputs: ManyInputs
) -> None:
    snapshot = many_inputs(make_session("sine").snapshot(), 2, 3, Task.MULTICLASS)
    view.show_snapshot(snapshot)
    assert isinstance(view.fit, BoundaryFit)
    assert [entry.text for entry in view.fit.legend()] == ["a", "b", "c", "test"]
    places = np.column_stack(view.fit.boundary.getData())
    outputs = np.sort(predict_raw(snapshot.parameters, snapshot.dataset, places), axis=1)
    assert np.median(outputs[:, -1] - outputs[:, -2]) < 0.02
    view.grab()


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300, -1e300])
@pytest.mark.parametrize("name", ["sine", "spiral", "plane", "iris"])
def test_a_diverged_network_is_drawn_without_a_warning(
    view: FitView, make_session: MakeSession, name: str, value: float
) -> None:
    snapshot = make_session(name, epochs=1).snapshot()
    view.show_snapshot(replace(with_values(snapshot, value), train_loss=np.nan, test_loss=np.nan))
    assert not view.grab().isNull()
    view.show_snapshot(snapshot)
    assert not view.grab().isNull()


def test_other_data_bring_other_points(view: FitView, make_session: MakeSession) -> None:
    first, second = (make_session(name, epochs=1).snapshot() for name in ("circle", "spiral"))
    view.show_snapshot(first)
    view.show_snapshot(second)
    assert isinstance(view.fit, BoundaryFit)
    assert view.fit._points is not None
    items = view.fit._points.items
    in_plot = [item for item in view.fit.plot.getPlotItem().items if hasattr(item, "points")]
    assert len(in_plot) == len(items)
    assert sum(len(item.points()) for item in items) == len(second.dataset.inputs)


def test_of_the_same_data_only_the_live_part_is_drawn_again(view: FitView, make_session: MakeSession) -> None:
    session = make_session("circle", epochs=1)
    view.show_snapshot(session.snapshot())
    assert isinstance(view.fit, BoundaryFit)
    points = view.fit._points
    session.advance(50)
    view.show_snapshot(session.snapshot())
    assert view.fit._points is points


@pytest.mark.parametrize("name", ["sine", "spiral", "plane", "iris"])
def test_another_theme_recolours_all(
    view: FitView, theme: Theme, make_session: MakeSession, name: str
) -> None:
    view.show_snapshot(make_session(name, epochs=1).snapshot())
    light = view.grab().toImage()
    theme.set_choice(ThemeChoice.DARK)
    dark = view.grab().toImage()
    assert light != dark
    corner = dark.pixelColor(dark.width() // 2, dark.height() - 2)
    assert corner == QColor(DARK.canvas)


def test_the_description_has_the_numbers(view: FitView, make_session: MakeSession) -> None:
    view.show_snapshot(make_session("iris", epochs=20).snapshot())
    assert view.caption.split()[-1] in view.accessibleDescription()


def test_before_the_first_snapshot_there_is_a_word(view: FitView) -> None:
    assert view.fit is None
    assert view.caption == ""
    view.grab()


def test_nothing_is_drawn_while_hidden(view: FitView, make_session: MakeSession) -> None:
    view.hide()
    view.show_snapshot(make_session("sine", epochs=1).snapshot())
    assert view.fit is None
    view.show()
    assert isinstance(view.fit, CurveFit)
