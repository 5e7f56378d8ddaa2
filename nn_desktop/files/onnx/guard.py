"""The wire format of protocol buffers, in which ONNX files are written: read with a limit on everything.

A message is a row of fields, each a number and a value: a whole number of seven bits a byte, four bytes,
eight bytes, or a length and so many bytes, which may again be a message. Source: protobuf.dev, Encoding.

A library would make objects of all of a file at once, and some megabytes can ask for gigabytes of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from nn_desktop.files.native.stored import ReadError, damaged

MAX_FIELDS = 120_000
"""Fields and packed whole numbers of a file together: a network of 2,000 nodes has half of that."""
MAX_NAME_LENGTH = 10_000
"""Bytes of a name or another text that is read."""
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


class Budget:
    """How many fields may still be read."""

    def __init__(self, fields: int = MAX_FIELDS) -> None:
        self._left = fields

    def spend(self) -> None:
        """Take one away; raises `ReadError` if there are none left."""
        self._left -= 1
        if self._left < 0:
            raise ReadError("it has more parts than a network here can have: choose another file")


@dataclass(frozen=True, eq=False)
class Message:
    """The fields of a message, by number; those that it holds in turn are not yet read.

    All methods raise `ReadError` if a field is not of the kind that is asked for.
    """

    fields: dict[int, list[int | memoryview]]
    budget: Budget

    def has(self, number: int) -> bool:
        """Tell whether there is such a field."""
        return number in self.fields

    def integer(self, number: int, default: int = 0) -> int:
        """Return a signed whole number."""
        value = self._single(number)
        if value is None:
            return default
        if not isinstance(value, int):
            raise damaged("ONNX")
        return _signed(value)

    def integers(self, number: int) -> list[int]:
        """Return signed whole numbers, packed or one by one."""
        numbers: list[int] = []
        for value in self.fields.get(number, ()):
            if isinstance(value, int):
                numbers.append(_signed(value))
            else:
                numbers.extend(_read_packed(value, self.budget))
        return numbers

    def bytes_of(self, number: int) -> memoryview:
        """Return bytes; of four or eight, also a number. Empty if there are none."""
        value = self._single(number)
        if isinstance(value, int):
            raise damaged("ONNX")
        return memoryview(b"") if value is None else value

    def joined(self, number: int) -> memoryview:
        """Return the bytes of all such fields, one after the other."""
        values = self._views(number)
        return values[0] if len(values) == 1 else memoryview(b"".join(values))

    def text(self, number: int) -> str:
        """Return a text; empty if there is none."""
        return _decode(self.bytes_of(number))

    def texts(self, number: int) -> list[str]:
        """Return texts."""
        return [_decode(value) for value in self._views(number)]

    def message(self, number: int) -> "Message":
        """Return a message; an empty one if there is none."""
        return read_message(self.bytes_of(number), self.budget)

    def messages(self, number: int) -> "list[Message]":
        """Return messages."""
        return [read_message(value, self.budget) for value in self._views(number)]

    def count(self, number: int) -> int:
        """Return how many such fields there are."""
        return len(self.fields.get(number, ()))

    def _views(self, number: int) -> list[memoryview]:
        values = self.fields.get(number, [])
        views = [value for value in values if isinstance(value, memoryview)]
        if len(views) < len(values):
            raise damaged("ONNX")
        return views

    def _single(self, number: int) -> int | memoryview | None:
        values = self.fields.get(number)
        if values is None:
            return None
        # Some readers would take the last one, and others put all together.
        if len(values) > 1:
            raise damaged("ONNX")
        return values[0]


def read_message(content: memoryview, budget: Budget) -> Message:
    """Read the fields of a message.

    Raises
    ------
    ReadError
        If it is none, or the budget is spent.
    """
    fields: dict[int, list[int | memoryview]] = {}
    for number, value in _fields(content, budget):
        fields.setdefault(number, []).append(value)
    return Message(fields, budget)


def _fields(content: memoryview, budget: Budget) -> Iterator[tuple[int, int | memoryview]]:
    place, end = 0, len(content)
    while place < end:
        budget.spend()
        tag, place = _read_varint(content, place)
        kind = tag & 7
        value: int | memoryview
        if kind == _VARINT:
            value, place = _read_varint(content, place)
        else:
            if kind == _BYTES:
                length, place = _read_varint(content, place)
            elif kind in (_EIGHT, _FOUR):
                length = 8 if kind == _EIGHT else 4
            else:  # groups, which ONNX has none of
                raise damaged("ONNX")
            if length > end - place:
                raise damaged("ONNX")
            value = content[place : place + length]
            place += length
        yield tag >> 3, value


def _read_packed(content: memoryview, budget: Budget) -> Iterator[int]:
    place = 0
    while place < len(content):
        budget.spend()
        value, place = _read_varint(content, place)
        yield _signed(value)


def _read_varint(content: memoryview, place: int) -> tuple[int, int]:
    """Return a whole number and where the next thing begins: seven bits a byte, the lowest first."""
    value = 0
    for position, byte in enumerate(content[place : place + 10]):
        value |= (byte & 127) << (7 * position)
        if byte < 128:
            return value & (2**64 - 1), place + position + 1
    raise damaged("ONNX")


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _decode(value: memoryview) -> str:
    if len(value) > MAX_NAME_LENGTH:
        raise damaged("ONNX")
    try:
        return bytes(value).decode()
    except UnicodeDecodeError as error:
        raise damaged("ONNX") from error
