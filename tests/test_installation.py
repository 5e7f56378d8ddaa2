"""It installs with a C++ compiler and without one."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPILER = shutil.which("g++") or shutil.which("clang++")


def build_wheel(folder: Path, **environment: str) -> Path:
    """Build a wheel with the build tools that are here, and unpack it.

    The engine is compiled for one instruction set and is slow: it is compiled soon.
    """
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation"]
    command += ["--wheel-dir", str(folder), f"--config-settings=build-dir={folder / 'build'}"]
    command += [f"--config-settings=cmake.define.{each}" for each in ("NN_SETS=baseline", "NN_OPTIMIZE=-O0")]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def run_in(installed: Path, *arguments: str) -> str:
    """Run Python with the unpacked wheel, and not with the program of this checkout."""
    libraries = sysconfig.get_paths()["purelib"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(installed), libraries])}
    # -S: an editable installation gets in by a .pth file, which is not read then
    command = [sys.executable, "-S", *arguments]
    done = subprocess.run(
        command, env=environment, cwd=installed, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def train(installed: Path, engine: str) -> str:
    """Look for its files, train with an engine, and return what is said."""
    where = run_in(installed, "-c", "import nn_desktop; print(nn_desktop.__file__)")
    assert Path(where.strip()).is_relative_to(installed)
    assert (installed / "nn_desktop" / "resources" / "datasets" / "iris.csv").is_file()
    assert (installed / "nn_desktop" / "resources" / "icons" / "app.svg").is_file()
    arguments = ["--layers", "8", "--epochs", "20", "--engine", engine]
    return run_in(installed, "-m", "nn_desktop", "train", *arguments)


@pytest.mark.skipif(COMPILER is None, reason="there is no C++ compiler")
def test_with_a_compiler_the_engine_is_there(tmp_path):
    installed = build_wheel(tmp_path)
    assert list((installed / "nn_desktop" / "engines").glob("_cpp_baseline*"))
    assert "engine         cpp\n" in train(installed, "cpp")


def test_without_a_compiler_all_but_that_engine_is_there(tmp_path):
    nowhere = str(tmp_path / "no-compiler")
    installed = build_wheel(tmp_path, CC=nowhere, CXX=nowhere)
    assert not list((installed / "nn_desktop" / "engines").glob("_cpp_*"))
    assert "engine         numpy\n" in train(installed, "auto")
    told = run_in(installed, "-m", "nn_desktop", "engines")
    assert "needs a C++ compiler" in told
    tests = [
        "-m",
        "pytest",
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
        str(ROOT / "tests" / "engines" / "test_cpp_engine.py"),
    ]
    report = run_in(installed, *tests)
    assert "the C++ engine is not here" in report
    assert "passed" in report
