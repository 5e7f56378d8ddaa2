"""A document without a window, and what its session is asked."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from nn_desktop.desktop.document.document import make_document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup

T = TypeVar("T")


def ask(trainer: Trainer, question: Callable[[Session], T]) -> T:
    """Return what the worker answers when it has come to it."""
    return trainer.post(question).result(60)


def train(trainer: Trainer, updates: int) -> None:
    """Train, and wait for it."""
    ask(trainer, lambda session: session.advance(updates))


def vector(trainer: Trainer) -> np.ndarray:
    """Return a copy of all parameters."""
    return ask(trainer, lambda session: session.parameters.vector.copy())


class Desk:
    """A document and its trainer; it is closed by the test that makes it."""

    def __init__(self, setup: Setup) -> None:
        self.document, self.trainer = make_document(setup)

    def ask(self, question: Callable[[Session], T]) -> T:
        """Return what the worker answers when it has come to it."""
        return ask(self.trainer, question)

    def train(self, updates: int) -> None:
        """Train, and wait for it."""
        train(self.trainer, updates)

    def vector(self) -> np.ndarray:
        """Return a copy of all parameters."""
        return vector(self.trainer)

    def close(self) -> None:
        """End the worker."""
        assert self.trainer.close()
        self.document.deleteLater()
        self.trainer.deleteLater()
