"""What every test stands on: no display is needed, and nothing is left behind."""

import itertools
import os
import threading

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
NUMBERS = itertools.count()
# How long an example takes says more about the machine than about what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def home_of_its_own(monkeypatch, tmp_path_factory):
    """A test finds no settings, and leaves nothing to be offered to whoever runs it."""
    home = tmp_path_factory.getbasetemp() / f"home{next(NUMBERS)}"  # not made before it is needed
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """A test that leaves its worker running fails."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before]
    assert "training" not in left
