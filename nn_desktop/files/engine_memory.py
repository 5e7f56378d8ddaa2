"""The measured speeds of the engines on this machine: a small file beside the settings.

It is JSON: ``format``, and ``seconds``, which maps the fingerprint of machine, version and workload
to the seconds that an update takes each engine. The first measurement stays, so that the same command takes
the same engine. If the file cannot be written, every process measures for itself.
"""

import hashlib
import json
import math
import os
import platform
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nn_desktop import __version__
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.cpp_engine import instruction_set
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.selection import Seconds
from nn_desktop.engines.threads import core_count
from nn_desktop.errors import UserError
from nn_desktop.files.atomic import write_atomically
from nn_desktop.texts import shown_path
from nn_desktop.user_folders import config_folder

FILE = "engines.json"
FORMAT = 1
MAX_ENTRIES = 1000
"""If there are more, the oldest are forgotten."""
MAX_BYTES = 1_000_000
"""A larger file was not written by this program."""
LOCK_SECONDS = 1.0
"""How long to wait for another program that is writing the file."""
_CPU_INFO = Path("/proc/cpuinfo")


class EngineMemory:
    """Remembers in a file what an update took each engine, for all programs of a user.

    Parameters
    ----------
    path
        The file; it need not exist, nor need its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._machine = describe_machine()
        self._read_stamp: tuple[int, ...] | None = None
        self._read_entries: dict[str, object] = {}

    @classmethod
    def of_user(cls) -> "EngineMemory":
        """Return the memory that the window and the command line share."""
        return cls(config_folder() / FILE)

    def __len__(self) -> int:
        return len(self._read())

    def recall(self, key: str, measure: Callable[[], Seconds]) -> Seconds:
        """Return what any program measured first for work of this `Workload.key`; measure it if none has.

        A file that cannot be read or written is no error: what was measured now then counts.
        """
        fingerprint = self._fingerprint(key)
        known = _seconds_of(self._read().get(fingerprint))
        if known:
            return known
        measured = measure()
        with suppress(OSError, UserError, NotImplementedError):  # the latter: no locks on this file system
            return self._remember(fingerprint, measured)
        return measured

    def forget(self) -> None:
        """Forget all speeds: each is measured again when it is next needed.

        Raises
        ------
        UserError
            If the file cannot be removed.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise UserError(
                f'The file "{shown_path(self.path)}" cannot be removed ({error.strerror}): remove it by hand.'
            ) from error

    def _remember(self, fingerprint: str, measured: Seconds) -> Seconds:
        """Write down what was measured, unless another program was faster; return what is written."""
        from filelock import FileLock

        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_suffix(".lock"), timeout=LOCK_SECONDS):
            entries = dict(self._read())
            known = _seconds_of(entries.pop(fingerprint, None))
            if known:
                return known
            entries[fingerprint] = measured
            newest = dict(list(entries.items())[-MAX_ENTRIES:])
            document = {"format": FORMAT, "seconds": newest}
            write_atomically(self.path, json.dumps(document, indent=1).encode())
        return measured

    def _read(self) -> dict[str, object]:
        """Return what the file holds, the oldest first; nothing if it is missing or damaged.

        It is read again only when it has changed: every edit of a network asks for it.
        """
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                stamp = status.st_mtime_ns, status.st_size, status.st_ino
                if stamp != self._read_stamp:
                    self._read_entries = _entries_of(file.read(MAX_BYTES + 1))
                    self._read_stamp = stamp
        except OSError:
            return {}
        return self._read_entries

    def _fingerprint(self, key: str) -> str:
        whole = "\n".join((self._machine, __version__, key))
        return hashlib.sha256(whole.encode()).hexdigest()


def describe_machine() -> str:
    """Return what the speed of the engines depends on: processor, instruction set of the C++, cores."""
    return f"{_processor()}, {instruction_set() or 'no C++'}, {core_count()} cores"


def _processor() -> str:
    if sys.platform == "linux":  # where the standard library does not know the model
        with suppress(OSError, ValueError):
            for line in _CPU_INFO.read_text("utf-8", "replace").splitlines():
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    return value.strip()
    return platform.processor() or platform.machine()


def _entries_of(text: bytes) -> dict[str, object]:
    """Read the entries of a file; none if it is not as this program writes it."""
    try:
        document = json.loads(text) if len(text) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return {}
    entries = document.get("seconds")
    return entries if isinstance(entries, dict) else {}


def _seconds_of(entry: object) -> dict[EngineName, float]:
    """Read the times of an entry; none if it is not as this program writes it."""
    if not isinstance(entry, dict) or not entry.keys() <= available_engines().keys():
        return {}
    if not all(isinstance(seconds, float) and 0 < seconds < math.inf for seconds in entry.values()):
        return {}
    return {EngineName(name): seconds for name, seconds in entry.items()}
