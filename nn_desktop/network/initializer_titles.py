"""What the initializers are called where one chooses among them."""

from nn_desktop.network.functions import Initializer

_NAMES = {"glorot": "Glorot", "he": "He", "lecun": "LeCun"}


def initializer_title(initializer: Initializer) -> str:
    """Return what an initializer is called: ``Glorot uniform``, ``Zeros``."""
    words = initializer.replace("-", " ").split()
    text = " ".join(_NAMES.get(word, word) for word in words)
    return text[0].upper() + text[1:]
