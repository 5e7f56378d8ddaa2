"""There is always a whole old file or a whole new one."""

import errno
import os
import stat
from pathlib import Path

import pytest

from nn_desktop.files.atomic import FileError, check_writable, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "new", b"content")
    finally:
        os.umask(before)
    assert (tmp_path / "new").read_bytes() == b"content"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert names(tmp_path) == ["new"]


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o604)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "folder" / "file")
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "folder" / "file").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "Input/output error")]
)
def test_a_failure_in_the_middle_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, words: str
) -> None:
    path = tmp_path / "old.npz"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(FileError) as caught:
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["old.npz"]


def test_an_interruption_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "new", b"content")
    assert names(tmp_path) == []


@pytest.mark.parametrize("act", [check_writable, lambda path: write_atomically(path, b"content")])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/a.npz", "folder does not exist"),
        ("folder", "it is a folder"),
        ("file/a.npz", "no folder"),
        ("x" * 300, "name is too long"),
        ("pipe", "device"),
        ("circle", "circle"),
        ("a\0b", "null"),
    ],
)
def test_an_impossible_path_is_explained(tmp_path: Path, act: object, name: str, words: str) -> None:
    assert callable(act)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    before = names(tmp_path)
    with pytest.raises(FileError, match=words) as caught:
        act(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == before


def test_a_write_protected_file_or_folder_is_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # permissions do not bind whoever runs tests as root
    for act in (check_writable, lambda path: write_atomically(path, b"new")):
        with pytest.raises(FileError, match="permission is denied"):
            act(path)
    assert path.read_bytes() == b"old"


def test_the_check_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.npz")
    assert names(tmp_path) == []
    (tmp_path / "old.npz").write_bytes(b"old")
    check_writable(tmp_path / "old.npz")
    assert (tmp_path / "old.npz").read_bytes() == b"old"
