"""What kept work is about: the project, its file, and what makes the work out of date."""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nn_desktop.files.project.stamps import Stamp

LOCK, WORK, ABOUT, PICTURE = "lock", "work.nnd", "about.json", "picture.png"


OTHER_WORK = {WORK: "work2.nnd", "work2.nnd": WORK}


MAX_ABOUT_BYTES = 20_000


@dataclass(frozen=True)
class About:
    """What a project is called, and its file.

    Attributes
    ----------
    name
        Name of the project, as the window's title shows it.
    path
        Its file, if it has one.
    seen
        How that file looked when the program had it in hand last; None if it had not, or nobody knows.
    """

    name: str
    path: Path | None
    seen: Stamp | None = None


@dataclass(frozen=True)
class Promise:
    """Which file, with which digest, holds what was kept, or later work."""

    path: Path
    digest: str

    def is_kept(self) -> bool:
        with suppress(OSError), self.path.open("rb") as file:
            return digest_of(file) == self.digest
        return False


@dataclass(frozen=True)
class Description:
    """What stands in ``about.json``."""

    about: About
    promise: Promise | None = None
    work: str = WORK

    def to_json(self) -> bytes:
        """Return it as `read_about` reads it."""
        about, promise = self.about, self.promise
        described = {
            "work": self.work,
            "name": about.name,
            "path": None if about.path is None else str(about.path),
            "seen": about.seen,
            "overtaken": None if promise is None else {"path": str(promise.path), "digest": promise.digest},
        }
        return json.dumps(described).encode()


def digest_of(file: BinaryIO) -> str:
    """Return what no other content of a file has, from where it stands to its end."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def read_about(folder: Path) -> Description:
    """Read what a folder is about; where that is damaged, the work is still worth having."""
    try:
        with (folder / ABOUT).open("rb") as file:
            described = json.loads(file.read(MAX_ABOUT_BYTES))
        name, origin = described["name"], described["path"]
        about = About(str(name)[:200], None if origin is None else _path(str(origin)), _stamp(described))
        work = described.get("work", WORK)
        return Description(about, _read_promise(described), work if work in OTHER_WORK else WORK)
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        there = next((name for name in OTHER_WORK if (folder / name).is_file()), WORK)
        return Description(About("?", None), work=there)


def _path(text: str) -> Path:
    """Return the path that a text says; raises `ValueError` if the system could ask for none such."""
    if b"\0" in os.fsencode(text):
        raise ValueError(text)
    return Path(text)


def _stamp(described: Mapping[str, object]) -> Stamp | None:
    match described.get("seen"):
        case [int(time), int(size)]:
            return time, size
    return None


def _read_promise(described: Mapping[str, object]) -> Promise | None:
    match described.get("overtaken"):
        case {"path": str(path), "digest": str(digest)}:
            return Promise(_path(path), digest)
    return None
