"""The drawing for LaTeX: what stands in it, and that LaTeX takes it."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from strategies import random_parameters, topologies

from nn_desktop.drawing import latex
from nn_desktop.drawing.latex import escape
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.drawing.placement import AUTOMATIC, Layout, Placement, place
from nn_desktop.drawing.tikz import to_tikz
from nn_desktop.drawing.weight_style import widest_line
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import ACTIVATIONS, Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology, chain

TANH, SIGMOID = Activation.TANH, Activation.SIGMOID
SMALL = chain((2, 3, 1), (TANH, SIGMOID))
PLAIN = DiagramOptions()
HOSTILE = [
    r"\input{/etc/passwd}%",
    "}}\\end{document}",
    "$x_1^2$ & #",
    '"a" ~ <b|c>',
    "输入 שכבה \x07",
    "x" * 500,
]


def titles_of(topology: Topology) -> list[str]:
    return [f"Layer {number}" for number in range(len(topology.layers))]


def drawn(
    parameters: Parameters,
    options: DiagramOptions = PLAIN,
    layout: Layout = AUTOMATIC,
    names: list[str] | None = None,
) -> str:
    topology = parameters.topology
    placement = place(topology, 780, 430, layout)
    names = ["in a", "in b"] if names is None else names
    return to_tikz(parameters, placement, titles_of(topology), names, ["out"], options)


def lines_of(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


def position(text: str, node: str) -> tuple[float, float]:
    found = re.search(rf"\({node}\) at \((-?[\d.]+),(-?[\d.]+)\)", text)
    assert found
    return float(found[1]), float(found[2])


def connections(text: str) -> set[tuple[str, str]]:
    ends = (re.fullmatch(r"\\draw\[.*?\] \((\S+)\) .* \((\S+)\);", line) for line in lines_of(text, r"\draw"))
    return {(found[1], found[2]) for found in ends if found}


def test_every_unit_and_every_connection_is_drawn() -> None:
    text = drawn(random_parameters(SMALL, 0))
    assert len(lines_of(text, r"\node[input unit]")) == 2
    assert len(lines_of(text, r"\node[hidden unit]")) == 3
    assert len(lines_of(text, r"\node[output unit]")) == 1
    assert connections(text) == {
        *((f"0-{i}", f"1-{j}") for i in (1, 2) for j in (1, 2, 3)),
        *((f"1-{i}", "2-1") for i in (1, 2, 3)),
    }
    assert text.startswith("% A network drawn by NN Desktop.")
    assert r"\documentclass[tikz,border=4pt]{standalone}" in text
    assert text.isascii()


def test_units_stand_where_they_are_placed() -> None:
    layout = Layout({}, {SMALL.layers[1].units[0]: (10.0, -50.0)})
    placement = place(SMALL, 780, 430, layout)
    text = drawn(random_parameters(SMALL, 0), layout=layout)
    spot = placement.columns[1].units[0]
    assert position(text, "1-1") == pytest.approx((spot.x * 0.02, -spot.y * 0.02), abs=1e-3)
    assert position(text, "1-2")[1] > position(text, "1-3")[1]  # y runs upwards


def test_width_and_style_show_the_weight() -> None:
    parameters = Parameters.zeros(chain((2, 1), (SIGMOID,)))
    first, last = parameters.topology.layers
    parameters.weights(first.id, last.id)[:] = [[-2.0, 0.5]]
    text = drawn(parameters)
    assert lines_of(text, r"\draw") == [
        r"\draw[positive=25] (0-2) -- (1-1);",
        r"\draw[negative=92] (0-1) -- (1-1);",
    ]
    parameters.weights(first.id, last.id)[:] = [[0.0, -np.inf]]
    assert lines_of(drawn(parameters), r"\draw") == [
        r"\draw[positive=8] (0-1) -- (1-1);",
        r"\draw[negative=92] (0-2) -- (1-1);",
    ]
    parameters.weights(first.id, last.id)[:] = np.nan
    assert r"\draw[positive=8] (0-1) -- (1-1);" in drawn(parameters)
    alike = drawn(parameters, DiagramOptions(weights=False))
    assert lines_of(alike, r"\draw") == [
        r"\draw[connection] (0-1) -- (1-1);",
        r"\draw[connection] (0-2) -- (1-1);",
    ]


@pytest.mark.parametrize("sizes", [(2, 5, 1), (100, 3, 1), (20, 20, 2)])
def test_connections_look_as_on_the_screen(sizes: tuple[int, ...]) -> None:
    from nn_desktop.desktop.canvas.weight_pens import shades, weight_pens
    from nn_desktop.desktop.look.colors import LIGHT
    from nn_desktop.drawing.weight_style import weight_scale

    topology = chain(sizes, (TANH, SIGMOID))
    parameters = random_parameters(topology, 0)
    parameters.vector *= 0.1
    placement = place(topology, 780, 430)
    text = drawn(parameters)
    shown = {spot.unit for column in placement.columns for spot in column.units}
    pairs = [pair for pair in topology.connections() if shown.issuperset(pair)]
    weights = np.array([parameters.weight(*pair) for pair in pairs])
    wanted = shades(weights, weight_scale(float(np.abs(weights).max()), max(sizes[:-1])))
    pens = weight_pens(LIGHT, widest_line(placement.radius, len(pairs) > 250))
    thinnest, growth = (float(number) for number in re.findall(r"line width=([\d.]+)pt\+([\d.]+)pt", text)[0])
    place_of = topology.unit_place
    for (source, target), shade in zip(pairs, wanted, strict=True):
        ends = [f"{place_of[unit][0]}-{place_of[unit][1] + 1}" for unit in (source, target)]
        (line,) = (x for x in lines_of(text, r"\draw") if x.endswith(f"({ends[0]}) -- ({ends[1]});"))
        sign, percent = re.findall(r"\[(\w+)=(\d+)\]", line)[0]
        assert sign == ("positive" if shade % 2 else "negative")
        width = thinnest + growth * (int(percent) / 100) ** 2
        assert width == pytest.approx(pens[shade].widthF() * 0.02 * 28.45, abs=0.02)


def test_links_that_skip_a_layer_pass_above_it() -> None:
    topology = chain((2, 5, 1), (TANH, SIGMOID))
    topology = wiring.link_layers(topology, topology.layers[0].id, topology.layers[2].id)
    placement = place(topology, 780, 430)
    text = drawn(random_parameters(topology, 0))
    arcs = [line for line in lines_of(text, r"\draw") if "controls" in line]
    assert len(arcs) == 2
    highest = -placement.columns[1].units[0].y * 0.02 + placement.radius * 0.02
    for arc in arcs:
        assert r"\draw[skip, " in arc
        source, target = re.findall(r"\((\d-\d)\)", arc)
        controls = [float(y) for y in re.findall(r",(-?[\d.]+)\)", arc)]
        assert controls[0] == controls[1]
        middle = (position(text, source)[1] + 6 * controls[0] + position(text, target)[1]) / 8
        assert middle > highest + 0.1


def test_a_folded_layer_says_how_many_units_it_has() -> None:
    topology = chain((64, 3), (SIGMOID,))
    text = drawn(random_parameters(topology, 0), names=[f"pixel {n}" for n in range(64)])
    assert len(lines_of(text, r"\node[input unit]")) == 14
    assert text.count(r"$\vdots$") == 1
    assert "$n = 64$" in text
    assert "{pixel 63}" in text
    assert "{pixel 30}" not in text
    assert {source for source, _ in connections(text)} == {f"0-{n}" for n in (*range(1, 8), *range(58, 65))}


def test_names_can_be_left_out() -> None:
    text = drawn(random_parameters(SMALL, 0))
    for name in ("Layer 0", "Layer 1", "Layer 2", "in a", "in b", "out"):
        assert f"{{{name}}};" in text
    without = drawn(random_parameters(SMALL, 0), DiagramOptions(labels=False))
    for name in ("Layer", "in a", "out}"):
        assert name not in without.split(r"\definecolor")[-1]
    assert "{in a}" in drawn(random_parameters(SMALL, 0), names=["in a"])  # fewer names than units


def test_formulas_and_biases_can_be_shown() -> None:
    parameters = random_parameters(SMALL, 0)
    parameters.set_bias(SMALL.layers[1].units[1], -0.4249)
    text = drawn(parameters, DiagramOptions(formulas=True))
    assert r"\node[bias] at (1-2) {$-0.42$};" in text
    assert text.count(r"\node[bias]") == 4
    assert f"{{${ACTIVATIONS[TANH].latex}$}}" in text
    assert f"{{${ACTIVATIONS[SIGMOID].latex}$}}" in text
    assert ACTIVATIONS[Activation.IDENTITY].latex not in text  # the input layer computes nothing
    assert r"\node[bias]" not in drawn(parameters)


def test_the_page_is_white_or_transparent() -> None:
    parameters = random_parameters(SMALL, 0)
    assert r"\pagecolor{white}" in drawn(parameters)
    assert r"\pagecolor" not in drawn(parameters, DiagramOptions(transparent=True))


def test_what_is_frozen_is_marked() -> None:
    topology = edits.freeze_layer(SMALL, SMALL.layers[1].id, True)
    pair = (topology.layers[1].units[0], topology.layers[2].units[0])
    topology = wiring.freeze_connections(topology, [pair], True)
    text = drawn(random_parameters(topology, 0))
    assert len(lines_of(text, r"\node[hidden unit, frozen unit]")) == 3
    frozen = [line for line in lines_of(text, r"\draw") if "frozen" in line]
    assert len(frozen) == 1
    assert "(1-1) -- (2-1)" in frozen[0]


def test_names_are_no_commands() -> None:
    parameters = random_parameters(chain((6, 2), (SIGMOID,)), 0)
    text = drawn(parameters, names=HOSTILE)
    assert text.isascii()
    assert r"\input" not in text
    assert text.count(r"\end{document}") == 1
    assert "x" * 41 not in text


@given(topologies())
def test_every_network_is_drawn_with_all_its_connections(topology: Topology) -> None:
    text = drawn(random_parameters(topology, 0), DiagramOptions(formulas=True))
    place_of = topology.unit_place
    name = {unit: f"{layer}-{unit_place + 1}" for unit, (layer, unit_place) in place_of.items()}
    assert connections(text) == {(name[s], name[t]) for s, t in topology.connections()}
    body = text.split(r"\begin{document}")[1]
    assert body.count("{") == body.count("}")


# --- compiled


def compiled(text: str, folder: Path) -> Path:
    """Compile a document without any error, and return the PDF."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    if not subprocess.run(["kpsewhich", "standalone.cls"], capture_output=True, check=False).stdout:
        pytest.skip("LaTeX's standalone class is not installed")
    # The size of the page stands in plain text then.
    (folder / "a.tex").write_text("\\pdfobjcompresslevel=0\n" + text, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    return folder / "a.pdf"


def size_of(pdf: Path) -> tuple[float, float]:
    """Return width and height of the page, in cm."""
    found = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf.read_bytes())
    assert found
    return float(found[1]) / 28.35, float(found[2]) / 28.35


def skipping() -> Topology:
    topology = chain((3, 5, 2, 4, 2), (TANH, TANH, Activation.GELU, Activation.SOFTMAX))
    for source, target in ((0, 3), (1, 3), (0, 4)):
        topology = wiring.link_layers(topology, topology.layers[source].id, topology.layers[target].id)
    topology = edits.freeze_layer(topology, topology.layers[2].id, True)
    pairs = [(topology.layers[0].units[0], topology.layers[3].units[1])]
    return wiring.freeze_connections(topology, pairs, True)


COMPILED: dict[str, tuple[Topology, DiagramOptions]] = {
    "small": (SMALL, PLAIN),
    "bare": (SMALL, DiagramOptions(weights=False, labels=False, transparent=True)),
    "skip": (skipping(), DiagramOptions(formulas=True)),
    "folded": (chain((64, 40, 10), (TANH, Activation.SOFTMAX)), PLAIN),
    "every activation": (
        chain((2,) * len(Activation), tuple(Activation)[:-1]),
        DiagramOptions(formulas=True),
    ),
}


@pytest.mark.parametrize("name", COMPILED)
def test_latex_takes_it(name: str, tmp_path: Path) -> None:
    topology, options = COMPILED[name]
    width, height = size_of(compiled(drawn(random_parameters(topology, 0), options), tmp_path))
    least, most, top, bottom = place(topology, 780, 430).extent()
    assert 0 < width - 0.02 * (most - least) < 7
    # Not as high as the control points of what skips layers.
    assert 0 < height - 0.02 * (bottom - top) < (7 if name == "skip" else 2.5)


def test_latex_takes_hostile_names_and_moved_layers(tmp_path: Path) -> None:
    topology = skipping()
    layout = Layout({topology.layers[0].id: (900.0, 0.0), topology.layers[1].id: (0.0, -300.0)}, {})
    parameters = random_parameters(topology, 0)
    placement: Placement = place(topology, 780, 430, layout)
    text = to_tikz(parameters, placement, HOSTILE[:5], HOSTILE, HOSTILE[3:], replace(PLAIN, formulas=True))
    assert text.isascii()
    assert not any(name in text for name in HOSTILE[:3])
    compiled(text, tmp_path)


def test_the_picture_can_be_copied_out(tmp_path: Path) -> None:
    text = drawn(random_parameters(skipping(), 0), names=HOSTILE)
    preamble = next(line for line in text.splitlines() if line.startswith(r"% \usepackage")).removeprefix(
        "% "
    )
    begin, end = text.index(r"\begin{tikzpicture}"), text.index(r"\end{document}")
    picture = text[begin:end]
    defined = re.findall(r"\\(?:definecolor|colorlet)\{(nn[a-z]+)\}", picture)
    assert set(re.findall(r"\bnn[a-z]+", picture)) == set(defined)  # nothing of the head is missed
    document = rf"\documentclass{{article}}{preamble}\begin{{document}}{picture}\end{{document}}"
    compiled(document, tmp_path)


def test_latex_knows_every_character_that_is_written(tmp_path: Path) -> None:
    latin = [chr(code) for code in range(0xA0, 0x250)]
    characters = [*map(chr, range(32, 127)), *latin, *latex._CHARACTERS, *latex._MATH]
    names = [" ".join(characters[start : start + 15]) for start in range(0, len(characters), 15)]
    topology = chain((len(names), 1), (SIGMOID,))
    placement = place(topology, 780, 430, unfolded=frozenset({topology.layers[0].id}))
    text = to_tikz(Parameters.zeros(topology), placement, ["", ""], names, [], PLAIN)
    compiled(text, tmp_path)
    assert escape("Ä").isascii()
