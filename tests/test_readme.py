"""What the README says is what is done."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_ci_runs_the_test_command_of_the_readme():
    commands = re.findall(r"^(bash \.ci/setup .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text()


def test_the_pictures_of_the_readme_are_there():
    pictures = re.findall(r"resources/screenshots/[\w-]+\.png", (ROOT / "README.md").read_text())
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)
