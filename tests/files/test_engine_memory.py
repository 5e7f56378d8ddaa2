"""What was measured of the engines is remembered: the same command takes the same engine."""

import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import make_setup

from nn_desktop.engines import selection
from nn_desktop.engines.available import MAKERS, available_engines
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.selection import Seconds, choose
from nn_desktop.engines.workload import Workload
from nn_desktop.files import engine_memory
from nn_desktop.files.engine_memory import MAX_BYTES, MAX_ENTRIES, EngineMemory
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.topology import chain
from nn_desktop.training.session import Session

PYTHON, NUMPY, CPP = EngineName.PYTHON, EngineName.NUMPY, EngineName.CPP
FIRST: Seconds = {NUMPY: 1e-5, PYTHON: 1e-3}
SECOND: Seconds = {NUMPY: 1e-3, PYTHON: 1e-5}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "engines.json"


def never() -> Seconds:
    pytest.fail("it was measured once more")


def test_what_was_measured_first_is_what_everybody_recalls(path: Path) -> None:
    assert EngineMemory(path).recall("1-2-1", lambda: FIRST) == FIRST
    assert EngineMemory(path).recall("1-2-1", never) == FIRST
    assert EngineMemory(path).recall("1-3-1", lambda: SECOND) == SECOND
    assert EngineMemory(path).recall("1-2-1", never) == FIRST
    assert [each.name for each in path.parent.iterdir() if each.suffix != ".lock"] == [path.name]


def test_who_measured_meanwhile_takes_what_another_program_has_written(path: Path) -> None:
    def measure() -> Seconds:
        EngineMemory(path).recall("1-2-1", lambda: FIRST)
        return SECOND

    assert EngineMemory(path).recall("1-2-1", measure) == FIRST


def test_eight_that_begin_at_the_same_time_agree(path: Path) -> None:
    ready, found = threading.Barrier(8), []

    def work(number: int) -> None:
        def measure() -> Seconds:
            ready.wait(30)
            return {NUMPY: float(number), PYTHON: 10.0 - number}

        found.append(EngineMemory(path).recall("1-2-1", measure))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize(
    "changed",
    [
        ("__version__", "another"),
        ("core_count", lambda: 1000),
        ("instruction_set", lambda: "another"),
        ("_processor", lambda: "another"),
    ],
)
def test_another_machine_or_version_measures_for_itself(
    path: Path, monkeypatch: pytest.MonkeyPatch, changed: tuple[str, object]
) -> None:
    EngineMemory(path).recall("1-2-1", lambda: FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(engine_memory, *changed)
        assert EngineMemory(path).recall("1-2-1", lambda: SECOND) == SECOND
    assert EngineMemory(path).recall("1-2-1", never) == FIRST


DAMAGED = {
    "nothing": b"",
    "no JSON": b"\xff\x00{",
    "a list": b"[]",
    "another format": b'{"format": 2, "seconds": {}}',
    "no times": b'{"format": 1}',
    "times that are none": b'{"format": 1, "seconds": []}',
    "very deep": b"[" * 100_000,
    "very large": b'{"format": 1, "seconds": {}}' + b" " * MAX_BYTES,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_measured_anew_and_written_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert EngineMemory(path).recall("1-2-1", lambda: FIRST) == FIRST
    assert EngineMemory(path).recall("1-2-1", never) == FIRST


@pytest.mark.parametrize(
    "entry",
    [
        {},
        [],
        None,
        {"abacus": 1.0},
        {"auto": 1.0},
        {"numpy": "1"},
        {"numpy": True},
        {"numpy": 0.0},
        {"numpy": -1.0},
        {"numpy": float("nan")},
        {"numpy": float("inf")},
    ],
)
def test_an_entry_that_is_none_is_measured_anew(path: Path, entry: object) -> None:
    EngineMemory(path).recall("1-2-1", lambda: FIRST)
    document = json.loads(path.read_text())
    (key,) = document["seconds"]
    path.write_text(json.dumps({**document, "seconds": {key: entry, "other": {"numpy": 1.0}}}))
    assert EngineMemory(path).recall("1-2-1", lambda: SECOND) == SECOND
    assert EngineMemory(path).recall("1-2-1", never) == SECOND


def test_the_oldest_is_forgotten_where_there_are_too_many(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_memory, "MAX_ENTRIES", 3)
    for form in "abcd":
        EngineMemory(path).recall(form, lambda: FIRST)
    assert len(EngineMemory(path)) == 3
    for form in "bcd":
        EngineMemory(path).recall(form, never)
    assert EngineMemory(path).recall("a", lambda: SECOND) == SECOND


def test_a_full_memory_can_be_read_again(path: Path) -> None:
    entry = {name.value: 1.2345678901234567e-100 for name in available_engines()}
    full = {f"{number:064x}": entry for number in range(MAX_ENTRIES)}
    path.parent.mkdir()
    path.write_text(json.dumps({"format": 1, "seconds": full}, indent=1))
    EngineMemory(path).recall("1-2-1", lambda: FIRST)
    assert len(EngineMemory(path)) == MAX_ENTRIES
    EngineMemory(path).recall("1-2-1", never)


def test_a_file_that_has_not_changed_is_read_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = EngineMemory(path)
    memory.recall("1-2-1", lambda: FIRST)
    memory.recall("1-2-1", never)
    monkeypatch.setattr(engine_memory.json, "loads", lambda text: pytest.fail("it was read once more"))
    assert memory.recall("1-2-1", never) == FIRST
    assert len(memory) == 1


def test_only_the_entry_that_is_asked_for_is_looked_at(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("1-2-1", "1-3-1", "1-4-1"):
        EngineMemory(path).recall(form, lambda: FIRST)
    look, looked = engine_memory._seconds_of, []
    monkeypatch.setattr(engine_memory, "_seconds_of", lambda entry: looked.append(entry) or look(entry))
    EngineMemory(path).recall("1-3-1", never)
    assert len(looked) == 1


def test_what_another_program_writes_is_seen_at_once(path: Path) -> None:
    memory, other = EngineMemory(path), EngineMemory(path)
    memory.recall("1-2-1", lambda: FIRST)
    other.recall("1-3-1", lambda: SECOND)
    assert memory.recall("1-3-1", never) == SECOND
    other.forget()
    assert memory.recall("1-2-1", lambda: SECOND) == SECOND


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = EngineMemory(tmp_path / "file" / "engines.json")
    assert memory.recall("1-2-1", lambda: FIRST) == FIRST
    assert memory.recall("1-2-1", lambda: SECOND) == SECOND
    assert len(memory) == 0


def test_who_holds_the_lock_for_long_is_not_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_memory, "LOCK_SECONDS", 0.01)
    path.parent.mkdir()
    with FileLock(path.with_suffix(".lock")):
        assert EngineMemory(path).recall("1-2-1", lambda: FIRST) == FIRST


def test_what_is_forgotten_is_measured_anew(path: Path) -> None:
    memory = EngineMemory(path)
    memory.forget()  # there is nothing yet
    memory.recall("1-2-1", lambda: FIRST)
    memory.forget()
    assert memory.recall("1-2-1", lambda: SECOND) == SECOND


# What `auto` makes of it


@pytest.fixture
def moody_stopwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every measurement finds another engine the fastest, as on a busy machine; nothing is cached."""
    turns = itertools.cycle(available_engines())

    def measure(workload: object, names: tuple[EngineName, ...]) -> Seconds:
        fastest = next(turns)
        return {name: 1e-6 if name is fastest else 1e-5 for name in names}

    monkeypatch.setattr(selection, "_measure_all", measure)
    return None


def bits_of_a_run(memory: EngineMemory | None) -> tuple[EngineName, bytes]:
    session = Session(make_setup("sine", parse_layers("1-5-1"), Activation.TANH), memory=memory)
    session.advance(20)
    return session.engine.engine, session.parameters.vector.tobytes()


def test_the_same_setup_gives_the_same_bits_whatever_the_stopwatch_says(
    path: Path, moody_stopwatch: None
) -> None:
    assert len({bits_of_a_run(None) for _ in available_engines()}) > 1
    assert len({bits_of_a_run(EngineMemory(path)) for _ in range(6)}) == 1


def test_a_reset_takes_the_same_engine_again(path: Path, moody_stopwatch: None) -> None:
    session = Session(make_setup("sine", parse_layers("1-5-1"), Activation.TANH), memory=EngineMemory(path))
    taken = set()
    for _ in range(4):
        taken.add(session.engine.engine)
        session.reset()
    assert len(taken) == 1


def test_engines_are_measured_in_turns_and_one_that_is_far_behind_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[str] = []
    times = {"NumpyEngine": 1.2, "CppEngine": 1.0, "PythonEngine": 100.0}

    def measure(engine: object, rows: int) -> float:
        name = type(engine).__name__
        measured.append(name)
        return times[name] * (50.0 if measured.count(name) == 1 else 1.0)  # disturbed at first

    monkeypatch.setattr(selection, "_measure", measure)
    selection._measure_all.cache_clear()
    tanh = (Activation.TANH, Activation.IDENTITY)
    topology = chain((1, 3, 1), tanh)
    workload = Workload(
        topology=topology, loss=Loss.MEAN_SQUARED_ERROR, precision=Precision.FLOAT64, batch_size=1
    )
    choice = choose(EngineName.AUTO, workload)
    selection._measure_all.cache_clear()
    here = [MAKERS[name].__name__ for name in available_engines()]
    close = [name for name in here if name != "PythonEngine"]
    alone = len(close) == 1
    assert measured == 3 * here + (0 if alone else 4) * close
    assert {name: times[MAKERS[name].__name__] for name in choice.seconds} == choice.seconds


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.sampled_from(list(available_engines())), st.floats(1e-7, 1e3), min_size=1))
def test_a_near_tie_goes_to_the_preferred_engine_and_nothing_else_does(seconds: Seconds) -> None:
    taken = selection._fastest(seconds)
    fastest = min(seconds.values())
    assert seconds[taken] <= 1.3 * fastest
    better = selection.PREFERENCE[: selection.PREFERENCE.index(taken)]
    assert all(seconds[name] > 1.3 * fastest for name in better if name in seconds)


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [
        ({NUMPY: 1.0, CPP: 1.29}, CPP),
        ({NUMPY: 1.0, CPP: 1.31}, NUMPY),
        ({PYTHON: 1.0, NUMPY: 1.2}, NUMPY),
        ({PYTHON: 1.0, NUMPY: 1.2, CPP: 9.0}, NUMPY),
        ({PYTHON: 1.0, NUMPY: 1.4, CPP: 9.0}, PYTHON),
    ],
)
def test_within_a_factor_of_1_3_engines_count_as_equal(seconds: Seconds, taken: EngineName) -> None:
    assert selection._fastest(seconds) is taken


def test_a_memory_is_asked_by_the_key_of_the_workload() -> None:
    asked: list[str] = []

    class Notes:
        def recall(self, key: str, measure: object) -> Seconds:
            asked.append(key)
            return {NUMPY: 1.0}

    workload = Workload(
        topology=chain((1, 4, 1), (Activation.TANH, Activation.IDENTITY)),
        loss=Loss.MEAN_SQUARED_ERROR,
        precision=Precision.FLOAT64,
        batch_size=16,
    )
    assert choose(EngineName.AUTO, workload, Notes()).engine is NUMPY
    assert choose(NUMPY, workload, Notes()).engine is NUMPY  # nobody asks what is not to be chosen
    assert asked == [workload.key]
