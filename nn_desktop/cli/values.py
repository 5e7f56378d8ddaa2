"""How the values of options are read; what is none is refused in one sentence."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from nn_desktop.engines.names import EngineName
from nn_desktop.errors import UserError, member
from nn_desktop.texts import shown
from nn_desktop.training.setting import Part
from nn_desktop.training.settings import ENGINE, settings_of

if TYPE_CHECKING:
    from nn_desktop.data.builtin import Builtin

_NumberT = TypeVar("_NumberT", int, float)


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


def read_source(name: str) -> "Builtin":
    """Read the name of a dataset; raises `UserError`, with the nearest one, if there is none of that name."""
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
    return _reader(int, noun, "whole number: type one such as 16")


def decimal(noun: str) -> Callable[[str], float]:
    """Return what reads a number; its refusal calls that by this noun."""
    return _reader(float, noun, "number: type one such as 0.05")


def _reader(read: Callable[[str], _NumberT], noun: str, wanted: str) -> Callable[[str], _NumberT]:
    def read_or_refuse(text: str) -> _NumberT:
        try:
            return read(text)
        except ValueError:
            raise UserError(f'The {noun} "{shown(text)}" is no {wanted}.') from None

    return read_or_refuse


def read_epochs(text: str) -> int:
    """Read how many epochs are trained; raises `UserError`."""
    epochs = whole("number of epochs")(text)
    if epochs < 0:
        raise UserError(f"Training cannot take {epochs} epochs: choose 0 or more.")
    return epochs
