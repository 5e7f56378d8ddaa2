"""`engines` says what there is, and `bench` how fast it is; Ctrl+C keeps what was measured."""

import itertools
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest
from short_timing import shorten

from nn_desktop.bench import growth
from nn_desktop.bench.measurement import Measurement
from nn_desktop.bench.workloads import notation_of
from nn_desktop.cli import bench as cli_bench
from nn_desktop.cli.main import main
from nn_desktop.engines import cpp_engine, selection
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation
from nn_desktop.user_folders import config_folder

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]
SMALL = ["--layers", "1-4-1"]


@pytest.fixture(autouse=True)
def short_timing(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch)


def bench_json(capsys: Capture, *options: str) -> dict[str, Any]:
    assert main(["bench", *options, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    result: dict[str, Any] = json.loads(captured.out)
    return result


# --- engines


def engines_json(capsys: Capture) -> dict[str, dict[str, Any]]:
    assert main(["engines", "--json"]) == 0
    return {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}


def test_engines_as_json(capsys: Capture) -> None:
    entries = engines_json(capsys)
    assert list(entries) == [name for name in EngineName if name is not EngineName.AUTO]
    assert {name for name, entry in entries.items() if entry["available"]} == set(available_engines())
    assert entries["numpy"]["version"].startswith("numpy ")
    assert entries["numpy"]["why_missing"] is None
    assert entries["cpp"]["instruction_set"] == (cpp_engine.instruction_set() or None)
    for entry in entries.values():
        assert set(entry) == {
            "name", "description", "available", "why_missing", "version", "blas", "instruction_set",
        }  # fmt: skip


def test_engines_as_lines(capsys: Capture) -> None:
    assert main(["engines"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["python", "numpy", "cpp"]
    assert "numpy " in lines[1]


def test_an_engine_that_is_missing_says_why(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError("no module"))
    cpp = engines_json(capsys)["cpp"]
    assert (cpp["available"], cpp["instruction_set"]) == (False, None)
    assert "needs a C++ compiler" in cpp["why_missing"]
    assert main(["engines"]) == 0
    assert "not here: it was not compiled" in capsys.readouterr().out.splitlines()[2]


# --- measuring


def test_one_json_object_with_all_that_is_promised(capsys: Capture) -> None:
    result = bench_json(capsys, *SMALL)
    assert set(result) == {"cases", "gemm_gflops", "cores", "interrupted"}
    assert result["gemm_gflops"] > 0
    assert result["interrupted"] is False
    assert [case["engine"] for case in result["cases"]] == ["auto", *available_engines()]
    for case in result["cases"]:
        assert set(case) == {
            "layers", "activation", "batch_size", "dtype", "weights", "engine", "took",
            "microseconds_per_update", "samples_per_second", "gflops", "microseconds_of_runs",
            "microseconds_of_phases", "skipped",
        }  # fmt: skip
        assert (case["layers"], case["activation"], case["batch_size"]) == ("1-4-1", "tanh", 16)
        assert (case["dtype"], case["weights"], case["skipped"]) == ("float32", 8, None)
        assert case["took"] in list(available_engines())
        seconds = case["microseconds_per_update"] / 1e6
        assert case["samples_per_second"] == pytest.approx(16 / seconds)
        assert case["gflops"] == pytest.approx(16 * 40 / seconds / 1e9)
        assert case["microseconds_per_update"] == sorted(case["microseconds_of_runs"])[1]
        assert list(case["microseconds_of_phases"]) == ["forward", "backward", "update"]


def test_every_option_reaches_the_case(capsys: Capture) -> None:
    options = "--layers 2-3:elu-4-2 --activation relu --batch-size 5 --dtype float64 --engine numpy"
    (case,) = bench_json(capsys, *options.split())["cases"]
    assert (case["layers"], case["activation"], case["batch_size"]) == ("2-3:elu-4-2", "relu", 5)
    assert (case["dtype"], case["engine"], case["took"]) == ("float64", "numpy", "numpy")


def test_the_standard_cases_are_run_without_layers(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []

    def compare(workload: Workload, *_: object) -> list[Measurement]:
        seen.append((notation_of(workload, Activation.TANH), workload.batch_size))
        return []

    monkeypatch.setattr(cli_bench, "compare", compare)
    bench_json(capsys)
    assert seen[:3] == [("1-16-16-1", 1), ("1-16-16-1", 16), ("1-16-16-1", 200)]
    assert seen[-1] == ("784-512-256-10", 256)
    assert len(seen) == 7


def test_a_table_for_people(capsys: Capture) -> None:
    assert main(["bench", *SMALL, "--engine", "numpy"]) == 0
    header, empty, row, _, ceiling = capsys.readouterr().out.splitlines()
    assert header.split()[:5] == ["layers", "batch", "engine", "µs/update", "samples/s"]
    assert empty == ""
    cells = row.split()
    assert cells[:3] == ["1-4-1", "16", "numpy"]
    assert len(cells) == 9
    assert all(float(cell.replace(",", "")) > 0 for cell in cells[3:])
    assert ceiling.startswith("A large matrix product in float32, one thread: ")


def test_auto_says_what_it_took(capsys: Capture) -> None:
    assert main(["bench", *SMALL, "--engine", "auto"]) == 0
    text = capsys.readouterr().out
    assert any(f" auto: {name} " in text for name in available_engines())


def test_who_is_too_slow_is_left_out_with_the_reason(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nn_desktop.bench.measurement.MAX_SECONDS", 0.0)
    (case,) = bench_json(capsys, *SMALL, "--engine", "numpy")["cases"]
    assert "too long to measure" in case["skipped"]
    assert case["microseconds_per_update"] is None
    assert main(["bench", *SMALL, "--engine", "numpy"]) == 0
    assert "left out: an update would take it about" in capsys.readouterr().out


# --- growth


@pytest.fixture
def short_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "HIDDEN_UNITS", (2, 9, 16))
    monkeypatch.setattr(growth, "BATCHES", (1, 2, 4))


@pytest.mark.usefixtures("short_growth")
def test_growth_as_json(capsys: Capture) -> None:
    result = bench_json(capsys, "--growth", "--batch-size", "4")
    assert set(result) == {"weights", "samples", "gemm_gflops", "cores", "interrupted"}
    (weights,), (samples,) = result["weights"], result["samples"]
    assert weights["engine"] == samples["engine"] == "auto"
    assert [case["weights"] for case in weights["cases"]] == [10, 108, 304]
    assert {case["batch_size"] for case in weights["cases"]} == {4}
    assert [case["batch_size"] for case in samples["cases"]] == [1, 2, 4]
    assert isinstance(weights["slope_of_large_half"], float)


@pytest.mark.usefixtures("short_growth")
def test_growth_as_charts(capsys: Capture) -> None:
    assert main(["bench", "--growth", "--engine", "numpy"]) == 0
    text = capsys.readouterr().out
    assert "Networks 2-n-n-1, batch 16: numpy" in text
    assert "Network 1-16-16-1: numpy" in text
    assert text.count("●") == 6
    assert text.count("Slope of the large half: ") == 2


@pytest.mark.usefixtures("short_growth")
def test_growth_that_cannot_be_measured_has_no_chart(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nn_desktop.bench.measurement.MAX_SECONDS", 0.0)
    assert main(["bench", "--growth", "--engine", "numpy"]) == 0
    text = capsys.readouterr().out
    assert text.count("left out: ") == 6
    assert "Slope" not in text
    assert bench_json(capsys, "--growth", "--engine", "numpy")["weights"][0]["slope_of_large_half"] is None


# --- bad input


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("engines --jsn", 'Did you mean "--json"?'),
        ("engines extra", '"extra" belongs to no option of "nn-desktop engines"'),
        ("bench --engine nunpy", 'There is no engine "nunpy". Did you mean "numpy"?'),
        ("bench --engine al", 'Did you mean "all"?'),
        ("bench --dtype float16", 'Did you mean "float64"?'),
        ("bench --activation thah", 'Did you mean "tanh"?'),
        ("bench --activation softmax", "Softmax"),
        ("bench --layers 16", "two layers at least"),
        ("bench --layers 1-x", '"1-x" is not a number of units'),
        ("bench --layers 9999-9999", "weights are more than"),
        ("bench --layers 1-4-1 --batch-size 0", "A batch of 0 samples cannot be"),
        ("bench --layers 1-4-1 --batch-size 99999", "choose a batch of 90000 or fewer"),
        ("bench --layers 1-4-1 --batch-size many", 'The batch size "many" is no whole number'),
        ("bench --batch-size 8", "batch sizes of their own"),
        ("bench --growth --layers 1-4-1", "leave out --layers"),
        ("bench --growth --batch-size 0", "A batch of 0 samples cannot be"),
        ("bench --growt", 'Did you mean "--growth"?'),
    ],
)
def test_a_mistake_gets_one_sentence(capsys: Capture, arguments: str, words: str) -> None:
    assert main(arguments.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nn-desktop: ")
    assert captured.err.count("\n") == 1
    assert words in captured.err


def test_an_engine_that_is_not_here_is_explained(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError("no module"))
    assert main(["bench", *SMALL, "--engine", "cpp"]) == 2
    assert 'The engine "cpp" is not here: it was not compiled' in capsys.readouterr().err


def test_help_names_what_there_is(capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["bench", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for word in (*EngineName, "--growth", "float32", "784-512-256-10", "all"):
        assert word in text


# --- processes

ENDLESS = """
import sys
from nn_desktop.bench import measurement
measurement.RUNS, measurement.MAX_SECONDS = 10**9, 1e99
from nn_desktop.cli.main import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


def start(*arguments: str, code: str) -> tuple["subprocess.Popen[str]", int]:
    """Run some code with a terminal as standard error."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment)
    os.close(theirs)
    return process, ours


def read_until(terminal: int, words: bytes, seconds: float = 30) -> None:
    seen = b""
    os.set_blocking(terminal, False)
    deadline = time.monotonic() + seconds
    while words not in seen:
        assert time.monotonic() < deadline, seen
        try:
            seen += os.read(terminal, 4096)
        except BlockingIOError:
            time.sleep(0.01)


@pytest.mark.parametrize("engine", [*available_engines(), "all"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_comparison_prints_what_was_measured(engine: str, number: signal.Signals) -> None:
    process, terminal = start("bench", *SMALL, "--engine", engine, "--json", code=ENDLESS)
    try:
        runs = f" {2 + len(available_engines()) if engine == 'all' else 2}/"  # all are ready, and one has run
        read_until(terminal, runs.encode())
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        os.close(terminal)
    assert process.returncode == 130
    result = json.loads(output)
    assert result["interrupted"] is True
    assert result["cases"][0]["microseconds_per_update"] > 0


def test_nobody_is_bothered_with_progress_without_a_terminal(capsys: Capture) -> None:
    assert main(["bench", *SMALL, "--engine", "numpy"]) == 0
    assert capsys.readouterr().err == ""


def test_signal_handlers_are_put_back(capsys: Capture) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    bench_json(capsys, *SMALL, "--engine", "numpy")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


# What is remembered of the engines


def test_engines_tells_what_is_remembered_and_forgets_it(capsys: Capture) -> None:
    def last_line(*options: str) -> str:
        assert main(["engines", *options]) == 0
        return capsys.readouterr().out.splitlines()[-1]

    assert last_line().startswith("cpp ")
    assert main(["train", "--epochs", "1"]) == 0
    assert main(["train", "--epochs", "1", "--layers", "3"]) == 0
    capsys.readouterr()
    assert last_line().startswith("auto ")
    assert f'remembered for 2 networks in "{config_folder() / "engines.json"}"' in last_line()
    assert last_line("--forget").startswith("cpp ")


def test_bench_measures_the_engine_that_a_training_takes(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopwatch = itertools.cycle(available_engines())

    def measure(workload: object, names: tuple[EngineName, ...]) -> dict[EngineName, float]:
        fastest = next(stopwatch)
        return {name: 1e-6 if name is fastest else 1e-5 for name in names}

    monkeypatch.setattr(selection, "_measure_all", measure)
    result = bench_json(capsys, "--layers", "1-4-1", "--engine", "auto")
    again = bench_json(capsys, "--layers", "1-4-1", "--engine", "auto")
    assert result["cases"][0]["took"] == again["cases"][0]["took"]
