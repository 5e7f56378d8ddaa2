"""The menu of files: projects, links, exports."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.actions.action import SEPARATOR, Action, Menu
from nn_desktop.desktop.actions.diagrams import Diagrams
from nn_desktop.desktop.actions.recent_menu import RecentMenu
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.project.opener import ProjectOpener
from nn_desktop.desktop.project.saver import ProjectSaver
from nn_desktop.errors import UserError
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.setup import Setup

if TYPE_CHECKING:
    from nn_desktop.desktop.export.export_dialog import ExportDialog


class FileMenu(Menu):
    """What is done with files and links.

    Parameters
    ----------
    make_export_dialog
        Makes the dialog that exports the weights, which stays open while training goes on.
    """

    def __init__(
        self,
        document: Document,
        opener: ProjectOpener,
        saver: ProjectSaver,
        recent_menu: RecentMenu,
        diagrams: Diagrams,
        make_export_dialog: "Callable[[], ExportDialog]",
        message_bar: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document = document
        self._state = saver.state
        self._make_export_dialog = make_export_dialog
        self._export_dialog: ExportDialog | None = None
        self._message_bar = message_bar
        self.name, self.title = "menu_file", self.tr("&File")
        self.entries = (
            *self._project_rows(opener, saver, recent_menu),
            SEPARATOR,
            *self._link_rows(),
            SEPARATOR,
            Action(
                name="export_weights",
                text=self.tr("&Export weights…"),
                tip=self.tr("Write the trained weights to a file that other programs read"),
                keys=("Ctrl+E", "Ctrl+Shift+E"),  # in a field, Ctrl+E goes to the end of the line
                icon="export",
                do=self.export_weights,
            ),
            Action(
                name="export_diagram",
                text=self.tr("Export &diagram…"),
                tip=self.tr("Write the drawing to a file: SVG, PDF, PNG or TikZ"),
                keys=("Ctrl+Shift+D",),
                do=partial(document.with_snapshot, diagrams.export),
            ),
            Action(
                name="print_diagram",
                text=self.tr("&Print…"),
                tip=self.tr("Print the drawing of the network"),
                keys=("Ctrl+P",),
                do=partial(document.with_snapshot, diagrams.print),
            ),
            SEPARATOR,
            Action(
                name="quit",
                text=self.tr("&Quit"),
                tip=self.tr("Close the program"),
                keys=("Ctrl+Q",),
                do=window.close,
            ),
        )
        self._state.changed.connect(self.changed)

    def _project_rows(
        self, opener: ProjectOpener, saver: ProjectSaver, recent_menu: RecentMenu
    ) -> tuple[Action | RecentMenu | None, ...]:
        return (
            Action(
                name="new_project",
                text=self.tr("&New"),
                tip=self.tr("Begin anew, with the example"),
                keys=("Ctrl+N",),
                do=opener.new_project,
            ),
            Action(
                name="open",
                text=self.tr("&Open…"),
                tip=self.tr("Open a project, or a network that this or another program wrote"),
                keys=("Ctrl+O",),
                do=opener.open,
            ),
            recent_menu,
            SEPARATOR,
            Action(
                name="save",
                text=self.tr("&Save"),
                tip=self.tr("Save everything: network, data, training, layout and notes"),
                keys=("Ctrl+S",),
                do=saver.save,
            ),
            Action(
                name="save_as",
                text=self.tr("Save &as…"),
                tip=self.tr("Save everything in another file"),
                keys=("Ctrl+Shift+S",),
                do=saver.save_as,
            ),
            Action(
                name="revert",
                text=self.tr("Re&vert"),
                tip=self.tr("Go back to what was saved last; that can be undone"),
                do=opener.revert,
                is_on=lambda: self._state.path is not None,
            ),
            Action(
                name="duplicate_project",
                text=self.tr("D&uplicate"),
                tip=self.tr("Go on with a copy, and leave the file as it was saved last"),
                do=opener.duplicate,
            ),
        )

    def _link_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="copy_link",
                text=self.tr("Copy &link"),
                tip=self.tr("Copy network, data and settings as a short text that opens by pasting"),
                keys=("Ctrl+Alt+C",),
                do=lambda: self._copy_link(self._document.setup, None),
            ),
            Action(
                name="copy_link_with_weights",
                text=self.tr("Copy link with &weights"),
                tip=self.tr("Copy the same, and the weights of now"),
                keys=("Ctrl+Alt+Shift+C",),
                do=lambda: self._document.with_snapshot(
                    lambda snapshot: self._copy_link(snapshot.setup, snapshot.parameters)
                ),
            ),
        )

    @Slot(str)
    def export_weights(self, ending: str = "") -> None:
        """Open the dialog that exports the weights, in a format if one is given by its ending."""
        if self._export_dialog is None:
            self._export_dialog = self._make_export_dialog()
        if ending:
            self._export_dialog.formats.choose(ending)
        path = self._state.path
        self._export_dialog.open_for(self._document.setup.data.source.name if path is None else path.stem)

    def _copy_link(self, setup: Setup, parameters: Parameters | None) -> None:
        from nn_desktop.files.share.links import to_link

        try:
            link = to_link(setup, parameters)
        except UserError as error:
            self._message_bar.warn(str(error))
            return
        QGuiApplication.clipboard().setText(link)
        said = self.tr("Copied a link of {count} characters. Paste it into a message; here Ctrl+V opens one.")
        self._message_bar.inform(said.format(count=grouped(len(link))))
