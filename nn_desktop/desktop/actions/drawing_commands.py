"""What each action of drawing does: tools, edits, clipboard. The methods have the names of the rows."""

from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.actions.commands import Parts
from nn_desktop.desktop.actions.ready_menu import ready_description, ready_title
from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.errors import UserError
from nn_desktop.network.functions import LOSSES
from nn_desktop.network.gallery import READY
from nn_desktop.network.topology import Topology
from nn_desktop.training.snapshot import Snapshot


class DrawingCommands(QObject):
    """The methods of all actions that draw.

    Parameters
    ----------
    parts
        What they act on.
    window
        Parent of this object and of dialogs.

    Signals
    -------
    activation_menu_requested(int, QPoint)
        The menu of activations of a layer should open, at a point of the screen.
    inspector_requested()
        The properties of the current layer should be shown, to be changed.
    link_pasted(str)
        What was pasted is a link to a whole setup.
    """

    activation_menu_requested = Signal(int, QPoint)
    inspector_requested = Signal()
    link_pasted = Signal(str)

    def __init__(self, parts: Parts, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._editor = parts.editor
        self._diagram_options = DiagramOptions()
        self._diagram_suffix = "svg"

    @Slot()
    def cut(self) -> None:
        """Copy the selected layers, and remove them."""
        layers = self._editor.selection.layers
        if layers:
            self._copy(layers)
            self._editor.erase(layers=layers)
        else:
            self._parts.document.refuse(
                self.tr("Only whole layers can be cut: click the title of a layer first, or press Delete.")
            )

    @Slot()
    def copy(self) -> None:
        """Copy the selected layers, or the whole network, as text."""
        self._copy(self._editor.selection.whole_layers)

    def _copy(self, layers: frozenset[int]) -> None:
        """Copy layers of the network of now, with the numbers that they have now: both may change at once."""
        self._parts.document.with_snapshot(partial(self._copy_of, self._editor.topology, layers))

    def _copy_of(self, topology: Topology, layers: frozenset[int], moment: Snapshot) -> None:
        from nn_desktop.files.share.network_text import to_text

        fragment = self._editor.copy(layers, moment.parameters, topology)
        text = to_text(fragment)
        QGuiApplication.clipboard().setText(text.text)
        if fragment.is_whole:
            what = self.tr("the network")
        elif len(fragment.layers) == 1:
            what = self.tr("a layer")
        else:
            what = self.tr("{count} layers").format(count=len(fragment.layers))
        if text.numbers_left_out:
            said = self.tr("Copied {what} as text, without its weights: it has too many for a message.")
        elif fragment.biases or fragment.weights:
            said = self.tr("Copied {what} as text, with its weights.")
        else:
            said = self.tr("Copied {what} as text, without its weights: they are not known yet.")
        self._parts.message_bar.inform(said.format(what=what))

    @Slot()
    def paste(self) -> None:
        """Put in what was copied, or typed elsewhere."""
        from nn_desktop.files.share.links import looks_shared
        from nn_desktop.files.share.network_text import plain_notation, read_text

        text = QGuiApplication.clipboard().text()
        if looks_shared(text):
            self.link_pasted.emit(text)
            return
        try:
            fragment = read_text(text, output=self._editor.topology.layers[-1].activation)
        except UserError as error:
            self._parts.document.refuse(str(error))
            return
        notation = plain_notation(text)
        if fragment.is_whole and notation is not None:
            self._parts.document.type_layers(notation)  # 2-8-8-1 means here what it means in the field
            return
        before = self._parts.document.setup.hyperparameters.loss
        done = self._editor.paste(fragment)
        after = self._parts.document.setup.hyperparameters.loss
        if done and after is not before:
            said = self.tr(
                "The pasted output layer does not go with {before}: the loss is now {after}. "
                "Ctrl+Z takes both back."
            )
            titles = {"before": LOSSES[before].title, "after": LOSSES[after].title}
            self._parts.message_bar.inform(said.format(**titles))

    @Slot()
    def duplicate(self) -> None:
        """Put a copy of the selected layers after them."""
        layers = self._editor.selection.whole_layers
        self._parts.document.with_snapshot(partial(self._duplicate, layers))

    def _duplicate(self, layers: frozenset[int], moment: Snapshot) -> None:
        is_there = layers.issubset(self._editor.topology.layer_index)
        if is_there:  # they may be gone since it was asked for
            self._editor.duplicate(moment.parameters, layers)

    @Slot()
    def select_all(self) -> None:
        """Select all layers."""
        self._editor.selection.select_all()

    @Slot()
    def delete_selected(self) -> None:
        """Remove what is selected."""
        self._editor.delete_selected()

    @Slot()
    def clear_network(self) -> None:
        """Remove all but the inputs and outputs."""
        self._editor.clear()

    @Slot()
    def type_layers(self) -> None:
        """Go to the field that takes the layers."""
        self._parts.readout.layers_field.setFocus()
        self._parts.readout.layers_field.selectAll()

    def load_ready(self, name: str) -> None:
        """Take a ready network of the gallery."""
        ready = next(ready for ready in READY if ready.name == name)
        if self._editor.load_ready(ready):
            self._parts.message_bar.inform(f"{ready_title(ready)}: {ready_description(ready)}")

    @Slot()
    def insert_layer(self) -> None:
        """Put in a new layer."""
        self._editor.insert_layer_here()

    @Slot()
    def remove_layer(self) -> None:
        """Remove the current layer."""
        self._editor.remove_layer_here()

    @Slot()
    def add_unit(self) -> None:
        """Add a unit to the current layer."""
        self._editor.add_unit_here()

    @Slot()
    def remove_unit(self) -> None:
        """Remove a unit."""
        self._editor.remove_unit_here()

    @Slot()
    def choose_activation(self) -> None:
        """Open the menu of activations for the current layer."""
        layer, canvas = self._editor.selection.layer, self._parts.canvas
        if layer is not None:
            centre = canvas.mapToGlobal(canvas.rect().center())
            self.activation_menu_requested.emit(layer, centre)

    @Slot()
    def edit_layer(self) -> None:
        """Go to the properties of the current layer."""
        self.inspector_requested.emit()

    @Slot()
    def edit_number(self) -> None:
        """Type the current unit's bias, or the current connection's weight."""
        self._parts.canvas.edit_value()

    @Slot()
    def show_numbers(self) -> None:
        """Show the live numbers of what is current, or no longer."""
        self._parts.canvas.show_numbers()

    @Slot()
    def freeze(self) -> None:
        """Let what is selected not learn, or learn again."""
        self._editor.freeze_selected()

    @Slot()
    def next_connection(self) -> None:
        """Go to the next connection of the current unit."""
        self._editor.selection.walk_connections(1)

    @Slot()
    def previous_connection(self) -> None:
        """Go to the previous connection of the current unit."""
        self._editor.selection.walk_connections(-1)

    @Slot()
    def arrange(self) -> None:
        """Let everything stand where it does by itself."""
        self._editor.arrange()
        self._parts.canvas.fit()

    @Slot()
    def tool_select(self) -> None:
        """Take the tool that selects."""
        self._parts.canvas.set_tool(Tool.SELECT)

    @Slot()
    def tool_unit(self) -> None:
        """Take the tool that draws units."""
        self._parts.canvas.set_tool(Tool.UNIT)

    @Slot()
    def tool_layer(self) -> None:
        """Take the tool that draws layers."""
        self._parts.canvas.set_tool(Tool.LAYER)

    @Slot()
    def tool_connect(self) -> None:
        """Take the tool that connects, from the current unit on."""
        self._parts.canvas.connect_from_here()

    @Slot()
    def tool_erase(self) -> None:
        """Take the tool that erases."""
        self._parts.canvas.set_tool(Tool.ERASE)

    @Slot()
    def zoom_in(self) -> None:
        """Come nearer to the network."""
        self._parts.canvas.zoom_in()

    @Slot()
    def zoom_out(self) -> None:
        """Step back from the network."""
        self._parts.canvas.zoom_out()

    @Slot()
    def actual_size(self) -> None:
        """Show the network point by point."""
        self._parts.canvas.zoom_to_actual_size()

    @Slot()
    def fit_network(self) -> None:
        """Show the whole network."""
        self._parts.canvas.fit()

    @Slot()
    def toggle_folded(self) -> None:
        """Show all units of the current layer, or fold it again."""
        self._parts.canvas.toggle_folded()

    @Slot()
    def export_diagram(self) -> None:
        """Ask how the drawing should look, and where to, and write it."""
        self._parts.document.with_snapshot(self._export_diagram)

    def _export_diagram(self, moment: Snapshot) -> None:
        from nn_desktop.desktop.canvas.diagram import FORMATS, to_image
        from nn_desktop.files.atomic import write_atomically

        subject, font = self._parts.canvas.network.subject(moment), self._parts.canvas.font()
        chosen = self._parts.dialogs.ask_diagram(
            self._window,
            self._diagram_options,
            self._diagram_suffix,
            lambda options: to_image(subject, options, font),
        )
        if chosen is None:
            return
        self._diagram_options, self._diagram_suffix = options, suffix = chosen
        name = "-".join(map(str, subject.parameters.topology.sizes))
        path = self._parts.dialogs.ask_save_path(
            self._window,
            self.tr("Export diagram"),
            self._parts.last_folder.path / f"{name}.{suffix}",
            [f"{suffix.upper()} (*.{suffix})"],
        )
        if path is None:
            return
        try:
            remarks = write_atomically(path, FORMATS[suffix](subject, options, font))
        except UserError as error:
            self._parts.message_bar.warn(str(error))
            return
        if remarks:
            self._parts.message_bar.warn(" ".join(remarks))
        self._parts.last_folder.remember(path)
        self._parts.message_bar.inform(self.tr("Wrote the diagram to {path}.").format(path=path))

    @Slot()
    def print_diagram(self) -> None:
        """Print the drawing."""
        self._parts.document.with_snapshot(self._print_diagram)

    def _print_diagram(self, moment: Snapshot) -> None:
        from nn_desktop.desktop.canvas.diagram import print_on

        printer = self._parts.dialogs.ask_printer(self._window)
        if printer is not None:
            canvas = self._parts.canvas
            print_on(printer, canvas.network.subject(moment), self._diagram_options, canvas.font())
            self._parts.message_bar.inform(self.tr("Sent the drawing to the printer."))

    @Slot()
    def copy_picture(self) -> None:
        """Copy the drawing as a picture."""
        self._parts.document.with_snapshot(self._copy_picture)

    def _copy_picture(self, moment: Snapshot) -> None:
        from nn_desktop.desktop.canvas.diagram import to_image

        canvas = self._parts.canvas
        image = to_image(canvas.network.subject(moment), self._diagram_options, canvas.font())
        QGuiApplication.clipboard().setImage(image)
        self._parts.message_bar.inform(self.tr("Copied the drawing as a picture."))
