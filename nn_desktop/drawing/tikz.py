r"""The network as a drawing for LaTeX: a document to compile, or a ``tikzpicture`` to copy out of it.

Every unit that is shown is a node ``(layer-unit)``: layers are counted from the input layer, 0, units from 1.
How things look is said by named styles at the top of the picture, so that an author can restyle it. Width,
colour and dash of a connection are those of the screen: both follow `network.strength`. The units
of a frozen layer have a double ring, a connection that is frozen by itself has a bar across.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import Template

import numpy as np

from nn_desktop.drawing.latex import escape, format_bias
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.drawing.placement import Column, Placement, Spot
from nn_desktop.drawing.weight_style import (
    DASH,
    MANY_LINES,
    PALEST,
    PAUSE,
    STRONGEST,
    THINNEST,
    WIDEST_ARC,
    levels,
    strength,
    weight_scale,
    widest_line,
)
from nn_desktop.network.functions import ACTIVATIONS
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Link

CM_PER_POINT = 0.02
"""So a drawing that fills a window is as wide as a page."""
TEX_POINTS = 28.45 * CM_PER_POINT
"""TeX points of a point here."""
MAX_TITLE_LENGTH, MAX_NAME_LENGTH = 60, 40
LETTER = 9.0
"""Width of a letter of a title, on average and with some room, in points."""
CORRIDOR = 12.0
"""From the highest unit of a layer to the links that skip it, in points; longer links pass above shorter."""
SPREAD = 18.0
"""Between the highest and the lowest connection of one link where it passes a layer, in points."""
GAP = 8.0
"""Between a unit and what is written beside it, in points."""

HEAD = r"""% A network drawn by NN Desktop. Elsewhere copy the tikzpicture alone, with this in the preamble:
% \usepackage[T1]{fontenc} \usepackage{tikz} \usetikzlibrary{backgrounds,decorations.markings}
\documentclass[tikz,border=4pt]{standalone}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usetikzlibrary{backgrounds,decorations.markings}
"""
WHITE_PAGE = "\\pagecolor{white}\n"
BEGIN = Template(r"""\begin{document}
\begin{tikzpicture}[
  x=1cm, y=1cm,
  unit/.style={circle, draw=nnline, fill=white, line width=0.6pt, minimum size=${size}cm, inner sep=0pt},
  input unit/.style={unit, fill=nnline!15},
  hidden unit/.style={unit},
  output unit/.style={unit, line width=1pt},
  frozen unit/.style={double, double distance=1pt},
  bias/.style={scale=${bias_scale}, inner sep=0pt},
  gap/.style={inner sep=0pt},
  % 0 to 100: percent of the strength of the strongest weight
  weight width/.style={line width=${thinnest}pt+${growth}pt*(#1/100)*(#1/100)},
  positive/.style={draw=nnpositive!#1!nnpositiveweak, weight width=#1},
  negative/.style={draw=nnnegative!#1!nnnegativeweak, weight width=#1,
    dash pattern=on ${dash}pt off ${pause}pt},
  connection/.style={draw=nnline, line width=0.4pt},
  frozen/.style={postaction={decorate, decoration={markings,
    mark=at position 0.5 with {\draw[nnline, solid, line width=0.8pt] (0pt,-2.5pt) -- (0pt,2.5pt);}}}},
  % Thin, for they are long; overlay, for their control points lie outside of the picture.
  skip/.style={overlay, weight width/.style={line width=${thinnest}pt+${skip_growth}pt*(##1/100)*(##1/100)}},
  layer title/.style={anchor=south, align=center, font=\small, inner sep=0pt, execute at end node=\strut},
  long title/.style={layer title, text width=${title_width}cm},
  input name/.style={anchor=east, font=\footnotesize, inner sep=${gap}cm},
  output name/.style={anchor=west, font=\footnotesize, inner sep=${gap}cm},
  note/.style={anchor=north, align=center, font=\footnotesize, inner sep=0pt},
]
\definecolor{nnline}{HTML}{5F6A7C}
\definecolor{nnblue}{HTML}{1A6FB8}
\definecolor{nnorange}{HTML}{B35000}
\colorlet{nnpositive}{nnblue!${strongest}}
\colorlet{nnpositiveweak}{nnblue!${palest}}
\colorlet{nnnegative}{nnorange!${strongest}}
\colorlet{nnnegativeweak}{nnorange!${palest}}
""")
END = "\\end{tikzpicture}\n\\end{document}\n"


@dataclass(frozen=True)
class _Arc:
    """A Bézier curve whose control points stand above the thirds of its way; in points, y downwards."""

    start: Spot
    end: Spot
    control_y: float

    def top(self) -> float:
        t = np.linspace(0, 1, 33)
        heights = (1 - t) ** 3 * self.start.y + 3 * t * (1 - t) * self.control_y + t**3 * self.end.y
        return float(heights.min())


@dataclass(frozen=True)
class _Edge:
    """A connection that is drawn; straight if it has no arc."""

    source: str
    target: str
    weight: float
    is_frozen: bool
    arc: _Arc | None


def to_tikz(
    parameters: Parameters,
    placement: Placement,
    titles: Sequence[str],
    input_names: Sequence[str],
    output_names: Sequence[str],
    options: DiagramOptions,
) -> str:
    """Draw a network.

    Parameters
    ----------
    parameters
        The network and its weights.
    placement
        Where its units stand; those that it does not show are not drawn.
    titles
        One for each layer.
    input_names, output_names
        Names beside the first and the last layer's units, in their order; further units have none.
    options
        What is shown. A picture that is copied out has no background, whatever they say of it.

    Returns
    -------
    A LaTeX document in ASCII that needs the packages tikz and standalone.
    """
    names = _node_names(parameters, placement)
    edges = list(_edges(parameters, placement, names))
    top = min([_top(column, placement) for column in placement.columns])
    top = min([top, *(edge.arc.top() for edge in edges if edge.arc is not None)])
    lines = [
        *_unit_lines(parameters, placement, names, options),
        r"\begin{scope}[on background layer]",
        *_edge_lines(edges, _fan_in(parameters), options),
        r"\end{scope}",
        rf"\path {_at(placement.columns[0].x, top)}; % as high as links that skip layers reach",
    ]
    if options.labels:
        lines += _title_lines(placement, titles, top)
        lines += _name_lines(placement.columns[0], input_names, names, "input name", "west")
        lines += _name_lines(placement.columns[-1], output_names, names, "output name", "east")
    lines += _note_lines(placement, options)
    page = "" if options.transparent else WHITE_PAGE
    return HEAD + page + _begin(placement, len(edges)) + "\n".join(lines) + "\n" + END


def _begin(placement: Placement, lines: int) -> str:
    widest = widest_line(placement.radius, lines > MANY_LINES)
    return BEGIN.substitute(
        size=_cm(2 * placement.radius),
        bias_scale=f"{min(0.8, 2 * placement.radius * TEX_POINTS / 30):.2f}",
        thinnest=f"{THINNEST * TEX_POINTS:.3f}",
        growth=f"{(widest - THINNEST) * TEX_POINTS:.3f}",
        skip_growth=f"{(min(widest, WIDEST_ARC) - THINNEST) * TEX_POINTS:.3f}",
        dash=f"{DASH * TEX_POINTS:.1f}",
        pause=f"{PAUSE * TEX_POINTS:.1f}",
        palest=f"{100 * PALEST:g}",
        strongest=f"{100 * STRONGEST:g}",
        title_width=_cm(_title_width(placement)),
        gap=_cm(GAP),
    )


def _node_names(parameters: Parameters, placement: Placement) -> dict[int, str]:
    place = parameters.topology.unit_place
    shown = [spot.unit for column in placement.columns for spot in column.units]
    return {unit: f"{place[unit][0]}-{place[unit][1] + 1}" for unit in shown}


def _unit_lines(
    parameters: Parameters, placement: Placement, names: Mapping[int, str], options: DiagramOptions
) -> Iterator[str]:
    last = len(placement.columns) - 1
    for number, column in enumerate(placement.columns):
        style = {0: "input unit", last: "output unit"}.get(number, "hidden unit")
        if column.layer.frozen:
            style += ", frozen unit"
        for spot in column.units:
            yield rf"\node[{style}] ({names[spot.unit]}) at {_at(spot.x, spot.y)} {{}};"
            if options.formulas and options.weights and number > 0:
                bias = format_bias(parameters.bias(spot.unit))
                yield rf"\node[bias] at ({names[spot.unit]}) {{${bias}$}};"
        if column.gap_y is not None:
            yield rf"\node[gap] at {_at(column.x, column.gap_y)} {{$\vdots$}};"


def _edges(parameters: Parameters, placement: Placement, names: Mapping[int, str]) -> Iterator[_Edge]:
    topology = parameters.topology
    for link in topology.links:
        first, last = topology.layer_index[link.source], topology.layer_index[link.target]
        skipped = placement.columns[first + 1 : last]
        weights = parameters.weights(link.source, link.target)
        for source, target in _shown_pairs(link, placement.columns[first], placement.columns[last]):
            weight = weights[topology.unit_place[target.unit][1], topology.unit_place[source.unit][1]]
            yield _Edge(
                names[source.unit],
                names[target.unit],
                float(weight),
                (source.unit, target.unit) in link.frozen,
                _arc(source, target, skipped, placement) if skipped else None,
            )


def _shown_pairs(link: Link, first: Column, last: Column) -> Iterator[tuple[Spot, Spot]]:
    for source in first.units:
        for target in last.units:
            if link.has(source.unit, target.unit):
                yield source, target


def _arc(source: Spot, target: Spot, skipped: Sequence[Column], placement: Placement) -> _Arc:
    """Bend a connection over the layers that it skips; what begins and ends higher passes them higher."""
    height = max(placement.bottom - placement.top, 1.0)
    depth = np.clip(((source.y + target.y) / 2 - placement.top) / height, 0, 1)
    above = len(skipped) * (CORRIDOR + SPREAD) - SPREAD * depth
    control_y = min(source.y, target.y) - CORRIDOR
    for column in skipped:
        # x runs evenly along the curve, so this is where it passes the layer.
        t = (column.x - source.x) / (target.x - source.x) if target.x != source.x else 0.5
        t = min(max(t, 0.15), 0.85)
        wanted = _top(column, placement) - above
        control_y = min(control_y, (wanted - (1 - t) ** 3 * source.y - t**3 * target.y) / (3 * t * (1 - t)))
    return _Arc(source, target, float(control_y))


def _fan_in(parameters: Parameters) -> int:
    return max(block.shape[1] - 1 for block in parameters.blocks)


def _edge_lines(edges: Sequence[_Edge], fan_in: int, options: DiagramOptions) -> Iterator[str]:
    weights = np.nan_to_num([edge.weight for edge in edges], posinf=1e30, neginf=-1e30)
    scale = weight_scale(float(np.abs(weights).max(initial=0.0)), fan_in)
    strengths = levels(weights, scale).tolist()
    # As on the screen: what skips layers below all others, the strong ones over the weak ones.
    for index in sorted(
        range(len(edges)), key=lambda i: (edges[i].arc is None, strengths[i], weights[i] >= 0)
    ):
        edge = edges[index]
        sign = "negative" if weights[index] < 0 else "positive"
        style = f"{sign}={100 * strength(strengths[index]):.0f}" if options.weights else "connection"
        if edge.is_frozen:
            style += ", frozen"
        if edge.arc is None:
            yield rf"\draw[{style}] ({edge.source}) -- ({edge.target});"
        else:
            yield rf"\draw[skip, {style}] ({edge.source}) {_curve(edge.arc)} ({edge.target});"


def _curve(arc: _Arc) -> str:
    third = (arc.end.x - arc.start.x) / 3
    first, second = (_at(x, arc.control_y) for x in (arc.start.x + third, arc.end.x - third))
    return f".. controls {first} and {second} .."


def _title_lines(placement: Placement, titles: Sequence[str], top: float) -> Iterator[str]:
    room = _title_width(placement) / LETTER
    for column, title in zip(placement.columns, titles, strict=True):
        style = "layer title" if len(title) <= room else "long title"
        yield rf"\node[{style}] at {_at(column.x, top - GAP)} {{{_text(title, MAX_TITLE_LENGTH)}}};"


def _title_width(placement: Placement) -> float:
    """Return the room for a title, so that neighbours do not touch."""
    xs = sorted({column.x for column in placement.columns})
    return max(60.0, 0.9 * min((right - left for left, right in pairwise(xs)), default=0.0))


def _name_lines(
    column: Column, given: Sequence[str], names: Mapping[int, str], style: str, side: str
) -> Iterator[str]:
    for spot in column.units:
        place = column.layer.units.index(spot.unit)
        if place < len(given):
            name = _text(given[place], MAX_NAME_LENGTH)
            yield rf"\node[{style}] at ({names[spot.unit]}.{side}) {{{name}}};"


def _note_lines(placement: Placement, options: DiagramOptions) -> Iterator[str]:
    """Write below the layers how many units they have, if not all are shown, and their formulas."""
    bottom = max(spot.y for column in placement.columns for spot in column.units)
    for number, column in enumerate(placement.columns):
        notes = []
        if column.gap_y is not None:
            notes.append(f"$n = {len(column.layer.units)}$")
        if options.formulas and number > 0:
            notes.append(f"${ACTIVATIONS[column.layer.activation].latex}$")
        if notes:
            at, text = _at(column.x, bottom + placement.radius + GAP), r" \\[3pt] ".join(notes)
            yield rf"\node[note] at {at} {{{text}}};"


def _top(column: Column, placement: Placement) -> float:
    return min(spot.y for spot in column.units) - placement.radius


def _text(text: str, longest: int) -> str:
    return escape(text if len(text) <= longest else text[: longest - 1] + "…")


def _at(x: float, y: float) -> str:
    """Write a point; y runs upwards in TikZ."""
    return f"({_cm(x)},{_cm(-y)})"


def _cm(points: float) -> str:
    return f"{points * CM_PER_POINT + 0.0:.3f}"
