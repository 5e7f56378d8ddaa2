"""How parts of a project's document are numbered, and read: within bounds, and left out if damaged."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Generic, TypeVar

from nn_desktop.errors import UserError
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.topology_document import WrongPartError, read_value

_T = TypeVar("_T")
_Item = TypeVar("_Item")
_Default = TypeVar("_Default")


class Numbered(Generic[_T]):
    """Different values, each once, and their places in the list.

    Parameters
    ----------
    values
        In order; many of them may be the same object, and comparing takes long.
    """

    def __init__(self, *values: _T) -> None:
        self.values: list[_T] = []
        self._by_value: dict[_T, int] = {}
        self._by_object: dict[int, int] = {}
        for value in values:
            if id(value) not in self._by_object:
                if value not in self._by_value:
                    self._by_value[value] = len(self.values)
                    self.values.append(value)
                self._by_object[id(value)] = self._by_value[value]

    def number_of(self, value: _T) -> int:
        """Return the place of one of the objects."""
        return self._by_object[id(value)] if id(value) in self._by_object else self._by_value[value]


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
