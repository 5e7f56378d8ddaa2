"""What no sentence of the program may hold, whatever strangers put into it."""

import unicodedata

JOINERS = "\u200c\u200d"
STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
LONGEST = 1000
"""Characters of a sentence; all but a few have far less."""


def steering_characters(text: str) -> list[str]:
    """Name the controls, direction marks, halves of surrogate pairs and ends of lines in a text."""
    return [
        hex(ord(character))
        for character in text
        if character not in JOINERS and unicodedata.category(character) in STEERING
    ]
