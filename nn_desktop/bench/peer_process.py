"""Each library in a process of its own: it may take long to compile, bring threads with it, or crash.

It is told to prepare for a case, and then to train for a while, again and again; between that it waits.
Questions and answers are pickled, through its standard input and output.
"""

import os
import pickle
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from queue import Empty, Queue
from subprocess import PIPE
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

import nn_desktop
from nn_desktop.bench import measurement
from nn_desktop.bench.cases import Case
from nn_desktop.bench.measurement import TimingError
from nn_desktop.bench.peers import PeerName, make_training, why_missing
from nn_desktop.engines.engine import StopFlag
from nn_desktop.programs import Program, complaint, isolated_python, private_folder

PREPARE_SECONDS = 120.0
"""Who is not ready by then, compiling, is left out."""
FEW_UPDATES = 8
LOOK_SECONDS = 0.05
"""So often it is looked whether to stop."""


@dataclass(frozen=True)
class _Ready:
    version: str


@dataclass(frozen=True)
class _Failed:
    reason: str


class _Ended:
    pass


_SERVE = """
import sys
from importlib.util import module_from_spec, spec_from_file_location

places = sys.argv[3:]
spec = spec_from_file_location("nn_desktop", sys.argv[2], submodule_search_locations=places)
sys.modules["nn_desktop"] = module_from_spec(spec)
spec.loader.exec_module(sys.modules["nn_desktop"])
from nn_desktop.bench.peer_process import serve

serve()
"""
"""This very package is handed over by its files; what lies beside it cannot be imported."""


class PeerContestant:
    """A library that trains the same cases. To be closed at the end.

    Parameters
    ----------
    peer
        The library to time.
    """

    def __init__(self, peer: PeerName) -> None:
        self._peer = peer
        self._process: _Process | None = None

    @property
    def name(self) -> str:
        """The library's."""
        return self._peer.value

    def prepare(self, case: Case, stop: StopFlag) -> "PeerRunner":
        """Warm up for a case, in a new process if there is none; see `Contestant.prepare`."""
        missing = why_missing(self._peer)
        if missing:
            raise TimingError(missing)
        if self._process is None or not self._process.is_alive:
            self.close()
            self._process = _Process(self._peer)
        answer = self._process.ask(case, stop)
        assert isinstance(answer, _Ready)
        return PeerRunner(self._process, answer.version, stop)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()


class PeerRunner:
    """A library that is warmed up for a case.

    Attributes
    ----------
    took
        Its name and version.
    """

    def __init__(self, process: "_Process", version: str, stop: StopFlag) -> None:
        self._process, self._stop = process, stop
        self.took = version

    def run(self) -> float:
        """Train for a while; return the seconds per update."""
        seconds = self._process.ask(None, self._stop)
        assert isinstance(seconds, float)
        return seconds

    def phases(self) -> None:
        """Return nothing: the parts of an update are not apart."""


class _Process:
    def __init__(self, peer: PeerName) -> None:
        command = [*isolated_python(), "-c", _SERVE, peer.value, nn_desktop.__file__, *nn_desktop.__path__]
        with ExitStack() as stack:
            folder = stack.enter_context(private_folder())
            self._wrong = stack.enter_context(TemporaryFile(dir=folder))
            self._program = Program(command, folder, PIPE, PIPE, self._wrong)
            stack.callback(self._program.end)
            self._cleanup = stack.pop_all()
        self._process = self._program.process
        assert self._process.stdin is not None and self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, Queue[object]()
        self._reader = Thread(target=_read, args=(self._process.stdout, self._answers), daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        return self._program.is_running

    def ask(self, question: Case | None, stop: StopFlag) -> object:
        """Return the answer to a question; end the process if it fails, is too late or is to stop."""
        end = time.monotonic() + PREPARE_SECONDS
        with suppress(OSError):  # it has ended, and so says the reader
            pickle.dump(question, self._questions)
            self._questions.flush()
        while True:
            try:
                answer = self._answers.get(timeout=LOOK_SECONDS)
                break
            except Empty:
                if stop or time.monotonic() > end:
                    self.close()
                    raise TimingError(f"it was not ready after {PREPARE_SECONDS:g} s") from None
        if isinstance(answer, _Ended):
            self._program.end()
            reason = complaint(self._wrong)
            self.close()
            raise TimingError(f"its process ended ({reason})")
        if isinstance(answer, _Failed):
            raise TimingError(answer.reason)
        return answer

    def close(self) -> None:
        self._cleanup.close()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(OSError):  # a question that was never read
                stream.close()


def _read(stream: IO[bytes], answers: "Queue[object]") -> None:
    while True:
        try:
            answers.put(pickle.load(stream))
        except (EOFError, pickle.UnpicklingError):
            answers.put(_Ended())
            return


def serve() -> None:
    """Train in the library that is named on the command line, until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    peer = PeerName(sys.argv[1])
    trainer: _Trainer | None = None
    while True:
        try:
            question = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            if isinstance(question, Case):
                trainer = None  # before the next one takes memory
                trainer = _Trainer(peer, question)
                answer: object = _Ready(trainer.version)
            else:
                assert trainer is not None
                answer = trainer.run()
        except TimingError as error:
            answer = _Failed(str(error))
        except Exception as error:  # whatever a library comes up with, the others go on
            answer = _Failed(_first_line(error))
        pickle.dump(answer, answers)
        answers.flush()


class _Trainer:
    """A training that knows how many updates fit into a run."""

    def __init__(self, peer: PeerName, case: Case) -> None:
        self._training = make_training(peer, case)
        self.version = self._training.version
        self._updates = FEW_UPDATES
        self.run()  # what is compiled once is compiled now
        seconds = self.run()
        self._updates = max(1, int(measurement.RUN_SECONDS / seconds))
        end = time.perf_counter() + measurement.WARM_SECONDS
        self.run()
        while time.perf_counter() < end:
            self.run()

    def run(self) -> float:
        """Train for a while; return the seconds per update."""
        began = time.perf_counter()
        done = self._training.train(self._updates)
        return (time.perf_counter() - began) / done


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
