"""The network as a tree: layers, their units, and the connections of each unit."""

from collections import Counter
from enum import IntEnum
from typing import Any, TypeGuard

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from nn_desktop.desktop.look.descriptions import idle_reason, layer_title, unit_title
from nn_desktop.desktop.look.numbers import NO_NUMBER, editable_number, figure, grouped
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.insight.inspection import exists
from nn_desktop.network.functions import ACTIVATIONS
from nn_desktop.network.topology import Pair, Topology
from nn_desktop.training.snapshot import Snapshot

Index = QModelIndex | QPersistentModelIndex
OutlinePart = int | Pair
"""The id of a layer or of a unit (they draw from one counter), or a connection."""
NOTHING = QModelIndex()
TITLE, NUMBER = 0, 1
"""The columns."""
_TOP = 0
"""What an index of a layer holds; one of a unit or a connection holds 1 + the id of what it lies under."""

_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_LEAF = _PLAIN | Qt.ItemFlag.ItemNeverHasChildren
_TYPED, _TYPED_LEAF = _PLAIN | Qt.ItemFlag.ItemIsEditable, _LEAF | Qt.ItemFlag.ItemIsEditable


class Wording(IntEnum):
    """How much is said in a row; what is left out is in its tool tip."""

    SHORT = 0
    """``unit 3 | 0.1234`` and ``← unit 3 | −0.53``, or ``← Hidden 1, 3 | −0.53`` over a layer"""
    WITHOUT_LETTERS = 1
    """``Hidden 1, unit 3 | 0.1234`` and ``from Hidden 1, unit 3 | −0.53``"""
    FULL = 2
    """``Hidden 1, unit 3 | b = 0.1234`` and ``from Hidden 1, unit 3 | w = −0.53``"""


class OutlineModel(QAbstractItemModel):
    """Answers for the rows that are on the screen, and only when asked: a layer may have thousands of units.

    So every number is that of `snapshot` at the time it is painted, and nothing is stored for a row.

    Parameters
    ----------
    snapshot
        Its numbers; of a moment ago, perhaps, when the network has just been edited.
    """

    def __init__(self, topology: Topology, snapshot: Snapshot | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.snapshot = snapshot
        self.wording = Wording.FULL
        self.topology = topology
        self._connections: dict[int, list[Pair]] = {}
        self._linked_parts: frozenset[int] | None = None
        self._frozen_icon = QIcon()
        self._muted, self._warning = QColor(), QColor()

    def set_topology(self, topology: Topology) -> None:
        """Take over the network as it was edited; only where rows come or go, the tree is made anew."""
        if _shape(topology) != _shape(self.topology):
            self.beginResetModel()
            self.topology = topology
            self._connections, self._linked_parts = {}, None
            self.endResetModel()
        else:
            self.topology = topology
            self.dataChanged.emit(
                self.index(0, TITLE), self.index(len(topology.layers) - 1, NUMBER)
            )  # of units and connections nothing is stored: painting them is enough

    def set_style(self, frozen_icon: QIcon, muted: str, warning: str) -> None:
        """Take over the colours of a theme."""
        self._frozen_icon = frozen_icon
        self._muted, self._warning = QColor(muted), QColor(warning)

    # Rows and parts.

    def part_at(self, index: Index) -> OutlinePart | None:
        """Return what a row stands for."""
        if not index.isValid():
            return None
        if index.internalId() == _TOP:
            return self.topology.layers[index.row()].id
        above = index.internalId() - 1
        if above in self.topology.layer_index:
            return self.topology.layer(above).units[index.row()]
        return self.connections_of(above)[index.row()]

    def index_of(self, part: OutlinePart, under: int | None = None) -> QModelIndex:
        """Return the row of a part; of a connection the one under its target, or under that unit of it."""
        t = self.topology
        if isinstance(part, tuple):
            unit = part[1] if under is None else under
            return self.createIndex(self.connections_of(unit).index(part), TITLE, unit + 1)
        if part in t.layer_index:
            return self.createIndex(t.layer_index[part], TITLE, _TOP)
        layer, place = t.unit_place[part]
        return self.createIndex(place, TITLE, t.layers[layer].id + 1)

    def connections_of(self, unit: int) -> list[Pair]:
        """Return the connections under a unit: those into it, then those out of it."""
        if unit not in self._connections:
            self._connections[unit] = self.topology.connections_of(unit)
        return self._connections[unit]

    def forget_connections_of(self, unit: int) -> None:
        """Keep no list of what is no longer shown."""
        self._connections.pop(unit, None)

    def is_layer(self, part: OutlinePart | None) -> TypeGuard[int]:
        """Tell whether a part is a layer."""
        return part in self.topology.layer_index

    # What Qt asks.

    # Opening a large layer asks each of these of each of its rows: they do as little as they can.

    def index(self, row: int, column: int, parent: Index = NOTHING) -> QModelIndex:
        if not parent.isValid():
            count, above = len(self.topology.layers), _TOP
        elif parent.internalId() == _TOP:
            layer = self.topology.layers[parent.row()]
            count, above = len(layer.units), layer.id + 1
        else:
            unit = self.part_at(parent)
            assert isinstance(unit, int)
            count, above = len(self.connections_of(unit)), unit + 1
        return self.createIndex(row, column, above) if 0 <= row < count else QModelIndex()

    def parent(self, index: Index = NOTHING) -> QModelIndex:  # type: ignore[override]
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.index_of(index.internalId() - 1)

    def rowCount(self, parent: Index = NOTHING) -> int:
        part = self.part_at(parent)
        if part is None:
            return len(self.topology.layers)
        if isinstance(part, tuple) or parent.column() != TITLE:
            return 0
        if self.is_layer(part):
            return len(self.topology.layer(part).units)
        return len(self.connections_of(part))

    def hasChildren(self, parent: Index = NOTHING) -> bool:
        """Tell whether a row can be opened, without making the rows below a unit."""
        if not parent.isValid() or parent.internalId() == _TOP:
            return True
        layer = self.topology.layer_index.get(parent.internalId() - 1)
        if layer is None:
            return False
        above = self.topology.layers[layer]
        return above.id in self._linked or above.units[parent.row()] in self._linked

    @property
    def _linked(self) -> frozenset[int]:
        """Layers of which every unit has connections, and of others the units that have some.

        It is counted once for a link: to look at every pair of a large one, after each edit, is slow.
        """
        if self._linked_parts is None:
            parts: set[int] = set()
            for link in self.topology.links:
                if link.only is not None:
                    parts.update(unit for pair in link.only for unit in pair)
                elif not link.removed:
                    parts.update((link.source, link.target))
                else:
                    lacking = Counter(unit for pair in link.removed for unit in pair)
                    sources = self.topology.layer(link.source).units
                    targets = self.topology.layer(link.target).units
                    parts.update(unit for unit in sources if lacking[unit] < len(targets))
                    parts.update(unit for unit in targets if lacking[unit] < len(sources))
            self._linked_parts = frozenset(parts)
        return self._linked_parts

    def columnCount(self, parent: Index = NOTHING) -> int:
        return 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        above, column = index.internalId() - 1, index.column()
        if index.internalId() == _TOP:
            return _PLAIN if column == NUMBER else _TYPED
        layer = self.topology.layer_index.get(above)
        if layer is None:
            return _LEAF if column == TITLE else _TYPED_LEAF
        return _TYPED if column == NUMBER and layer > 0 else _PLAIN

    def column_to_type(self, part: OutlinePart) -> int | None:
        """Return the column of what can be typed: of a layer its name, else its number; inputs have none."""
        if self.is_layer(part):
            return TITLE
        return NUMBER if isinstance(part, tuple) or self._has_bias(part) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        part = self.part_at(index)
        if part is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                if index.column() == NUMBER:
                    return self._number(part, with_letter=self.wording is Wording.FULL)
                return self._title(index, part, self.wording)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._sentence(index, part, ", ")
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._reason(part)
            case Qt.ItemDataRole.ToolTipRole:
                return self._reason(part) or tool_tip(self._sentence(index, part, " · "))
            case Qt.ItemDataRole.EditRole:
                return self.text_to_type(part)
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == NUMBER:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole:
                return self._color(index, part)
            case Qt.ItemDataRole.DecorationRole if index.column() == TITLE and self._is_frozen(part):
                return self._frozen_icon
        return None

    # Words and numbers.

    def text_to_type(self, part: OutlinePart) -> str:
        """Return what stands in the field when one begins to type: a layer's own name, or the number."""
        if self.is_layer(part):
            return self.topology.layer(part).name
        value = self._value(part)
        return "" if value is None else editable_number(value)

    def title(self, part: OutlinePart) -> str:
        """Return what a layer or a unit is called."""
        if self.is_layer(part):
            return layer_title(self.topology, self.topology.layer_index[part])
        assert isinstance(part, int)
        return unit_title(self.topology, part, self.snapshot.dataset if self.snapshot else None)

    def _title(self, index: Index, part: OutlinePart, wording: Wording = Wording.FULL) -> str:
        if isinstance(part, tuple):
            return self._connection_title(index, part, wording)
        if self.is_layer(part):
            return self._layer_title(part, wording)
        title = self.title(part)
        layer, place = self.topology.unit_place[part]
        if wording is Wording.SHORT and self._is_hidden(layer):
            title = self.tr("unit {number}").format(number=place + 1)
        return f"⚠ {title}" if self._is_idle(part) else title

    def _layer_title(self, layer: int, wording: Wording) -> str:
        texts = [self.title(layer)]
        if self.topology.layer_index[layer] > 0:
            texts.append(ACTIVATIONS[self.topology.layer(layer).activation].title.lower())
        if self._is_frozen(layer) and wording is Wording.FULL:  # its picture says so too
            texts.append(self.tr("frozen"))
        return " · ".join(texts)

    def _connection_title(self, index: Index, pair: Pair, wording: Wording) -> str:
        is_incoming = index.internalId() - 1 == pair[1]
        unit = pair[0] if is_incoming else pair[1]
        if wording is Wording.SHORT:
            return f"{'←' if is_incoming else '→'} {self._short_title(unit, pair)}"
        text = (self.tr("from {unit}") if is_incoming else self.tr("to {unit}")).format(unit=self.title(unit))
        if self._is_frozen(pair) and wording is Wording.FULL:
            return f"{text} · {self.tr('frozen')}"
        return text

    def _short_title(self, unit: int, pair: Pair) -> str:
        """Return what one end of a connection is called, its layer only if it is not the next one."""
        layer, place = self.topology.unit_place[unit]
        if not self._is_hidden(layer):
            return self.title(unit)
        source, target = (self.topology.unit_place[end][0] for end in pair)
        if target - source == 1:
            return self.tr("unit {number}").format(number=place + 1)
        return f"{layer_title(self.topology, layer)}, {place + 1}"

    def _is_hidden(self, layer: int) -> bool:
        return 0 < layer < len(self.topology.layers) - 1

    def _number(self, part: OutlinePart, with_letter: bool = True) -> str:
        if self.is_layer(part):
            count = len(self.topology.layer(part).units)
            return self.tr("1 unit") if count == 1 else self.tr("{count} units").format(count=grouped(count))
        if not isinstance(part, tuple) and not self._has_bias(part):
            return ""
        value = self._value(part)
        text = NO_NUMBER if value is None else figure(value)
        if not with_letter:
            return text
        return f"w = {text}" if isinstance(part, tuple) else f"b = {text}"

    def _sentence(self, index: Index, part: OutlinePart, separator: str) -> str:
        """Return all that there is to say of a row."""
        return separator.join(filter(None, (self._title(index, part), self._number(part))))

    def _reason(self, part: OutlinePart) -> str:
        """Return why a unit takes no part; empty if it does."""
        return "" if isinstance(part, tuple) or self.is_layer(part) else idle_reason(self.topology, part)

    def _value(self, part: OutlinePart) -> float | None:
        """Return a weight or a bias; None for what has just been drawn, and for inputs."""
        if self.snapshot is None:
            return None
        parameters = self.snapshot.parameters
        if not exists(parameters.topology, part):
            return None
        if isinstance(part, tuple):
            return parameters.weight(*part)
        return parameters.bias(part) if parameters.topology.unit_place[part][0] > 0 else None

    def _color(self, index: Index, part: OutlinePart) -> QColor | None:
        if self.is_layer(part):
            return self._muted if index.column() == NUMBER else None
        return self._warning if not isinstance(part, tuple) and self._is_idle(part) else None

    def _has_bias(self, unit: int) -> bool:
        return self.topology.unit_place[unit][0] > 0

    def _is_idle(self, unit: int) -> bool:
        return unit in self.topology.unreached or unit in self.topology.dead_ends

    def _is_frozen(self, part: OutlinePart) -> bool:
        if isinstance(part, tuple):
            return self.topology.is_frozen(*part)
        return self.is_layer(part) and self.topology.layer(part).frozen


def _shape(topology: Topology) -> object:
    """Return what decides which rows there are."""
    layers = tuple((layer.id, layer.units) for layer in topology.layers)
    links = tuple((link.source, link.target, link.removed, link.only) for link in topology.links)
    return layers, links
