"""What the values of an ONNX graph are, as a network sees them: sums over layers, and activations of sums.

Every value has a row for each sample and a column for each unit, and is one of these, or both:

- *affine*: for each column a sum of weights times units of layers, plus a number. Products with matrices,
  sums, differences, factors and concatenations of affine values are affine;
- a *curve*: a function of one column of another value, the same for all columns, such as z · sigmoid(z).
  It is known by what it makes of some points: so an activation is found whatever it was composed of.

Sums stay as they were written, as factors and matrices, until the network is built: a graph can ask for more
products than anyone can wait for.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import AnyArray
from nn_desktop.files.onnx.activations import POINTS
from nn_desktop.network.functions import Activation

MAX_ORIGINS = 8
"""Other values that a value is known as a function of."""
Vector = NDArray[np.float64]
"""One number a column; None in its place stands for ones, or for zeros where it is added."""


@dataclass(frozen=True, eq=False)
class InputBase:
    """Columns of the raw inputs: one input of the graph.

    Attributes
    ----------
    name
        Of the input.
    width
        Number of columns.
    """

    name: str
    width: int


@dataclass(frozen=True, eq=False)
class LayerBase:
    """A layer that was found: g of a sum.

    Attributes
    ----------
    number
        Grows from layer to layer in an order in which they can be computed.
    z
        The weighted sum that the activation is taken of.
    activation
        g.
    node
        Title of the node that it comes from.
    """

    number: int
    z: "Sum"
    activation: Activation
    node: str

    @property
    def width(self) -> int:
        """How many units it has."""
        return self.z.width


Base = InputBase | LayerBase


@dataclass(frozen=True, eq=False)
class Part:
    """All columns of a base, each with a factor and an addend: scale · x + shift."""

    base: Base
    scale: Vector | None = None
    shift: Vector | None = None


@dataclass(frozen=True, eq=False)
class Term:
    """A part times a matrix: rows · (matrix (scale · x + shift)), rows being a factor for each row.

    Attributes
    ----------
    part
        The value that is multiplied.
    matrix
        Shape (units, width of the base); None for a unit matrix whose first row is number `offset`.
    rows
        A factor for each unit.
    offset
        Column at which the unit matrix begins.
    """

    part: Part
    matrix: AnyArray | None = None
    rows: Vector | None = None
    offset: int = 0


@dataclass(frozen=True, eq=False)
class Sum:
    """An affine value: factor · (terms + bias) + addend.

    Attributes
    ----------
    width
        Number of columns.
    terms
        The values that are added up.
    bias
        Shape (width,).
    factor, addend
        What came after the sum; target scaling, if it is the output.
    """

    width: int
    terms: tuple[Term, ...]
    bias: Vector
    factor: Vector | None = None
    addend: Vector | None = None

    def plain(self) -> "Sum":
        """Return the same without a factor and an addend."""
        bias = self.bias if self.factor is None else self.bias * self.factor
        if self.addend is not None:
            bias = bias + self.addend
        if self.factor is None:
            return replace(self, bias=bias, addend=None)
        terms = tuple(replace(term, rows=times(term.rows, self.factor)) for term in self.terms)
        return Sum(self.width, terms, bias)


@dataclass(frozen=True, eq=False)
class Spread:
    """An affine value that is no sum: parts side by side."""

    width: int
    parts: tuple[Part, ...]

    def as_sum(self) -> Sum:
        """Return the same as a sum of unit matrices."""
        terms, offset = [], 0
        for part in self.parts:
            terms.append(Term(part, offset=offset))
            offset += part.base.width
        return Sum(self.width, tuple(terms), np.zeros(self.width))


Affine = Spread | Sum


def times(one: Vector | None, other: Vector | None) -> Vector | None:
    """Multiply factors."""
    if one is None or other is None:
        return other if one is None else one
    return one * other


def plus(one: Vector | None, other: Vector | None) -> Vector | None:
    """Add addends."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


def scaled(affine: Affine, factor: Vector | None, addend: Vector | None) -> Affine:
    """Return factor · value + addend, column by column."""
    if isinstance(affine, Sum):
        if factor is None and affine.factor is None:
            return replace(affine, bias=affine.bias if addend is None else affine.bias + addend)
        before = affine.addend if factor is None or affine.addend is None else affine.addend * factor
        return replace(affine, factor=times(affine.factor, factor), addend=plus(before, addend))
    parts, offset = [], 0
    for part in affine.parts:
        columns = slice(offset, offset + part.base.width)
        offset = columns.stop
        own_factor = None if factor is None else factor[columns]
        own_addend = None if addend is None else addend[columns]
        shift = part.shift if own_factor is None or part.shift is None else part.shift * own_factor
        parts.append(Part(part.base, times(part.scale, own_factor), plus(shift, own_addend)))
    return Spread(affine.width, tuple(parts))


def added(one: Affine, other: Affine) -> Sum:
    """Return the sum of two values of one width."""
    first, second = ((value if isinstance(value, Sum) else value.as_sum()).plain() for value in (one, other))
    return Sum(first.width, first.terms + second.terms, first.bias + second.bias)


def multiplied(spread: Spread, matrix: AnyArray, bias: Vector) -> Sum:
    """Return matrix · value + bias; the matrix has shape (units, width)."""
    terms, offset = [], 0
    for part in spread.parts:
        terms.append(Term(part, matrix[:, offset : offset + part.base.width]))
        offset += part.base.width
    return Sum(len(matrix), tuple(terms), bias)


# Values


@dataclass(frozen=True, eq=False)
class Curve:
    """A function of another value, the same for all its columns.

    Attributes
    ----------
    origin
        The other value; it is affine.
    values
        What becomes of `POINTS`: numbers or truth values.
    """

    origin: "Columns"
    values: AnyArray


@dataclass(frozen=True, eq=False)
class Columns:
    """A value with a row for each sample.

    Attributes
    ----------
    width
        Number of columns.
    node
        Title of the node that makes it.
    affine
        What it is as an affine value; None if it is none, and no activation of one either.
    curves
        What it is as a function of other values, the nearest one first.
    bent_by
        Operators in it that are not affine, for messages.
    """

    width: int
    node: str
    affine: Affine | None
    curves: tuple[Curve, ...] = ()
    bent_by: tuple[str, ...] = ()

    def all_curves(self) -> tuple[Curve, ...]:
        """Return its curves, with that of itself."""
        if self.affine is None:
            return self.curves
        return (Curve(self, POINTS), *self.curves)[:MAX_ORIGINS]


@dataclass(frozen=True, eq=False)
class Constant:
    """Numbers that are the same for all samples.

    Attributes
    ----------
    name
        Of the value.
    numbers
        The constant, read from the file or computed from constants.
    """

    name: str
    numbers: AnyArray


@dataclass(frozen=True, eq=False)
class Turned:
    """A value whose rows and columns are exchanged."""

    value: Columns


@dataclass(frozen=True, eq=False)
class Squeezed:
    """A value of one column, without that column: a number for each sample."""

    value: Columns


@dataclass(frozen=True, eq=False)
class Unflattened:
    """An input with more than one dimension a sample, such as a picture."""

    value: Columns
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Lengths:
    """Lengths of a value: None is the size of the batch.

    Attributes
    ----------
    entries
        The lengths.
    is_scalar
        Whether it has no dimension: one number, not a list of one.
    """

    entries: tuple[int | None, ...]
    is_scalar: bool = False


Value = Columns | Constant | Turned | Squeezed | Unflattened | Lengths
