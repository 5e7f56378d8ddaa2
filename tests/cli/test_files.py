"""The command line exports, imports, answers and describes networks, and goes on with projects."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from known_data import default_settings, make_setup, unknown_settings
from reopening import contents

from nn_desktop.arrays import FloatArray
from nn_desktop.cli import options as cli_options
from nn_desktop.cli import train as train_module
from nn_desktop.cli.main import main
from nn_desktop.data.source import load
from nn_desktop.drawing.placement import Layout
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.files import exporters
from nn_desktop.files.atomic import FileError
from nn_desktop.files.checking import Answered, NotCheckedError, Question
from nn_desktop.files.exporters import EXPORTERS, Exporter, export
from nn_desktop.files.imports.importers import read_model
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.weights import read_weights
from nn_desktop.files.project.project import SUFFIX, Panel, Project
from nn_desktop.files.project.project_file import backup_of, open_project, save_project
from nn_desktop.files.project.recovery import left_behind
from nn_desktop.files.share.links import to_link
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.process import StopRequest
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.runs import Runs, file_run, name_run, note_run
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.stopping import StopRule
from nn_desktop.user_folders import recovery_folder

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]
PLAYGROUND = "https://playground.tensorflow.org/#activation=relu&dataset=xor&networkShape=3,2&batchSize=5"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(dataset: str = "iris", layers: str = "5", **hyperparameters: Any) -> Setup:
    setup = make_setup(dataset, parse_layers(layers), Activation.TANH)
    chosen = {"engine": EngineName.NUMPY, **hyperparameters}
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **chosen))


def model_of(session: Session) -> TrainedModel:
    return TrainedModel.of(session.setup, session.dataset, session.parameters, session.engine.engine)


def make_project(path: str = "a.nnd", setup: Setup | None = None, updates: int = 30) -> TrainedModel:
    session = Session(make() if setup is None else setup)
    session.advance(updates)
    save_project(Project(session.checkpoint()), Path(path))
    return model_of(session)


def lines_of(capsys: Capture, *arguments: str) -> list[str]:
    assert main(arguments) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


def json_of(capsys: Capture, *arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads("\n".join(lines_of(capsys, *arguments, "--json")))
    return result


def complaint(capsys: Capture, *arguments: str) -> str:
    """Return the one sentence that a mistake is answered with."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nn-desktop: ")
    assert captured.err.count("\n") == 1
    assert captured.err.rstrip().endswith((".", "?"))
    return captured.err


def names_here() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def start(*arguments: str, **settings: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "nn_desktop", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, **settings
    )


def answering(answer: Any) -> tuple[Exporter, ...]:
    """Return the formats, with another check for one of them."""
    (npz,) = (exporter for exporter in EXPORTERS if exporter.ending == ".npz")
    return (replace(npz, answer=answer), *(exporter for exporter in EXPORTERS if exporter is not npz))


def answer_wrong(path: Path, question: Question) -> Answered:
    return Answered("somebody", np.full((len(question.inputs), 3), 0.5))


def answer_nothing(path: Path, question: Question) -> Answered:
    raise NotCheckedError("nobody is here")


# --- export


def test_a_project_is_exported_as_from_the_session(capsys: Capture) -> None:
    model = make_project()
    lines_of(capsys, "export", "a.nnd", "a.npz", "a.json")
    for name in ("a.npz", "a.json"):
        parameters = read_weights(Path(name), model.topology)
        assert parameters.vector.tobytes() == model.parameters.vector.tobytes()
        content = Path(name).read_bytes()
        export(model, Path(name))
        assert content == Path(name).read_bytes()


def test_a_backup_is_a_project_too(capsys: Capture) -> None:
    model = make_project()
    make_project(updates=60)
    lines_of(capsys, "export", "a.nnd.bak", "old.npz")
    assert read_model(Path("old.npz")).model.parameters.vector.tobytes() == model.parameters.vector.tobytes()


def test_a_file_of_one_format_becomes_one_of_another(capsys: Capture) -> None:
    model = make_project(setup=make("wine", "4:relu", precision=Precision.FLOAT32))
    export(model, Path("a.npz"))
    lines_of(capsys, "export", "a.npz", "b.safetensors")
    lines_of(capsys, "export", "b.safetensors", "c.json")
    lines_of(capsys, "export", "c.json", "d.npz")
    assert Path("d.npz").read_bytes() == Path("a.npz").read_bytes()


def test_a_line_for_each_file_says_what_checked_it(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_project()

    def answer(path: Path, question: Question) -> Answered:
        return Answered("somebody 1.0", model.predict(question.inputs) + 1e-13)

    monkeypatch.setattr(exporters, "EXPORTERS", answering(answer))
    (line,) = lines_of(capsys, "export", "a.nnd", "a.npz")
    assert line == (
        "a.npz (and a.npz.check.csv): checked with somebody 1.0: largest difference 1.0e-13 over 256 inputs"
    )
    result = json_of(capsys, "export", "a.nnd", "a.npz")
    (check,) = result["checks"]
    assert result["exports"] == ["a.npz"]
    assert result["interrupted"] is False
    assert check.pop("difference") == pytest.approx(1e-13, rel=0.01)
    assert check == {
        "path": "a.npz", "files": ["a.npz", "a.npz.check.csv"], "checked": True, "good": True,
        "reader": "somebody 1.0", "tolerance": 1e-12, "inputs": 256, "why_not": None,
    }  # fmt: skip


def test_what_could_not_be_checked_is_no_failure(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project()
    monkeypatch.setattr(exporters, "EXPORTERS", answering(answer_nothing))
    (line,) = lines_of(capsys, "export", "a.nnd", "a.npz")
    assert line.endswith(": not checked: nobody is here")
    (check,) = json_of(capsys, "export", "a.nnd", "a.npz")["checks"]
    assert (check["checked"], check["good"], check["difference"]) == (False, None, None)
    assert (check["reader"], check["why_not"]) == (None, "nobody is here")


@pytest.mark.parametrize("command", [["export", "a.nnd"], ["train", "a.nnd", "--epochs", "0", "--export"]])
def test_a_real_difference_is_a_failure(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    make_project()
    monkeypatch.setattr(exporters, "EXPORTERS", answering(answer_wrong))
    assert main([*command, "b.json", "a.npz"]) == 2
    assert "do not rely on this file" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_a_file_that_cannot_be_written_does_not_cost_the_others(
    capsys: Capture, json_option: list[str]
) -> None:
    make_project()
    paths = ["nowhere/a.npz", "a.npz", "a.xyz", "b.nnd", "b.json"]
    assert main(["export", "a.nnd", *paths, *json_option]) == 2
    captured = capsys.readouterr()
    assert [Path(path).exists() for path in paths] == [False, True, False, False, True]
    sentences = captured.err.splitlines()
    assert len(sentences) == 3
    for sentence, words in zip(
        sentences, ["folder does not exist", "unknown file type", "import"], strict=True
    ):
        assert words in sentence
    if json_option:
        assert json.loads(captured.out)["exports"] == ["a.npz", "b.json"]
    else:
        assert [line.partition(" ")[0] for line in captured.out.splitlines()] == ["a.npz", "b.json"]


def test_a_link_is_exported(capsys: Capture) -> None:
    session = Session(make("spiral", "6-4", seed=3))
    assert main(["export", to_link(session.setup), "start.npz"]) == 0
    assert "no weights" in capsys.readouterr().err
    assert Path("start.npz").exists()
    start_of_link = read_weights(Path("start.npz"), session.setup.topology)
    assert start_of_link.vector.tobytes() == session.parameters.vector.tobytes()
    session.advance(20)
    lines_of(capsys, "export", to_link(session.setup, session.parameters), "later.npz")
    later = read_weights(Path("later.npz"), session.setup.topology)
    assert later.vector.tobytes() == session.parameters.vector.tobytes()


def test_ctrl_c_ends_the_check_and_no_file_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    make_project()

    def wait(path: Path, question: Question) -> Answered:
        os.kill(os.getpid(), signal.SIGINT)
        began = time.monotonic()
        while not question.stop:
            assert time.monotonic() - began < 60, "waited in vain"
        raise NotCheckedError("it was stopped")

    monkeypatch.setattr(exporters, "EXPORTERS", answering(wait))
    before = signal.getsignal(signal.SIGINT)
    assert main(["export", "a.nnd", "a.npz", "b.json"]) == 130
    captured = capsys.readouterr()
    assert captured.out.splitlines()[0] == "a.npz (and a.npz.check.csv): not checked: it was stopped"
    assert captured.err == ""
    assert Path("b.json").exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_the_summary_of_a_training_has_the_checks(capsys: Capture) -> None:
    options = ["train", "--epochs", "1", "--export", "a.npz", "b.json"]
    result = json_of(capsys, *options)
    assert result["exports"] == ["a.npz", "b.json"]
    assert [check["path"] for check in result["checks"]] == result["exports"]
    lines = [line for line in lines_of(capsys, *options) if line.startswith("exports")]
    assert len(lines) == 2
    assert lines[0].startswith("exports        a.npz (and a.npz.check.csv): ")


# --- import


def test_what_was_exported_becomes_a_project_that_goes_on_from_there(capsys: Capture) -> None:
    model = make_project(setup=make("wine", "4-6", batch_size=9))
    export(model, Path("a.npz"))
    assert lines_of(capsys, "import", "a.npz", "b.nnd") == ["b.nnd: 13-4-6-3, learns from wine"]
    checkpoint = open_project(Path("b.nnd")).project.checkpoint
    assert checkpoint.parameters.vector.tobytes() == model.parameters.vector.tobytes()
    assert (checkpoint.setup.data, checkpoint.setup.hyperparameters) == (model.data, model.hyperparameters)
    assert (checkpoint.epoch, checkpoint.updates) == (0, 0)
    session = Session.at(checkpoint)
    session.advance(10)
    session.reset()
    assert session.parameters.vector.tobytes() == model.parameters.vector.tobytes()


def test_an_imported_project_replaces_one_and_keeps_it_as_its_backup(capsys: Capture) -> None:
    export(make_project(), Path("a.npz"))
    before = Path("a.nnd").read_bytes()
    lines_of(capsys, "import", "a.npz", "a.nnd")
    assert backup_of(Path("a.nnd")).read_bytes() == before


def test_the_data_that_are_chosen_are_taken(capsys: Capture) -> None:
    setup = make("circle", "4")
    export(make_project(setup=replace(setup, data=replace(setup.data, samples=50))), Path("a.npz"))
    assert main(["import", "a.npz", "same.nnd", "--dataset", "circle"]) == 0
    assert open_project(Path("same.nnd")).project.checkpoint.setup.data.samples == 50
    assert main(["import", "a.npz", "xor.nnd", "--dataset", "xor"]) == 0
    assert 'It goes on with "XOR".' in capsys.readouterr().err
    assert open_project(Path("xor.nnd")).project.checkpoint.setup.data == default_settings("xor")


def test_remarks_are_said(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_project()
    export(model, Path("a.json"))
    document = json.loads(Path("a.json").read_text())
    document["version"] = 1
    for key in ("data", "hyperparameters"):
        del document[key]
    for part in (*document["layers"], *document["links"]):
        for key in ("initializer", "frozen", "only"):
            part.pop(key, None)
    Path("a.json").write_text(json.dumps(document))
    assert main(["import", "a.json", "b.nnd"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "b.nnd: 4-5-3, learns from iris\n"
    assert captured.err.startswith("nn-desktop: An earlier version of this program wrote the file")


def test_a_network_whose_data_are_unknown_becomes_a_project_that_says_so(capsys: Capture) -> None:
    foreign = Path(__file__).parents[1] / "files" / "old" / "foreign.json"
    assert main(["import", str(foreign), "b.nnd"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "b.nnd: 6-4:relu-3, its data are unknown\n"
    assert "choose a dataset with 6 inputs and 3 outputs" in captured.err
    data = next(line for line in lines_of(capsys, "info", "b.nnd") if line.startswith("data "))
    assert "inputs 6, outputs 3" in data
    assert "[" not in data


def test_a_link_becomes_a_project(capsys: Capture) -> None:
    session = Session(make("xor", "3:relu-4"))
    session.advance(7)
    lines_of(capsys, "import", to_link(session.setup, session.parameters), "a.nnd")
    checkpoint = open_project(Path("a.nnd")).project.checkpoint
    assert checkpoint.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    assert checkpoint.setup.hyperparameters == session.setup.hyperparameters
    assert main(["import", PLAYGROUND, "b.nnd"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "b.nnd: 2-3:relu-2:relu-1, learns from xor\n"
    assert captured.err.startswith("nn-desktop: ")
    assert open_project(Path("b.nnd")).project.checkpoint.setup.hyperparameters.batch_size == 5


# --- predict


def write_inputs(path: str, rows: FloatArray, names: list[str] | None = None, separator: str = ",") -> None:
    decimal = "," if separator == ";" else "."
    with Path(path).open("w", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        if names is not None:
            writer.writerow(names)
        writer.writerows([[repr(number).replace(".", decimal) for number in row] for row in rows.tolist()])


def read_answers(text: str) -> tuple[list[str], FloatArray, list[str]]:
    """Return the names of columns, the numbers, and the classes if there are some."""
    header, *rows = list(csv.reader(io.StringIO(text)))
    width = len(header) - (header[-1] == "class")
    numbers = np.array([[float(cell) for cell in row[:width]] for row in rows]).reshape(-1, width)
    return header, numbers, [row[-1] for row in rows] if width < len(header) else []


@pytest.mark.parametrize("dataset", ["sine", "spiral", "wine", "digits"])
@pytest.mark.parametrize("precision", list(Precision))
def test_answers_are_those_of_the_model_to_the_bit(
    capsys: Capture, dataset: str, precision: Precision
) -> None:
    model = make_project(setup=make(dataset, "6-4", precision=precision))
    # More than the sums take at once, and a rest.
    inputs = model.input_scaling.undo(
        np.random.default_rng(1).normal(size=(4100 if dataset != "digits" else 99, len(model.input_names)))
    )
    write_inputs("in.csv", inputs)
    header, numbers, classes = read_answers(
        "\n".join(lines_of(capsys, "predict", "a.nnd", "--input", "in.csv"))
    )
    answers = model.predict(inputs)
    assert numbers.tobytes() == answers.tobytes()
    assert header == [*model.output_names, *(["class"] if model.class_names else [])]
    assert classes == (model.name_classes(answers) if model.class_names else [])


def test_answers_worked_by_hand(capsys: Capture) -> None:
    setup = make_setup("sine", parse_layers("1-2:relu-1"), Activation.TANH)
    setup = replace(setup, data=replace(setup.data, standardize=False))
    session = Session(setup)
    for layer, matrix in zip(
        setup.topology.layers[1:], ([[1.0, 0.0], [-2.0, 1.0]], [[3.0, 0.5, -1.0]]), strict=True
    ):
        session.parameters.matrix(layer.id)[:] = matrix
    save_project(Project(session.checkpoint()), Path("a.nnd"))
    Path("in.csv").write_text("2\n0\n-1.5\n")
    # relu(x), relu(1 - 2x), then 3 relu(x) + 0.5 relu(1 - 2x) - 1
    assert lines_of(capsys, "predict", "a.nnd", "--input", "in.csv") == ["y", "5.0", "-0.5", "1.0"]


def test_a_perceptron_of_scikit_learn_is_answered_as_there(capsys: Capture) -> None:
    io_of_skops = pytest.importorskip("skops.io", reason="skops writes the file")
    network = pytest.importorskip("sklearn.neural_network", reason="scikit-learn trains the network")
    dataset = load(default_settings("wine"))
    inputs = dataset.inputs / dataset.inputs.max(axis=0)
    perceptron = network.MLPClassifier((6, 5), "tanh", solver="lbfgs", max_iter=2000, random_state=0)
    perceptron.fit(inputs, dataset.labels)
    io_of_skops.dump(perceptron, "a.skops")
    write_inputs("in.csv", inputs)
    lines_of(capsys, "predict", "a.skops", "--input", "in.csv", "--output", "out.csv")
    _, numbers, classes = read_answers(Path("out.csv").read_text())
    np.testing.assert_allclose(numbers, perceptron.predict_proba(inputs), rtol=0, atol=1e-13)
    assert classes == [str(label) for label in perceptron.predict(inputs)]
    assert main(["import", "a.skops", "a.nnd", "--dataset", "wine"]) == 0
    capsys.readouterr()
    lines_of(capsys, "predict", "a.nnd", "--input", "in.csv", "--output", "out.csv")
    _, numbers, classes = read_answers(Path("out.csv").read_text())
    np.testing.assert_allclose(numbers, perceptron.predict_proba(inputs), rtol=0, atol=1e-11)
    assert classes == [dataset.class_names[label] for label in perceptron.predict(inputs)]


def test_columns_are_found_by_their_names(capsys: Capture) -> None:
    model = make_project()
    dataset = load(default_settings("iris"))
    order = [2, 0, 3, 1]
    names = [dataset.input_names[place] for place in order]
    write_inputs("in.csv", dataset.inputs[:20][:, order], names, ";")
    output = lines_of(capsys, "predict", "a.nnd", "--input", "in.csv", "--output", "out.csv")
    assert output == []
    _, numbers, classes = read_answers(Path("out.csv").read_text())
    assert numbers.tobytes() == model.predict(dataset.inputs[:20]).tobytes()
    assert set(classes) <= set(dataset.class_names)


def test_the_check_vectors_of_an_export_are_answered_alike(capsys: Capture) -> None:
    model = make_project(setup=make("breast-cancer", "4"))
    export(model, Path("a.npz"))
    lines_of(capsys, "predict", "a.npz", "--input", "a.npz.check.csv", "--output", "out.csv")
    vectors, answers = (
        list(csv.reader(io.StringIO(Path(name).read_text()))) for name in ("a.npz.check.csv", "out.csv")
    )
    assert answers == [row[len(model.input_names) :] for row in vectors]


def test_names_without_rows_give_names(capsys: Capture) -> None:
    make_project(setup=make("sine"))
    Path("in.csv").write_text("x\n")
    assert lines_of(capsys, "predict", "a.nnd", "--input", "in.csv") == ["y"]


def test_a_wrong_cell_leaves_the_output_as_it_was(capsys: Capture) -> None:
    make_project(setup=make("sine"))
    Path("in.csv").write_text("1\n2\nx\n")
    Path("out.csv").write_text("before")
    text = complaint(capsys, "predict", "a.nnd", "--input", "in.csv", "--output", "out.csv")
    assert 'The numbers in "in.csv" cannot be read: in line 3 column 1 ("x") is "x"' in text
    assert Path("out.csv").read_text() == "before"
    assert names_here() == ["a.nnd", "in.csv", "out.csv"]


def test_an_input_may_be_its_own_output(capsys: Capture) -> None:
    model = make_project(setup=make("sine"))
    Path("a.csv").write_text("0.5\n1.5\n")
    lines_of(capsys, "predict", "a.nnd", "--input", "a.csv", "--output", "a.csv")
    answers = model.predict(np.array([[0.5], [1.5]])).tolist()
    assert Path("a.csv").read_text() == f"y\n{answers[0][0]!r}\n{answers[1][0]!r}\n"


def test_numbers_beyond_float32_are_answered_without_a_warning(capsys: Capture) -> None:
    make_project(setup=make("sine", precision=Precision.FLOAT32))
    Path("in.csv").write_text("1e300\n-1e300\n")
    assert len(lines_of(capsys, "predict", "a.nnd", "--input", "in.csv")) == 3


def test_standard_input_to_standard_output() -> None:
    model = make_project(setup=make("iris", "3"))
    process = start("predict", "a.nnd", "--input", "-", stdin=subprocess.PIPE)
    content = "5,1;3,5;1,4;0,2\r\n6;3;5;2\r\n".encode("utf-16")
    output, errors = process.communicate(content, timeout=60)
    answers = model.predict(np.array([[5.1, 3.5, 1.4, 0.2], [6.0, 3.0, 5.0, 2.0]]))
    rows = zip(answers.tolist(), model.name_classes(answers), strict=True)
    expected = [",".join([*map(repr, row), name]) for row, name in rows]
    assert (process.returncode, errors) == (0, b"")
    assert output.decode() == "\n".join(["setosa,versicolor,virginica,class", *expected, ""])


def test_a_reader_that_goes_away_ends_an_endless_answer() -> None:
    make_project(setup=make("sine"))
    reading, writing = os.pipe()
    endless = subprocess.Popen(["yes", "0.5"], stdout=writing)
    os.close(writing)
    process = start("predict", "a.nnd", "--input", "-", stdin=reading)
    os.close(reading)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""
    finally:
        for each in (process, endless):
            each.kill()
            each.wait()
        process.stderr.close()


@pytest.mark.parametrize(
    ("redirection", "words"),
    [
        (">&-", "cannot be written to standard output: Bad file descriptor"),
        (">/dev/full", "cannot be written to standard output: No space left on device"),
        ("<&-", "There is no standard input"),
    ],
)
def test_streams_that_are_not_there(redirection: str, words: str) -> None:
    make_project(setup=make("sine"))
    program = f'"{sys.executable}" -m nn_desktop predict a.nnd --input -'
    done = subprocess.run(
        ["sh", "-c", f"{program} {redirection}"],
        input=None if redirection == "<&-" else "1\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


# --- info


def test_a_project_is_described(capsys: Capture) -> None:
    setup = make("iris", "5-4:relu", seed=7)
    topology = setup.topology
    first, second, third, _ = topology.layers
    topology = wiring.disconnect_all(topology, [(first.units[0], second.units[1])])
    topology = wiring.link_layers(topology, first.id, third.id)
    topology = edits.freeze_layer(topology, third.id, True)
    topology = edits.set_initializer(topology, second.id, Initializer.HE_NORMAL)
    session = Session(setup.with_topology(topology))
    session.advance(40)  # of 7 updates per epoch
    project = Project(session.checkpoint(), notes="\n".join(f"line {number}\x1b[2J" for number in range(20)))
    for _ in range(2):
        save_project(project, Path("a.nnd"))
    result = json_of(capsys, "info", "a.nnd")
    assert result["format"] == "project"
    assert [layer["units"] for layer in result["layers"]] == [4, 5, 4, 3]
    assert [layer["activation"] for layer in result["layers"]] == ["identity", "tanh", "relu", "softmax"]
    assert [layer["frozen"] for layer in result["layers"]] == [False, False, True, False]
    assert [layer["initializer"] for layer in result["layers"]] == [None, "he-normal", None, None]
    assert (result["weights"], result["biases"]) == (4 * 5 - 1 + 5 * 4 + 4 * 4 + 4 * 3, 5 + 4 + 3)
    assert (result["removed_connections"], result["skips_layers"]) == (1, True)
    assert (result["dataset"], result["data"]["train_share"]) == ("iris", 0.7)
    assert result["hyperparameters"]["seed"] == 7
    assert (result["epochs"], result["updates"], result["samples_of_epoch"]) == (5, 40, 5 * 16)
    assert (result["train_loss"], result["test_loss"]) == session.losses()
    assert 0 <= result["test_accuracy"] <= 1
    assert result["milestones"] == [milestone.epoch for milestone in session.milestones] == [1, 2, 3, 4, 5]
    assert (result["notes"], result["backup"]) == (project.notes, "a.nnd.bak")
    lines = lines_of(capsys, "info", "a.nnd")
    assert "layers               4 units, relu, frozen" in lines
    assert "layers               5 units, tanh, starts from he-normal" in lines
    notes = [line for line in lines if line.startswith("notes")]
    assert notes[0] == r"notes                line 0\x1b[2J"
    assert len(notes) == 9
    assert "\x1b" not in "".join(lines)


def test_the_losses_are_those_of_the_training(capsys: Capture) -> None:
    trained = json_of(capsys, "train", "--epochs", "9", "--output", "a.nnd")
    described = json_of(capsys, "info", "a.nnd")
    for key in ("train_loss", "test_loss", "train_r2", "test_r2", "epochs", "updates", "engine", "dataset"):
        assert described[key] == trained[key]
    assert described["backup"] is None


def test_a_file_of_a_network_is_described(capsys: Capture) -> None:
    export(make_project(setup=make("digits", "9", precision=Precision.FLOAT32)), Path("a.npz"))
    result = json_of(capsys, "info", "a.npz")
    assert result["format"] == "NumPy arrays"
    assert (result["weights"], result["biases"], result["removed_connections"]) == (64 * 9 + 9 * 10, 19, 0)
    assert (result["task"], result["precision"], result["dataset"]) == ("multiclass", "float32", "digits")
    assert result["class_names"] == result["output_names"] == list("0123456789")
    assert len(result["input_names"]) == 64
    assert (result["input_scaling"], result["target_scaling"]) == (True, False)
    lines = lines_of(capsys, "info", "a.npz")
    assert "class names          0, 1, 2, 3, 4, 5, 6, 7, … (10 in all)" in lines
    assert "input scaling        yes" in lines


def test_a_link_is_described(capsys: Capture) -> None:
    result = json_of(capsys, "info", PLAYGROUND)
    assert (result["format"], result["network"], result["dataset"]) == ("link", "2-3:relu-2:relu-1", "xor")
    assert result["hyperparameters"]["batch_size"] == 5
    assert result["has_weights"] is False
    assert result["remarks"]
    session = Session(make("xor", "3"))
    assert json_of(capsys, "info", to_link(session.setup, session.parameters))["has_weights"] is True


# --- going on with a project


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_two_halves_are_the_whole_to_the_bit(capsys: Capture, engine: str) -> None:
    options = ["--dataset", "cubic", "--layers", "8", "--seed", "7", "--engine", engine]
    whole = json_of(capsys, "train", *options, "--epochs", "40", "--output", "whole.nnd")
    json_of(capsys, "train", *options, "--epochs", "17", "--output", "halves.nnd")
    halves = json_of(capsys, "train", "halves.nnd", "--epochs", "23")
    assert halves["project"] == "halves.nnd"
    differing = {key for key in whole if whole[key] != halves[key]}
    assert differing <= {"seconds", "project"}
    first, second = (open_project(Path(name)).project.checkpoint for name in ("whole.nnd", "halves.nnd"))
    assert first.parameters.vector.tobytes() == second.parameters.vector.tobytes()
    assert first.history.rows().tobytes() == second.history.rows().tobytes()
    if engine == "numpy":  # the times that were measured for a choice differ
        assert Path("whole.nnd").read_bytes() == Path("halves.nnd").read_bytes()


def test_the_bits_are_those_of_the_window(capsys: Capture) -> None:
    """The session of the window is cut into other slices."""
    make_project(updates=25)
    session = Session(make())
    session.advance(25)
    while session.epoch < 3 + 12:  # 25 updates of 7 an epoch: the fourth one has begun
        session.advance(min(5, session.walk.updates_until(15)))
    result = json_of(capsys, "train", "a.nnd", "--epochs", "12")
    assert (result["epochs"], result["updates"]) == (15, 15 * 7)
    checkpoint = open_project(Path("a.nnd")).project.checkpoint
    assert checkpoint.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    assert [m.epoch for m in checkpoint.milestones] == [m.epoch for m in session.milestones]


def test_everything_else_in_a_project_is_kept(capsys: Capture) -> None:
    session = Session(make())
    session.advance(50)
    layer = session.setup.topology.layers[1]
    layout = Layout({layer.id: (3.5, -2.0)}, {layer.units[0]: (0.1, 0.2)})
    panels = (Panel("dock_fit", "right", True, 300, 400),)
    save_project(Project(session.checkpoint(), layout, "Notes", panels), Path("a.nnd"))
    before = Path("a.nnd").read_bytes()
    json_of(capsys, "train", "a.nnd", "--epochs", "3")
    project = open_project(Path("a.nnd")).project
    assert (project.layout, project.notes, project.panels) == (layout, "Notes", panels)
    assert {m.epoch for m in session.milestones} < {m.epoch for m in project.checkpoint.milestones}
    assert backup_of(Path("a.nnd")).read_bytes() == before


def test_it_is_saved_elsewhere_if_that_is_wanted(capsys: Capture) -> None:
    make_project()
    before = Path("a.nnd").read_bytes()
    for order in (["a.nnd", "--epochs", "2"], ["--epochs", "2", "a.nnd"]):
        result = json_of(capsys, "train", *order, "--output", "b.nnd", "--export", "a.npz")
        assert result["project"] == "b.nnd"
    assert Path("a.nnd").read_bytes() == before
    exported = read_model(Path("a.npz")).model.parameters.vector
    assert exported.tobytes() == open_project(Path("b.nnd")).project.checkpoint.parameters.vector.tobytes()


def test_no_epochs_change_nothing(capsys: Capture) -> None:
    make_project()
    before = Path("a.nnd").read_bytes()
    result = json_of(capsys, "train", "a.nnd", "--epochs", "0", "--export", "a.npz")
    assert "project" not in result
    assert Path("a.nnd").read_bytes() == before
    assert names_here() == ["a.nnd", "a.npz", "a.npz.check.csv"]
    json_of(capsys, "train", "a.nnd", "--epochs", "0", "--output", "b.nnd")
    assert Path("b.nnd").read_bytes() == before


def test_a_project_that_diverges_keeps_its_last_finite_state(capsys: Capture) -> None:
    make_project(setup=make("sine", learning_rate=50.0), updates=0)
    assert main(["train", "a.nnd", "--epochs", "50", "--json"]) == 1
    captured = capsys.readouterr()
    assert "learning rate 50" in captured.err
    assert json.loads(captured.out)["diverged"] is True
    checkpoint = open_project(Path("a.nnd")).project.checkpoint
    assert checkpoint.diverged
    assert np.isfinite(checkpoint.parameters.vector).all()
    saved = Path("a.nnd").read_bytes()
    assert main(["train", "a.nnd", "--epochs", "50"]) == 1
    assert "learning rate 50" in capsys.readouterr().err
    assert Path("a.nnd").read_bytes() == saved


def test_a_project_that_cannot_be_saved_does_not_cost_the_export(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("folder").mkdir()
    make_project()

    def train_and_remove(session: Session, *_: object) -> None:
        session.advance(1)
        Path("folder").rmdir()

    monkeypatch.setattr(train_module, "train", train_and_remove)
    assert main(["train", "a.nnd", "--output", "folder/b.nnd", "--export", "a.npz", "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["exports"] == ["a.npz"]
    assert "project" not in json.loads(captured.out)
    assert "its folder does not exist" in captured.err
    assert "the window offers it" in captured.err
    (kept,) = left_behind(recovery_folder())
    assert (kept.about.name, kept.about.path) == ("b", Path("folder/b.nnd").absolute())
    kept.folder.release()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_reached_is_saved_when_it_is_interrupted(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    make_project(updates=3)
    advance = Session.advance

    def interrupted(self: Session, updates: int, *parts: Any) -> bool:
        has_reached_loss = advance(self, min(updates, 2), *parts)
        if self.updates >= 12:
            os.kill(os.getpid(), number)
        return has_reached_loss

    with monkeypatch.context() as patch:
        patch.setattr(Session, "advance", interrupted)
        assert main(["train", "a.nnd", "--epochs", "1000000", "--export", "a.npz", "--json"]) == 130
    captured = capsys.readouterr()
    assert captured.err == ""
    result = json.loads(captured.out)
    checkpoint = open_project(Path("a.nnd")).project.checkpoint
    assert 12 <= checkpoint.updates == result["updates"] <= 13
    straight = Session(make())
    straight.advance(checkpoint.updates)
    assert straight.parameters.vector.tobytes() == checkpoint.parameters.vector.tobytes()
    assert (checkpoint.epoch, checkpoint.position) == (1, straight.checkpoint().position)
    assert (
        read_model(Path("a.npz")).model.parameters.vector.tobytes() == checkpoint.parameters.vector.tobytes()
    )


# --- bad input


@pytest.mark.parametrize(
    "option", ["--layers", "--dataset", "--seed", "--learning-rate", "--weights", "--dtype"]
)
@pytest.mark.parametrize("joined", [False, True])
def test_options_of_a_new_training_contradict_a_project(capsys: Capture, option: str, joined: bool) -> None:
    make_project()
    before = Path("a.nnd").read_bytes()
    value = [f"{option}=1"] if joined else [option, "1"]
    text = complaint(capsys, "train", "a.nnd", *value)
    assert f'The option {option} belongs to a new training, and "a.nnd" says all that already' in text
    assert Path("a.nnd").read_bytes() == before


@pytest.mark.parametrize("option", ["--layers", "--dataset", "--seed", "--learning-rate", "--weights"])
def test_options_of_a_new_training_contradict_an_example(capsys: Capture, option: str) -> None:
    text = complaint(capsys, "train", "--example", "textbook", option, "1")
    assert f'The option {option} belongs to a new training, and "textbook" says all that already' in text


def test_an_example_contradicts_a_project(capsys: Capture) -> None:
    make_project()
    text = complaint(capsys, "train", "a.nnd", "--example", "textbook")
    assert 'The option --example belongs to a new training, and "a.nnd" says all that already' in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("exprot a b", 'There is no command "exprot". Did you mean "export"?'),
        ("improt", 'Did you mean "import"?'),
        ("predcit a", 'Did you mean "predict"?'),
        ("infos", 'Did you mean "info"?'),
        ("export", '"nn-desktop export" needs more, namely FROM, TO: see'),
        ("export a.nnd", '"nn-desktop export" needs more, namely TO: see'),
        ("export missing.nnd a.npz", "there is no such file"),
        ("export missing.npz a.npz", "it does not exist"),
        ("export a.pt a.npz", "choose a project (.nnd), or a file that ends with .npz, "),
        ("export a a.npz", "choose a project (.nnd), or a file that ends with .npz, "),
        ("export bad.nnd a.npz", 'The project "bad.nnd" cannot be opened'),
        ("export bad.npz a.npz", 'The file "bad.npz" cannot be opened'),
        ("export a.nnd a.npz --jsno", 'Did you mean "--json"?'),
        ("export nnd:AAAAAAAAAAAAA a.npz", "The link is damaged or cut off"),
        ("import a.npz", '"nn-desktop import" needs more, namely TO: see'),
        ("import a.npz b.npz", "no name of a project: end it with .nnd"),
        ("import a.npz nowhere/b.nnd", "its folder does not exist"),
        ("import a.npz folder.nnd", "it is a folder"),
        ("import a.nnd b.nnd", '"a.nnd" is a project already'),
        ("import a.npz b.nnd --dataset irsi", 'Did you mean "iris"?'),
        (
            "import a.npz b.nnd --dataset wine",
            'does not fit the dataset "wine", which has 13 inputs and 3 classes',
        ),
        (
            "import a.npz b.nnd --dataset sine",
            'does not fit the dataset "sine", which has 1 input and 1 output',
        ),
        ("import a.npz b.nnd --dataset xor", "which has 2 inputs and 2 classes"),
        (f"import {PLAYGROUND} b.nnd --dataset xor", "leave --dataset out"),
        ("import a.npz b.nnd c.nnd", '"c.nnd" belongs to no option'),
        ("predict a.nnd", '"nn-desktop predict" needs more, namely --input'),
        ("predict a.nnd --input", "The option --input needs a value"),
        (
            "predict a.nnd --input missing.csv",
            'The input "missing.csv" cannot be opened (No such file or directory)',
        ),
        ("predict a.nnd --input folder.nnd", "cannot be opened (Is a directory)"),
        ("predict a.nnd --input bad.npz", 'since "xxxxxxxxxx" is no number'),
        ("predict a.nnd --input four.csv --output nowhere/a.csv", "its folder does not exist"),
        ("predict a.nnd --input three.csv", "its lines have 3 columns, but there are 4 inputs"),
        ("info", '"nn-desktop info" needs more, namely FILE'),
        ("info bad.nnd", 'The project "bad.nnd" cannot be opened'),
        ("info missing.onnx", "it does not exist"),
        ("train missing.nnd", "there is no such file"),
        ("train bad.nnd", 'The project "bad.nnd" cannot be opened'),
        ("train a.npz", '"a.npz" belongs to no option of "nn-desktop train"'),
        ("train a.nnd b.nnd", '"b.nnd" belongs to no option of "nn-desktop train"'),
        ("train a.nnd --epochs -1", "Training cannot take -1 epochs"),
        ("train a.nnd --output b.npz", "no name of a project: end it with .nnd"),
        ("train --output b", "no name of a project: end it with .nnd"),
        ("train a.nnd --output nowhere/b.nnd", "its folder does not exist"),
        ("train a.nnd --export b.xyz", "unknown file type"),
    ],
)
def test_a_mistake_gets_one_sentence(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, arguments: str, words: str
) -> None:
    export(make_project(), Path("a.npz"))
    Path("folder.nnd").mkdir()
    for name in ("bad.nnd", "bad.npz", "a.pt", "a"):
        Path(name).write_text("x" * 10)
    Path("three.csv").write_text("1,2,3\n")
    Path("four.csv").write_text("1,2,3,4\n")
    monkeypatch.setattr(Session, "advance", lambda *_: pytest.fail("it trained before it complained"))
    assert words in complaint(capsys, *arguments.split())
    assert not Path("b.nnd").exists()


def test_a_project_that_is_write_protected_is_not_trained(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project()

    def refuse(path: Path) -> None:
        raise FileError(f'The file "{path}" cannot be written: permission is denied.')

    monkeypatch.setattr("nn_desktop.files.atomic.check_writable", refuse)
    monkeypatch.setattr(Session, "advance", lambda *_: pytest.fail("it trained before it complained"))
    assert "permission is denied" in complaint(capsys, "train", "a.nnd", "--epochs", "1")


def test_the_suffix_of_projects_is_known() -> None:
    assert cli_options.PROJECT_SUFFIX == SUFFIX


def test_hyperparameters_of_a_project_are_all_options_of_a_new_training() -> None:
    options = cli_options.read_options(["train"]).new_training
    fields = {f"--{name.replace('_', '-')}" for name in Hyperparameters.__dataclass_fields__}
    assert fields - {"--precision"} < options
    assert not {"--epochs", "--output", "--export", "--json"} & options


@pytest.mark.parametrize("command", ["export", "import", "predict", "info", "train"])
def test_help_is_there(capsys: Capture, command: str) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    text = capsys.readouterr().out
    assert f"usage: nn-desktop {command}" in text
    assert len(text) > 300


def test_a_project_that_was_saved_meanwhile_is_kept_and_told(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project()
    train = train_module.train

    def somebody_else_saves(session: Session, rule: StopRule, stop: StopRequest, between: object) -> None:
        train(session, rule, stop)
        make_project(updates=77)

    monkeypatch.setattr(train_module, "train", somebody_else_saves)
    assert main(["train", "a.nnd", "--epochs", "1"]) == 0
    assert 'saved "a.nnd" in the meantime' in capsys.readouterr().err
    assert open_project(Path("a.nnd.bak")).project.checkpoint.updates == 77


# The runs of a project


def make_project_with_runs() -> None:
    """Make a project with two filed runs that differ in the learning rate."""
    runs = Runs()
    for rate in (0.1, 0.2):
        session = Session(make(learning_rate=rate))
        session.advance(20)
        runs = file_run(runs, session.checkpoint()).runs
    session = Session(make())
    session.advance(30)
    runs = note_run(name_run(runs, 1, "Fast"), 1, "Zeile\x1b[31m")
    save_project(Project(session.checkpoint(), runs=runs), Path("a.nnd"))


def test_info_lists_the_runs_in_one_table(capsys: Capture) -> None:
    make_project_with_runs()
    assert main(["info", "a.nnd", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["runs"]
    assert [(row["run"], row["updates"], row["learning_rate"]) for row in rows] == [
        ("run 1", 20, 0.1),
        ("Fast", 20, 0.2),
        ("run 3", 30, 0.05),
    ]
    assert main(["info", "a.nnd"]) == 0
    out = capsys.readouterr().out
    lines = [line[20:].strip() for line in out.splitlines() if line.startswith("runs ")]
    assert lines[0].split("  ")[0] == "run" and "learning rate" in lines[0] and "starred" not in lines[0]
    assert [line.split("  ")[0] for line in lines[1:]] == ["run 1", "Fast", "run 3"]
    assert "\x1b" not in out


def test_what_is_on_or_off_and_what_is_not_known_is_written_for_people(capsys: Capture) -> None:
    unknown = make().with_data(unknown_settings(1, 1))
    session = Session(make())
    session.advance(20)
    runs = file_run(Runs(), session.checkpoint()).runs
    save_project(Project(Session(unknown).checkpoint(), runs=runs), Path("unknown.nnd"))
    assert main(["info", "unknown.nnd"]) == 0
    out = capsys.readouterr().out
    table = [line for line in out.splitlines() if line.startswith("runs ")]
    assert len(table) == 3
    assert not any(word in line.split() for line in table for word in ("nan", "False", "True", "None"))


def test_training_goes_on_with_the_run_in_the_window_and_keeps_the_others(capsys: Capture) -> None:
    make_project_with_runs()
    before = open_project(Path("a.nnd")).project
    assert main(["train", "a.nnd", "--epochs", "1", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [row["updates"] for row in result["runs"]] == [20, 20, result["updates"]]
    after = open_project(Path("a.nnd")).project
    assert contents(after)["runs"] == contents(before)["runs"]
    assert after.checkpoint.updates == result["updates"] > 30


def test_a_project_without_runs_has_no_table(capsys: Capture) -> None:
    make_project()
    assert main(["info", "a.nnd"]) == 0
    assert "\nruns " not in capsys.readouterr().out


def test_the_version_before_is_not_trained(capsys: Capture) -> None:
    assert main(["train", "a.nnd.bak", "--epochs", "1"]) == 2
    assert "copy it to a name" in capsys.readouterr().err


def test_a_damaged_project_is_told_and_not_trained_over(capsys: Capture) -> None:
    path = Path("a.nnd")
    make_project()
    save_project(open_project(path).project, path)  # now there is a backup
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != "history.npy"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    damaged = path.read_bytes()
    assert main(["train", str(path), "--epochs", "1"]) == 2
    said = capsys.readouterr().err
    assert "losses of earlier epochs were damaged" in said and "--output" in said
    assert f'"{path.name}.bak"' in said
    assert path.read_bytes() == damaged
    assert main(["train", str(path), "--epochs", "1", "--output", "b.nnd"]) == 0
    assert "losses of earlier epochs were damaged" in capsys.readouterr().err
    assert open_project(Path("b.nnd")).damage == ()


def test_labels_that_are_numbers_stay_and_guarded_titles_are_known(capsys: Capture) -> None:
    model = replace(
        make_project(setup=make("iris", "4")),
        input_names=("=a", "b;=c", "@d", "-1"),
        output_names=("-1", "+2", "=x"),
        class_names=("-1", "+2", "=x"),
    )
    export(model, Path("a.npz"))
    vectors = Path("a.npz.check.csv").read_text("utf-8").splitlines()
    assert vectors[0] == "'=a,b;'=c,'@d,-1,-1,+2,'=x,class"
    Path("in.csv").write_text("".join(",".join(line.split(",")[:4]) + "\n" for line in vectors), "utf-8")
    titles, *rows = lines_of(capsys, "predict", "a.npz", "--input", "in.csv")
    assert titles == "-1,+2,'=x,class"
    assert [row.split(",")[3] for row in rows] == [line.split(",")[7] for line in vectors[1:]]
    assert {row.split(",")[3] for row in rows} <= {"-1", "+2", "'=x"}
