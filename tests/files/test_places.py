"""Names of files are understood however they are given, and what may not be looked at is no error."""

import os
from pathlib import Path

import pytest

from nn_desktop.cli.main import main
from nn_desktop.data.functions import SINE
from nn_desktop.files.places import is_file, is_folder, is_open_to_us, local_name, real_path, stored_name
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_file import backup_of, save_project
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session
from nn_desktop.training.setup import make_setup

NOT_UTF_8 = os.fsdecode(b"caf\xe9.nnd")


@pytest.fixture
def setup():
    return make_setup(SINE.default_settings, parse_layers("1-2-1"), Activation.TANH)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("file:///tmp/a%20b.nnd", "/tmp/a b.nnd"),
        ("FILE://localhost/tmp/x.npz", "/tmp/x.npz"),
        ("file:/tmp/x.npz", "/tmp/x.npz"),
        ("file:///tmp/caf%E9.nnd", os.fsdecode(b"/tmp/caf\xe9.nnd")),
        ("file.nnd", "file.nnd"),
        ("file:x.nnd", "file:x.nnd"),
        ("file://elsewhere/x.nnd", "file://elsewhere/x.nnd"),
        ("nnd:1#abc", "nnd:1#abc"),
        ("a%20b.nnd", "a%20b.nnd"),
    ],
)
def test_an_address_of_a_local_file_is_its_name(text, name):
    assert local_name(text) == name


@pytest.mark.parametrize("name", ["plain.nnd", "ümlaut 数.nnd", NOT_UTF_8, "line\nbreak.nnd", "100%25.nnd"])
def test_a_name_that_is_stored_comes_back_whatever_bytes_it_has(tmp_path, name):
    stored = stored_name(tmp_path / name)
    stored.encode()
    assert local_name(stored) == str(tmp_path / name)


def test_a_file_or_folder_that_may_not_be_looked_at_is_none(tmp_path, monkeypatch):
    def refuse(*args, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    assert not is_file(tmp_path / "x") and not is_folder(tmp_path) and not is_open_to_us(tmp_path)
    monkeypatch.undo()
    assert is_folder(tmp_path) and is_open_to_us(tmp_path)
    monkeypatch.setattr(os, "access", lambda *args: False)
    assert not is_open_to_us(tmp_path)


@pytest.mark.parametrize("name", ["\0", "x" * 5000])
def test_a_name_that_cannot_be_is_that_of_no_file(name):
    assert not is_file(Path(name)) and not is_folder(Path(name))


def test_links_in_a_circle_have_no_other_path(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert real_path(tmp_path / "a") in (tmp_path / "a", tmp_path / "b")


def test_the_backup_of_a_linked_project_is_where_it_is_said_to_be(tmp_path, setup):
    real, link = tmp_path / "real" / "net.nnd", tmp_path / "link.nnd"
    real.parent.mkdir()
    link.symlink_to(real)
    project = Project(Session(setup).checkpoint())
    save_project(project, link)
    save_project(project, link)
    assert backup_of(link) == real.with_name("net.nnd.bak")
    assert backup_of(link).is_file()
    assert link.is_symlink()


def test_a_command_takes_the_address_of_a_file(tmp_path, setup, capsys):
    path = tmp_path / "a b.nnd"
    save_project(Project(Session(setup).checkpoint()), path)
    assert main(["info", path.as_uri()]) == 0
    assert "a b.nnd" in capsys.readouterr().out


def test_an_address_of_bytes_that_are_no_text_is_a_name_too(capsys):
    assert local_name(os.fsdecode(b"file:///tmp/\xff.nnd")) == os.fsdecode(b"/tmp/\xff.nnd")
    assert main(["info", os.fsdecode(b"file:///tmp/\xff/none.nnd")]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_the_backup_of_a_name_that_cannot_be_is_none():
    assert not is_file(backup_of(Path(f"{'n' * 300}.nnd")))
