"""What is kept against a crash is offered when its program is no more, unless its file has got it."""

import errno
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from known_data import make_setup

from nn_desktop.files.atomic import FileError, write_atomically
from nn_desktop.files.project.about import ABOUT, LOCK, WORK, About
from nn_desktop.files.project.locks import Lock
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_file import backup_of, open_project, save_project
from nn_desktop.files.project.recovery import KeptWork, RecoveryFolder, left_behind
from nn_desktop.files.project.stamps import stamp_of
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

KILLS = int(os.environ.get("NN_DESKTOP_KILLS", "4"))
VICTIM = Path(__file__).with_name("saving_victim.py")


def project_at(updates: int, notes: str = "") -> Project:
    session = Session(make_setup("sine", parse_layers("1-5-1"), Activation.TANH))
    session.advance(updates)
    return Project(session.checkpoint(), notes=notes)


def offered(root: Path) -> list[tuple[int, bool]]:
    """Return the updates of what is offered, and whether its file was saved since by somebody else."""
    found = left_behind(root)
    offers = [(open_project(each.work).project.checkpoint.updates, each.is_overtaken) for each in found]
    for each in found:
        each.folder.release()
    return offers


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_project(project_at(5), tmp_path / "a.nnd")
    return tmp_path / "a.nnd"


def test_work_that_is_newer_than_its_file_is_offered(root: Path, path: Path) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", path, stamp_of(path)))
    folder.release()
    os.utime(root / folder.path.name / WORK, (1e9, 1e9))  # the clock was wrong when it was kept
    assert offered(root) == [(10, False)]


def test_what_was_kept_before_saving_is_offered_no_more_while_it_trains_on(root: Path, path: Path) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", path, stamp_of(path)))
    folder.save(project_at(20), path)
    folder.release()
    assert offered(root) == []
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("layers_changed", [False, True])
@pytest.mark.parametrize("is_new_file", [False, True])
def test_killed_between_the_renaming_and_the_forgetting_nothing_older_is_offered(
    root: Path, path: Path, monkeypatch: pytest.MonkeyPatch, is_new_file: bool, layers_changed: bool
) -> None:
    folder = RecoveryFolder.make(root)
    monkeypatch.setattr(RecoveryFolder, "forget", lambda self: None)
    folder.keep(project_at(10), About("a", path, stamp_of(path)))
    project = project_at(20, notes="other" if layers_changed else "")
    folder.save(project, path.with_name("new.nnd") if is_new_file else path)
    monkeypatch.undo()
    assert (folder.path / WORK).exists()
    os.utime(folder.path / WORK)  # as if it had been kept after that
    folder.release()
    assert offered(root) == []


def test_killed_before_the_renaming_what_was_kept_is_offered(
    root: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", path, stamp_of(path)))
    real = os.replace

    def fail(old: Path, new: Path) -> None:
        if Path(new) == path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(old, new)

    with monkeypatch.context() as context:
        context.setattr(os, "replace", fail)
        with pytest.raises(FileError):
            folder.save(project_at(20), path)
    assert "digest" in json.loads((folder.path / ABOUT).read_text())["overtaken"]
    folder.release()
    assert offered(root) == [(10, False)]


def test_where_somebody_else_has_saved_the_file_since_that_is_said(root: Path, path: Path) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", path, stamp_of(path)))
    folder.release()
    save_project(project_at(20), path)
    os.utime(path, (1e9, 1e9))  # whatever the clock says
    assert offered(root) == [(10, True)]


def test_the_very_moment_that_its_file_holds_is_not_offered(root: Path, path: Path) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(5), About("a", path, stamp_of(path)))
    folder.release()
    assert offered(root) == []


def test_work_whose_file_is_gone_is_offered(root: Path, path: Path) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(5), About("a", path, stamp_of(path)))
    folder.release()
    path.unlink()
    assert offered(root) == [(5, False)]


@pytest.mark.parametrize("step", ["project", "about", "after"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))])
def test_whenever_keeping_another_project_ends_one_of_them_is_offered_by_its_own_name(
    root: Path, path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("other", path.with_name("other.nnd")), b"picture")
    replaced, real = [], os.replace

    def replace_or_fail(old: Path, new: Path) -> None:
        replaced.append(new)
        if len(replaced) == {"project": 1, "about": 2, "after": 3}[step]:
            raise error
        real(old, new)

    with monkeypatch.context() as context:
        context.setattr(os, "replace", replace_or_fail)
        with pytest.raises((KeyboardInterrupt, FileError)):
            folder.keep(project_at(20), About("a", path, stamp_of(path)), b"picture")
    folder.release()
    (found,) = left_behind(root)
    kept = found.about.name, open_project(found.work).project.checkpoint.updates
    assert kept == (("a", 20) if step == "after" else ("other", 10))
    found.folder.remove()
    assert list(root.iterdir()) == []


def test_of_several_projects_that_were_kept_one_after_the_other_the_last_one_is_offered(root: Path) -> None:
    folder = RecoveryFolder.make(root)
    for updates, name in ((5, "a"), (10, "b"), (15, "b"), (20, "c")):
        folder.keep(project_at(updates), About(name, None))
    folder.release()
    assert len(list(folder.path.glob("*.nnd"))) == 1
    assert offered(root) == [(20, False)]


def test_where_nothing_can_be_written_beside_kept_work_projects_are_saved_all_the_same(
    root: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", path, stamp_of(path)))
    monkeypatch.setattr(os, "fsync", full_at(root))
    for target in (path, path.with_name("b.nnd")):
        assert folder.save(project_at(20), target) == ()
        assert open_project(target).project.checkpoint.updates == 20
    assert list(path.parent.glob("*unreadable*")) == []
    folder.release()
    assert offered(root) == []


def test_older_work_that_cannot_be_removed_is_said_and_the_project_is_saved(
    root: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", path, stamp_of(path)))
    monkeypatch.setattr(os, "fsync", full_at(root))
    monkeypatch.setattr("nn_desktop.files.project.recovery._remove", lambda path: None)
    (remark,) = folder.save(project_at(20), path)
    assert str(folder.path) in remark
    assert open_project(path).project.checkpoint.updates == 20


def full_at(folder: Path) -> Callable[[int], None]:
    """Return what syncs files as before, except below a folder whose disk is full."""
    sync = os.fsync
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("nothing tells which file is synced")

    def sync_or_fail(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().is_relative_to(folder):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    return sync_or_fail


def test_work_that_could_not_be_read_back_outlives_a_full_disk(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RecoveryFolder.make(root)
    broken = project_at(10)
    broken.checkpoint.parameters.vector[0] = float("nan")
    with pytest.raises(FileError, match="cannot be read back"):
        folder.keep(broken, About("a", None))
    with monkeypatch.context() as context:
        context.setattr(os, "fsync", full_at(root))
        with pytest.raises(FileError, match="disk is full"):
            folder.keep(project_at(20), About("a", None))
    folder.release()
    (found,) = left_behind(root)
    assert found.work.name == "work.unreadable.nnd"
    found.folder.remove()


def test_work_that_was_asked_for_before_its_project_was_seen_to_be_saved_is_not_overtaken(
    root: Path, path: Path
) -> None:
    kept = KeptWork()
    kept.open_folder(root)
    kept.save(project_at(10), path)
    first = About("a", path, stamp_of(path))
    kept.save(project_at(20), path)
    kept.save(project_at(30), path)
    kept.open_folder(root).keep(project_at(40), kept.renew(first))
    kept.release()
    assert offered(root) == [(40, False)]


def test_work_whose_file_somebody_else_has_changed_stays_overtaken(root: Path, path: Path) -> None:
    kept = KeptWork()
    kept.open_folder(root)
    kept.save(project_at(10), path)
    first = About("a", path, stamp_of(path))
    save_project(project_at(25), path)
    kept.open_folder(root).keep(project_at(20), kept.renew(first))
    kept.release()
    assert offered(root) == [(20, True)]


@pytest.mark.parametrize("what", ["folder", "lock"])
def test_a_folder_that_has_vanished_is_made_anew(root: Path, what: str) -> None:
    kept = KeptWork()
    first = kept.open_folder(root)
    assert kept.open_folder(root) is first
    if what == "folder":
        shutil.rmtree(root)
    else:
        (first.path / LOCK).unlink()
    kept.open_folder(root).keep(project_at(10), About("a", None))
    kept.release()
    assert offered(root) == [(10, False)]


def test_a_folder_that_is_locked_while_somebody_else_removes_it_is_there_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, made = Lock.remove, []

    def remove_and_let_another_one_come(lock: Lock) -> None:
        remove(lock)
        made.append(Lock.take(old.path / LOCK))

    old = RecoveryFolder.make(root)
    with monkeypatch.context() as context:
        context.setattr(Lock, "remove", remove_and_let_another_one_come)
        old.remove()
    (lock,) = made
    assert lock is not None and lock.is_in_place
    lock.release()


def test_the_process_id_of_the_program_that_is_no_more_does_not_matter(root: Path) -> None:
    """In a container the new program has the number of the killed one; elsewhere another program may."""
    for number in (os.getpid(), os.getppid(), 1):
        folder = RecoveryFolder.make(root)
        folder.keep(project_at(10), About("a", None))
        folder.release()
        (folder.path / LOCK).write_text(f"{number}\npython\nhost\n")  # as Qt writes them
    assert offered(root) == [(10, False)] * 3


def test_a_lock_of_qt_that_is_held_is_respected_and_one_that_is_not_is_stale(root: Path) -> None:
    script = f"""
import sys
from PySide6.QtCore import QLockFile
lock = QLockFile({str(root / "old" / LOCK)!r})
lock.setStaleLockTime(0)
assert lock.tryLock(0)
print("locked", flush=True)
sys.stdin.readline()
"""
    (root / "old").mkdir(parents=True)
    save_project(project_at(10), root / "old" / WORK)
    pipe = subprocess.PIPE
    holder = subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"locked\n"
    assert offered(root) == []
    holder.kill()
    holder.communicate()
    assert offered(root) == [(10, False)]


def test_kept_work_is_its_owners_alone_whatever_the_umask(root: Path, path: Path) -> None:
    before = os.umask(0)
    try:
        folder = RecoveryFolder.make(root)
        folder.keep(project_at(10), About("a", path), b"picture")
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in folder.path.iterdir()}
    assert modes == dict.fromkeys((LOCK, WORK, ABOUT, "picture.png"), 0o600)
    assert stat.S_IMODE(folder.path.stat().st_mode) == stat.S_IMODE(root.stat().st_mode) == 0o700
    folder.remove()


def test_where_files_cannot_be_locked_it_is_said_and_nothing_is_offered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", None))
    folder.release()

    def refuse(*_: object, **__: object) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("filelock.lock_descriptor", refuse)
    assert offered(root) == []
    with pytest.raises(FileError, match=r"cannot be locked.*save often"):
        RecoveryFolder.make(root)
    assert [each.name for each in root.iterdir()] == [folder.path.name]


def test_a_folder_that_another_program_takes_for_an_abandoned_one_is_made_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, real = [], Path.mkdir

    def mkdir(path: Path, *arguments: object, **options: object) -> None:
        real(path, *arguments, **options)  # type: ignore[arg-type]
        if path.parent == root:
            made.append(path)
            if len(made) == 1:
                assert left_behind(root) == []  # it has not got its lock yet

    monkeypatch.setattr(Path, "mkdir", mkdir)
    folder = RecoveryFolder.make(root)
    assert folder.path == made[1]
    folder.remove()


def test_work_that_could_not_be_read_back_is_offered_where_it_is_all_there_is(root: Path) -> None:
    folder = RecoveryFolder.make(root)
    broken = project_at(10)
    broken.checkpoint.parameters.vector[0] = float("nan")
    with pytest.raises(FileError, match="cannot be read back"):
        folder.keep(broken, About("a", None))
    folder.release()
    (found,) = left_behind(root)
    assert found.work.name == "work.unreadable.nnd"
    folder = found.folder
    folder.keep(project_at(10), About("a", None))
    assert found.work.name == WORK
    assert list(folder.path.glob("*unreadable*")) == []
    folder.remove()


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"name": 3, "path": 4},
        {"name": "a", "path": "b", "seen": "x", "overtaken": 3},
        {"name": "a", "path": None, "seen": [1], "overtaken": {"path": 1, "digest": None}},
        {"name": "a", "path": "\0"},
        {"name": "a", "path": "\ud800"},
        {"name": "a", "path": None, "overtaken": {"path": "\0", "digest": ""}},
        [],
    ],
)
def test_a_damaged_description_does_not_cost_the_work(root: Path, about: object) -> None:
    folder = RecoveryFolder.make(root)
    folder.keep(project_at(10), About("a", None))
    (folder.path / ABOUT).write_text(json.dumps(about))
    folder.release()
    assert offered(root) == [(10, False)]


# --- two programs that are killed while they save in one folder


def start_victim(folder: Path, name: str, count: int) -> "subprocess.Popen[bytes]":
    arguments = [sys.executable, str(VICTIM), str(folder), name, str(count)]
    victim = subprocess.Popen(arguments, stdout=subprocess.PIPE)
    assert victim.stdout is not None
    assert victim.stdout.readline() == b"ready\n"
    return victim


def number_in(path: Path) -> tuple[str, int]:
    """Return who wrote a project, and as which of his; it is whole, or it would be refused."""
    name, number = open_project(path).project.notes.split()
    return name, int(number)


def check_files(folder: Path) -> int:
    """See that every file is a whole one, and every backup an earlier one; return how many there are."""
    count = 0
    for name in ("one", "two", "both"):
        path = folder / f"{name}.nnd"
        if backup_of(path).exists():
            before, now = number_in(backup_of(path)), number_in(path)
            assert before != now or name == "both"  # somebody else's may just have become the backup
            assert before[0] != now[0] or before[1] <= now[1]
            count += 1
    return count


def check_offers(folder: Path) -> int:
    """See that nothing is offered as newer that is older than its file; return how much is offered."""
    found = left_behind(folder / "recovery")
    for recovered in found:
        path = recovered.about.path
        assert path is not None
        if path.exists() and not recovered.is_overtaken:
            (ours, number), (theirs, saved) = number_in(recovered.work), number_in(path)
            assert ours != theirs or number > saved
        recovered.folder.remove()
    return len(found)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is another thing there")
def test_two_programs_that_are_killed_while_they_save_in_one_folder(tmp_path: Path) -> None:
    chance = random.Random(7)
    victims = {name: start_victim(tmp_path, name, 0) for name in ("one", "two")}
    backups = offers = leftovers = 0
    try:
        for kill in range(1, KILLS + 1):
            time.sleep(chance.uniform(0.0, 0.4))
            name = chance.choice(list(victims))
            assert victims[name].poll() is None  # the other one has taken nothing away from it
            victims[name].send_signal(signal.SIGKILL)
            victims[name].communicate()
            leftovers += bool(list(tmp_path.glob(".nn-desktop-*.tmp")))
            backups += check_files(tmp_path)
            offers += check_offers(tmp_path)
            victims[name] = start_victim(tmp_path, name, kill * 1_000_000)
    finally:
        for victim in victims.values():
            victim.kill()
            victim.communicate()
    write_atomically(tmp_path / "last", b"")
    assert list(tmp_path.glob(".nn-desktop-*.tmp")) == []
    check_offers(tmp_path)
    assert backups > 0
    print(f"{KILLS} kills: {backups} backups, {offers} offers, {leftovers} times there were leftovers")
