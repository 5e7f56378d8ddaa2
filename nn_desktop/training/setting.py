"""What a row of the table of settings says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from nn_desktop.training.setup import Setup

T = TypeVar("T")
_R = TypeVar("_R")


class Part(StrEnum):
    """The record of a `Setup` that holds the value; the key of the record in files and links."""

    DATA = "data"
    HYPERPARAMETERS = "hyperparameters"


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option of ``nn-desktop train``.

    Attributes
    ----------
    name
        With its hyphens: ``--batch-size``.
    help
        Its line of ``--help``, in which argparse puts the default for ``%(default)s``.
    metavar
        What stands for the value there; None for the name of the option in capitals.
    """

    name: str
    help: str
    metavar: str | None = None

    @property
    def argument(self) -> str:
        """What it is called among the arguments that were read, and in results: ``batch_size``."""
        return self.name.removeprefix("--").replace("-", "_")


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting(Generic[T]):
    """What a person can set.

    Attributes
    ----------
    name
        Of the value in its record, and its key in files and links.
    part
        The record.
    kind
        ``int`` for a whole number, ``float`` for a number, ``bool`` for yes or no, or the
        type of its choices.
    noun
        What it is called in a sentence: ``The batch size "x" is no whole number``.
    title
        The label of its field, with ``&`` before the letter that goes there.
    tip
        A sentence on what it does: the tool tip of its field.
    field, accessible_name
        The name of the field for tests and lessons, and for assistive technology.
    undo_text
        What a change of it is called in the Edit menu.
    default
        The value before anybody sets one; None if the dataset says it.
    low, high
        Bounds of a number, both of them possible.
    unit
        Of a number; ``%`` if the field shows hundredths.
    suggestions
        Numbers that the field offers to choose.
    refusal
        What is said of a text that is no number, with ``{text}`` for it.
    title_of
        What a choice is called.
    choices
        The choices that make sense for a setup; by default all of its kind.
    applies
        Tells whether it means something for a setup; None for always. Those of the data apply if the source
        lets them be adjusted.
    switch
        The choice that stands for yes, if the field is a check box.
    is_dial
        Whether it is turned up and down: quick changes of it are one step to undo.
    is_in_tool_bar
        Whether its field opens from there, and is not in the panel of its part.
    option
        Its option of ``nn-desktop train``; None if it has none.
    is_newer
        Whether files of earlier versions of the program may lack it; they mean its default.
    follow
        How a setup takes a value, if other parts of it must follow.
    """

    name: str
    part: Part
    kind: type[T]
    noun: str = ""
    title: str = ""
    tip: str = ""
    field: str = ""
    accessible_name: str = ""
    undo_text: str
    default: T | None = None
    low: T | None = None
    high: T | None = None
    unit: str = ""
    suggestions: tuple[str, ...] = ()
    refusal: str = ""
    title_of: Callable[[T], str] = str
    choices: "Callable[[Setup], Sequence[T]] | None" = None
    applies: "Callable[[Setup], bool] | None" = None
    switch: T | None = None
    is_dial: bool = False
    is_in_tool_bar: bool = False
    option: Option | None = None
    is_newer: bool = False
    follow: "Callable[[Setup, T], Setup] | None" = None

    def applies_to(self, setup: "Setup") -> bool:
        """Whether it means something for a setup."""
        if self.part is Part.DATA:
            return self.name in setup.data.source.adjustable
        return self.applies is None or self.applies(setup)

    def get(self, setup: "Setup") -> T:
        """Return the value that a setup has."""
        return self.of(getattr(setup, self.part))

    def of(self, record: object) -> T:
        """Return the value that a record has."""
        return cast(T, getattr(record, self.name))

    def put_in(self, record: _R, value: T) -> _R:
        """Return a record with another value; raises `UserError` as `put` does."""
        changed: dict[str, Any] = {self.name: value}
        return replace(record, **changed)  # type: ignore[type-var]

    def put(self, setup: "Setup", value: T) -> "Setup":
        """Return a setup with another value.

        Raises
        ------
        UserError
            If it cannot be.
        """
        if self.follow is not None:
            return self.follow(setup, value)
        if self.part is Part.DATA:
            return setup.with_data(self.put_in(setup.data, value))
        return replace(setup, hyperparameters=self.put_in(setup.hyperparameters, value))

    def choices_for(self, setup: "Setup") -> Sequence[T]:
        """Return the choices that make sense for a setup."""
        return list(self.kind) if self.choices is None else self.choices(setup)  # type: ignore[call-overload]
