"""Foreign programs run in a folder of their own with nothing brought along, and end with their children."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from processes import has_ended, wait_for

from nn_desktop import programs
from nn_desktop.engines.engine import StopFlag
from nn_desktop.process import ECHO_SECONDS
from nn_desktop.programs import (
    ProgramError,
    environment,
    find_program,
    isolated_python,
    private_folder,
    run_program,
)

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="it looks at processes in /proc")

WITH_CHILDREN = """
(trap '' TERM INT HUP; while :; do echo more > "$TMPDIR/left.$$.s"; sleep 0.01; done) &
echo $! > "{pids}"
{then}
"""
"""Starts a child that ignores all polite signals and goes on writing temporary files."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def run_with_child(tmp_path: Path, then: str, stop: StopFlag | None = None) -> None:
    with private_folder() as folder:
        script = WITH_CHILDREN.format(pids=tmp_path / "pids", then=then)
        run_program(["/bin/sh", "-c", script], folder, StopFlag() if stop is None else stop)


def assert_nothing_is_left(tmp_path: Path, temporary: Path) -> None:
    child = int(wait_for(lambda: (tmp_path / "pids").read_text()))
    wait_for(lambda: has_ended(child))
    assert list(temporary.iterdir()) == []


# --- folders


def test_a_private_folder_is_for_this_user_alone_and_goes_away(temporary: Path) -> None:
    with private_folder() as folder:
        assert folder.parent == temporary.resolve()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "inner").mkdir()
        (folder / "inner" / "file").write_text("x")
    assert list(temporary.iterdir()) == []


def test_a_private_folder_goes_away_after_an_exception(temporary: Path) -> None:
    with pytest.raises(KeyboardInterrupt), private_folder():
        raise KeyboardInterrupt
    assert list(temporary.iterdir()) == []


# --- what programs get


def test_variables_that_bring_foreign_code_along_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = [
        *("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH", "LIBRARY_PATH"),
        *("GCC_EXEC_PREFIX", "COMPILER_PATH", "LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES"),
        *("DEPENDENCIES_OUTPUT", "CCC_OVERRIDE_OPTIONS", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME"),
        *("PYTHONINSPECT", "PYTHONUSERBASE", "BASH_ENV", "ENV", "OMP_TOOL_LIBRARIES", "GCONV_PATH"),
    ]
    for name in foreign:
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = environment(tmp_path)
    assert not set(foreign) & set(found)
    assert found["LC_ALL"] == "C.UTF-8"
    assert found["TMPDIR"] == found["TMP"] == found["TEMP"] == str(tmp_path)


@pytest.mark.parametrize("name", ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"])
def test_no_list_of_folders_leads_to_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "/usr/bin::.:bin:./x:../y:/bin:")
    assert environment(tmp_path)[name] == "/usr/bin:/bin"


def test_no_program_is_found_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    for path in (tmp_path / "c++", tmp_path / "there" / "g++"):
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f":.:there:{os.pathsep}")
    assert find_program(["c++", "g++"]) is None
    monkeypatch.setenv("PATH", f".:{tmp_path / 'there'}")
    assert find_program(["c++", "g++"]) == tmp_path / "there" / "g++"


def test_python_is_deaf_to_all_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    for name in ("sitecustomize", "usercustomize", "json", "started"):
        (hostile / f"{name}.py").write_text("print('hostile')\n")
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE"):
        monkeypatch.setenv(name, str(hostile if name != "PYTHONSTARTUP" else hostile / "started.py"))
    program = hostile / "program.py"
    program.write_text("import json, sys\nprint(json.__name__, sys.path)\n")
    with private_folder() as folder:
        for command in ([str(program)], ["-c", program.read_text()]):
            printed = run_program([*isolated_python(), *command], folder, StopFlag())
            assert printed.startswith("json [")
            assert str(hostile) not in printed
            assert str(folder) not in printed
            assert "''" not in printed


def test_packages_of_the_users_folder_are_there_if_they_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site.ENABLE_USER_SITE", False)
    assert isolated_python() == [sys.executable, "-I"]
    monkeypatch.setattr("site.ENABLE_USER_SITE", True)
    assert isolated_python() == [sys.executable, "-E", "-P"]


# --- the end


def test_what_a_program_prints_is_returned(tmp_path: Path) -> None:
    with private_folder() as folder:
        printed = run_program(["/bin/sh", "-c", "pwd; cat"], folder, StopFlag(), "given\n")
        assert printed == f"{folder}\ngiven\n"


def test_a_failure_says_why(tmp_path: Path) -> None:
    with (
        private_folder() as folder,
        pytest.raises(ProgramError, match=r"^sh failed \(x: error: \\x1b\[2J\)$"),
    ):
        script = r"printf 'first\nx: error: \033[2J\nlast\n' >&2; exit 1"
        run_program(["/bin/sh", "-c", script], folder, StopFlag())
    with (
        private_folder() as folder,
        pytest.raises(ProgramError, match=r"^sh failed \(it printed nothing\)$"),
    ):
        run_program(["/bin/sh", "-c", "exit 1"], folder, StopFlag())
    with private_folder() as folder, pytest.raises(ProgramError, match="nothing cannot be run"):
        run_program([tmp_path / "nothing"], folder, StopFlag())


def test_a_stop_ends_the_children_too(tmp_path: Path, temporary: Path) -> None:
    stop = StopFlag()
    watcher = threading.Thread(target=lambda: (wait_for(lambda: any(temporary.glob("*/left*"))), stop.set()))
    watcher.start()
    with pytest.raises(ProgramError, match="it was stopped"):
        run_with_child(tmp_path, "wait", stop)
    watcher.join()
    assert_nothing_is_left(tmp_path, temporary)


def test_the_limit_ends_the_children_too(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "MAX_RUN_SECONDS", 0.5)
    with pytest.raises(ProgramError, match="sh took longer than 0 seconds"):
        run_with_child(tmp_path, "wait")
    assert_nothing_is_left(tmp_path, temporary)


@pytest.mark.parametrize("then", ["exit 0", "exit 3", "kill -9 $$"])
def test_who_ends_first_leaves_no_children(tmp_path: Path, temporary: Path, then: str) -> None:
    if then == "exit 0":
        run_with_child(tmp_path, then)
    else:
        with pytest.raises(ProgramError, match="sh failed"):
            run_with_child(tmp_path, then)
    assert_nothing_is_left(tmp_path, temporary)


def test_an_exception_ends_the_children_too(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(seconds: float) -> None:
        monkeypatch.undo()
        wait_for(lambda: (tmp_path / "pids").exists())
        raise KeyboardInterrupt

    monkeypatch.setattr(programs.time, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_with_child(tmp_path, "wait")
    child = int(wait_for(lambda: (tmp_path / "pids").read_text()))
    wait_for(lambda: has_ended(child))


ENDING = """
import sys, time
from pathlib import Path
from nn_desktop.process import end_process, stop_on_signals
from nn_desktop.programs import Program, private_folder
script, pids, end = sys.argv[1:]
with stop_on_signals(), private_folder() as folder:
    program = Program(["/bin/sh", "-c", script], folder, -3, -3, -3)
    while True:
        time.sleep(0.01)
        if Path(pids).exists():
            exec(end)
"""
"""Starts a program, and looks after nothing any more."""


@pytest.mark.parametrize("end", ["end_process()", "sys.exit(130)"])
def test_programs_end_with_this_one(tmp_path: Path, temporary: Path, end: str) -> None:
    process = start_ending(tmp_path, temporary, end)
    assert process.wait() == 130
    assert_nothing_is_left(tmp_path, temporary)


def test_a_second_ctrl_c_ends_programs_too(tmp_path: Path, temporary: Path) -> None:
    process = start_ending(tmp_path, temporary, "pass")
    child = wait_for(lambda: (tmp_path / "pids").read_text())
    process.send_signal(signal.SIGINT)
    time.sleep(2 * ECHO_SECONDS)
    assert process.poll() is None
    assert not has_ended(int(child))
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert_nothing_is_left(tmp_path, temporary)


def start_ending(tmp_path: Path, temporary: Path, end: str) -> "subprocess.Popen[bytes]":
    pids = tmp_path / "pids"
    script = WITH_CHILDREN.format(pids=pids, then="wait")
    command = [sys.executable, "-c", ENDING, script, pids, end]
    return subprocess.Popen(command, env={**os.environ, "TMPDIR": str(temporary)})


def test_the_number_of_an_ended_program_is_not_killed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    with private_folder() as folder:
        program = programs.Program(["/bin/sh", "-c", "exit 0"], folder, -3, -3, -3)
        wait_for(lambda: not program.is_running)
        monkeypatch.setattr(os, "killpg", lambda number, how: killed.append(number))
        program.end()
    assert killed == []


def test_each_program_has_a_session_of_its_own() -> None:
    with private_folder() as folder:
        program = programs.Program(["/bin/sh", "-c", "sleep 100"], folder, -3, -3, -3)
        assert os.getsid(program.process.pid) == program.process.pid
        program.end()
        assert program.process.returncode == -signal.SIGKILL
