"""Times PyTorch, JAX and scikit-learn beside the engines.

Run it with the options of ``nn-desktop bench``, under ``taskset -c 1`` to compare one core:

    python tests/benchmarks/peers.py --layers 1-16-16-1 --batch-size 16

Each library has a process of its own, which is told to prepare for a workload and then to train for a while,
again and again: it may take long to compile, bring threads with it, or crash.
"""

import signal
import sys
import time
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from peer_libraries import PeerName, make_training, why_missing

from nn_desktop.bench import measurement
from nn_desktop.bench.measurement import TimingError
from nn_desktop.cli.bench import bench
from nn_desktop.cli.console import say
from nn_desktop.cli.options import read_options
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.workload import Workload
from nn_desktop.errors import UserError
from nn_desktop.process import BAD_INPUT, stop_on_signals

PREPARE_SECONDS = 120.0
"""A library that is not ready by then, compiling, is left out."""
FEW_UPDATES = 8
LOOK_SECONDS = 0.05
"""So often it is looked whether to stop."""


class Peer:
    """A library in a process of its own, which begins when it is first needed. To be closed at the end.

    Parameters
    ----------
    name
        The library.

    Attributes
    ----------
    took
        Its name and version, once it is prepared.
    """

    def __init__(self, name: PeerName) -> None:
        self.took = ""
        self._name = name
        self._process: Any = None

    def prepare(self, workload: Workload, stop: StopFlag) -> "Peer":
        """Warm up for a workload; see `nn_desktop.bench.comparison.Prepare`."""
        if missing := why_missing(self._name):
            raise TimingError(missing)
        self._stop = stop
        if self._process is None or not self._process.is_alive():
            context = get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._process = context.Process(target=serve, args=(self._name, theirs), daemon=True)
            self._process.start()
            theirs.close()
        self.took = self._ask(workload)
        return self

    def run(self) -> float:
        """Train for a while; return the seconds per update."""
        return float(self._ask(None))

    def phases(self) -> None:
        """Return nothing: the parts of an update are not apart."""

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
            self._process = None

    def _ask(self, question: Workload | None) -> Any:
        """Return the answer to a question; end the process if it fails, is too late or is to stop."""
        end = time.monotonic() + PREPARE_SECONDS
        try:
            self._connection.send(question)
            while not self._connection.poll(LOOK_SECONDS):
                if self._stop or time.monotonic() > end:
                    self.close()
                    raise TimingError(f"it was not ready after {PREPARE_SECONDS:g} s")
            answer = self._connection.recv()
        except (EOFError, OSError):
            self.close()
            raise TimingError("its process ended") from None
        if isinstance(answer, TimingError):
            raise answer
        return answer


def serve(peer: PeerName, connection: Connection) -> None:
    """Train in a library until nobody asks any more: a workload is prepared for, None is a run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that asks
    trainer: _Trainer | None = None
    while True:
        try:
            question = connection.recv()
        except EOFError:
            return
        try:
            if question is not None:
                trainer = None  # before the next one takes memory
                trainer = _Trainer(peer, question)
                answer: object = trainer.version
            else:
                assert trainer is not None
                answer = trainer.run()
        except TimingError as error:
            answer = error
        except Exception as error:  # whatever a library comes up with, the others go on
            answer = TimingError(first_line(error))
        connection.send(answer)


def first_line(error: Exception) -> str:
    """Return what went wrong in a library, in a line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


class _Trainer:
    """A training that knows how many updates fit into a run."""

    def __init__(self, peer: PeerName, workload: Workload) -> None:
        self._training = make_training(peer, workload)
        self.version = self._training.version
        self._updates = FEW_UPDATES
        self.run()  # what is compiled once is compiled now
        self._updates = max(1, int(measurement.RUN_SECONDS / self.run()))
        end = time.perf_counter() + measurement.WARM_SECONDS
        self.run()
        while time.perf_counter() < end:
            self.run()

    def run(self) -> float:
        """Train for a while; return the seconds per update."""
        began = time.perf_counter()
        done = self._training.train(self._updates)
        return (time.perf_counter() - began) / done


def main() -> int:
    """Time the engines and the libraries; return what the process exits with."""
    with stop_on_signals() as stop, ExitStack() as stack:
        peers = {name.value: Peer(name) for name in PeerName}
        for peer in peers.values():
            stack.callback(peer.close)
        try:
            options = read_options(["bench", *sys.argv[1:]])
            return bench(options, stop, {name: peer.prepare for name, peer in peers.items()})
        except UserError as error:
            say(str(error))
            return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
