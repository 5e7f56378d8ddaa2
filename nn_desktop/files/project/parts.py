"""How parts of a project's document are read: within bounds, and left out where they are damaged."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TypeVar

from nn_desktop.errors import UserError
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.topology_document import WrongPartError, read_value

_T = TypeVar("_T")
_Item = TypeVar("_Item")
_Default = TypeVar("_Default")


class Damage:
    """Leaves out parts that are damaged and that training does not need.

    Attributes
    ----------
    sentences
        What was left out, each sentence once, in order.
    """

    def __init__(self) -> None:
        self.sentences: dict[str, None] = {}

    def optional(self, sentence: str, read: Callable[[], _T], default: _Default) -> _T | _Default:
        """Read a part; if that cannot be, say so by a sentence, and take something else."""
        try:
            return read()
        except (ReadError, UserError):
            self.sentences[sentence] = None
            return default

    def each(self, parts: str, items: Iterable[_Item], read: Callable[[_Item], _T]) -> list[_T]:
        """Read parts one by one, and leave out only those that are damaged."""
        items = list(items)
        kept: list[_T] = []
        for item in items:
            with suppress(ReadError, UserError):
                kept.append(read(item))
        if len(kept) < len(items):
            self.leave_out(parts, is_all=not kept)
        return kept

    def leave_out(self, parts: str, is_all: bool) -> None:
        """Say that parts were left out."""
        self.sentences[f"{'T' if is_all else 'Some of t'}he {parts} were damaged and left out."] = None


def read_list(document: Mapping[str, object], key: str, most: int) -> list[object]:
    """Read a list that is not too long, whose items are not yet looked at."""
    items = document.get(key)
    if not isinstance(items, list) or len(items) > most:
        raise WrongPartError(key)
    return items


def read_count(described: Mapping[str, object], key: str, most: int = 2**53) -> int:
    number = read_value(key, described.get(key), int)
    if not 0 <= number <= most:
        raise WrongPartError(key)
    return number
