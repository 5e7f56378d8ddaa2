"""Texts that come from elsewhere, made fit to stand in a sentence of the program."""

import unicodedata

MAX_SHOWN = 80
"""Characters of a foreign text that a sentence shows."""
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
    whole = str(text)
    cut = whole if len(whole) <= longest else whole[:longest] + "…"
    return "".join(map(_visible, cut))


def _visible(character: str) -> str:
    if character in _JOINERS or unicodedata.category(character) not in _UNFIT:
        return character
    return character.encode("unicode_escape").decode()
