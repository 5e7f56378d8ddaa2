"""The examples, as a menu."""

from functools import partial

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, Qt, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.actions.mnemonic_menu import MnemonicMenu
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.project.opener import ProjectOpener
from nn_desktop.network.functions import Activation
from nn_desktop.training.examples import EXAMPLES, Example, start_of

ICON_SIDE = 40
ICON_WIDTH, ICON_HEIGHT = 40, 32
MAX_DRAWN = 6
"""An icon has no more units of a layer."""


def example_title(example: Example) -> str:
    """Return what an example is called, in the language of the window."""
    return QCoreApplication.translate("examples", example.title)


def example_description(example: Example) -> str:
    """Return what an example shows, in the language of the window."""
    return QCoreApplication.translate("examples", example.description)


class ExamplesMenu(MnemonicMenu):
    """Lists the examples, each with a small drawing, and opens the one that is chosen."""

    def __init__(
        self,
        editor: NetworkEditor,
        opener: ProjectOpener,
        message_bar: MessageBar,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identify(self, "examples_menu", self.tr("Examples"))
        self.setTitle(self.tr("Exa&mples"))
        self.setToolTipsVisible(True)
        self._editor, self._opener = editor, opener
        self._message_bar = message_bar
        self._theme = theme
        self._actions: dict[str, QAction] = {}
        self._add(
            "with_data", self.tr("Network and data"), [each for each in EXAMPLES if each.recipe is not None]
        )
        self._add(
            "for_any_data",
            self.tr("Network for the present data"),
            [each for each in EXAMPLES if each.recipe is None],
        )
        self.aboutToShow.connect(self._draw_icons)

    def _add(self, name: str, heading: str, examples: list[Example]) -> None:
        self.addSection(heading).setObjectName(f"examples_{name}")
        for example in examples:
            action = self._actions[example.name] = self.addAction(example_title(example))
            action.setObjectName(f"example_{example.name}")
            action.setToolTip(in_lines(example_description(example)))
            action.setStatusTip(example_description(example))
            action.triggered.connect(partial(self._open, example))

    @Slot()
    def _draw_icons(self) -> None:
        """Draw the icons in the colours of now; only when they are seen."""
        colors = self._theme.colors
        self.setStyleSheet(
            f"QMenu {{ icon-size: {ICON_SIDE}px; }} QMenu::icon {{ padding-left: 8px; }}"
            "QMenu::item { padding: 2px 20px 2px 16px; }"
            f"QMenu::item:selected {{ background: {colors.selection}; color: {colors.text}; }}"
        )
        for example in EXAMPLES:
            icon = _draw(example, colors, self.devicePixelRatioF())
            self._actions[example.name].setIcon(icon)

    def _open(self, example: Example, _is_checked: bool = False) -> None:
        text = self.tr("open “{title}”").format(title=example_title(example))
        said = f"{example_title(example)}: {example_description(example)}"
        if example.recipe is not None:
            engine = self._editor.document.setup.hyperparameters.engine
            self._opener.open_setup(text, *start_of(example, example.recipe, engine), said)
        elif self._editor.load_network(text, example.build):
            self._message_bar.inform(said)


def _draw(example: Example, colors: Colors, ratio: float) -> QIcon:
    source = None if example.recipe is None else example.recipe.data.source
    inputs, outputs = (2, 1) if source is None else (source.inputs, source.outputs)
    topology = example.build(inputs, outputs, Activation.IDENTITY)
    step = (ICON_WIDTH - 8) / (len(topology.layers) - 1)
    positions = {}
    for column, layer in enumerate(topology.layers):
        units = layer.units[:MAX_DRAWN]
        pitch = min(8.0, (ICON_HEIGHT - 6) / max(1, len(units) - 1))
        for row, unit in enumerate(units):
            y = ICON_HEIGHT / 2 + (row - (len(units) - 1) / 2) * pitch
            positions[unit] = QPointF(4 + column * step, y)
    pixmap = QPixmap(round(ICON_WIDTH * ratio), round(ICON_HEIGHT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.unit_border), 0.7))
    painter.drawLines(
        [
            QLineF(positions[a], positions[b])
            for a, b in topology.connections()
            if a in positions and b in positions
        ]
    )
    painter.setPen(QPen(QColor(colors.accent), 4, c=Qt.PenCapStyle.RoundCap))
    painter.drawPoints(list(positions.values()))
    painter.end()
    return QIcon(pixmap)
