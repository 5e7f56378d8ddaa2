"""All datasets that come with the program, in the order in which one would teach them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nn_desktop.data.builtin import Builtin
from nn_desktop.data.functions import FUNCTIONS
from nn_desktop.data.planar import PLANAR
from nn_desktop.data.tables import TABLES
from nn_desktop.data.textbook import TEXTBOOK
from nn_desktop.errors import unknown_name

CATALOGUE: Final[Mapping[str, Builtin]] = MappingProxyType(
    {source.name: source for source in (*FUNCTIONS, *PLANAR, *TABLES, TEXTBOOK)}
)


def find_source(name: str) -> Builtin:
    """Find a dataset by a name that somebody typed, or that stands in a file.

    Raises
    ------
    UserError
        If there is none of that name; the text suggests the nearest.
    """
    source = CATALOGUE.get(name)
    if source is None:
        raise unknown_name("dataset", name, CATALOGUE)
    return source
