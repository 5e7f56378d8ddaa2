"""A document without a window."""

import pytest
from desk import Desk
from known_data import make_setup

from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers


@pytest.fixture
def desk(qapp):
    desk = Desk(make_setup("sine", parse_layers("1-4-3-1"), Activation.TANH))
    yield desk
    desk.close()
