"""A theme, and snapshots of small runs."""

from collections.abc import Callable, Iterator

import pytest
from known_data import make_setup
from PySide6.QtWidgets import QApplication

from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    yield theme
    theme.setParent(None)
    qapp.setStyleSheet("")


@pytest.fixture
def make_session() -> Callable[..., Session]:
    def make(dataset: str, layers: str = "8", epochs: int = 3) -> Session:
        session = Session(make_setup(dataset, parse_layers(layers), Activation.TANH))
        session.advance(session.walk.updates_until(epochs))
        return session

    return make
