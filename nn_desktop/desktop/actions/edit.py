"""The menu of editing: undo, the clipboard, the selection."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from nn_desktop.desktop.actions.action import SEPARATOR, Action, Menu
from nn_desktop.desktop.actions.diagrams import Diagrams
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection_editor import SelectionEditor
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.project.opener import ProjectOpener
from nn_desktop.errors import UserError
from nn_desktop.network.functions import LOSSES
from nn_desktop.network.topology import Topology
from nn_desktop.training.snapshot import Snapshot


class EditMenu(Menu):
    """Takes back, copies, pastes, selects and removes."""

    def __init__(
        self,
        document: Document,
        editor: NetworkEditor,
        opener: ProjectOpener,
        diagrams: Diagrams,
        message_bar: MessageBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._editor = editor
        self._selection = editor.selection
        self._selection_editor = SelectionEditor(editor)
        self._opener = opener
        self._message_bar = message_bar
        self.name, self.title = "menu_edit", self.tr("&Edit")
        self.entries = (
            *self._undo_rows(),
            SEPARATOR,
            *self._clipboard_rows(diagrams),
            SEPARATOR,
            *self._selection_rows(),
        )
        document.undo_stack.indexChanged.connect(self.changed)
        self._selection.changed.connect(self.changed)

    def _undo_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="undo",
                text=lambda: (
                    self.tr("&Undo {what}").format(what=self._document.history.undo_text or "").strip()
                ),
                tip=self.tr("Undo the last change"),
                keys=("Ctrl+Z",),
                icon="undo",
                do=self._document.undo,
                is_on=lambda: self._document.history.undo_text is not None,
            ),
            Action(
                name="redo",
                text=lambda: (
                    self.tr("&Redo {what}").format(what=self._document.history.redo_text or "").strip()
                ),
                tip=self.tr("Redo the change that was undone"),
                keys=("Ctrl+Shift+Z", "Ctrl+Y"),
                icon="redo",
                do=self._document.redo,
                is_on=lambda: self._document.history.redo_text is not None,
            ),
        )

    def _clipboard_rows(self, diagrams: Diagrams) -> tuple[Action, ...]:
        return (
            Action(
                name="cut",
                text=self.tr("Cu&t"),
                tip=self.tr("Copy the selected layers as text, and remove them"),
                keys=("Ctrl+X",),
                do=self._cut,
                is_on=self._has_layer,
                is_on_canvas=True,
            ),
            Action(
                name="copy",
                text=self.tr("&Copy"),
                tip=self.tr("Copy the selected layers as text, or the whole network if none is selected"),
                keys=("Ctrl+C",),
                do=lambda: self._copy(self._selection.whole_layers),
                is_on_canvas=True,
            ),
            Action(
                name="copy_picture",
                text=self.tr("Copy as p&icture"),
                tip=self.tr("Copy the drawing of the network as a picture"),
                keys=("Ctrl+Shift+C",),
                do=partial(self._document.with_snapshot, diagrams.copy),
            ),
            Action(
                name="paste",
                text=self.tr("&Paste"),
                tip=self.tr(
                    "Put in the layers, or the network, that were copied as text; "
                    "also typed ones such as 2-8-8-1"
                ),
                keys=("Ctrl+V",),
                do=self._paste,
                is_on_canvas=True,
            ),
            Action(
                name="duplicate",
                text=self.tr("Dup&licate"),
                tip=self.tr("Put a copy of the selected layers after them"),
                keys=("Ctrl+D",),
                do=self._duplicate,
                is_on=self._has_layer,
                is_on_canvas=True,
            ),
        )

    def _selection_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="select_all",
                text=self.tr("Select &all"),
                tip=self.tr("Select all layers"),
                keys=("Ctrl+A",),
                do=self._selection.select_all,
                is_on_canvas=True,
            ),
            Action(
                name="delete_selected",
                text=self.tr("&Delete"),
                tip=self.tr("Remove what is selected: units, connections, layers"),
                keys=("Del", "Backspace"),
                icon="delete",
                do=self._selection_editor.delete,
                is_on=lambda: not self._selection.is_empty,
                is_on_canvas=True,
            ),
            Action(
                name="clear_network",
                text=self.tr("&Erase everything"),
                tip=self.tr("Remove all but the inputs and outputs, which the dataset has"),
                keys=("Ctrl+Shift+Del",),
                do=self._editor.clear,
                is_on_canvas=True,
            ),
        )

    def _has_layer(self) -> bool:
        return self._selection.layer is not None

    def _cut(self) -> None:
        layers = self._selection.layers
        if layers:
            self._copy(layers)
            self._editor.erase(layers=layers)
        else:
            self._document.refuse(
                self.tr("Only whole layers can be cut: click the title of a layer first, or press Delete.")
            )

    def _copy(self, layers: frozenset[int]) -> None:
        """Copy layers of the network of now, with the numbers that they have now: both may change at once."""
        self._document.with_snapshot(partial(self._copy_of, self._editor.topology, layers))

    def _copy_of(self, topology: Topology, layers: frozenset[int], snapshot: Snapshot) -> None:
        from nn_desktop.files.share.network_text import to_text

        fragment = self._editor.copy(layers, snapshot.parameters, topology)
        text = to_text(fragment)
        QGuiApplication.clipboard().setText(text.text)
        if fragment.is_whole:
            what = self.tr("the network")
        elif len(fragment.layers) == 1:
            what = self.tr("a layer")
        else:
            what = self.tr("{count} layers").format(count=grouped(len(fragment.layers)))
        if text.numbers_left_out:
            said = self.tr("Copied {what} as text, without its weights: it has too many for a message.")
        elif fragment.biases or fragment.weights:
            said = self.tr("Copied {what} as text, with its weights.")
        else:
            said = self.tr("Copied {what} as text, without its weights: they are not known yet.")
        self._message_bar.inform(said.format(what=what))

    def _paste(self) -> None:
        from nn_desktop.files.opening import is_link
        from nn_desktop.files.share.network_text import plain_notation, read_text

        text = QGuiApplication.clipboard().text()
        if is_link(text):
            self._opener.open_source(text)
            return
        try:
            fragment = read_text(text, output=self._editor.topology.layers[-1].activation)
        except UserError as error:
            self._document.refuse(str(error))
            return
        notation = plain_notation(text)
        if fragment.is_whole and notation is not None:
            self._document.type_layers(notation)  # 2-8-8-1 means here what it means in the field
            return
        before = self._document.setup.hyperparameters.loss
        done = self._editor.paste(fragment)
        after = self._document.setup.hyperparameters.loss
        if done and after is not before:
            said = self.tr(
                "The pasted output layer does not go with {before}: the loss is now {after}. "
                "Ctrl+Z takes both back."
            )
            titles = {"before": LOSSES[before].title, "after": LOSSES[after].title}
            self._message_bar.inform(said.format(**titles))

    def _duplicate(self) -> None:
        self._document.with_snapshot(partial(self._duplicate_of, self._selection.whole_layers))

    def _duplicate_of(self, layers: frozenset[int], snapshot: Snapshot) -> None:
        is_there = layers.issubset(self._editor.topology.layer_index)
        if is_there:  # they may be gone since it was asked for
            self._editor.duplicate(snapshot.parameters, layers)
