"""A library in a process of its own can be ended at any time, and its end is nobody else's."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import peer_libraries
import peers
import pytest
from peer_libraries import PeerName
from peers import Peer

from nn_desktop.bench.measurement import TimingError
from nn_desktop.bench.workloads import make_workload
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.names import Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers

pytest.importorskip("sklearn")


def typed(layers: str, batch_size: int = 64) -> Workload:
    return make_workload(parse_layers(layers), batch_size, Activation.TANH, Precision.FLOAT32)


WORKLOAD = typed("1-4-1")


@pytest.fixture
def peer():
    one = Peer(PeerName.SCIKIT_LEARN)
    yield one
    process = one._process
    one.close()
    assert process is None or process.exitcode is not None or not process.is_alive()


def test_it_trains_one_workload_after_another(peer: Peer) -> None:
    runner = peer.prepare(WORKLOAD, StopFlag())
    assert runner.took.startswith("scikit-learn ")
    assert 0 < runner.run() < 1
    assert runner.phases() is None
    process = peer._process
    assert 0 < peer.prepare(typed("2-3-1", 200), StopFlag()).run() < 1
    assert peer._process is process


def test_what_it_cannot_train_does_not_end_it(peer: Peer) -> None:
    with pytest.raises(TimingError, match="it has no such activations"):
        peer.prepare(typed("1-4:sine-1"), StopFlag())
    assert 0 < peer.prepare(WORKLOAD, StopFlag()).run() < 1


def test_a_process_that_ends_is_noticed_and_another_one_begins(peer: Peer) -> None:
    runner = peer.prepare(WORKLOAD, StopFlag())
    first = peer._process
    first.kill()
    with pytest.raises(TimingError, match="its process ended"):
        runner.run()
    assert 0 < peer.prepare(WORKLOAD, StopFlag()).run() < 1
    assert peer._process is not first


def test_a_stop_ends_it_at_once(peer: Peer) -> None:
    stop = StopFlag()
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(TimingError):
        peer.prepare(WORKLOAD, stop)
    assert peer._process is None


def test_a_library_that_is_not_ready_in_time_is_left_out(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "PREPARE_SECONDS", 0)
    with pytest.raises(TimingError, match="not ready after 0 s"):
        peer.prepare(WORKLOAD, StopFlag())


def test_a_library_that_is_not_installed_needs_no_process(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_libraries, "find_spec", lambda name: None)
    with pytest.raises(TimingError, match="not installed"):
        peer.prepare(WORKLOAD, StopFlag())
    assert peer._process is None


def test_what_a_library_fails_with_is_told_in_a_line() -> None:
    assert peers.first_line(ValueError("no\nmore")) == "ValueError: no"
    assert peers.first_line(ValueError()) == "ValueError"


def run_script(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, peers.__file__, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_the_script_has_a_row_for_each_engine_that_is_asked_for_and_each_library() -> None:
    done = run_script("--layers", "1-4-1", "--engine", "numpy")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line for line in done.stdout.splitlines() if line.startswith("1-4-1")]
    assert [row[23:].split()[0].rstrip(":") for row in rows] == ["numpy", *PeerName]
    assert "scikit-learn: scikit-learn 1." in done.stdout


def test_a_mistake_on_its_command_line_gets_one_sentence() -> None:
    done = run_script("--layer", "1")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert 'Did you mean "--layers"?' in done.stderr
