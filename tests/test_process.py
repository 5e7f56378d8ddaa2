"""A signal asks for a stop, interrupts an engine at work, and leaves alone what does not end."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from nn_desktop import process
from nn_desktop.engines.engine import StopFlag
from nn_desktop.process import (
    INTERRUPTED,
    SIGNALS,
    LeftError,
    StopRequest,
    raise_interrupt,
    stop_on_signals,
)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.0)


@pytest.fixture
def endless() -> Iterator[threading.Event]:
    """What a thread may wait for that never comes, until the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_sets_the_flag_of_an_engine(number: signal.Signals) -> None:
    flag = StopFlag()
    with stop_on_signals() as stop:
        stop.interrupt(flag)
        assert (stop.asked, bool(flag)) == (False, False)
        os.kill(os.getpid(), number)
        assert (stop.asked, bool(flag)) == (True, True)


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
def test_all_signals_that_end_a_program_are_heard() -> None:
    assert set(SIGNALS) == {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_is_ignored_stays_ignored(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with stop_on_signals() as stop:
            os.kill(os.getpid(), number)
            assert not stop.asked
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_signals_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stop_on_signals():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_another_thread_than_the_main_one_hears_no_signals() -> None:
    heard: list[bool] = []

    def work() -> None:
        with stop_on_signals() as stop:
            heard.append(stop.asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == [False]


def test_a_stop_that_came_before_the_engine_stops_it_too() -> None:
    flag, stop = StopFlag(), StopRequest()
    stop.ask()
    stop.interrupt(flag)
    assert flag


ASKED_TWICE = """
import os, signal, sys, time
from nn_desktop import process
process.ECHO_SECONDS = float(sys.argv[1])
with process.stop_on_signals() as stop:
    for number in sys.argv[2:]:
        os.kill(os.getpid(), int(number))
        time.sleep(0.01)
    print("went on", stop.asked, flush=True)
"""


@pytest.mark.parametrize(
    ("echo", "numbers", "ends"),
    [
        (0.0, [signal.SIGINT, signal.SIGINT], True),
        (0.0, [signal.SIGTERM, signal.SIGINT], True),
        (60.0, [signal.SIGINT, signal.SIGINT], False),  # sent on by what started the program
        (0.0, [signal.SIGHUP, signal.SIGHUP], False),  # from the terminal, and from its shell
        (0.0, [signal.SIGTERM, signal.SIGHUP], False),  # as systemd sends them
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
def test_a_second_ctrl_c_ends_the_process_at_once(
    echo: float, numbers: list[signal.Signals], ends: bool
) -> None:
    command = [sys.executable, "-c", ASKED_TWICE, str(echo), *(str(int(number)) for number in numbers)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == ((INTERRUPTED, "") if ends else (0, "went on True\n"))


# What is at work


def test_work_gives_its_result_or_its_error() -> None:
    def fail() -> None:
        raise ValueError("no")

    stop = StopRequest()
    assert stop.run(lambda: threading.current_thread() is threading.main_thread()) is False
    with pytest.raises(ValueError, match="no"):
        stop.run(fail)
    assert not stop.has_left_work


def test_work_that_somebody_waits_for_is_not_left() -> None:
    stop = StopRequest()
    assert stop.run(lambda: stop.has_left_work) is False


def test_work_stays_left_when_other_work_ends(no_grace: None, endless: threading.Event) -> None:
    stop = StopRequest()
    stop.ask()
    with pytest.raises(LeftError):
        stop.run(endless.wait)
    with suppress(LeftError):
        stop.run(lambda: None)
    assert stop.has_left_work


def test_work_that_does_not_end_is_left_when_a_stop_is_asked_for(
    no_grace: None, endless: threading.Event
) -> None:
    with stop_on_signals() as stop:

        def work() -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            endless.wait()

        with pytest.raises(LeftError):
            stop.run(work)
        assert stop.has_left_work


def test_work_may_end_in_time(endless: threading.Event) -> None:
    with stop_on_signals() as stop:
        flag = StopFlag()
        stop.interrupt(flag)

        def work() -> str:
            os.kill(os.getpid(), signal.SIGTERM)
            while not flag:
                endless.wait(0.001)
            return "what there is"

        assert stop.run(work) == "what there is"
        assert not stop.has_left_work


def test_where_nothing_is_to_be_kept_work_is_given_up_at_once(endless: threading.Event) -> None:
    with stop_on_signals() as stop:
        with pytest.raises(KeyboardInterrupt), stop.answered_by(raise_interrupt):
            os.kill(os.getpid(), signal.SIGTERM)
            stop.run(endless.wait)
        with pytest.raises(KeyboardInterrupt), stop.answered_by(raise_interrupt):
            pytest.fail("it went on although a stop was asked for before")
        assert stop.asked
