"""What the engines are called where people read it."""

from PySide6.QtCore import QCoreApplication

from nn_desktop.engines.names import EngineName


def engine_title(name: EngineName) -> str:
    """Return what an engine is called."""
    match name:
        case EngineName.AUTO:
            return QCoreApplication.translate("engines", "Automatic")
        case EngineName.PYTHON:
            return QCoreApplication.translate("engines", "Plain Python")
        case EngineName.NUMPY:
            return QCoreApplication.translate("engines", "numpy")
        case EngineName.CPP:
            return QCoreApplication.translate("engines", "C++")


def engine_description(name: EngineName) -> str:
    """Return in a sentence what an engine is."""
    match name:
        case EngineName.AUTO:
            return QCoreApplication.translate(
                "engines", "Measures all engines for some milliseconds on this network and takes the fastest"
            )
        case EngineName.PYTHON:
            return QCoreApplication.translate(
                "engines", "Lists and loops, as the formulas in a textbook: slow, and easy to read"
            )
        case EngineName.NUMPY:
            return QCoreApplication.translate(
                "engines", "Whole matrices at a time, by a library made for large ones"
            )
        case EngineName.CPP:
            return QCoreApplication.translate(
                "engines", "Compiled for this processor: no interpreter between the sums"
            )
