"""The command line does the window's work, and answers every mistake in one sentence."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tqdm
from known_data import make_setup

from nn_desktop import __version__
from nn_desktop.cli import train as train_module
from nn_desktop.cli.main import StopRequest, main
from nn_desktop.data import tables
from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.engines import cpp_engine, selection
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.files.native.weights import read_weights
from nn_desktop.files.project.project_file import open_project
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.training import session as session_module
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.stopping import StopRule

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


def train_json(capsys: Capture, *options: str) -> dict[str, Any]:
    assert main(["train", *options, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    result: dict[str, Any] = json.loads(captured.out)
    return result


OLD = Path(__file__).parent.with_name("files") / "old"


def complaint(capsys: Capture, *arguments: str) -> str:
    """Return the one sentence that a mistake is answered with."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nn-desktop: ")
    assert captured.err.count("\n") == 1
    assert captured.err.rstrip().endswith((".", "?"))
    return captured.err


def run(
    *arguments: str, code: str = "", redirection: str = "", stdout: int = subprocess.PIPE
) -> "subprocess.CompletedProcess[str]":
    """Run the program, or some code, in a process; a redirection is one of the shell's."""
    start = ["-c", code] if code else ["-m", "nn_desktop"]
    command = [sys.executable, *start, *arguments]
    if redirection:
        command = ["sh", "-c", f'"$@" {redirection}', "sh", *command]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60, env=environment()
    )


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


# --- training


def test_sine_is_learned(capsys: Capture) -> None:
    options = "--dataset sine --layers 1-16-16-1 --learning-rate 0.1 --epochs 1000 --seed 0"
    result = train_json(capsys, *options.split())
    assert result["test_loss"] < 0.01
    assert 0.95 < result["test_r2"] <= 1
    assert "test_accuracy" not in result
    assert (result["epochs"], result["updates"], result["layers"]) == (1000, 10_000, "1-16-16-1")
    assert (result["dtype"], result["diverged"]) == ("float64", False)


def test_one_json_object_with_all_that_is_promised(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    options = "--dataset iris --layers 8 --epochs 30 --mode stochastic --seed 3 --learning-rate 0.01"
    result = train_json(capsys, *options.split(), "--export", str(path))
    promised = {
        "train_loss", "test_loss", "epochs", "updates", "seconds", "diverged", "dataset", "layers", "mode",
        "batch_size", "learning_rate", "seed", "engine", "dtype", "exports", "train_accuracy",
        "test_accuracy", "checks",
    }  # fmt: skip
    assert promised <= set(result)
    assert result["exports"] == [str(path)]
    assert (result["layers"], result["mode"], result["batch_size"]) == ("4-8-3", "stochastic", 1)
    assert (result["seed"], result["learning_rate"], result["updates"]) == (3, 0.01, 30 * 105)
    assert 0.8 < result["test_accuracy"] <= 1
    assert result["seconds"] > 0


@pytest.mark.parametrize("engine", available_engines())
def test_the_engine_that_is_wanted_is_taken(capsys: Capture, engine: EngineName) -> None:
    options = ["--engine", engine, "--epochs", "2", "--layers", "4"]
    assert train_json(capsys, *options)["engine"] == engine
    assert main(["train", *options]) == 0
    assert f"engine         {engine}\n" in capsys.readouterr().out


def test_an_exported_file_names_the_engine_that_was_taken(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    taken = train_json(capsys, "--epochs", "1", "--export", str(path))["engine"]
    assert json.loads(path.read_text())["hyperparameters"]["engine"] == taken != "auto"


def test_the_result_names_the_engine_that_auto_took(capsys: Capture) -> None:
    assert train_json(capsys, "--epochs", "1")["engine"] in list(available_engines())
    assert train_json(capsys, "--epochs", "1", "--engine", "auto")["engine"] in list(available_engines())


def test_an_engine_that_is_not_here_is_explained(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError("no module"))
    text = complaint(capsys, "train", "--engine", "cpp")
    assert 'The engine "cpp" is not here: it was not compiled, which needs a C++ compiler' in text


def test_lines_for_people(capsys: Capture) -> None:
    assert main(["train", "--epochs", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    values = {line[:14].strip(): line[15:] for line in lines}
    assert values["epochs"] == "2"
    assert values["diverged"] == "no"
    assert values["layers"] == "1-16-16-1"  # of which only the hidden ones, 16-16, are the default
    assert float(values["test loss"]) > 0


@pytest.mark.parametrize("slice_seconds", [1e-6, 10])
@pytest.mark.parametrize("dtype", list(Precision))
def test_the_bits_are_those_of_a_session(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slice_seconds: float, dtype: Precision
) -> None:
    monkeypatch.setattr(train_module, "SLICE_SECONDS", slice_seconds)
    options = "--dataset cubic --layers 8 --epochs 40 --seed 7 --batch-size 9 --learning-rate 0.02"
    path = tmp_path / "a.npz"
    train_json(capsys, *options.split(), "--dtype", dtype, "--export", str(path))
    hyperparameters = Hyperparameters(batch_size=9, learning_rate=0.02, seed=7, precision=dtype)
    session = Session(make_setup("cubic", parse_layers("8"), Activation.TANH, hyperparameters))
    while session.epoch < 40:
        session.advance(min(13, session.walk.updates_until(40)))
    vector = read_weights(path, session.setup.topology, dtype).vector
    assert vector.tobytes() == session.parameters.vector.tobytes()


def test_the_same_command_writes_the_same_bytes(capsys: Capture, tmp_path: Path) -> None:
    suffixes = (".npz", ".json", ".safetensors")
    for name in ("a", "b"):
        paths = [str(tmp_path / f"{name}{suffix}") for suffix in suffixes]
        train_json(capsys, "--epochs", "20", "--export", *paths[:2], "--export", paths[2])
    for suffix in suffixes:
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_training_goes_on_from_given_weights(capsys: Capture, tmp_path: Path) -> None:
    start, again = tmp_path / "start.json", tmp_path / "again.json"
    first = train_json(capsys, "--epochs", "50", "--export", str(start))
    second = train_json(capsys, "--epochs", "0", "--weights", str(start), "--export", str(again))
    assert second["train_loss"] == first["train_loss"]
    assert (second["epochs"], second["updates"]) == (0, 0)
    assert again.read_bytes() == start.read_bytes()


def test_every_option_reaches_the_setup(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    seen = []
    monkeypatch.setattr(train_module, "train", lambda session, rule, *_: seen.append((session.setup, rule)))
    options = (
        "train --dataset spiral --layers 2-6-5:relu-1 --activation elu --mode stochastic --batch-size 5 "
        "--learning-rate 0.25 --epochs 7 --seed 11 --noise 0.1 --samples 60 --train-share 0.6 --data-seed 9 "
        "--initializer he-normal --loss mse --dtype float32 --engine numpy "
        "--stop-at-loss 0.01 --stop-at-test-loss 0.02 --stop-after-minutes 5"
    )
    assert main(options.split()) == 0
    ((setup, rule),) = seen
    assert rule == StopRule(epochs=7, train_loss=0.01, test_loss=0.02, minutes=5)
    assert setup.topology.sizes == (2, 6, 5, 1)
    activations = [layer.activation for layer in setup.topology.layers[1:]]
    assert activations == [Activation.ELU, Activation.RELU, Activation.SIGMOID]
    assert setup.hyperparameters == Hyperparameters(
        mode=Mode.STOCHASTIC,
        batch_size=5,
        learning_rate=0.25,
        loss=Loss.MEAN_SQUARED_ERROR,
        initializer=Initializer.HE_NORMAL,
        seed=11,
        precision=Precision.FLOAT32,
        engine=EngineName.NUMPY,
    )
    data = setup.data
    assert data.source.name == "spiral"
    assert (data.noise, data.samples, data.train_share, data.seed) == (0.1, 60, 0.6, 9)


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name != "textbook"])
def test_the_loss_follows_the_task_of_every_dataset(capsys: Capture, name: str) -> None:
    result = train_json(capsys, "--dataset", name, "--epochs", "1", "--layers", "4")
    metric = "r2" if CATALOGUE[name].task == "regression" else "accuracy"
    assert result[f"test_{metric}"] is not None


def test_an_example_is_trained_by_its_name(capsys: Capture) -> None:
    result = train_json(capsys, "--example", "textbook", "--epochs", "0")
    assert f"{result['train_loss']:.9f}" == "0.298371109"
    assert (result["dataset"], result["loss"], result["learning_rate"]) == ("textbook", "half-squared", 0.5)
    assert (result["test_loss"], result["test_r2"]) == (None, None)  # there is no test part
    assert train_json(capsys, "--example", "smallest-xor", "--epochs", "1")["dataset"] == "xor"
    assert main(["train", "--example", "textbok"]) == 2
    assert 'Did you mean "textbook"?' in capsys.readouterr().err


def test_a_batch_above_the_number_of_samples_is_the_whole_set(capsys: Capture) -> None:
    assert main(["train", "--batch-size", "1000000", "--epochs", "3", "--json"]) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert (result["batch_size"], result["updates"]) == (160, 3)
    assert "1000000 samples is larger than the training set of 160" in captured.err
    assert "whole set" in captured.err


def test_a_diverged_run_says_so_and_exports_its_last_finite_state(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    options = ["--learning-rate", "50", "--epochs", "200", "--json", "--export", str(path)]
    assert main(["train", *options]) == 1
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["diverged"] is True
    assert result["exports"] == [str(path)]
    assert captured.err.count("\n") == 1
    assert "learning rate 50" in captured.err
    with np.load(path, allow_pickle=False) as archive:
        assert np.isfinite(archive["layer1.weight"]).all()


def test_a_run_that_diverges_in_its_last_update_has_diverged(capsys: Capture) -> None:
    assert main(["train", "--mode", "batch", "--learning-rate", "1e200", "--epochs", "1", "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["diverged"], result["updates"]) == (True, 0)
    assert result["train_loss"] < 10


def test_numbers_that_are_not_finite_are_null(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "losses", lambda _: (float("nan"), float("inf")))
    monkeypatch.setattr(train_module, "train", lambda *_: None)
    result = train_json(capsys)
    assert (result["train_loss"], result["test_loss"]) == (None, None)


def test_an_export_that_fails_at_the_end_does_not_cost_the_others(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = tmp_path / "folder" / "a.npz", tmp_path / "b.npz"
    bad.parent.mkdir()
    monkeypatch.setattr(train_module, "train", lambda *_: bad.parent.rmdir())
    assert main(["train", "--json", "--export", str(bad), str(good)]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["exports"] == [str(good)]
    assert "its folder does not exist" in captured.err
    assert good.exists()


# --- bad input


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("tarin", 'no command or file "tarin". Did you mean "train"?'),
        ("tarin --dataset sine", 'Did you mean "train"?'),
        ("missing.nnd", 'There is no file "missing.nnd"'),
        ("--dataset sine", 'There is no option "--dataset"'),
        ("datasets --jsn", 'Did you mean "--json"?'),
        ("train --dataset sinn", 'no dataset "sinn". Did you mean "sine"?'),
        ("train --activation thah", 'Did you mean "tanh"?'),
        ("train --layers 16:rely", 'Did you mean "relu"?'),
        ("train --mode minibatch", 'Did you mean "mini-batch"?'),
        ("train --loss msee", 'Did you mean "mse"?'),
        ("train --initializer glorot-unifrm", 'Did you mean "glorot-uniform"?'),
        ("train --dtype float6", 'Did you mean "float64"?'),
        ("train --engine nunpy", 'There is no engine "nunpy". Did you mean "numpy"?'),
        ("train --dataset random-3-2", 'There is no dataset "random-3-2"'),
        ("bnech", 'no command or file "bnech". Did you mean "bench"?'),
        ("train --epoch 5", 'no option "--epoch". Did you mean "--epochs"?'),
        ("train --learningrate=5", 'no option "--learningrate". Did you mean "--learning-rate"?'),
        ("train -x", 'There is no option "-x"'),
        ("train extra", '"extra" belongs to no option of "nn-desktop train"'),
        ("train --seed", "The option --seed needs a value"),
        ("train --export", "The option --export needs a value"),
        ("train --json=yes", "The option --json takes no value"),
        ("train --layers 2-16-16-1", 'do not fit the dataset "Sine"'),
        ("train --layers 16-1", 'The layers 16-1 do not fit the dataset "Sine"'),
        ("train --layers 1-16", "(1-1-16-1 if all of these are hidden), or give hidden layers alone"),
        ("train --layers 16-x", '"16-x" is not a number of units'),
        ("train --layers 0", "A layer has 1 to"),
        ("train --learning-rate 0", "A learning rate of 0 cannot learn"),
        ("train --learning-rate -0.1", "A learning rate of -0.1 cannot learn"),
        ("train --learning-rate -1e-3", "A learning rate of -0.001 cannot learn"),
        ("train --learning-rate nan", "A learning rate of nan cannot learn"),
        ("train --learning-rate -inf", "A learning rate of -inf cannot learn"),
        ("train --learning-rate fast", 'The learning rate "fast" is no number'),
        ("train --epochs -1", "Training cannot take -1 epochs"),
        ("train --epochs many", 'The number of epochs "many" is no whole number'),
        ("train --batch-size 0", "A batch of 0 samples cannot be"),
        ("train --batch-size 1.5", 'The batch size "1.5" is no whole number'),
        ("train --seed -1", "The seed -1 cannot be used"),
        ("train --noise 2", "The noise must lie between"),
        ("train --samples 1", "The number of samples must lie between"),
        ("train --train-share 1", "The share for training must lie between"),
        ("train --data-seed -1", "The seed must lie between"),
        ("train --dataset iris --noise 0.1", "Set the noise to 0"),
        ("train --loss binary-cross-entropy", "is no loss for regression"),
        ("train --activation softmax", "belongs to the output layer"),
        ("train --weights missing.npz", "it does not exist"),
        ("train --weights weights.pt", "unknown file type"),
        ("train --export missing/a.npz", "its folder does not exist"),
        ("train --export weights.pt", "unknown file type"),
        ("train --export folder.npz", "it is a folder"),
        ("train --export file/a.npz", "is no folder"),
    ],
)
def test_a_mistake_gets_one_sentence(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setattr(Session, "advance", lambda *_: pytest.fail("it trained before it complained"))
    assert words in complaint(capsys, *arguments.split())


def test_weights_of_another_topology_and_corrupt_ones(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    train_json(capsys, "--layers", "4", "--epochs", "1", "--export", str(path))
    text = complaint(capsys, "train", "--layers", "5", "--weights", str(path))
    assert "layer1.weight is 4×1, but 5×1 was expected" in text
    path.write_bytes(path.read_bytes()[:-30])
    assert "damaged" in complaint(capsys, "train", "--layers", "4", "--weights", str(path))


def test_a_dataset_file_that_is_missing(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tables, "resource_path", tmp_path.joinpath)
    assert "Install the program again" in complaint(capsys, "train", "--dataset", "iris")


@pytest.mark.parametrize("moment", ["__init__", "advance", "losses"])
def test_too_little_memory_is_explained(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def fail(*_: object) -> None:
        np.empty(2**58)  # more than any computer gives

    monkeypatch.setattr(Session, moment, fail)
    text = complaint(capsys, "train", "--epochs", "1")
    assert "not enough memory for this network and these samples: use fewer units or samples" in text
    assert "mini-batches" in text


def test_a_result_that_cannot_be_printed_is_explained() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "nn_desktop", "datasets"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
    assert done.returncode == 2
    assert done.stderr == (
        "nn-desktop: The result cannot be written to standard output: No space left on device.\n"
    )


COMMANDS = ["datasets", "engines", "--help", "--version", "train --help", "info --help", "train --epochs 1"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_goes_away_is_no_error(command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(*command.split(), stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_standard_output_is_explained(command: str) -> None:
    done = run(*command.split(), redirection=">&-")
    assert done.returncode == 2
    assert done.stderr == (
        "nn-desktop: The result cannot be written to standard output: Bad file descriptor.\n"
    )


@pytest.mark.parametrize(
    ("command", "code"), [("train --epochs 1 --json", 0), ("train --dataset sinn", 2), ("datasets", 0)]
)
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_nobody_listens_to_standard_error(command: str, code: int, redirection: str) -> None:
    done = run(*command.split(), redirection=redirection)
    assert done.returncode == code
    assert "nn-desktop:" not in done.stdout
    if "--json" in command:
        assert json.loads(done.stdout)["epochs"] == 1


# --- the other commands


def test_datasets_as_lines_and_as_json(capsys: Capture) -> None:
    assert main(["datasets"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["name", "task", "inputs", "outputs", "samples"]
    assert [line.split()[0] for line in lines] == list(CATALOGUE)
    assert len({len(line) for line in lines}) == 1
    assert "iris           multiclass       4        3      150" in lines
    assert main(["datasets", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    iris = next(entry for entry in entries if entry["name"] == "iris")
    assert (iris["task"], iris["inputs"], iris["outputs"], iris["samples"]) == ("multiclass", 4, 3, 150)


def test_version_and_help(capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert __version__ in capsys.readouterr().out
    for arguments in (["--help"], ["train", "--help"], ["datasets", "-h"], ["engines", "--help"]):
        with pytest.raises(SystemExit, match="0"):
            main(arguments)
    text = " ".join(capsys.readouterr().out.split())
    hidden = [activation for activation in Activation if activation is not Activation.SOFTMAX]
    for name in (*Mode, *Precision, *Loss, *EngineName, *hidden):
        assert name in text
    for initializer in Initializer:
        assert initializer.partition("-")[0] in text


@pytest.fixture
def window_arguments(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    opened: list[list[str]] = []
    app = types.ModuleType("nn_desktop.desktop.app")

    def run_window(arguments: list[str], stop: StopRequest) -> int:
        opened.append(arguments)
        return 5

    app.run_window = run_window  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nn_desktop.desktop", types.ModuleType("nn_desktop.desktop"))
    monkeypatch.setitem(sys.modules, "nn_desktop.desktop.app", app)
    return opened


def test_without_a_command_the_window_opens(window_arguments: list[list[str]], tmp_path: Path) -> None:
    file = tmp_path / "train"
    file.touch()
    assert main([]) == 5
    assert main([str(file)]) == 5
    assert main([file.as_uri()]) == 5
    assert window_arguments == [[], [str(file)], [str(file)]]


def test_the_window_takes_one_file(
    window_arguments: list[list[str]], tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "a.nnd").touch()
    assert "one file at a time" in complaint(capsys, str(tmp_path / "a.nnd"), "b.nnd")
    assert window_arguments == []


LINKS = [
    "nnd:AAAAAAAAAAAA",  # what it holds is for the window to say
    "https://playground.tensorflow.org/#networkShape=4,2",
    "nnd:A" + "x" * 5000,  # more than a file's name can be
]


@pytest.mark.parametrize("link", LINKS)
def test_the_window_takes_a_link(window_arguments: list[list[str]], link: str) -> None:
    assert main([link]) == 5
    assert window_arguments == [[link]]


def test_a_file_that_is_called_like_a_link_is_a_file(
    window_arguments: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(LINKS[0]).touch()
    assert main([LINKS[0]]) == 5
    assert window_arguments == [[LINKS[0]]]


def test_what_is_no_link_is_not_opened(window_arguments: list[list[str]], capsys: Capture) -> None:
    for text in ("nnd:", "https://example.com/#a", "x" * 5000):
        complaint(capsys, text)
    assert "put the link in quotation marks" in complaint(capsys, LINKS[0], "more")
    assert window_arguments == []


# --- processes

NO_QT = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Blocker())
from nn_desktop.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_training_needs_no_qt() -> None:
    done = run("train", "--epochs", "5", "--json", code=NO_QT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["epochs"] == 5
    for command in ("export", "import", "predict", "info"):
        done = run(command, "missing.npz", *["b.nnd"] * (command in ("export", "import")), code=NO_QT)
        assert done.returncode == 2
        assert "nn-desktop: " in done.stderr
        assert "Traceback" not in done.stderr
    window = run(code=NO_QT)
    assert window.returncode == 2
    assert "The window cannot be opened" in window.stderr
    assert window.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["bench", "--help"]])
def test_help_imports_nothing_that_takes_long(arguments: list[str]) -> None:
    code = (
        f"import sys\nfrom nn_desktop.cli.main import main\ntry:\n    main({arguments})\nexcept SystemExit:\n"
        "    print('numpy' in sys.modules, 'safetensors' in sys.modules, 'tqdm' in sys.modules)"
    )
    assert run(code=code).stdout.splitlines()[-1] == "False False False"


def read_until(terminal: int, words: bytes, seconds: float = 30) -> bytes:
    seen = b""
    os.set_blocking(terminal, False)
    deadline = time.monotonic() + seconds
    while words not in seen:
        assert time.monotonic() < deadline, seen
        try:
            seen += os.read(terminal, 4096)
        except BlockingIOError:
            time.sleep(0.01)
    return seen


@pytest.fixture
def endless_training(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", int, Path]]:
    """A training whose standard error is a terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    path = tmp_path / "a.npz"
    options = ["--epochs", "1000000000", "--layers", "4", "--json", "--export", str(path)]
    command = [sys.executable, "-m", "nn_desktop", "train", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment())
    os.close(theirs)
    yield process, ours, path
    process.kill()
    process.communicate()
    os.close(ours)


def test_the_bar_of_a_project_begins_where_that_is(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    path = str(tmp_path / "a.nnd")
    train_json(capsys, "--epochs", "30", "--output", path)
    seen = []

    class Bar(tqdm.tqdm):  # type: ignore[type-arg]
        def close(self) -> None:
            seen.append((self.initial, self.n, self.total))
            super().close()

    monkeypatch.setattr(tqdm, "tqdm", Bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["train", path, "--epochs", "12"]) == 0
    assert seen[0] == (30, 42, 42)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_training_still_exports(
    endless_training: tuple["subprocess.Popen[str]", int, Path], number: signal.Signals
) -> None:
    process, terminal, path = endless_training
    read_until(terminal, b"loss 0.")  # the progress bar
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)  # it would go on for days
    assert process.returncode == 130
    result = json.loads(output)
    assert result["interrupted"] is True
    assert 0 < result["epochs"] < 1_000_000_000
    topology = make_setup("sine", parse_layers("4"), Activation.TANH).topology
    assert np.isfinite(read_weights(path, topology).vector).all()


def test_a_stop_before_the_first_update_ends_the_training_at_once() -> None:
    session = Session(make_setup("sine", parse_layers("4"), Activation.TANH))
    stop = StopRequest()
    stop.ask()
    train_module.train(session, StopRule(epochs=10**9), stop)
    assert session.updates == 0


# Where it stops


def test_it_stops_at_a_loss_and_says_so(capsys: Capture) -> None:
    options = "--layers 8 --learning-rate 0.2 --epochs 300 --seed 3 --stop-at-loss 0.02 --json"
    assert main(["train", *options.split()]) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["stopped_by"] == "training loss"
    assert 0 < result["epochs"] < 300 and result["train_loss"] <= 0.02
    assert captured.err == (
        f"nn-desktop: The training stopped after {result['epochs']} epochs: the training loss is "
        f"{result['train_loss']:.6g}, and 0.02 was to be reached.\n"
    )


def test_it_stops_at_a_test_loss_or_says_that_it_was_not_reached(capsys: Capture) -> None:
    options = ["train", "--layers", "8", "--learning-rate", "0.2", "--json", "--stop-at-test-loss"]
    assert main([*options, "0.1", "--epochs", "300"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["stopped_by"] == "test loss" and result["test_loss"] <= 0.1
    assert main([*options, "0", "--epochs", "2"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["stopped_by"] == "epochs"
    assert "after 2 epochs, and the test loss is" in captured.err and "still above 0." in captured.err


def test_it_stops_after_minutes(capsys: Capture) -> None:
    assert main(["train", "--epochs", "1000000000", "--stop-after-minutes", "0.001", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["stopped_by"] == "minutes"
    assert "stopped after 0.001 minutes and" in captured.err


def test_without_a_rule_nothing_is_said_of_one(capsys: Capture) -> None:
    assert "stopped_by" not in train_json(capsys, "--epochs", "1")


def test_a_loss_that_is_reached_at_once_is_said_and_nothing_is_trained(capsys: Capture) -> None:
    assert main(["train", "--stop-at-loss", "100", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["updates"] == 0
    assert captured.err.startswith("nn-desktop: Nothing to train: the training loss is ")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--stop-at-loss", "low", 'The training loss to stop at "low" is no number'),
        ("--stop-at-loss", "nan", "Training cannot stop at a training loss of nan"),
        ("--stop-at-loss", "inf", "Training cannot stop at a training loss of inf"),
        ("--stop-at-loss", "-0.1", "no loss is below 0"),
        ("--stop-at-test-loss", "-1", "Training cannot stop at a test loss of -1"),
        ("--stop-after-minutes", "0", "choose a number above 0"),
        ("--stop-after-minutes", "soon", 'The number of minutes "soon" is no number'),
    ],
)
def test_what_it_cannot_stop_at_is_refused(capsys: Capture, option: str, value: str, words: str) -> None:
    assert words in complaint(capsys, "train", option, value)


# The losses as a table


def test_the_losses_are_written_as_csv(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    result = train_json(capsys, "--epochs", "70", "--history", str(path))
    session = Session(make_setup("sine", parse_layers("16-16"), Activation.TANH))
    session.advance(session.walk.updates_until(70))
    table = np.genfromtxt(path, delimiter=",", names=True)
    assert table["epoch"].tolist() == [*session.history.rows()[:, 0], 70]
    assert table["training_loss"].tolist() == [*session.history.rows()[:, 1], session.losses()[0]]
    assert (table["updates"][-1], table["test_loss"][-1]) == (700, result["test_loss"])
    assert [each.name for each in tmp_path.iterdir()] == ["history.csv"]


def test_a_history_that_cannot_be_written_is_refused_before_anything_is_trained(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "advance", lambda *_: pytest.fail("it trained before it complained"))
    monkeypatch.chdir(tmp_path)
    for path, words in (
        ("nowhere/history.csv", "its folder does not exist"),
        ("history.nnd", 'let the name "history.nnd" end with .csv'),
        ("history", "end with .csv"),
    ):
        assert words in complaint(capsys, "train", "--history", path)
    (tmp_path / "folder.csv").mkdir()
    assert "it is a folder" in complaint(capsys, "train", "--history", "folder.csv")
    both = ("train", "--history", "a.csv", "--export", "./a.csv")
    assert "a.csv" in complaint(capsys, *both)
    assert [each.name for each in tmp_path.iterdir()] == ["folder.csv"]


def test_a_history_that_fails_at_the_end_is_said_and_the_rest_is_there(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    train = train_module.train

    def vanish(*parts: Any) -> object:
        folder.rmdir()
        return train(*parts)

    monkeypatch.setattr(train_module, "train", vanish)
    assert main(["train", "--epochs", "2", "--history", str(folder / "a.csv"), "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["epochs"] == 2
    assert "cannot be written: its folder does not exist" in captured.err


def test_signal_handlers_are_put_back(capsys: Capture) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    train_json(capsys, "--epochs", "1")
    complaint(capsys, "train", "--dataset", "sinn")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


# The engine that `auto` takes


def test_nothing_is_measured_for_a_project_that_has_an_engine(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = str(tmp_path / "a.nnd")
    train_json(capsys, "--epochs", "1", "--output", project)
    monkeypatch.setattr(session_module, "choose", lambda *form: pytest.fail("engines were measured"))
    assert main(["info", project]) == 0
    assert main(["train", project, "--epochs", "1"]) == 0


def test_a_project_stays_with_the_engine_that_it_began_with(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, engines = str(tmp_path / "a.nnd"), list(available_engines())
    for now, other in ((engines[0], engines[-1]), (engines[-1], engines[0])):
        monkeypatch.setattr(selection, "_fastest", lambda seconds, taken=now: taken)
        assert train_json(capsys, "--epochs", "2", "--output", project)["engine"] == now
        monkeypatch.setattr(selection, "_fastest", lambda seconds, taken=other: taken)
        assert main(["train", project, "--epochs", "2", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["engine"] == now
        assert open_project(Path(project)).project.checkpoint.engine.wanted is EngineName.AUTO


def test_a_project_whose_data_are_not_known_says_what_it_lacks(capsys: Capture, tmp_path: Path) -> None:
    project = tmp_path / "foreign.nnd"
    project.write_bytes((OLD / "foreign.nnd").read_bytes())
    assert complaint(capsys, "train", str(project), "--epochs", "1") == (
        "nn-desktop: The data of this network are not known here: choose a dataset with 6 inputs and 3 "
        "outputs to train it.\n"
    )
    assert project.read_bytes() == (OLD / "foreign.nnd").read_bytes()
    main(["info", str(project), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["dataset"], told["data"]) == ("unknown", {"task": "regression", "inputs": 6, "outputs": 3})
    assert (told["test_loss"], told["test_r2"]) == (None, None)


def test_a_project_whose_data_are_not_known_is_exported_and_answers(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("x1,x2,x3,x4,x5,x6\n1,2,3,4,5,6\n")
    answers = []
    for source in (OLD / "foreign.nnd", OLD / "foreign.json"):
        assert main(["predict", str(source), "--input", str(tmp_path / "in.csv")]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]
    assert answers[0].startswith("y1,y2,y3\n")
    assert main(["export", str(OLD / "foreign.nnd"), str(tmp_path / "net.py")]) == 0
    assert "largest difference" in capsys.readouterr().out


def test_label_smoothing_is_reported_where_it_counts(capsys: Capture) -> None:
    smooth = ("--label-smoothing", "0.2", "--epochs", "1")
    assert train_json(capsys, "--dataset", "iris", *smooth)["label_smoothing"] == 0.2
    assert train_json(capsys, "--dataset", "sine", *smooth)["label_smoothing"] is None


def test_a_network_of_unknown_data_is_exported_without_training(capsys: Capture, tmp_path: Path) -> None:
    project = tmp_path / "foreign.nnd"
    project.write_bytes((Path(__file__).parents[1] / "files" / "old" / "foreign.nnd").read_bytes())
    target = tmp_path / "x.json"
    assert main(["train", str(project), "--epochs", "0", "--export", str(target)]) == 0
    assert target.is_file()
    assert main(["train", str(project), "--epochs", "1"]) == 2
