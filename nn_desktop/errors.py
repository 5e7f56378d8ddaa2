"""Errors that speak to the person in front of the program."""

import difflib
from collections.abc import Iterable

_LISTED_CHOICES = 12


class UserError(Exception):
    """An error whose text is meant for the person in front: what happened, why, what to do."""


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
    sentence = f'There is no {kind} "{name}".'
    if not known:
        return UserError(sentence)
    by_folded_name = {choice.casefold(): choice for choice in known}
    nearest = difflib.get_close_matches(name.casefold(), by_folded_name, n=1)
    if nearest:
        return UserError(f'{sentence} Did you mean "{by_folded_name[nearest[0]]}"?')
    listed = ", ".join(known[:_LISTED_CHOICES])
    unlisted = len(known) - _LISTED_CHOICES
    more = f" and {unlisted} more" if unlisted > 0 else ""
    return UserError(f"{sentence} Choose one of: {listed}{more}.")
