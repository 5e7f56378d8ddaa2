"""One table says what reads it: a link, a project, a network of another format, or nothing."""

import os
from pathlib import Path

import pytest
from known_data import make_setup

from nn_desktop.files.atomic import FileError
from nn_desktop.files.exporters import export
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.imports.importers import IMPORTERS
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.opening import LINK, NETWORKS, PROJECT, find_reader, is_link, open_anything
from nn_desktop.files.project.project import OpenedProject, Project
from nn_desktop.files.project.project_file import save_project
from nn_desktop.files.share.links import Shared, to_link
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

SETUP = make_setup("sine", parse_layers("4"), Activation.TANH)
ADDRESS = "https://playground.tensorflow.org/#activation=tanh&networkShape=4,2"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a.nnd", "project"),
        ("A.NND", "project"),
        ("a.nnd.bak", "project"),
        ("a.npz", "NumPy arrays"),
        ("a.JSON", "JSON"),
        ("a.onnx", "ONNX"),
        ("folder.nnd/a.skops", "scikit-learn perceptrons"),
        (to_link(SETUP), "link"),
        (f"Look at this: {to_link(SETUP)}", "link"),
        (ADDRESS, "link"),
    ],
    ids=str,
)
def test_what_reads_it_is_told_by_the_name_or_the_text(name: str, title: str) -> None:
    assert find_reader(name).title == title


def test_every_format_that_can_be_imported_has_a_reader() -> None:
    assert [reader.suffixes for reader in NETWORKS] == [(importer.suffix,) for importer in IMPORTERS]


@pytest.mark.parametrize("name", ["a.pt", "a", "", ".npz", "nnd:", "a.nnd.npy"])
def test_a_name_that_says_no_known_format_is_refused_with_all_that_are(name: str) -> None:
    with pytest.raises(FileError) as refused:
        find_reader(name)
    assert str(refused.value) == (
        f'The file "{Path(name)}" cannot be opened as a network (unknown file type): choose '
        "a project (.nnd), or a file that ends with .npz, .json, .safetensors, .onnx or .skops."
    )


def test_a_project_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.nnd"
    save_project(Project(Session(SETUP).checkpoint()), path)
    opened = open_anything(str(path))
    assert isinstance(opened, OpenedProject)
    assert opened.project.checkpoint.setup == SETUP


def test_a_link_is_opened() -> None:
    opened = open_anything(to_link(SETUP))
    assert isinstance(opened, Shared)
    assert opened.setup.hyperparameters == SETUP.hyperparameters


@pytest.mark.parametrize("suffix", [".npz", ".json", ".safetensors"])
def test_a_network_is_opened(tmp_path: Path, chain_model: TrainedModel, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    export(chain_model, path)
    opened = open_anything(str(path))
    assert isinstance(opened, Imported)
    assert opened.model.topology.sizes == chain_model.topology.sizes


def test_a_file_that_is_called_like_a_link_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "nnd:ABCDEFGH.npz"
    assert is_link(name)
    Path(name).write_bytes(b"")
    assert not is_link(name)
    assert find_reader(name) is NETWORKS[0]


def test_a_link_longer_than_any_name_of_a_file_is_a_link() -> None:
    text = to_link(SETUP) + " and more" * os.pathconf("/", "PC_PATH_MAX")
    assert find_reader(text) is LINK


def test_a_file_that_is_not_there_is_refused_by_its_reader(tmp_path: Path) -> None:
    for name in ("a.nnd", "a.npz"):
        assert find_reader(name) in (PROJECT, *NETWORKS)
        with pytest.raises(FileError, match="cannot be opened"):
            open_anything(str(tmp_path / name))
