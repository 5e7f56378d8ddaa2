"""The C++ library stands alone: standard headers only, no warning, its own tests, and sanitizers."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "nn_desktop" / "engines" / "cpp"
COMPILER = shutil.which("g++") or shutil.which("clang++")
STANDARD = re.compile(r"#include <[a-z0-9_]+>$")
OWN = re.compile(r'#include "([a-z_./]+\.hpp)"$')


def run(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_includes_nothing_but_standard_headers():
    files = [*LIBRARY.glob("nn/*.hpp"), *LIBRARY.glob("tests/*.[ch]pp"), *LIBRARY.glob("example/*.cpp")]
    assert len(files) > 10
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("#include"):
                own = OWN.match(line)
                assert STANDARD.match(line) or own, f"{file.name}: {line}"
                if own:
                    assert (file.parent / own[1]).is_file() or (LIBRARY / own[1]).is_file(), line


@pytest.mark.skipif(COMPILER is None, reason="there is no C++ compiler")
def test_the_example_needs_nothing_but_a_compiler(tmp_path):
    source = LIBRARY / "example" / "sine.cpp"
    run(COMPILER, "-std=c++17", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", LIBRARY, source,
        "-o", tmp_path / "sine")  # fmt: skip
    text = run(tmp_path / "sine")
    assert float(text.split("epoch 3000: loss ")[1].split()[0]) < 0.001
    assert len([line for line in text.splitlines() if "|" in line]) == 33


@pytest.mark.skipif(COMPILER is None, reason="there is no C++ compiler")
def test_it_compiles_without_vectors_of_the_compiler(tmp_path):
    source, options = LIBRARY / "tests" / "test_training.cpp", ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    options += ["-std=c++17", "-O1", "-DNN_PLAIN_VECTORS", "-I", str(LIBRARY)]
    run(COMPILER, *options, source, "-o", tmp_path / "training")
    assert "all passed" in run(tmp_path / "training")


@pytest.mark.skipif(COMPILER is None or shutil.which("cmake") is None, reason="no C++ compiler, or no CMake")
@pytest.mark.parametrize(
    ("sanitizers", "optimize"), [("", "-O3"), ("address,undefined", "-O0"), ("thread", "-O1")]
)
def test_its_own_tests_pass(tmp_path, sanitizers, optimize):
    options = [f"-DNN_SANITIZE={sanitizers}", f"-DNN_OPTIMIZE={optimize}"]
    if sanitizers:  # which look at memory and threads, whatever the instructions: this compiles faster
        options.append("-DNN_NATIVE=OFF")
    run("cmake", "-S", LIBRARY, "-B", tmp_path, *options)
    run("cmake", "--build", tmp_path, "--parallel", "2")
    report = run("ctest", "--test-dir", tmp_path, "--output-on-failure")
    assert "100% tests passed, 0 tests failed out of 4" in report
