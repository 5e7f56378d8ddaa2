"""A check runs what was exported and nothing else, wherever that was exported to, and ends with all of it."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from processes import has_ended, wait_for

import nn_desktop
from nn_desktop.desktop.export.exporting import ExportJob
from nn_desktop.files import exporters
from nn_desktop.files.exporters import EXPORTERS, export
from nn_desktop.files.model import TrainedModel

ROOT = Path(nn_desktop.__file__).parents[1]
MODULES = (
    *("numpy", "onnx", "onnxruntime", "torch", "keras", "jax", "sklearn", "safetensors", "tqdm", "filelock"),
    *("threadpoolctl", "platformdirs", "json", "csv", "pathlib", "random", "argparse", "runpy"),
)
"""Names of modules that this program or an exported one imports."""

needs_processes = pytest.mark.skipif(not Path("/proc/self").exists(), reason="it looks at processes in /proc")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty, here and in processes that are started."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def hostile_modules(folder: Path) -> Path:
    """Fill a folder with modules that leave a mark if they are imported; return where the mark would be."""
    mark = folder / "mark"
    for name in MODULES:
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r} + '\\n')\n")
    return mark


# --- what lies beside an export


@pytest.mark.skipif(shutil.which("g++") is None, reason="only this compiler takes such files by itself")
@pytest.mark.parametrize(("ending", "language", "standard"), [(".hpp", "c++", "c++17"), (".h", "c", "c99")])
def test_no_precompiled_header_beside_it_is_run(
    chain_model: TrainedModel, tmp_path: Path, ending: str, language: str, standard: str
) -> None:
    path, victim = tmp_path / f"sine{ending}", tmp_path / "victim"
    victim.write_text("still here")
    header = exporters.find_exporter(path).to_files(chain_model, path.name)[path.name].decode()
    evil = f'__attribute__((constructor)) static void evil(void) {{ remove("{victim}"); }}\n'
    (tmp_path / "evil").write_text(f"{header}\n#include <stdio.h>\n{evil}")
    command = ["g++", "-x", f"{language}-header", f"-std={standard}", "-O1", "evil", "-o", f"{path.name}.gch"]
    command[0] = "gcc" if language == "c" else "g++"
    subprocess.run(command, cwd=tmp_path, check=True)
    exported = export(chain_model, path)
    assert exported.check.is_good, exported.check
    assert victim.exists()


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda exporter: exporter.ending)
def test_only_copies_in_a_private_folder_are_asked(
    chain_model: TrainedModel,
    tmp_path: Path,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
    exporter: exporters.Exporter,
) -> None:
    seen: dict[str, bytes] = {}
    folders: list[Path] = []

    def answer(path: Path, question: exporters.Question) -> exporters.Answered:
        folders.append(path.parent)
        seen.update({each.name: each.read_bytes() for each in path.parent.iterdir()})
        return exporters.Answered("nobody", chain_model.predict(question.inputs))

    monkeypatch.setattr(exporters, "EXPORTERS", (replace(exporter, answer=answer),))
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "something else").write_text("x")
    exported = export(chain_model, folder / f"net{exporter.ending}")
    assert exported.check.is_good
    assert seen == {path.name: path.read_bytes() for path in exported.paths}
    assert folders[0].parent == temporary.resolve()
    assert list(temporary.iterdir()) == []


def test_what_could_not_be_copied_or_run_is_told_apart(
    chain_model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(path: Path, question: exporters.Question) -> exporters.Answered:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    @contextmanager
    def full_disk() -> Iterator[Path]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield

    exporter = replace(exporters.find_exporter(Path("a.json")), answer=answer)
    monkeypatch.setattr(exporters, "EXPORTERS", (exporter,))
    found = export(chain_model, tmp_path / "a.json")
    assert found.check.why_not == "it could not be run (Too many open files)"
    monkeypatch.setattr(exporters, "private_folder", full_disk)
    found = export(chain_model, tmp_path / "a.json")
    assert found.check.why_not == "it could not be copied (No space left on device)"


# --- what lies in the current folder


@pytest.mark.parametrize("start", [["-m", "nn_desktop"], [str(ROOT / "main.py")]], ids=["module", "script"])
def test_nothing_of_the_current_folder_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: list[str]
) -> None:
    mark = hostile_modules(tmp_path)
    # An empty part of the variable means the current folder.
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}")
    targets = ["a.onnx", "b.npz", "c.py", "d_numpy.py", "e_torch.py", "f_keras.py", "g.safetensors", "h.hpp"]
    command = [sys.executable, *start, "train", "--epochs", "1", "--export", *targets]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not mark.exists(), mark.read_text()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("checked with") >= 4


def test_nothing_beside_the_script_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = hostile_modules(tmp_path)
    shutil.copy(ROOT / "main.py", tmp_path)
    (tmp_path / "nn_desktop").symlink_to(ROOT / "nn_desktop")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    command = [sys.executable, tmp_path / "main.py", "train", "--epochs", "1", "--export", "a.onnx"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not mark.exists(), mark.read_text()
    assert done.returncode == 0, done.stderr


def test_what_is_compared_with_is_not_taken_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = hostile_modules(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = ROOT / "tests/benchmarks/peers.py"
    command = [sys.executable, str(script), "--engine", "numpy", "--layers", "1-2-1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not mark.exists(), mark.read_text()
    assert done.returncode == 0, done.stderr


# --- the end of a check

SLOW_COMPILER = """#!/bin/sh
(trap '' TERM INT HUP; while :; do echo more > "$TMPDIR/left.$$.s"; sleep 0.01; done) &
echo $! > "{pids}"
wait
"""


@pytest.fixture
def slow_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A compiler that never ends, nor does its child; returns the file with the number of the child."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "c++").write_text(SLOW_COMPILER.format(pids=tmp_path / "pids"))
    (folder / "c++").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "pids"


@needs_processes
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_compiler_and_all_that_it_has_started(
    tmp_path: Path, temporary: Path, slow_compiler: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "nn_desktop", "train", "--epochs", "1", "--export", "net.hpp"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    child = int(wait_for(slow_compiler.read_text))
    process.send_signal(number)
    printed, _ = process.communicate()
    assert process.returncode == 130
    assert "not checked: it was stopped" in printed
    wait_for(lambda: has_ended(child))
    assert list(temporary.iterdir()) == []
    assert (tmp_path / "net.hpp").exists()


@needs_processes
def test_cancel_ends_the_compiler_and_all_that_it_has_started(
    chain_model: TrainedModel, tmp_path: Path, temporary: Path, slow_compiler: Path
) -> None:
    job = ExportJob(chain_model, tmp_path / "net.hpp", 1)
    child = int(wait_for(slow_compiler.read_text))
    job.cancel()
    job.join()
    assert job.exported is not None
    assert job.exported.check.why_not == "it was stopped"
    wait_for(lambda: has_ended(child))
    assert list(temporary.iterdir()) == []
