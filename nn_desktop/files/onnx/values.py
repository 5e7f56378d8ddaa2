"""What the values of an ONNX graph are, as a network sees them.

Every value has a row for each sample and a column for each unit. Each column is a sum of columns of *bases*,
each with a factor, plus a number. Bases are the inputs, the layers that were found, products with matrices,
and what nobody knows yet. Products stay as they were written until the network is built: a graph can ask for
more of them than anyone can wait for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import AnyArray, IntArray
from nn_desktop.files.onnx.activations import POINTS
from nn_desktop.network.functions import Activation

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Input:
    """The raw numbers of one input of the graph."""

    name: str
    width: int


@dataclass(frozen=True, eq=False)
class Layer:
    """An activation of a sum; `number` grows in an order in which layers can be computed."""

    number: int
    z: "Affine"
    activation: Activation
    node: str

    @property
    def width(self) -> int:
        """How many units it has."""
        return self.z.width


@dataclass(frozen=True, eq=False)
class Product:
    """A matrix, of shape (units, width of the value), times a value that is made of inputs and layers."""

    matrix: AnyArray
    value: "Affine"

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.matrix)


@dataclass(frozen=True, eq=False)
class Sum:
    """A value taken as one thing, to tell what is done to it afterwards: scaling of targets, maybe."""

    value: "Affine"

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.value.width


@dataclass(frozen=True, eq=False)
class Bent:
    """A function that is no activation here, unless it is part of one."""

    width: int


Base = Input | Layer | Product | Sum | Bent


@dataclass(frozen=True, eq=False)
class Term:
    """Columns of a base: column `columns[k]` of a value is `scale[k]` times column `index[k]` of it."""

    base: Base
    columns: IntArray
    index: IntArray
    scale: Vector

    def is_whole(self, width: int) -> bool:
        """Tell whether it is all columns of the base, in order, and all of a value of this width."""
        places = np.arange(self.base.width)
        is_in_order = np.array_equal(self.columns, places) and np.array_equal(self.index, places)
        return is_in_order and self.base.width == width


@dataclass(frozen=True, eq=False)
class Affine:
    """A sum of terms, plus a number for each column."""

    width: int
    terms: tuple[Term, ...]
    shift: Vector

    @property
    def is_sum(self) -> bool:
        """Whether it is more than columns of inputs and layers side by side, each with a factor."""
        if not all(isinstance(term.base, Input | Layer) for term in self.terms):
            return True
        columns = np.concatenate([np.zeros(0, np.int64), *(term.columns for term in self.terms)])
        return len(np.unique(columns)) < len(columns)

    def plain(self, of: "Affine | None" = None) -> "Affine":
        """Return the same without bases that are sums, or only without those of one value."""
        shift = self.shift.copy()
        terms: list[Term] = []
        for term in self.terms:
            if not isinstance(term.base, Sum) or of not in (None, term.base.value):
                terms.append(term)
                continue
            shift[term.columns] += term.scale * term.base.value.shift[term.index]
            terms.extend(_chosen(term, inner) for inner in term.base.value.terms)
        return Affine(self.width, tuple(terms), shift)

    def sources(self) -> Iterator[tuple[Term, Product | None]]:
        """Yield the terms that are inputs and layers, each with the product it stands in."""
        for term in self.plain().terms:
            if isinstance(term.base, Product):
                yield from ((inner, term.base) for inner in term.base.value.terms)
            else:
                yield term, None


def of_base(base: Base, scale: float = 1.0) -> Affine:
    """Return a base, times a factor, as a value."""
    places = np.arange(base.width)
    return Affine(base.width, (Term(base, places, places, np.full(base.width, scale)),), np.zeros(base.width))


def _chosen(outer: Term, inner: Term) -> Term:
    """Return the columns of a term of a sum that a term takes of that sum."""
    place = np.full(outer.base.width, -1)
    place[inner.columns] = np.arange(len(inner.columns))
    is_taken = place[outer.index] >= 0
    chosen = place[outer.index][is_taken]
    scale = outer.scale[is_taken] * inner.scale[chosen]
    return Term(inner.base, outer.columns[is_taken], inner.index[chosen], scale)


Curves = tuple[tuple[Affine, AnyArray], ...]
"""What a value is as a function of single columns of others, the same for all: what becomes of `POINTS`."""


@dataclass(frozen=True, eq=False)
class Value:
    """A value of the graph that depends on the sample.

    Attributes
    ----------
    affine
        Its columns, in the order of its dimensions without that of the batch.
    shape, axis
        Its dimensions, and which of them is the batch.
    title
        What makes it, for messages.
    curves
        So an activation is found whatever it is composed of.
    bent_by
        Operators in it that are not affine, for messages.
    """

    affine: Affine
    shape: tuple[int, ...]
    axis: int
    title: str
    curves: Curves = ()
    bent_by: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.affine.width

    def cost(self) -> int:
        """Return about how many numbers have to be looked at to take its columns apart."""
        terms = list(self.affine.terms)
        terms += [inner for term in terms if isinstance(term.base, Sum) for inner in term.base.value.terms]
        return self.width + sum(term.base.width + len(term.columns) for term in terms)

    def is_bent(self) -> bool:
        """Tell whether something in it is no activation."""
        return any(isinstance(term.base, Bent) for term in self.affine.plain().terms)

    def all_curves(self) -> Curves:
        """Return its curves; what is affine is a function of itself, too."""
        return self.curves if self.is_bent() else ((self.affine, POINTS), *self.curves)
