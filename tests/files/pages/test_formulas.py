"""A page of formulas holds the numbers of its network, its example is right, and LaTeX takes it."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from files.conftest import SETUPS, trained
from files.random_models import trained_models
from hypothesis import given, settings
from strategies import random_parameters

from nn_desktop.data.dataset import Dataset
from nn_desktop.engines import textbook
from nn_desktop.files.checking import NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.pages.formulas import (
    answer,
    example_inputs,
    to_latex_files,
    to_markdown_files,
)
from nn_desktop.files.pages.matrices import format_number
from nn_desktop.network import edits
from nn_desktop.network.functions import ACTIVATIONS, LOSSES, Activation, Loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology, chain
from nn_desktop.training.hyperparameters import Mode

HOSTILE = [
    r"\input{/etc/passwd}%",
    "}}\\end{document}",
    "$x_1^2$ & #",
    "`a` | ``b``",
    "<script> **bold** [a](b)",
    "输入 שכבה \x07\n\n# title",
    "-x" * 500,
    "",
]
ROUNDING = 2e-3
"""Five digits of each number, through a few layers."""


def markdown(model: TrainedModel) -> str:
    (content,) = to_markdown_files(model, "net.md").values()
    return content.decode()


def latex(model: TrainedModel) -> str:
    (content,) = to_latex_files(model, "net.tex").values()
    return content.decode("ascii")


def with_network(model: TrainedModel, topology: Topology) -> TrainedModel:
    """The model with another network of the same width at both ends."""
    return replace(model, parameters=random_parameters(topology, 0))


def number(text: str) -> float:
    return float(re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", text))


def matrix(text: str, name: str, last: bool = False) -> np.ndarray:
    """Read the first or the last matrix that stands after a name and an equals sign."""
    found = re.findall(
        re.escape(name) + r" = (?:g\(\S+\) = )?\\begin\{pmatrix\}\n(.*?)\n\\end\{pmatrix\}", text, re.DOTALL
    )
    rows = found[-1 if last else 0].split(" \\cr\n")
    return np.array([[number(entry) for entry in row.split(" & ")] for row in rows])


# --- the numbers


def test_the_page_computes_what_the_program_computes(trained_model: tuple[TrainedModel, Dataset]) -> None:
    """Read the matrices off the page, follow its example with them, and compare with what it prints."""
    model = trained_model[0]
    if max(model.topology.sizes) > 12:
        return
    text = markdown(model)
    values = {0: matrix(text, "a^{(0)}")[:, 0]}
    np.testing.assert_array_equal(matrix(text, "x")[:, 0], example_inputs(model))
    np.testing.assert_allclose(
        values[0], model.input_scaling.apply(example_inputs(model)), rtol=1e-4, atol=1e-4
    )
    for place, layer in enumerate(model.topology.layers[1:], start=1):
        z = matrix(text, f"b^{{({place})}}")[:, 0]
        for link in model.topology.links_into(layer.id):
            source = model.topology.layer_index[link.source]
            name = f"W^{{({place})}}" if source == place - 1 else f"W^{{({place},{source})}}"
            weights = matrix(text, name)
            np.testing.assert_allclose(
                weights, model.parameters.weights(link.source, link.target), rtol=6e-5, atol=1e-12
            )
            z = z + weights @ values[source]
        values[place] = np.array(textbook.activate(layer.activation, z.tolist()))
        np.testing.assert_allclose(matrix(text, f"z^{{({place})}}")[:, 0], z, atol=ROUNDING)
        np.testing.assert_allclose(matrix(text, f"a^{{({place})}}", True)[:, 0], values[place], atol=ROUNDING)
    expected = model.predict(example_inputs(model)[np.newaxis])
    if model.class_names:
        np.testing.assert_allclose(values[place], expected[0], atol=ROUNDING)
        assert f"So the class is `{model.name_classes(expected)[0]}`." in text
    else:
        np.testing.assert_allclose(matrix(text, r"\tilde{y}")[:, 0], expected[0], rtol=6e-5)


def test_a_sum_is_written_out() -> None:
    text = markdown(trained(SETUPS["skips"])[0])
    (found,) = re.findall(r"z\^\{\(1\)\}_1 = (.*) = (\S+)\n", text)
    total = sum(
        np.prod([float(factor.strip("()")) for factor in term.split(r" \cdot ")])
        for term in found[0].split(" + ")
    )
    assert total == pytest.approx(float(found[1]), abs=1e-4)


def test_of_large_matrices_a_part_is_shown() -> None:
    model = trained(SETUPS["binary"])[0]
    text = markdown(model)
    assert "Of matrices with more than 12 rows or columns" in text
    first, second = (layer.id for layer in model.topology.layers[:2])
    weights = model.parameters.weights(first, second)
    row = re.search(r"W\^\{\(1\)\} = \\begin\{pmatrix\}\n(.*?) \\cr", text)
    assert row
    *entries, dots, last = row[1].split(" & ")
    assert dots == r"\cdots"
    np.testing.assert_allclose(
        [*map(number, entries), number(last)], weights[0, [0, 1, 2, 3, 4, 5, 29]], rtol=1e-4
    )
    assert text.count("`mean radius`") == 1
    assert "| $x_{19}$" not in text
    assert "| $x_{30}$" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-9, r"-1 \cdot 10^{-9}"),
        (123456.0, r"1.2346 \cdot 10^{5}"),
        (0.000123456, "0.00012346"),
        (-2.5, "-2.5"),
    ],
)
def test_numbers_are_written_as_people_do(value: float, text: str) -> None:
    assert format_number(value) == text


# --- both pages


@given(trained_models())
@settings(max_examples=60, deadline=None)
def test_both_pages_have_the_same_formulas(model: TrainedModel) -> None:
    page, document = markdown(model), latex(model)
    displays = re.findall(r"\$\$\n(.*?)\n\$\$", page, re.DOTALL)
    own = [
        source.replace(r"\, ", r"\thinspace ")
        for source in re.findall(r"\\fitted\{\n(.*?)\n\}", document, re.DOTALL)
    ]
    assert displays == [source.replace("\\,", r"\thinspace ") for source in own]
    for source in displays:
        # Neither an escape of Markdown, nor a line that is a list, a title or a tag.
        assert not re.search(r"\\[^a-zA-Z]", source)
        assert not re.search(r"^([-+*#>=]|\d+[.)])(\s|$)|[<>]", source, re.MULTILINE)
    for line in page.splitlines():
        if line.startswith("|"):
            cells = re.sub(r"\\\|", "", line).count("|")
        else:
            cells = 0
        assert cells in (0, 3, 5)
    assert document.count(r"\end{document}") == 1


def test_the_same_network_gives_the_same_bytes() -> None:
    model = trained(SETUPS["skips"])[0]
    assert to_markdown_files(model, "net.md") == to_markdown_files(model, "net.md")
    assert to_latex_files(model, "net.tex") == to_latex_files(model, "net.tex")


def test_names_are_no_markdown() -> None:
    model = replace(
        with_network(trained(SETUPS["binary"])[0], chain((8, 1), (Activation.SIGMOID,))),
        input_names=tuple(HOSTILE),
        input_scaling=trained(SETUPS["regression"])[0].input_scaling.none(8),
    )
    rows = [line for line in markdown(model).splitlines() if line.startswith("| $x_")]
    assert rows[0] == r"| $x_{1}$ | `\input{/etc/passwd}%` |"
    assert rows[2] == "| $x_{3}$ | `$x_1^2$ & #` |"
    assert rows[3] == r"| $x_{4}$ | ``` `a` \| ``b`` ``` |"
    assert rows[5].startswith("| $x_{6}$ | `输入 שכבה    # title` |")
    assert len(rows[6]) < 70
    assert rows[7] == "| $x_{8}$ | ` ` |"
    assert len(rows) == 8


def test_every_activation_and_loss_has_its_formula() -> None:
    assert set(ACTIVATIONS) == set(Activation)
    assert set(LOSSES) == set(Loss)
    for description in (*ACTIVATIONS.values(), *LOSSES.values()):
        assert description.latex.isascii()
        assert description.latex.count("{") == description.latex.count("}")


def test_nothing_computes_with_a_page(tmp_path: Path) -> None:
    with pytest.raises(NotCheckedError, match="a page is for reading"):
        answer(tmp_path / "net.md", Question(np.ones((1, 1)), 1))


# --- compiled


def compiled(text: str, folder: Path) -> str:
    """Compile a document without any error, and return what LaTeX says."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (folder / "a.tex").write_text(text, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, said[-2000:]
    assert (folder / "a.pdf").exists()
    return said


def assert_fits(said: str) -> None:
    assert [float(width) for width in re.findall(r"Overfull \\hbox \(([\d.]+)pt", said)] == []


@pytest.mark.parametrize("name", ["regression", "binary", "single-connections"])
def test_latex_takes_it(name: str, tmp_path: Path) -> None:
    assert_fits(compiled(latex(trained(SETUPS[name])[0]), tmp_path))


def test_latex_takes_every_activation(tmp_path: Path) -> None:
    model = trained(SETUPS["binary-symmetric"])[0]
    activations = tuple(Activation)[:-1]
    network = chain((2, *[2] * (len(activations) - 1), 1), activations)
    assert_fits(compiled(latex(with_network(model, network)), tmp_path))


@pytest.mark.parametrize("loss", list(Loss))
def test_latex_takes_every_loss(loss: Loss, tmp_path: Path) -> None:
    model = trained(SETUPS["multiclass"])[0]
    hyperparameters = replace(model.hyperparameters, loss=loss, mode=list(Mode)[len(loss) % 3])
    assert_fits(compiled(latex(replace(model, hyperparameters=hyperparameters)), tmp_path))


def test_the_widest_matrix_fits_the_page(tmp_path: Path) -> None:
    model = trained(SETUPS["regression"])[0]
    wide = with_network(model, chain((1, 12, 12, 1), (Activation.TANH,) * 3))
    for size in (1e-7, 1e-2, 1e7):
        spread = np.random.default_rng(0).uniform(0.5, 1.0, wide.parameters.vector.shape)
        wide.parameters.vector[:] = -size * spread
        assert_fits(compiled(latex(wide), tmp_path))


def test_latex_takes_hostile_names(tmp_path: Path) -> None:
    model = trained(SETUPS["skips"])[0]
    topology = edits.rename_layer(model.topology, model.topology.layers[1].id, HOSTILE[2])
    model = replace(
        model,
        parameters=Parameters(topology, model.parameters.vector),
        input_names=tuple(HOSTILE[:4]),
        output_names=tuple(HOSTILE[4:7]),
        class_names=tuple(HOSTILE[4:7]),
    )
    text = to_latex_files(model, "$_&#.tex")["$_&#.tex"].decode("ascii")
    compiled(text, tmp_path)
    assert r"\input{" not in text


def test_smoothed_targets_and_the_constants_of_selu_are_told() -> None:
    model = trained(SETUPS["multiclass"])[0]
    smooth = replace(model, hyperparameters=replace(model.hyperparameters, label_smoothing=0.3))
    outputs = model.topology.sizes[-1]
    assert f"${0.7 + 0.3 / outputs:.5g}$ if the sample is of its class" in markdown(smooth)
    selu = with_network(
        model, chain((*model.topology.sizes[:1], 3, outputs), (Activation.SELU, Activation.SOFTMAX))
    )
    assert "1.0507" in markdown(selu) and "1.6733" in markdown(selu)
