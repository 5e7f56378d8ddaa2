"""Texts that come from elsewhere, made fit to stand in a sentence of the program.

`shown` is for a name or a value within a sentence. `sentence` is for the whole of it, where it is said: so a
name does no harm either that somebody forgot to show.
"""

import unicodedata

MAX_SHOWN = 80
"""Characters of a foreign text that a sentence shows."""
MAX_SENTENCE = 1000
"""Characters of a sentence: of a longer one, made of some very long path, the middle is left out."""
_END_OF_SENTENCE = 400
"""Characters of it that are kept of its end, which says what to do."""
_JOINERS = "\u200c\u200d"
"""Invisible, but part of the spelling of Persian, Hindi and of emoji; they steer nothing."""
_UNFIT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, direction marks and others that format, halves of surrogate pairs, ends of lines."""


def shown(text: object, longest: int = MAX_SHOWN) -> str:
    r"""Return a text that is safe to show in a window and in a terminal.

    Parameters
    ----------
    text
        What a file, a link or an argument holds; whatever is no text is turned into one.
    longest
        Characters to show; where there are more, ``…`` follows.

    Returns
    -------
    str
        The text without a character that could steer a terminal, turn the direction of writing or fail to be
        encoded: each of these is written as its escape, such as ``\x1b`` or ``\u202e``.
    """
    whole = visible(str(text)[: longest + 1])
    return whole if len(whole) <= longest else whole[:longest] + "…"


def visible(text: str) -> str:
    """Return a text of one line as `shown` does, but the whole of it."""
    return text if text.isprintable() else "".join(map(_visible, text))


def visible_lines(text: str) -> str:
    """Return a text as `visible` does, and keep the ends of its lines."""
    return "\n".join(map(visible, text.split("\n")))


def sentence(text: str) -> str:
    """Return a sentence in which nothing is unfit to be shown, whatever was put into it, nor too long."""
    return _without_middle(visible(_without_middle(text)))  # escapes are longer than what they stand for


def _without_middle(text: str) -> str:
    if len(text) <= MAX_SENTENCE:
        return text
    return f"{text[: MAX_SENTENCE - _END_OF_SENTENCE - 3]} … {text[-_END_OF_SENTENCE:]}"


def is_visible(character: str) -> bool:
    """Whether `shown` leaves a character as it is."""
    return character in _JOINERS or unicodedata.category(character) not in _UNFIT


def _visible(character: str) -> str:
    return character if is_visible(character) else character.encode("unicode_escape").decode()
