"""The canvas's scene: the network, drawn anew when it is edited and brought to life by snapshots."""

import time
from collections.abc import Collection
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGraphicsScene

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.canvas.button_item import ButtonItem
from nn_desktop.desktop.canvas.column_buttons import ColumnButtons
from nn_desktop.desktop.canvas.headings import FOOTER
from nn_desktop.desktop.canvas.network_drawing import (
    MIN_TITLE,
    ON_CANVAS,
    PICTURE_GROUPS,
    TITLE_GAP,
    NetworkDrawing,
    Subject,
)
from nn_desktop.desktop.canvas.overlay_item import OverlayItem
from nn_desktop.desktop.canvas.strips_item import StripsItem
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.drawing.placement import Column, Placement
from nn_desktop.insight.inspection import Part
from nn_desktop.network.parameters import Parameters, carry_over
from nn_desktop.network.topology import Pair, Topology
from nn_desktop.training.snapshot import Snapshot

PICTURE_MILLISECONDS, LARGE_PICTURE_MILLISECONDS = 33, 330
"""Every so often the pictures of one group of the units follow: a whole set in one frame would delay it."""
SNAPSHOTS_WAITED_FOR = 3
"""After so many times that long without a newer snapshot, the pictures follow without one."""
LARGE_WEIGHTS = 100_000
"""From so many weights on, pictures follow less often: they take time."""
MAX_IN_FOCUS = 20
"""If more units are selected at once, nobody means single ones: nothing is dimmed then."""
TITLE_HEIGHT, MAX_TITLE, FRAME_WIDTH = 26.0, 120.0, 2.0


class NetworkScene(QGraphicsScene):
    """All that is drawn of a network, and what lies where.

    An edit is drawn at once, with the numbers that are known; the snapshot that follows brings the others.

    Signals
    -------
    rebuilt()
        The network was drawn anew: everything may stand elsewhere.
    """

    rebuilt = Signal()

    def __init__(
        self, editor: NetworkEditor, theme: Theme, font: QFont, room: QSizeF, snapshot: Snapshot
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._theme = theme
        self._font = font
        self._unfolded: frozenset[int] = frozenset()
        self._hovered: Part | None = None
        self._ablation: Part | None = None
        self._room = room
        self.shows_numbers = False
        self.snapshot = snapshot
        self.parameters = snapshot.parameters
        self._absent: Collection[int] = frozenset()
        self._picture_timer = QTimer(self, singleShot=True)
        self._picture_timer.timeout.connect(self._show_next_pictures)
        self._pictures_due = 0.0
        self._stale_groups: list[int] = []
        self._drawn_layout = editor.document.layout
        self.drawing = NetworkDrawing(self, theme.colors, font, ON_CANVAS)
        self.overlay = OverlayItem(theme.colors, font)
        self.buttons = ColumnButtons(self, self.drawing, editor, theme, font)
        # Queued: the button is gone once the network is drawn anew.
        self.buttons.fold_clicked.connect(self.toggle_folded, Qt.ConnectionType.QueuedConnection)
        self._strips = StripsItem(theme.colors)
        self.addItem(self._strips)
        self.addItem(self.overlay)
        self._rebuild()
        self.drawing.show_units(self.parameters, snapshot.dataset)
        editor.selection.changed.connect(self._mark)

    @property
    def topology(self) -> Topology:
        """The network that is drawn."""
        return self.parameters.topology

    @property
    def placement(self) -> Placement:
        """Where everything stands."""
        return self.drawing.placement

    def set_room(self, room: QSizeF) -> None:
        """Place the network anew, for a view of this size."""
        if room != self._room:
            self._room = room
            self._rebuild()

    def draw_edit(self) -> None:
        """Draw the network that is edited, as it is now, with the numbers that are known."""
        topology = self._editor.topology
        is_same = topology is self.topology or topology == self.topology
        if is_same and self._editor.document.layout == self._drawn_layout:
            return
        if not is_same:
            self.parameters = _carried_over(self.parameters, topology)
        self._rebuild()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show another snapshot; a newer one of a network that is no longer edited is left out.

        Of an earlier moment, when the network was another one, what both have is shown.
        """
        parameters, topology = snapshot.parameters, self._editor.topology
        if parameters.topology != topology:
            if not snapshot.is_past:
                return
            parameters = _carried_over(parameters, topology)
        before, self.snapshot = self.snapshot, snapshot
        is_other = topology != self.topology
        self.parameters = parameters
        self._mark_absent()
        if is_other or _names(snapshot) != _names(before):
            self._rebuild()
            self._show_all_pictures()
        else:
            self._show_newer()

    @property
    def is_known(self) -> bool:
        """Whether all numbers of the network that is drawn are known: not in the moment after an edit."""
        return self.snapshot.parameters.topology == self.topology

    @property
    def _has_pictures(self) -> bool:
        """Whether the units can be drawn: of another network of then, those that both have."""
        return self.is_known or self.snapshot.is_past

    def _mark_absent(self) -> None:
        """Dim what was not there yet at an earlier moment, when the network was another one."""
        then = self.snapshot.parameters.topology.unit_place
        absent = frozenset[int]() if self.is_known else self.drawing.units.keys() - then
        if absent != self._absent:
            self._absent = absent
            self._mark()

    def _show_newer(self) -> None:
        """Show newer weights, and let the pictures of the units follow."""
        self.drawing.connections.show_weights(self.parameters)
        self.drawing.numbers.show_numbers(self.parameters)
        first = self._stale_groups[0] if self._stale_groups else 0
        self._stale_groups = [(first + number) % PICTURE_GROUPS for number in range(PICTURE_GROUPS)]
        if time.monotonic() >= self._pictures_due:
            self._show_next_pictures()
        else:  # with the next snapshot, so that it is painted once; by the timer if there is none
            self._picture_timer.start()

    def subject(self, snapshot: Snapshot) -> Subject:
        """Return what is drawn of a snapshot, for a diagram of it."""
        return self._subject(snapshot.parameters, snapshot.dataset)

    def _subject(self, parameters: Parameters, dataset: Dataset) -> Subject:
        layout = self._editor.document.layout
        return Subject(parameters, dataset, self._room, layout, self._unfolded, self.shows_numbers)

    def set_numbers(self, on: bool) -> None:
        """Write weights and biases where there is room, or none."""
        self.shows_numbers = on
        self.drawing.numbers.setVisible(on)

    # What lies where.

    def unit_at(self, point: QPointF) -> int | None:
        """Return the unit at a point."""
        return self.drawing.unit_at(point)

    def part_at(self, point: QPointF) -> Part | None:
        """Return the unit or connection at a point."""
        unit = self.unit_at(point)
        if unit is not None:
            return unit
        if self.title_at(point) is not None:
            return None
        connection = self.drawing.connections.connection_at(point)
        return None if connection is None else (connection.source, connection.target)

    def title_at(self, point: QPointF) -> Column | None:
        """Return the layer whose title is at a point."""
        columns = self.placement.columns
        return next((column for column in columns if self._title_rect(column).contains(point)), None)

    def centres_of(self, part: int) -> list[QPointF]:
        """Return the centre of a unit, or those of the units of a layer, as far as they are shown."""
        spots = (spot for column in self.placement.columns for spot in column.units)
        units = self.topology.layer(part).units if part in self.topology.layer_index else (part,)
        return [QPointF(x, y) for unit, x, y in spots if unit in units]

    def column_at(self, point: QPointF) -> Column | None:
        """Return the layer whose column a point lies in."""
        reach = self.placement.radius + 14
        return next((c for c in self.placement.columns if abs(c.x - point.x()) <= reach), None)

    def gap_at(self, point: QPointF) -> int | None:
        """Return the index that a new layer gets at a point between two columns."""
        columns = self.placement.columns
        for index, (left, right) in enumerate(pairwise(columns), start=1):
            if min(left.x, right.x) < point.x() < max(left.x, right.x):
                return index
        return None

    def place_at(self, column: Column, y: float) -> int:
        """Return the place in a layer that a new unit gets at this height."""
        units = column.layer.units
        return next((units.index(spot.unit) for spot in column.units if y < spot.y), len(units))

    def is_button_at(self, point: QPointF) -> bool:
        """Tell whether there is a button at a point."""
        return any(isinstance(item, ButtonItem) for item in self.items(point))

    def solid_rects(self, within: QRectF) -> list[QRectF]:
        """Return the rectangles of units, titles and buttons that reach into another one."""
        r = self.placement.radius
        near = within.adjusted(-r, -r, r, r)
        spots = (spot for column in self.placement.columns for spot in column.units)
        units = [QRectF(x - r, y - r, 2 * r, 2 * r) for _, x, y in spots if near.contains(x, y)]
        others = [*map(self._title_rect, self.placement.columns)]
        others += [button.sceneBoundingRect() for button in self.buttons.items]
        return [*units, *(rect for rect in others if rect.intersects(within))]

    # How it is marked.

    def set_hovered(self, part: Part | None) -> None:
        """Show what the pointer means."""
        if part == self._hovered:
            return
        self._hovered = part
        connection = None
        if isinstance(part, tuple):
            connection = self.drawing.connections.find(*part)
        self.drawing.connections.set_hovered(connection)
        self._mark()

    def set_ablation(self, part: Part | None) -> None:
        """Show a part as if it were cut out."""
        if part != self._ablation:
            self._ablation = part
            self.show_doomed([] if part is None else [part])

    def show_doomed(self, parts: Collection[Part]) -> None:
        """Show parts as cut: what an erasing gesture touches, or an ablation."""
        units = {part for part in parts if isinstance(part, int)}
        pairs: set[Pair] = {part for part in parts if isinstance(part, tuple)}
        for unit in units:
            pairs.update(self.topology.connections_of(unit))
        self.drawing.connections.set_ablation(frozenset(pairs))
        for unit, item in self.drawing.units.items():
            item.set_marks(cut=unit in units)

    def release(self) -> None:
        """Let nothing be marked by a gesture, and no item have the mouse, any more."""
        self.overlay.clear()
        self.show_doomed([])
        grabber = self.mouseGrabberItem()
        if grabber is not None:
            grabber.ungrabMouse()

    @Slot(int)
    def toggle_folded(self, layer: int) -> None:
        """Show all units of a large layer, or only its first and last ones again."""
        self._unfolded ^= {layer}
        self._rebuild()
        self._show_all_pictures()

    @Slot()
    def fold_all(self) -> None:
        """Show large layers folded, as at first."""
        self._unfolded = frozenset()

    @Slot()
    def _show_next_pictures(self) -> None:
        """Let the pictures of one group of the units follow, and of the next a little later."""
        if self._stale_groups and self._has_pictures:
            self._show_units(self._stale_groups.pop(0))
            is_large = len(self.parameters.vector) > LARGE_WEIGHTS
            pause = LARGE_PICTURE_MILLISECONDS if is_large else PICTURE_MILLISECONDS
            self._pictures_due = time.monotonic() + pause / 1000
            self._picture_timer.start(SNAPSHOTS_WAITED_FOR * pause)

    def _show_all_pictures(self) -> None:
        if self._has_pictures:  # otherwise the dataset may be another; they come with the next snapshot
            self._show_units()

    def _show_units(self, group: int | None = None) -> None:
        computing = self.snapshot.parameters
        self.drawing.show_units(self.parameters, self.snapshot.dataset, group, computing)

    def _title_rect(self, column: Column) -> QRectF:
        scale = self.drawing.headings.scale
        width = max(MIN_TITLE, min(MAX_TITLE, self.placement.step - TITLE_GAP))
        if column in (self.placement.columns[0], self.placement.columns[-1]):
            width = min(width, 2 * (self.drawing.side - FRAME_WIDTH) / scale)  # or its frame is cut off
        rect = QRectF(0, 0, scale * width, scale * TITLE_HEIGHT)
        rect.moveCenter(self.drawing.headings.title(column))
        return rect

    def _rebuild(self) -> None:
        self._hovered = self._ablation = None
        self.show_doomed([])
        self.overlay.clear()
        self.buttons.clear()
        self._drawn_layout = self._editor.document.layout
        self.drawing.build(self._subject(self.parameters, self.snapshot.dataset))
        self.buttons.add()
        if not self.topology.links:
            self._add_hint()
        self._mark()
        self.setSceneRect(self.drawing.content_rect())
        self.rebuilt.emit()

    def stick(self, seen: QRectF, zoom: float) -> None:
        """Keep titles and buttons within the part of the scene that is seen at this scale."""
        self.drawing.stick(seen, zoom)
        self.buttons.place()
        self._strips.show_strips(self.drawing.headings.strips(self.placement.columns))
        self._show_titles()

    def _show_titles(self) -> None:
        layers = self._editor.selection.layers
        titles = [self._title_rect(c) for c in self.placement.columns if c.layer.id in layers]
        self.overlay.show_titles(titles)

    def _add_hint(self) -> None:
        """Say on an empty canvas how to draw."""
        text = self.tr("Press + for a layer, drag from unit to unit (C), or type the layers above")
        left, right, _, bottom = self.placement.extent()
        self.drawing.add_text(text, QPointF((left + right) / 2, bottom + FOOTER + 24), muted=True)

    @Slot()
    def _mark(self) -> None:
        """Show what is selected, what is current, and what the pointer means; dim what has no part in it."""
        selection = self._editor.selection
        units = set(selection.units)
        for layer in selection.layers.intersection(self.topology.layer_index):
            units.update(self.topology.layer(layer).units)
        is_one_meant = selection.unit is not None and len(selection.units) <= MAX_IN_FOCUS
        focus = selection.units if is_one_meant else frozenset()
        lit = self._neighbours(focus)
        for unit, item in self.drawing.units.items():
            item.set_marks(
                selected=unit in units,
                hovered=unit == self._hovered,
                current=unit == selection.unit,
                dimmed=unit in self._absent or (bool(focus) and unit not in lit and unit not in units),
            )
        self.drawing.connections.set_selected(selection.connections)
        self.drawing.connections.set_focus(focus)
        self.drawing.numbers.rearrange()
        self._show_titles()

    def _neighbours(self, units: Collection[int]) -> set[int]:
        """Return units, and those that are connected with them."""
        there = [unit for unit in units if unit in self.topology.unit_place]
        return {end for unit in there for pair in self.topology.connections_of(unit) for end in pair}

    def restyle(self, font: QFont) -> None:
        """Draw all anew in the theme's colours and in a font."""
        self._font = font
        self.drawing.restyle(self._theme.colors, font)
        self.overlay.restyle(self._theme.colors, font)
        self._strips.set_colors(self._theme.colors)
        self.buttons.set_font(font)
        self._rebuild()
        self._show_all_pictures()


def _carried_over(parameters: Parameters, topology: Topology) -> Parameters:
    """Return the parameters of a network with the numbers that another one has too, and else 0."""
    carried = Parameters.zeros(topology, parameters.vector.dtype)
    carry_over(parameters, carried)
    return carried


def _names(snapshot: Snapshot) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return snapshot.dataset.input_names, snapshot.dataset.output_names
