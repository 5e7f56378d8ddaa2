"""What an export needs besides the dialog that asks for it: names of files, and a thread that writes them.

Nothing here knows of Qt.
"""

import logging
import re
import threading
from pathlib import Path

from nn_desktop.engines.engine import StopFlag
from nn_desktop.files import exporters
from nn_desktop.files.atomic import FileError
from nn_desktop.files.exporters import Exported, export
from nn_desktop.files.model import TrainedModel
from nn_desktop.texts import is_visible
from nn_desktop.training.worker import give_way

NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
"""What some system does not let be in the name of a file."""
log = logging.getLogger(__name__)


class ExportJob:
    """Writes a network and checks what was written, from now on.

    The thread emits nothing and knows nothing of Qt: a timer of the window's thread looks at this object.

    Parameters
    ----------
    model
        What is written; nothing in it changes any more.
    updates
        Those that the network had been trained with.

    Attributes
    ----------
    exported
        What was written; None before the end, or if nothing was.
    error
        Why nothing was written.
    """

    def __init__(self, model: TrainedModel, path: Path, updates: int) -> None:
        self.path = path
        self.updates = updates
        self.exported: Exported | None = None
        self.error: Exception | None = None
        self._stop = StopFlag()
        # A daemon: nobody waits at the end of the program until a large network is put into text. Its files
        # are replaced atomically, so each of them is a whole old or a whole new one.
        self._thread = threading.Thread(target=self._run, args=(model,), name="export", daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether the thread is gone."""
        return not self._thread.is_alive()

    @property
    def is_cancelled(self) -> bool:
        """Whether the check was asked to end."""
        return bool(self._stop)

    def cancel(self) -> None:
        """End the check, at once or as soon as the files are written; those stay."""
        self._stop.set()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the end, or for so long; return whether it has ended."""
        self._thread.join(seconds)
        return self.has_ended

    def _run(self, model: TrainedModel) -> None:
        give_way()
        try:
            self.exported = export(model, self.path, self._stop)
        except Exception as error:  # whatever it is, the window must hear of it and go on
            log.debug("The export failed", exc_info=error)
            self.error = error


def format_of(name: str) -> str | None:
    """Return the ending of the format that a file of this name has; None if there is none."""
    try:
        return exporters.find_exporter(Path(name.strip())).ending
    except FileError:
        return None


def stem_of(name: str) -> str:
    """Return the name of a file without the ending of a format."""
    name = name.strip()
    if name.lower() in (exporter.ending for exporter in exporters.EXPORTERS):
        return ""
    return name[: len(name) - len(format_of(name) or "")]


def as_stem(title: str) -> str:
    """Return a title as it can begin the name of a file."""
    return "".join(letter if is_visible(letter) else "_" for letter in NOT_IN_NAMES.sub("_", title))


def path_of(folder: Path, typed: str, ending: str) -> Path | None:
    """Return the file that somebody means.

    Parameters
    ----------
    folder
        Where it is, unless what is typed is a whole path.
    typed
        A name or a path.
    ending
        What is added if it ends like no format.

    Returns
    -------
    Path or None
        None if what is typed cannot be the name of a file.
    """
    stem = stem_of(typed)
    if not stem or stem.endswith(("/", "\\")):
        return None
    name = typed.strip()
    return folder / at_home(name if format_of(name) is not None else name + ending)


def at_home(typed: str) -> Path:
    """Return the path that is typed; ``~`` is the user's folder."""
    path = Path(typed.strip())
    try:
        return path.expanduser()
    except RuntimeError:  # that user has none
        return path
