"""Makes text from outside, such as names in files, safe to show.

`shown` is for a name or a value that is put into a sentence, `shown_path` for a path, `shown_file` for the
name of a file. `sentence` is for the whole sentence, just before it is displayed, in case a name in it was
not passed through `shown`. `one_line` is for a name that is written into a file.
"""

import unicodedata

MAX_SHOWN = 80
"""How many characters of a text from outside a sentence shows."""
MAX_SHOWN_PATH = 160
"""How many characters of a path a sentence shows; the middle of a longer one is left out."""
MAX_SENTENCE = 1000
"""Length of a sentence in characters; the middle of a longer one is left out."""
_END_OF_SENTENCE = 400
"""How many characters are kept at the end, which says what to do."""
_JOINERS = "\u200c\u200d"
"""Invisible, but part of the spelling of Persian, of Hindi and of emoji; they control nothing."""
_UNFIT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: control, format (such as direction marks), lone surrogates, line and paragraph ends."""


def shown(text: object, longest: int = MAX_SHOWN) -> str:
    r"""Return a text that is safe to show in a window and in a terminal.

    Parameters
    ----------
    text
        What a file, a link or an argument holds; anything but a string is converted to one.
    longest
        How many characters to show; ``…`` stands for the rest.

    Returns
    -------
    str
        The text without a character that could steer a terminal, turn the direction of writing or fail to be
        encoded: each of these is written as its escape, such as ``\x1b`` or ``\u202e``.
    """
    whole = visible(str(text)[: longest + 1])
    return whole if len(whole) <= longest else whole[:longest] + "…"


def shown_path(path: object, longest: int = MAX_SHOWN_PATH) -> str:
    """Return a path that is safe to show like `shown`.

    ``…`` stands for the middle of a long one, since its end is what it is known by: file and suffix.
    """
    end = 2 * longest // 3
    short = _without_middle(str(path), longest, end, "…")
    return _without_middle(visible(short), longest, end, "…")  # escapes are longer than what they stand for


def shown_file(name: str) -> str:
    """Return the name of a file as `shown_path` does, no longer than other names."""
    return shown_path(name, MAX_SHOWN)


def visible(text: str) -> str:
    """Return a text of one line like `shown`, in full length."""
    return text if text.isprintable() else "".join(map(_visible, text))


def visible_lines(text: str) -> str:
    """Return a text like `visible`, but keep its line breaks."""
    return "\n".join(map(visible, text.split("\n")))


def sentence(text: str) -> str:
    """Return a sentence that is safe to show, whatever was put into it, and not too long."""
    short = _without_middle(text, MAX_SENTENCE, _END_OF_SENTENCE, " … ")
    return _without_middle(visible(short), MAX_SENTENCE, _END_OF_SENTENCE, " … ")


def _without_middle(text: str, longest: int, end: int, mark: str) -> str:
    """Return a text of so many characters; so many at its end stay, and a mark stands for its middle."""
    return text if len(text) <= longest else f"{text[: longest - end - len(mark)]}{mark}{text[-end:]}"


def one_line(text: str) -> str:
    """Return a text that fits into any line of any file, and is the same for people.

    Ends of lines and controls become spaces. Halves of surrogate pairs, which no encoding can hold, become
    U+FFFD; two of them that belong together become their character.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in whole)


def counted(number: int, thing: str) -> str:
    """Return how many there are of a thing: ``"1 input"``, ``"3 inputs"``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def is_visible(character: str) -> bool:
    """Whether `shown` leaves a character as it is."""
    return character in _JOINERS or unicodedata.category(character) not in _UNFIT


def _visible(character: str) -> str:
    return character if is_visible(character) else character.encode("unicode_escape").decode()


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802  # Qt's lupdate knows it by this name
    """Mark a text of a table below the window, which shows it translated in this context."""
    return text
