"""What the program imports from: nothing of the current folder, and all that stands on the path by right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TELL_PATH = f"""
import json, sys
sys.path.append({str(ROOT)!r})
from nn_desktop.__main__ import forget_start_folder
sys.path.remove({str(ROOT)!r})
before = list(sys.path)
forget_start_folder()
print(json.dumps([before, sys.path]))
"""


def paths(folder: Path, variable: str | None, *flags: str) -> tuple[list[str], list[str]]:
    """Return the path of a program begun in a folder, before and after it forgets that folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if variable is not None:
        environment["PYTHONPATH"] = variable
    command = [sys.executable, *flags, "-c", TELL_PATH]
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    before, after = json.loads(result.stdout)
    return before, after


@pytest.mark.parametrize("variable", [None, ""])
@pytest.mark.parametrize("flags", [[], ["-P"]])
def test_a_folder_that_nobody_put_on_the_path_stays_there(variable: str | None, flags: list[str]) -> None:
    libraries = Path(pytest.__file__).parents[1]  # begun there, it is the current folder
    _, after = paths(libraries, variable, *flags)
    assert str(libraries) in after


@pytest.mark.parametrize("variable", ["{}:.", ".:{}", "{}:", "{}/:a", "a/..:{}"])
def test_a_folder_that_is_also_named_in_full_stays_on_the_path(tmp_path: Path, variable: str) -> None:
    before, after = paths(tmp_path, variable.format(tmp_path).replace(":", os.pathsep))
    assert str(tmp_path) in before
    assert str(tmp_path) in after


@pytest.mark.parametrize("variable", [".", ":", ":/nowhere", "/nowhere:", "a/..", "a:."])
@pytest.mark.parametrize("flags", [[], ["-P"]])
def test_the_current_folder_and_those_in_it_are_forgotten(
    tmp_path: Path, variable: str, flags: list[str]
) -> None:
    before, after = paths(tmp_path, variable.replace(":", os.pathsep), *flags)
    assert str(tmp_path) in before
    assert [each for each in after if not each or Path(each).is_relative_to(tmp_path)] == []
