"""A signal asks for a stop, and interrupts an engine at work."""

import os
import signal

import pytest

from nn_desktop.engines.engine import StopFlag
from nn_desktop.process import StopRequest, stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_flag_of_an_engine(number: signal.Signals) -> None:
    flag = StopFlag()
    with stop_on_signals() as stop:
        stop.interrupt(flag)
        assert (stop.asked, bool(flag)) == (False, False)
        os.kill(os.getpid(), number)
        assert (stop.asked, bool(flag)) == (True, True)


def test_a_stop_that_came_before_the_engine_stops_it_too() -> None:
    flag, stop = StopFlag(), StopRequest()
    stop.ask()
    stop.interrupt(flag)
    assert flag
