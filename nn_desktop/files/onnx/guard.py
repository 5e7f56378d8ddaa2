"""A wall before the onnx library, which makes objects of a file at once: 744 MB of 10 MB of empty nodes.

So the fields of a file are counted before the library sees it. A message is a row of fields, each a number
and a value: a whole number of seven bits a byte, four bytes, eight bytes, or a length and so many bytes,
which may again be a message. Sources: protobuf.dev, Encoding; onnx.proto, for the numbers of fields.
"""

from typing import Any, Final

from nn_desktop.files.native.stored import ReadError, damaged

MAX_FIELDS: Final = 120_000
"""Fields and packed whole numbers of a file together: a network of 2,000 nodes has half of that."""
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5

# What is in a field of bytes: a message (its fields), a text, or None for bytes that stay as they are. What
# is not listed here counts as one field a byte: packed whole numbers, and whatever is not known.
_Fields = dict[int, Any]
_PAIR: _Fields = {1: str, 2: None}
_INFO: _Fields = {1: str, 2: {1: {2: {1: {2: None, 3: None}}}, 6: None}, 3: None, 4: _PAIR}
_TENSOR: _Fields = {4: None, 6: None, 8: str, 9: None, 10: None, 12: None, 13: _PAIR, 16: _PAIR}
_ATTRIBUTE: _Fields = {1: str, 4: None, 5: _TENSOR, 7: None, 9: None, 10: _TENSOR, 13: None, 21: str}
_NODE: _Fields = dict.fromkeys((1, 2, 3, 4, 7), str) | {5: _ATTRIBUTE, 6: None, 8: None, 9: _PAIR}
_GRAPH: _Fields = {1: _NODE, 2: None, 5: _TENSOR, 10: None, 11: _INFO, 12: _INFO, 13: _INFO, 16: _PAIR}
_ATTRIBUTE |= {6: _GRAPH, 11: _GRAPH}
_MODEL: _Fields = dict.fromkeys((2, 3, 4, 6)) | {7: _GRAPH, 8: _PAIR, 14: _PAIR}


def check_fields(content: bytes) -> None:
    """Count the fields of an ONNX file.

    Raises
    ------
    ReadError
        If there are more than `MAX_FIELDS`, or the file is cut off or no message.
    """
    left = MAX_FIELDS
    waiting = [(0, len(content), _MODEL)]
    while waiting:
        place, end, fields = waiting.pop()
        while place < end:
            left -= 1
            tag, place = _read_varint(content, place, end)
            kind = tag & 7
            if kind == _VARINT:
                _, place = _read_varint(content, place, end)
                length = 0
            elif kind == _BYTES:
                length, place = _read_varint(content, place, end)
                inside = fields.get(tag >> 3, length)
                if isinstance(inside, dict):
                    waiting.append((place, place + length, inside))
                left -= inside if isinstance(inside, int) else 0
                if inside is str:
                    _check_text(content[place : min(place + length, end)])
            elif kind in (_EIGHT, _FOUR):
                length = 8 if kind == _EIGHT else 4
            else:  # groups, which ONNX has none of
                raise damaged("ONNX")
            place += length
            if place > end:
                raise damaged("ONNX")
            if left < 0:
                raise ReadError("it has more parts than a network here can have: choose another file")


def _check_text(content: bytes) -> None:
    """Refuse what is no text: the library would give bytes in its place."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise damaged("ONNX") from error


def _read_varint(content: bytes, place: int, end: int) -> tuple[int, int]:
    """Return a whole number and where the next thing begins: seven bits a byte, the lowest first."""
    value = 0
    for position, byte in enumerate(content[place : min(place + 10, end)]):
        value |= (byte & 127) << (7 * position)
        if byte < 128:
            return value, place + position + 1
    raise damaged("ONNX")
