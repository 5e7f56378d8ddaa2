"""Files that come with the program are found in a checkout and in an installation."""

from pathlib import Path

import pytest

from nn_desktop import resource_path as module
from nn_desktop.resource_path import resource_path


def test_a_shipped_file_is_found() -> None:
    assert resource_path("datasets", "iris.csv").is_file()


def test_a_missing_file_still_has_a_path() -> None:
    path = resource_path("datasets", "no-such-file.csv")
    assert path.name == "no-such-file.csv"
    assert not path.exists()


def test_the_folder_inside_an_installed_package_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "nn_desktop"
    package.mkdir()
    monkeypatch.setattr(module, "__file__", str(package / "resource_path.py"))
    module._root.cache_clear()
    assert resource_path("a", "b") == tmp_path / "resources" / "a" / "b"
    module._root.cache_clear()
    (package / "resources").mkdir()
    assert resource_path("a", "b") == package / "resources" / "a" / "b"
    module._root.cache_clear()
