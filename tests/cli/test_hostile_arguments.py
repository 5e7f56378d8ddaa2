"""Real processes are given what steers a terminal, in arguments, names and files: no byte of it comes out."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from files.foreign_files import safetensors, tensor
from known_data import make_setup
from sentences import LONGEST, steering_characters

from nn_desktop.cli.main import main
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_file import save_project
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="such names of files cannot be there")
ROOT = Path(__file__).parents[2]
EVIL = "\x1b[2J\x1b]0;owned\x07\u202egpj\x7f\r\n\u2028"
BYTES = os.fsencode(EVIL) + b"\xff\x9b31m"
"""The same, with what is no UTF-8."""
TEXT = os.fsdecode(BYTES)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
PROGRAM = (sys.executable, "-m", "nn_desktop")


def piped(*arguments: bytes | str, given: bytes = b"") -> tuple[int, bytes, bytes]:
    """Run the program; return what it ended with, and the bytes of both streams."""
    done = subprocess.run(
        [*PROGRAM, *arguments], input=given, capture_output=True, env=ENVIRONMENT, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def on_terminal(*arguments: bytes | str) -> bytes:
    """Run the program on a terminal, and return the bytes that it is sent."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdin=there, stdout=there, stderr=there, env=ENVIRONMENT
    )
    os.close(there)
    sent = b""
    while True:
        try:
            piece = os.read(here, 65536)
        except OSError:  # it has ended
            break
        if not piece:
            break
        sent += piece
    os.close(here)
    process.wait(120)
    return sent.replace(b"\r\n", b"\n")


def assert_harmless(sent: bytes) -> None:
    """See that lines of text are all there is."""
    for line in sent.decode().split("\n"):
        assert not steering_characters(line), ascii(line)


def project_with_names(path: Path) -> None:
    setup = make_setup("iris", parse_layers("4-3-3"), Activation.TANH)
    topology = edits.rename_layer(setup.topology, setup.topology.layers[1].id, "hidden")
    object.__setattr__(topology.layers[1], "name", "\u202emarks\u2066")
    session = Session(setup.with_topology(topology))
    save_project(Project(session.checkpoint(), notes=f"one\n{EVIL}\ntwo\tthree"), path)


def network_with_marks(path: Path) -> None:
    """A network of which the names have marks of direction, as text in Hebrew may."""
    assert main(["train", "--epochs", "1", "--dataset", "sine", "--export", str(path)]) == 0
    document = json.loads(path.read_text())
    document["output_names"] = ["\u202eevil\u2066"]
    path.write_text(json.dumps(document))


MISTAKES: dict[str, tuple[bytes | str, ...]] = {
    "a word": (BYTES,),
    "a file that is not there": (BYTES + b".nnd",),
    "two words": (BYTES, BYTES),
    "a link and a word": ("nnd:AAAAAAAAAA", BYTES),
    "an option": (b"--" + BYTES,),
    "an option of a command": ("train", b"--" + BYTES),
    "a value too many": ("train", b"--json=" + BYTES),
    "a word too many": ("datasets", BYTES),
    "a number": ("train", "--epochs", BYTES),
    "a decimal number": ("train", "--learning-rate", BYTES),
    "a very long number": ("train", "--seed", "9" * 4000),
    "a very long word": ("train", "--dataset", "x" * 100_000),
    "a dataset": ("train", "--dataset", BYTES),
    "layers": ("train", "--layers", BYTES),
    "an activation": ("train", "--activation", BYTES),
    "an initializer": ("train", "--initializer", BYTES),
    "a loss": ("train", "--loss", BYTES),
    "a mode": ("train", "--mode", BYTES),
    "a number type": ("train", "--dtype", BYTES),
    "an engine": ("train", "--engine", BYTES),
    "positions": ("train", "--positions", BYTES),
    "weights": ("train", "--weights", BYTES + b".npz"),
    "an export": ("train", "--export", BYTES + b".xyz"),
    "an export that is in no folder": ("train", "--export", BYTES + b"/a.npz"),
    "an output": ("train", "--output", BYTES),
    "a project": ("train", BYTES + b".nnd"),
    "a backup": ("train", BYTES + b".nnd.bak"),
    "a project beside options": ("train", BYTES + b".nnd", "--seed", "1"),
    "what is told of": ("info", BYTES),
    "a network that is not there": ("info", BYTES + b".onnx"),
    "a link that is none": ("info", b"nnd:AAAAAAAA" + BYTES),
    "an address that is none": ("info", b"https://playground.tensorflow.org/#networkShape=" + BYTES),
    "an import": ("import", BYTES, "a.nnd"),
    "where to": ("import", "a.json", BYTES),
    "an input": ("predict", "nnd:AAAAAAAA", "--input", BYTES),
    "a benchmark": ("bench", "--layers", BYTES),
    "an engine to time": ("bench", "--engine", BYTES),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_answered_in_one_line_that_steers_nothing(
    case: str, capfd, monkeypatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [os.fsdecode(each) for each in MISTAKES[case]]
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("nn-desktop: ")
    assert err.count("\n") == 1
    assert not steering_characters(err.removesuffix("\n"))
    assert len(err) <= LONGEST + 20


@pytest.mark.parametrize("case", ["a word", "a dataset", "a project", "an option of a command"])
def test_a_process_answers_a_mistake_without_a_byte_that_steers(case: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = piped(*MISTAKES[case])
    assert (code, out) == (2, b"")
    assert_harmless(err)
    assert b"\\x1b[2J" in err
    assert_harmless(on_terminal(*MISTAKES[case]))


def test_a_header_that_clears_the_screen_does_not(tmp_path) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(safetensors({"w.weight": tensor(EVIL, [1, 1], 0, 4)}, b"\0" * 4))
    for command in (("info",), ("info", "--json")):
        code, out, err = piped(*command, str(path))
        assert (code, out) == (2, b"")
        assert rb"holds numbers of type \x1b[2J\x1b]0;owned" in err
        assert_harmless(err)
    assert_harmless(on_terminal("info", str(path)))


def test_what_is_told_of_a_project_steers_nothing(tmp_path) -> None:
    path = tmp_path / f"{TEXT}.nnd"
    project_with_names(path)
    code, out, _ = piped("info", os.fsencode(path))
    assert code == 0
    assert_harmless(out)
    assert rb"\u202emarks\u2066" in out
    assert_harmless(on_terminal("info", os.fsencode(path)))
    code, out, _ = piped("info", "--json", os.fsencode(path))
    assert_harmless(out)
    assert out.isascii()
    told = json.loads(out)
    assert told["notes"] == f"one\n{EVIL}\ntwo\tthree"  # JSON has it all, in its own escapes
    assert told["layers"][1]["name"] == "\u202emarks\u2066"
    assert told["file"] == str(path)


def test_what_is_done_with_files_of_evil_names_steers_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = TEXT.replace("/", "")
    arguments = (
        "train",
        "--epochs",
        "1",
        "--layers",
        "2",
        "--output",
        f"{name}.nnd",
        "--export",
        f"{name}.npz",
    )
    sent = on_terminal(*map(os.fsencode, arguments))
    without_bar = sent.split(b"dataset ")[-1]  # the bar of progress moves its own line
    assert_harmless(without_bar)
    assert (tmp_path / f"{name}.nnd").is_file()
    assert (tmp_path / f"{name}.npz").is_file()
    for arguments in (
        ("export", f"{name}.nnd", f"{name}.json"),
        ("import", f"{name}.json", f"{name}2.nnd"),
        ("info", f"{name}2.nnd"),
    ):
        code, out, err = piped(*map(os.fsencode, arguments))
        assert code == 0
        assert_harmless(out)
        assert_harmless(err)


def test_answers_on_a_terminal_have_harmless_titles_and_in_a_pipe_all_their_bytes(
    tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    network_with_marks(Path("a.json"))
    capsys.readouterr()
    Path("in.csv").write_text("0.5\n")
    code, out, _ = piped("predict", "a.json", "--input", "in.csv")
    assert code == 0
    assert out.decode().splitlines()[0] == "\u202eevil\u2066"
    assert piped("predict", "a.json", "--input", "in.csv", "--output", "out.csv")[0] == 0
    assert Path("out.csv").read_bytes() == out
    sent = on_terminal("predict", "a.json", "--input", "in.csv")
    assert_harmless(sent)
    assert sent.decode().splitlines()[0] == r"\u202eevil\u2066"
    assert sent.splitlines()[1] == out.splitlines()[1]


@pytest.mark.parametrize("table", [f"{EVIL[:20]},b\n1,2\n", "x1\nnan\x1b[2J\n", "\x1b]0;owned\x07"])
def test_a_table_on_standard_input_is_refused_without_a_byte_that_steers(table: str, tmp_path) -> None:
    path = tmp_path / "a.npz"
    code, _, err = piped("train", "--epochs", "0", "--layers", "2", "--export", os.fsencode(path))
    assert code == 0, err
    code, out, err = piped("predict", os.fsencode(path), "--input", "-", given=table.encode())
    assert (code, out) == (2, b"")
    assert_harmless(err)


def change_to_nothing(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [change_to_nothing, lambda path: path.unlink(), lambda path: path.chmod(0)])
def test_damaged_files_of_evil_names_are_refused_harmlessly(
    spoil: Callable[[Path], None], tmp_path, capsys
) -> None:
    for suffix in (".nnd", ".npz", ".json", ".safetensors"):
        path = tmp_path / f"{TEXT}{suffix}"
        np.savez(path.with_suffix(".npz"), a=np.zeros(1))
        path.with_suffix(".npz").rename(path)
        spoil(path)
        main(["info", str(path)])
        assert not steering_characters(capsys.readouterr().err.removesuffix("\n"))
