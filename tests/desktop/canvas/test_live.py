"""Live numbers of what is under the pointer, the network without it, and numbers that are typed."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFocusEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit
from window_driver import (
    click_at,
    connection_spot,
    drag,
    find,
    hover_of,
    inspected,
    move_to,
    press_key,
    settle,
    show_at,
    show_layers,
    unit_spot,
    warning_of,
)

from nn_desktop.desktop.look.numbers import editable_number, figure
from nn_desktop.insight.inspection import inspect
from nn_desktop.training.settings import LEARNING_RATE

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Key = Qt.Key


def first_pair(topology) -> tuple[int, int]:
    return topology.layers[1].units[0], topology.layers[2].units[1]


def learn(qtbot, window, layers: str = "1-3-2-1", updates: int = 5) -> None:
    """Begin with these layers, after some updates: no bias is 0 any more."""
    show_layers(qtbot, window, layers)
    for _ in range(updates):
        qtbot.keyClick(window, Key.Key_Period)
    settle(qtbot, window)


def train_slowly(qtbot, window) -> None:
    """Train for good, with steps so small that no number changes in its first digits."""
    window.document.change_setting(LEARNING_RATE, 1e-12)
    window.document.undo_stack.clear()
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: window.trainer.is_running and window.trainer.snapshot.updates > 10)


def pause(qtbot, window) -> None:
    qtbot.keyClick(window.canvas, Key.Key_Space)
    settle(qtbot, window)
    assert not window.trainer.is_running


def loss_by_hand(window, weights: dict, biases: dict) -> float:
    """Mean squared error over the test samples, summed from single weights and biases, with math alone."""
    topology = window.editor.topology
    samples = window.trainer.post(lambda session: session.samples).result()
    outputs = {topology.layers[0].units[0]: samples.test_inputs[:, 0].astype(float)}
    for index, layer in enumerate(topology.layers[1:], start=1):
        for unit in layer.units:
            z = biases[unit] + sum(w * outputs[pair[0]] for pair, w in weights.items() if pair[1] == unit)
            outputs[unit] = z if index == len(topology.layers) - 1 else np.tanh(z)
    return float(np.mean((outputs[topology.layers[-1].units[0]] - samples.test_targets[:, 0]) ** 2))


def numbers_of(window) -> tuple[dict, dict]:
    parameters, topology = window.trainer.snapshot.parameters, window.editor.topology
    weights = {pair: float(parameters.weight(*pair)) for pair in topology.connections()}
    biases = {u: float(parameters.bias(u)) for layer in topology.layers[1:] for u in layer.units}
    return weights, biases


# Hovering.


def test_the_inspector_shows_weight_gradient_and_formula_of_the_connection_under_the_pointer(
    qtbot, window, topology, scale
):
    learn(qtbot, window)
    window.docks.show_inspector()
    pair = first_pair(topology())
    show_at(window, scale, connection_spot(window, *pair))
    move_to(qtbot, window, connection_spot(window, *pair))
    qtbot.waitUntil(lambda: "∂L/∂w" in inspected(window))
    seen = inspect(pair, False, window.trainer.snapshot)
    (term,), text = seen.terms, inspected(window).replace("(", "").replace(")", "")
    assert find(window, QLabel, "inspector_numbers_title").text() == "Hidden 1, unit 1 → Hidden 2, unit 2"
    assert hover_of(window) == f"weight w = {figure(seen.value)}"
    assert f"weight w = {figure(seen.value)}" in text
    assert f"w · a = {figure(term.weight)} · {figure(term.value)}" in text
    assert "next batch: samples 81–96 of 160\nL = " in text
    assert f"∂L/∂w = {figure(seen.gradient)}" in text
    sums = f"{figure(seen.value)} − 0.05 · {figure(seen.gradient)} = "
    told = next(line for line in text.splitlines() if sums in line).rpartition(" = ")[2]
    settle(qtbot, window)
    qtbot.keyClick(window, Key.Key_Period)
    settle(qtbot, window)
    assert told == editable_number(window.trainer.snapshot.parameters.weight(*pair), 8)


def test_the_inspector_shows_bias_sum_activation_and_gradient_of_the_current_unit(qtbot, window, topology):
    learn(qtbot, window)
    window.docks.show_inspector()
    unit = topology().layers[2].units[1]
    click_at(qtbot, window, unit_spot(window, 2, 1))
    qtbot.waitUntil(lambda: "∂L/∂b" in inspected(window))
    assert not find(window, QLabel, "inspector_numbers_title").isVisible()  # the title of the panel says it
    seen = inspect(unit, False, window.trainer.snapshot)
    text = inspected(window).replace("(", "").replace(")", "")
    assert f"bias b = {figure(seen.value)}" in text
    terms = " + ".join(f"{figure(t.weight)}·{figure(t.value)}" for t in seen.terms)
    assert f"{terms} + {figure(seen.value)} = {figure(seen.z)}" in text
    assert "tanh" in text and f"= {figure(seen.a)}" in text
    assert seen.a == pytest.approx(np.tanh(sum(t.weight * t.value for t in seen.terms) + seen.value))
    assert f"∂L/∂b = {figure(seen.gradient)}" in text
    settle(qtbot, window)


def test_the_numbers_move_while_it_learns_and_go_with_the_pointer(qtbot, window, topology):
    learn(qtbot, window)
    pair = first_pair(topology())
    move_to(qtbot, window, connection_spot(window, *pair))
    qtbot.keyClick(window.canvas, Key.Key_Space)
    seen = set()

    def moves() -> bool:
        seen.add(hover_of(window))
        return len(seen) > 5

    qtbot.waitUntil(moves)
    pause(qtbot, window)
    assert f"weight w = {figure(window.trainer.snapshot.parameters.weight(*pair))}" in hover_of(window)
    handle, canvas = window.windowHandle(), window.canvas  # a pointer that really leaves the canvas
    QTest.mouseMove(handle, canvas.mapTo(window, canvas.mapFromScene(connection_spot(window, *pair))))
    qtbot.waitUntil(lambda: bool(hover_of(window)))
    QTest.mouseMove(handle, window.docks.fit_view.mapTo(window, window.docks.fit_view.rect().center()))
    qtbot.waitUntil(lambda: not hover_of(window))


def test_a_unit_that_nothing_reaches_or_that_reaches_nothing_is_warned_of(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-2-1")
    before, unit = topology(), topology().layers[1].units[0]
    into, out = (before.layers[0].units[0], unit), [(unit, u) for u in before.layers[2].units]
    for pairs, words in (([into], "No input reaches this unit"), (out, "reaches no output")):
        window.editor.erase((), pairs)
        settle(qtbot, window)
        move_to(qtbot, window, unit_spot(window, 1, 0))
        assert words in hover_of(window)
        updates, weights = window.trainer.snapshot.updates, numbers_of(window)[0]
        qtbot.keyClick(window, Key.Key_Period)  # it learns all the same
        qtbot.waitUntil(lambda n=updates: window.trainer.snapshot.updates == n + 1)
        settle(qtbot, window)
        assert numbers_of(window)[0] != weights
        move_to(qtbot, window, QPointF(unit_spot(window, 1, 0).x(), -200))
        press_key(qtbot, window, Key.Key_Z, CONTROL)
        assert topology() == before


def test_selecting_a_unit_dims_what_has_no_part_in_it(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-3-2-1")
    own, other = connection_spot(window, *first_pair(topology())), unit_spot(window, 1, 1)
    other_pair = topology().layers[1].units[2], topology().layers[2].units[1]
    far = connection_spot(window, *other_pair)
    show_at(window, scale, own, other, far)

    def colors(point: QPointF) -> set:
        image, place = window.canvas.grab().toImage(), window.canvas.mapFromScene(point)
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        return {image.pixel(place.x() + dx, place.y() + dy) for dx in range(-3, 4) for dy in range(-3, 4)}

    usual = colors(own), colors(far)
    window.selection.select_unit(topology().layers[1].units[0])
    assert colors(own) == usual[0]
    assert colors(far) != usual[1]
    window.selection.clear()
    assert (colors(own), colors(far)) == usual


# Lesions.


@pytest.mark.parametrize("what", ["connection", "unit"])
def test_alt_shows_the_test_loss_without_what_is_hovered(qtbot, window, topology, scale, what):
    learn(qtbot, window)
    pair, unit = first_pair(topology()), topology().layers[1].units[0]
    spot = connection_spot(window, *pair) if what == "connection" else unit_spot(window, 1, 0)
    show_at(window, scale, spot)
    move_to(qtbot, window, spot)
    assert "without it" not in hover_of(window)
    qtbot.keyPress(window.canvas, Key.Key_Alt)
    qtbot.waitUntil(lambda: "without it" in hover_of(window))
    weights, biases = numbers_of(window)
    cut = {p: 0.0 if (p == pair if what == "connection" else p[0] == unit) else w for p, w in weights.items()}
    losses = loss_by_hand(window, weights, biases), loss_by_hand(window, cut, biases)
    assert losses[0] != losses[1]
    expected = f"test loss {figure(losses[0])}, without it {figure(losses[1])}"
    assert hover_of(window) == expected
    qtbot.keyRelease(window.canvas, Key.Key_Alt)
    assert "without it" not in hover_of(window)
    assert window.document.undo_stack.count() == 0
    settle(qtbot, window)


@pytest.mark.parametrize("what", ["connection", "unit"])
def test_alt_and_a_click_remove_it_for_good_and_undo_brings_all_back(qtbot, window, topology, scale, what):
    learn(qtbot, window)
    before, numbers = topology(), numbers_of(window)
    pair, unit = first_pair(before), before.layers[1].units[0]
    spot = connection_spot(window, *pair) if what == "connection" else unit_spot(window, 1, 0)
    show_at(window, scale, spot)
    move_to(qtbot, window, spot)
    qtbot.keyPress(window.canvas, Key.Key_Alt)
    click_at(qtbot, window, spot, ALT)
    qtbot.keyRelease(window.canvas, Key.Key_Alt)
    gone = {p for p in before.connections() if (p == pair if what == "connection" else unit in p)}
    assert set(topology().connections()) == set(before.connections()) - gone
    press_key(qtbot, window, Key.Key_Z, CONTROL)
    assert topology() == before and numbers_of(window) == numbers


def test_alt_that_is_held_while_the_focus_goes_is_let_go(qtbot, window, topology):
    learn(qtbot, window)
    move_to(qtbot, window, unit_spot(window, 1, 0))
    qtbot.keyPress(window.canvas, Key.Key_Alt)
    qtbot.waitUntil(lambda: "without it" in hover_of(window))
    event = QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason)
    QApplication.sendEvent(window.canvas, event)
    settle(qtbot, window)
    assert "without it" not in hover_of(window)


# Numbers that are typed.


def type_number(qtbot, window, spot: QPointF, text: str) -> None:
    click_at(qtbot, window, spot)
    field = find(window, QLineEdit, "value_field")
    assert field.isVisible()
    qtbot.keyClick(window.canvas, text[0])
    qtbot.keyClicks(field, text[1:])
    assert field.text() == text
    qtbot.keyClick(field, Key.Key_Return)
    assert not field.isVisible() and window.canvas.hasFocus()


@pytest.mark.parametrize("training", [False, True])
def test_a_typed_weight_and_a_typed_bias_are_steps_to_undo(qtbot, window, topology, scale, training):
    learn(qtbot, window)
    pair, unit = first_pair(topology()), topology().layers[1].units[0]
    weights, biases = numbers_of(window)
    spots = connection_spot(window, *pair), unit_spot(window, 1, 0)
    show_at(window, scale, *spots)
    if training:
        train_slowly(qtbot, window)

    def is_shown(weight: float, bias: float) -> bool:
        now = numbers_of(window)
        others = all(abs(now[0][p] - w) < 1e-6 for p, w in weights.items() if p != pair)
        return others and abs(now[0][pair] - weight) < 1e-6 and abs(now[1][unit] - bias) < 1e-6

    type_number(qtbot, window, spots[0], "-2,5")
    qtbot.waitUntil(lambda: is_shown(-2.5, biases[unit]))
    type_number(qtbot, window, spots[1], "0.75")
    qtbot.waitUntil(lambda: is_shown(-2.5, 0.75))
    assert window.document.undo_stack.count() == 2 and window.trainer.is_running is training
    for weight, bias in ((-2.5, biases[unit]), (weights[pair], biases[unit])):
        press_key(qtbot, window, Key.Key_Z, CONTROL)
        qtbot.waitUntil(lambda w=weight, b=bias: is_shown(w, b))
    press_key(qtbot, window, "y", CONTROL)
    qtbot.waitUntil(lambda: is_shown(-2.5, biases[unit]))
    if training:
        pause(qtbot, window)


@pytest.mark.parametrize(
    ("text", "why"), [("2x", "is no number"), ("nan", "is no number"), ("1e999", "is too large")]
)
def test_what_is_no_number_is_explained_in_place_and_escape_leaves_all_as_it_was(qtbot, window, text, why):
    show_layers(qtbot, window, "1-3-2-1")
    numbers = numbers_of(window)
    click_at(qtbot, window, unit_spot(window, 1, 0))
    press_key(qtbot, window, Key.Key_Return)
    field, error = find(window, QLineEdit, "value_field"), find(window, QLabel, "value_error")
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)
    assert why in error.text() and error.isVisible() and field.hasFocus() and field.text() == text
    qtbot.keyClick(field, Key.Key_Escape)
    assert not field.isVisible() and window.canvas.hasFocus()
    assert numbers_of(window) == numbers and window.document.undo_stack.count() == 0


def test_an_edit_during_training_keeps_what_still_exists(qtbot, window, topology):
    learn(qtbot, window)
    train_slowly(qtbot, window)
    weights, biases = numbers_of(window)
    press_key(qtbot, window, "u")
    click_at(qtbot, window, QPointF(unit_spot(window, 1, 0).x(), unit_spot(window, 1, 0).y() + 36))
    press_key(qtbot, window, "v")
    drag(qtbot, window, unit_spot(window, 1, 0), unit_spot(window, 3, 0))  # a connection that skips a layer
    assert topology().sizes == (1, 4, 2, 1) and not warning_of(window)
    qtbot.waitUntil(lambda: window.trainer.snapshot.parameters.topology == topology())
    assert window.trainer.is_running
    now = numbers_of(window)
    assert all(now[0][pair] == pytest.approx(w, abs=1e-6) for pair, w in weights.items())
    assert all(now[1][unit] == pytest.approx(b, abs=1e-6) for unit, b in biases.items())
    assert len(now[0]) == len(weights) + 4
    pause(qtbot, window)


def test_on_coming_back_no_numbers_of_an_earlier_moment_are_shown(qtbot, window, topology):
    learn(qtbot, window)
    window.docks.show_inspector()
    pair = first_pair(topology())
    move_to(qtbot, window, connection_spot(window, *pair))
    qtbot.waitUntil(lambda: "∂L/∂w" in inspected(window))
    move_to(qtbot, window, QPointF(unit_spot(window, 1, 0).x(), -200))
    assert not inspected(window)
    before = figure(window.trainer.snapshot.parameters.weight(*pair))
    window.trainer.step_epoch()
    settle(qtbot, window)
    now = figure(window.trainer.snapshot.parameters.weight(*pair))
    assert now != before
    move_to(qtbot, window, connection_spot(window, *pair))
    assert f"weight w = {now}" in hover_of(window)
    assert f"weight w = {now}" in inspected(window)
    settle(qtbot, window)


def test_without_the_pointer_the_inspector_shows_the_numbers_of_what_is_current(qtbot, window, trainer):
    learn(qtbot, window)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_I)
    assert find(window, QLabel, "inspector_hint").isVisible()  # nothing is current
    for key in (Key.Key_Right, Key.Key_Right):
        qtbot.keyClick(window.canvas, key)
    unit = window.editor.topology.layers[1].units[0]
    assert window.selection.unit == unit
    qtbot.waitUntil(lambda: "∂L/∂b" in inspected(window))
    assert figure(trainer.snapshot.parameters.bias(unit)) in inspected(window)
    qtbot.keyClick(window.canvas, Key.Key_N)  # the first connection into it
    qtbot.waitUntil(lambda: "∂L/∂w" in inspected(window))
    settle(qtbot, window)


def test_the_tip_covers_no_unit_title_or_button_and_lies_within_the_canvas(qtbot, window, topology, scale):
    show_layers(qtbot, window, "1-8-8-8-1")
    canvas = window.canvas
    canvas.zoom(scale)
    seen, shown = canvas.viewport().rect(), 0
    tip = find(window, QLabel, "canvas_hover")
    for pair in list(topology().connections())[::7]:
        spot = connection_spot(window, *pair)
        if not seen.contains(canvas.mapFromScene(spot)):
            continue
        move_to(qtbot, window, spot)
        if hover_of(window):
            shown += 1
            assert seen.contains(tip.geometry())
            assert not any(tip.geometry().intersects(rect) for rect in canvas._drawn_rects())
    assert shown > 5


def test_a_number_is_said_once_where_its_field_is_open(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-1")
    move_to(qtbot, window, unit_spot(window, 1, 0))
    assert hover_of(window) == "bias b = 0.000"
    window.selection.select_unit(topology().layers[1].units[0])
    window.canvas._value_editor.open(topology().layers[1].units[0])
    assert not hover_of(window)
    move_to(qtbot, window, unit_spot(window, 1, 1))
    assert hover_of(window) == "bias b = 0.000"
    move_to(qtbot, window, unit_spot(window, 1, 0))
    assert not hover_of(window)
    window.canvas._value_editor.close_editor()
    assert hover_of(window) == "bias b = 0.000"


def test_the_tip_goes_with_what_it_is_about_when_the_view_is_zoomed(qtbot, window, topology):
    show_layers(qtbot, window, "1-3-1")
    move_to(qtbot, window, unit_spot(window, 1, 0))
    assert hover_of(window) == "bias b = 0.000"
    window.canvas.zoom_out()
    window.canvas.zoom_out()
    assert not hover_of(window)


def test_the_field_on_the_canvas_covers_nothing_lies_within_it_and_stays_beside_its_unit(
    qtbot, window, topology, scale
):
    show_layers(qtbot, window, "1-8-8-1")
    canvas, editor = window.canvas, find(window, QFrame, "value_editor")
    canvas.zoom(0.8 * scale)
    for layer, place in ((1, 3), (2, 4), (3, 0)):
        spot = unit_spot(window, layer, place)
        canvas.show_rect(QRectF(spot, QSizeF(1, 1)))
        window.selection.clear()
        click_at(qtbot, window, spot)
        for _ in range(2):
            assert canvas.viewport().rect().contains(editor.geometry())
            assert not any(editor.geometry().intersects(rect) for rect in canvas._drawn_rects())
            distance = editor.geometry().center() - canvas.mapFromScene(spot)
            assert distance.manhattanLength() < 240
            canvas.zoom_out()
