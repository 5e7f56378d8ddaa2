"""Programs that are not this one: how each of them is started, and how it ends with all that it has started.

They run what was exported, and libraries to compare with, but nothing that happens to lie about: each has a
fresh private folder to work in (`private_folder`), which is also its folder for temporary files; an
environment of a few known variables, so that none of them brings headers, libraries or modules along; and it
is found by its whole path. Python is started isolated (`isolated_python`).

On POSIX a program is the head of a session of its own, and what it has started ends with it. On Windows
``taskkill`` ends it with those that it has started and that still have a living parent.

Whoever ends this process at once calls `end_all_programs` before. Only where it is killed itself, by SIGKILL,
do programs go on to their own end, and folders stay among the temporary files.
"""

import atexit
import os
import shutil
import signal
import site
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import IO, TYPE_CHECKING

from nn_desktop.texts import shown

if TYPE_CHECKING:  # what ends the process is imported before all that takes long
    from nn_desktop.engines.engine import StopFlag

MAX_RUN_SECONDS = 120.0
"""Seconds that a program may take."""
POLL_SECONDS = 0.02
MAX_REASON = 200
"""Characters of what a program complains of."""
MAX_COMPLAINT = 100_000
"""Bytes of what it has written that are looked through, from the end."""
REMOVAL_SECONDS = 5.0
"""A program that was just killed may still be making a file."""

_KEPT = (
    *("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ"),
    *("SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
    *("NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES"),
)
"""Variables that programs get as they are: who and where somebody is, and how many threads are wanted."""
_KEPT_PATHS = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Lists of folders that programs get, without those that depend on the current folder."""


class ProgramError(Exception):
    """Why a program did not run to its end, as half a sentence: ``"gcc failed (…)"``."""


_running: "set[Program]" = set()
_folders: set[Path] = set()
"""What there is of this process, and has to go with it; a signal may end it at any moment, in any thread."""


def end_all_programs() -> None:
    """End all programs that run, and remove their folders: this process is about to end."""
    for program in list(_running):
        _kill_all(program.process)  # and wait for none: this thread may be in the middle of that
    for folder in list(_folders):
        shutil.rmtree(folder, ignore_errors=True)


atexit.register(end_all_programs)


# --- what programs get


@contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder that only this user may enter, and remove it with all that is in it."""
    folder = Path(mkdtemp(prefix="nn-desktop-")).resolve()
    _folders.add(folder)
    try:
        yield folder
    finally:
        _remove(folder)
        _folders.discard(folder)


def _remove(folder: Path) -> None:
    end = time.monotonic() + REMOVAL_SECONDS
    shutil.rmtree(folder, ignore_errors=True)
    while folder.exists() and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that a program gets which works in a folder."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    paths = {name: os.pathsep.join(_folders_of(name)) for name in _KEPT_PATHS}
    temporary = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder))
    return {**kept, **{name: path for name, path in paths.items() if path}, **temporary}


def _folders_of(variable: str) -> list[str]:
    """Return the folders of a list; an empty one would be the current folder, wherever that is."""
    return [each for each in os.environ.get(variable, "").split(os.pathsep) if Path(each).is_absolute()]


def find_program(names: Sequence[str]) -> Path | None:
    """Find the first of some programs that is here; nothing is looked for in the current folder."""
    ending = ".exe" if os.name == "nt" else ""
    for name in names:
        for folder in _folders_of("PATH"):
            found = shutil.which(str(Path(folder) / (name + ending)))
            if found is not None:
                return Path(found)
    return None


def isolated_python() -> list[str]:
    """Return the command that starts this Python, deaf to variables and to the folders around it.

    That is ``-I``; but where packages of the user's own folder are used here, they are used there too.
    """
    return [sys.executable, *(["-E", "-P"] if site.ENABLE_USER_SITE else ["-I"])]


# --- running


class Program:
    """A program that was started. To be ended, also when it has ended by itself.

    Parameters
    ----------
    command
        Its whole path, and its arguments.
    folder
        Working folder of the program, made for it alone.
    stdin, stdout, stderr
        As `subprocess.Popen` takes them.

    Raises
    ------
    OSError
        If it cannot be started.

    Attributes
    ----------
    process
        The running process, with its streams and its exit code.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        folder: Path,
        stdin: IO[bytes] | int,
        stdout: IO[bytes] | int,
        stderr: IO[bytes] | int,
    ) -> None:
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            list(map(str, command)),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=folder,
            env=environment(folder),
            # Ctrl+C goes to a whole group of processes, but it is this one that ends the others.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._has_ended = False
        _running.add(self)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet. If it has, what it has started ends too."""
        if not self._has_ended and self.process.poll() is not None:
            self.end()
        return not self._has_ended

    def end(self) -> None:
        """End it at once, with all that it has started."""
        if self._has_ended:  # its number may be that of another program by now
            return
        self._has_ended = True
        _kill_all(self.process)
        _running.discard(self)
        self.process.wait()


def _kill_all(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        killer = Path(os.environ["SYSTEMROOT"]) / "System32" / "taskkill.exe"
        command = [str(killer), "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):  # all have ended; macOS says it the second way
            os.killpg(process.pid, signal.SIGKILL)


def run_program(command: Sequence[str | Path], folder: Path, stop: "StopFlag", text: str = "") -> str:
    """Run a program to its end, and return what it prints.

    Parameters
    ----------
    command
        The whole path of the program, and its arguments.
    folder
        Where it works, made for it alone.
    stop
        Ends it.
    text
        Its standard input.

    Raises
    ------
    ProgramError
        If it cannot be started, fails, takes too long, or was stopped.
    """
    name = Path(command[0]).name
    # Through files: a pipe that nobody empties would let the program wait for ever.
    with (
        TemporaryFile(dir=folder) as given,
        TemporaryFile(dir=folder) as out,
        TemporaryFile(dir=folder) as wrong,
    ):
        given.write(text.encode())
        given.seek(0)
        try:
            program = Program(command, folder, given, out, wrong)
        except OSError as error:
            raise ProgramError(f"{name} cannot be run ({error.strerror or error})") from error
        try:
            _wait(program, name, stop)
        finally:
            program.end()
        out.seek(0)
        if program.process.returncode:
            raise ProgramError(f"{name} failed ({complaint(wrong)})")
        return out.read().decode(errors="replace")


def _wait(program: Program, name: str, stop: "StopFlag") -> None:
    end = time.monotonic() + MAX_RUN_SECONDS
    while program.is_running:
        if stop:
            raise ProgramError("it was stopped")
        if time.monotonic() > end:
            raise ProgramError(f"{name} took longer than {MAX_RUN_SECONDS:.0f} seconds")
        time.sleep(POLL_SECONDS)


def complaint(wrong: IO[bytes]) -> str:
    """Return the line that says why, of what a program wrote to its standard error, a file.

    Compilers draw below it, and Python says it last.
    """
    wrong.seek(max(0, wrong.seek(0, os.SEEK_END) - MAX_COMPLAINT))
    lines = wrong.read().decode(errors="replace").strip().splitlines() or ["it printed nothing"]
    return shown(next((line for line in lines if "error:" in line), lines[-1]), MAX_REASON)
