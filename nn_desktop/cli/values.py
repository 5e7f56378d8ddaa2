"""How the values of options are read; what is none is refused in one sentence."""

import argparse
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from nn_desktop.engines.names import EngineName
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.texts import shown
from nn_desktop.training.setting import Part
from nn_desktop.training.settings import ENGINE, settings_of

if TYPE_CHECKING:
    from nn_desktop.data.source import DataSource

_EnumT = TypeVar("_EnumT", bound=StrEnum)


def member(kind: type[_EnumT], noun: str, name: str) -> _EnumT:
    """Read the name of one of several.

    Raises
    ------
    UserError
        If there is none of that name, with the nearest one.
    """
    try:
        return kind(name.strip().lower())
    except ValueError:
        raise unknown_name(noun, name, list(kind)) from None


def read_engine(name: str) -> EngineName:
    """Read the name of an engine that is here, or ``auto``.

    Raises
    ------
    UserError
        If there is no such engine, or it is not here; the text says why.
    """
    from nn_desktop.engines.available import available_engines, why_missing

    engine = member(EngineName, "engine", name)
    if engine is not EngineName.AUTO and engine not in available_engines():
        raise UserError(
            f'The engine "{engine}" is not here: {why_missing(engine)}. '
            "Leave --engine out to have the fastest that is."
        )
    return engine


def read_source(name: str) -> "DataSource":
    """Read the name of a data set that comes with the program.

    Raises
    ------
    UserError
        If there is none of that name, with the nearest one.
    """
    from nn_desktop.data.catalogue import find_source

    return find_source(name)


def read_settings(options: argparse.Namespace, part: Part) -> dict[str, Any]:
    """Return the values that options give to settings, by the names of these; nothing for what was left out.

    Raises
    ------
    UserError
        If there is no choice of a name, or no such engine here.
    """
    values: dict[str, Any] = {}
    for setting in settings_of(part):
        value = None if setting.option is None else getattr(options, setting.option.argument)
        if value is not None:
            if setting is ENGINE:
                value = read_engine(value)
            elif setting.kind not in (int, float):
                value = member(setting.kind, setting.noun, value)
            values[setting.name] = value
    return values


def whole(noun: str) -> Callable[[str], int]:
    """Return what reads a whole number; its refusal calls that by this noun."""

    def read(text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise UserError(f'The {noun} "{shown(text)}" is no whole number: type one such as 16.') from None

    return read


def decimal(noun: str) -> Callable[[str], float]:
    """Return what reads a number; its refusal calls that by this noun."""

    def read(text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise UserError(f'The {noun} "{shown(text)}" is no number: type one such as 0.05.') from None

    return read


def read_epochs(text: str) -> int:
    """Read how many epochs are trained; raises `UserError`."""
    epochs = whole("number of epochs")(text)
    if epochs < 0:
        raise UserError(f"Training cannot take {epochs} epochs: choose 0 or more.")
    return epochs
