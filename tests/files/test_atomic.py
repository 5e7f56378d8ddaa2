"""There is always a whole old file or a whole new one."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from nn_desktop.files import atomic
from nn_desktop.files.atomic import (
    FileError,
    check_writable,
    replace_atomically,
    write_all_atomically,
    write_atomically,
)


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


# --- what the file system sees


def steps_of(act: Callable[[], object], monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[str]:
    """Do something, and return what it did with the files of a folder, in order."""
    steps: list[str] = []
    names: dict[int, str] = {}

    def kind(path: object) -> str:
        name = Path(os.fsdecode(path)).name  # type: ignore[arg-type]
        for part in ("lock", "new", "before"):
            if name.startswith(".nn-desktop-") and name.endswith(f"-{part}.tmp"):
                return part
        return "folder" if Path(os.fsdecode(path)) == folder else name  # type: ignore[arg-type]

    def watch(name: str, note: Callable[..., str | None]) -> None:
        real = getattr(os, name)

        def watched(*arguments: object, **options: object) -> object:
            result = real(*arguments, **options)
            if (step := note(result, *arguments)) is not None:
                steps.append(step)
            return result

        monkeypatch.setattr(os, name, watched)

    def opened(descriptor: int, path: object, *_: object) -> str | None:
        names[descriptor] = kind(path)
        if names[descriptor] == "folder":
            return None
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        return f"open {names[descriptor]} {mode:o}"

    with monkeypatch.context() as monkeypatch:
        watch("open", opened)
        watch("fsync", lambda _, descriptor: f"sync {names.get(descriptor, '?')}")
        watch("link", lambda _, old, new: f"link {kind(old)} {kind(new)}")
        watch("replace", lambda _, old, new: f"rename {kind(old)} {kind(new)}")
        act()
    return [step for step in steps if "lock" not in step]


def test_a_file_is_written_synced_read_back_renamed_and_its_folder_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o644)
    read: list[bytes] = []

    def check(file: BinaryIO) -> None:
        assert path.read_bytes() == b"old"
        (temporary,) = tmp_path.glob("*-new.tmp")
        assert temporary.read_bytes() == b"new"  # it is not in some buffer
        os.open(temporary, os.O_RDONLY)
        read.append(file.read())

    def act() -> None:
        replace_atomically(path, lambda file: file.write(b"new"), lambda path: path.with_name("b"), check)

    assert steps_of(act, monkeypatch, tmp_path) == [
        "open new 600",
        "sync new",
        "open new 600",  # read back
        "link a before",
        "rename new a",
        "rename before b",
        "sync folder",
    ]
    assert read == [b"new"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


# --- permissions


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
def test_what_is_being_written_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o600)
    seen = []

    def write(file: BinaryIO) -> None:
        file.write(b"new")
        seen.extend(stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir())

    replace_atomically(path, write)
    assert set(seen) == {0o600}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_atomically(tmp_path / "new", b"")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o666
    write_atomically(tmp_path / "private", b"", is_private=True)
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_owner_and_group_stay(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 12345, 23456)
    path.chmod(0o640)
    write_atomically(path, b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (12345, 23456, 0o640)


def test_where_the_group_cannot_stay_the_new_one_may_no_more_than_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    if os.geteuid() == 0:
        os.chown(path, 12345, 23456)
    else:
        pytest.skip("only root gives files away")
    path.chmod(0o2664)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "")

    monkeypatch.setattr(os, "fchown", refuse)
    write_atomically(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.skipif(shutil.which("setfacl") is None, reason="setfacl is not here")
def test_an_access_list_stays_and_the_group_gets_nothing_from_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o600)
    subprocess.run(["setfacl", "-m", "u:12345:rw", path], check=True)
    before = subprocess.run(["getfacl", "-c", path], capture_output=True, check=True).stdout
    assert b"group::---" in before
    write_atomically(path, b"new")
    assert subprocess.run(["getfacl", "-c", path], capture_output=True, check=True).stdout == before


# --- several programs at once

WRITER = """
import sys
from pathlib import Path
from nn_desktop.files.atomic import replace_atomically

def write(file):
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.readline()
    file.write(b" and whole")

replace_atomically(Path(sys.argv[1]), write, lambda path: path.with_name(path.name + ".bak"))
"""


def start_writer(path: Path) -> "subprocess.Popen[bytes]":
    """Start a program that is in the middle of writing a file when this returns."""
    pipe = subprocess.PIPE
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdin=pipe, stdout=pipe)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"writing\n"
    return writer


def age(folder: Path) -> None:
    """Let all files of a folder look as if nobody had touched them for years."""
    for path in folder.iterdir():
        os.utime(path, (1e9, 1e9))


def backup_of(path: Path) -> Path:
    return path.with_name(path.name + ".bak")


WRITES = [
    write_atomically,
    lambda path, content: write_all_atomically({path: content}),
    lambda path, content: replace_atomically(path, lambda file: file.write(content)),
    lambda path, content: replace_atomically(path, lambda file: file.write(content), backup_of),
]


@pytest.mark.parametrize("write", WRITES)
def test_the_temporary_files_of_a_program_that_lives_are_left_alone(
    tmp_path: Path, write: Callable[[Path, bytes], object]
) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(b"before")
    writer = start_writer(path)
    age(tmp_path)
    write(tmp_path / "ours", b"ours")
    write(path, b"ours too")
    writer.communicate(b"\n")
    assert writer.returncode == 0
    assert path.read_bytes() == b"half and whole"
    assert backup_of(path).read_bytes() == b"ours too"
    assert names(tmp_path) == ["ours", "theirs", "theirs.bak"]


@pytest.mark.parametrize("write", WRITES)
def test_what_a_killed_program_left_is_swept_up_however_young_it_is(
    tmp_path: Path, write: Callable[[Path, bytes], object]
) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(b"before")
    writer = start_writer(path)
    writer.kill()
    writer.communicate()
    assert len(names(tmp_path)) > 1
    write(tmp_path / "ours", b"ours")
    assert names(tmp_path) == ["ours", "theirs"]
    assert path.read_bytes() == b"before"


def test_where_there_are_no_locks_nothing_is_swept_and_all_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    (tmp_path / ".nn-desktop-0123456789abcdef-new.tmp").write_bytes(b"somebody's")
    monkeypatch.setattr("filelock.lock_descriptor", refuse)
    (tmp_path / "a").write_bytes(b"old")
    assert (
        replace_atomically(tmp_path / "a", lambda file: file.write(b"new"), lambda p: p.with_name("b")) == ()
    )
    assert {"a", "b", ".nn-desktop-0123456789abcdef-new.tmp"} <= set(names(tmp_path))
    assert not list(tmp_path.glob("*-before.tmp"))
    assert len(list(tmp_path.glob("*-new.tmp"))) == 1


def test_of_two_that_replace_one_file_each_version_becomes_the_backup_of_the_next(tmp_path: Path) -> None:
    path, backup = tmp_path / "a", tmp_path / "a.bak"
    path.write_bytes(b"0")
    overwritten: set[bytes] = set()

    def note(target: Path) -> Path:  # it is asked while it is this writer's turn
        overwritten.add(target.read_bytes())
        return backup

    def write_many(writer: int) -> None:
        for number in range(20):
            content = f"{writer} {number}".encode()
            replace_atomically(path, lambda file, content=content: file.write(content), note)  # type: ignore[misc]

    threads = [threading.Thread(target=write_many, args=(writer,)) for writer in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = {b"0", *(f"{writer} {number}".encode() for writer in range(3) for number in range(20))}
    assert overwritten == everything - {path.read_bytes()}
    assert names(tmp_path) == ["a", "a.bak"]


# --- what cannot be done besides


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_backup_that_cannot_be_made_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    real = os.replace

    def fail(old: Path, new: Path) -> None:
        if Path(new).name == "b":
            raise OSError(number, os.strerror(number))
        real(old, new)

    monkeypatch.setattr(os, "replace", fail)
    remarks = replace_atomically(path, lambda file: file.write(b"new"), lambda path: path.with_name("b"))
    assert path.read_bytes() == b"new"
    assert len(remarks) == 1
    assert 'version before could not be kept beside it as "b"' in remarks[0]
    assert names(tmp_path) == ["a"]


def test_a_name_too_long_for_a_backup_is_said(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 252)
    path.write_bytes(b"old")
    keep = lambda path: path.with_name(path.name + ".bak")  # noqa: E731
    (remark,) = replace_atomically(path, lambda file: file.write(b"new"), keep)
    assert "its name is too long" in remark
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == [path.name]


def test_what_cannot_be_read_back_is_kept_under_a_name_that_fits(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 120 + ".nnd")

    def refuse(file: BinaryIO) -> None:
        raise ValueError("no")

    with pytest.raises(FileError, match="cannot be read back"):
        replace_atomically(path, lambda file: file.write(b"new"), check=refuse)
    (kept,) = tmp_path.iterdir()
    assert kept.name.endswith(".unreadable.nnd")
    assert kept.read_bytes() == b"new"


def test_where_there_are_no_links_the_version_before_is_copied_and_stays_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_umask: None
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "")

    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o600)
    os.utime(path, (1e9, 1e9))
    monkeypatch.setattr(os, "link", refuse)
    steps = steps_of(
        lambda: replace_atomically(path, lambda file: file.write(b"new"), lambda path: path.with_name("b")),
        monkeypatch,
        tmp_path,
    )
    assert "open before 600" in steps
    assert steps.index("sync before") < steps.index("rename new a")
    assert (tmp_path / "b").read_bytes() == b"old"
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    assert (tmp_path / "b").stat().st_mtime == 1e9


@pytest.mark.parametrize(("number", "is_said"), [(errno.EIO, True), (errno.EINVAL, False)])
def test_a_folder_that_cannot_be_brought_to_the_disk_is_said_unless_its_disk_never_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_said: bool
) -> None:
    real = os.fsync

    def fail(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    remarks = write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert len(remarks) == is_said
    assert all("power cut" in remark for remark in remarks)


def test_the_umask_is_what_it_was(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert atomic._umask() == 0o027
        assert atomic._umask() == 0o027
    finally:
        os.umask(before)
