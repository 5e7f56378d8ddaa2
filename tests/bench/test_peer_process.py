"""A library in a process of its own can be ended at any time, and its end is nobody else's."""

import threading

import pytest

from nn_desktop.bench import peer_process, peers
from nn_desktop.bench.cases import Case
from nn_desktop.bench.measurement import TimingError
from nn_desktop.bench.peer_process import PeerContestant
from nn_desktop.bench.peers import PeerName
from nn_desktop.engines.engine import StopFlag
from nn_desktop.network.notation import parse_layers

pytest.importorskip("sklearn")
CASE = Case(parse_layers("1-4-1"), 64)


@pytest.fixture
def contestant():
    one = PeerContestant(PeerName.SCIKIT_LEARN)
    yield one
    process = one._process
    one.close()
    if process is not None:
        assert not process.is_alive
        assert not process._reader.is_alive()


def test_it_trains_one_case_after_another(contestant: PeerContestant) -> None:
    assert contestant.name == "scikit-learn"
    runner = contestant.prepare(CASE, StopFlag())
    assert runner.took.startswith("scikit-learn ")
    assert 0 < runner.run() < 1
    assert runner.phases() is None
    process = contestant._process
    assert 0 < contestant.prepare(Case(parse_layers("2-3-1"), 200), StopFlag()).run() < 1
    assert contestant._process is process


def test_what_it_cannot_train_does_not_end_it(contestant: PeerContestant) -> None:
    with pytest.raises(TimingError, match="it has no such activations"):
        contestant.prepare(Case(parse_layers("1-4:sine-1"), 64), StopFlag())
    assert 0 < contestant.prepare(CASE, StopFlag()).run() < 1


def test_a_process_that_ends_is_noticed_and_another_one_begins(contestant: PeerContestant) -> None:
    runner = contestant.prepare(CASE, StopFlag())
    first = contestant._process
    assert first is not None
    first._process.kill()
    with pytest.raises(TimingError, match="its process ended"):
        runner.run()
    assert 0 < contestant.prepare(CASE, StopFlag()).run() < 1
    assert contestant._process is not first


def test_a_process_that_fails_says_why(contestant: PeerContestant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_process, "_SERVE", "import sys\nsys.exit('first\\nno such \\x1b[2Jlibrary')")
    with pytest.raises(TimingError, match=r"^its process ended \(no such \\x1b\[2Jlibrary\)$"):
        contestant.prepare(CASE, StopFlag())


def test_a_stop_ends_it_at_once(contestant: PeerContestant) -> None:
    stop = StopFlag()
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(TimingError):
        contestant.prepare(CASE, stop)
    assert contestant._process is not None
    assert not contestant._process.is_alive


def test_who_is_not_ready_in_time_is_left_out(
    contestant: PeerContestant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_process, "PREPARE_SECONDS", 0)
    with pytest.raises(TimingError, match="not ready after 0 s"):
        contestant.prepare(CASE, StopFlag())


def test_a_library_that_is_not_installed_needs_no_process(
    contestant: PeerContestant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    with pytest.raises(TimingError, match="not installed"):
        contestant.prepare(CASE, StopFlag())
    assert contestant._process is None


def test_what_a_library_fails_with_is_told_in_a_line() -> None:
    assert peer_process._first_line(ValueError("no\nmore")) == "ValueError: no"
    assert peer_process._first_line(ValueError()) == "ValueError"
