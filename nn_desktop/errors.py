"""Errors with a text for the user."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from nn_desktop.texts import sentence, shown

_MAX_LISTED_CHOICES = 12
_MAX_BUG_LENGTH = 300
_EnumT = TypeVar("_EnumT", bound=StrEnum)


class ReadableError(Exception):
    """An error with a text for people to read.

    Parameters
    ----------
    text
        Quote names and values from outside with `texts.shown`. Whatever was not quoted is made visible here,
        so that no error can steer a terminal.
    """

    def __init__(self, text: str) -> None:
        super().__init__(sentence(text))


class UserError(ReadableError):
    """An error for the user: its text says what happened, why, and what to do."""


def bug_in_words(error: BaseException | None) -> str:
    """Describe an unexpected error for use in a sentence; long texts are shortened."""
    return shown(f"{type(error).__name__}: {error}", _MAX_BUG_LENGTH)


def unknown_name(kind: str, name: str, choices: Iterable[str]) -> UserError:
    """Say that a name is not known, and which one may have been meant.

    Parameters
    ----------
    kind
        What the name should have named, as a noun: ``"dataset"``, ``"activation"``.
    name
        The name that was asked for.
    choices
        The names that exist, in the order in which they should be listed.

    Returns
    -------
    UserError
        The error, for the caller to raise.
    """
    known = list(choices)
    said = f'There is no {kind} "{shown(name)}".'
    if not known:
        return UserError(said)
    by_folded_name = {choice.casefold(): choice for choice in known}
    import difflib  # which most starts do not need

    nearest = difflib.get_close_matches(name.casefold(), by_folded_name, n=1)
    if nearest:
        return UserError(f'{said} Did you mean "{by_folded_name[nearest[0]]}"?')
    listed = ", ".join(known[:_MAX_LISTED_CHOICES])
    unlisted = len(known) - _MAX_LISTED_CHOICES
    more = f" and {unlisted} more" if unlisted > 0 else ""
    return UserError(f"{said} Choose one of: {listed}{more}.")


def member(kind: type[_EnumT], noun: str, name: str) -> _EnumT:
    """Read the name of one of several, in whatever case.

    Raises
    ------
    UserError
        If there is none of that name, with the nearest one.
    """
    try:
        return kind(name.strip().lower())
    except ValueError:
        raise unknown_name(noun, name, list(kind)) from None
