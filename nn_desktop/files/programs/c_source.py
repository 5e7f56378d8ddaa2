"""What programs in C and in C++ share: names, literals, activations, and how they are compiled and run."""

import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.engines.numpy_functions import GELU_CUBIC, GELU_SCALE
from nn_desktop.files.activation_code import ACTIVATION_CODE, function_name, with_uses
from nn_desktop.files.atomic import FileError
from nn_desktop.files.checking import (
    Answered,
    NotCheckedError,
    Question,
    read_answers,
    run_program,
    write_inputs,
)
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.steps import Step
from nn_desktop.network.functions import ACTIVATIONS, Activation
from nn_desktop.programs import find_program
from nn_desktop.texts import one_line

WIDTH = 100
"""Columns of a line of source."""
MAX_IDENTIFIER_LENGTH = 40
MAX_LISTED = 20
"""Inputs that are named in a comment."""


@dataclass(frozen=True)
class Dialect:
    """How a language writes arithmetic.

    Attributes
    ----------
    number
        The type that is computed with: ``"double"`` or ``"float"``.
    function
        Gives the name of a function of the standard library, such as ``expf`` for ``exp``.
    declaration
        What comes before a function, such as ``"static inline"``.
    prefix
        Text that every name in the header begins with.
    """

    number: str
    function: Callable[[str], str]
    declaration: str = "inline"
    prefix: str = ""

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """What numpy calls the type of number."""
        return np.dtype(np.float32 if self.number == "float" else np.float64)

    def literals(self, values: FloatArray) -> list[str]:
        """Write numbers of shape (n,) so that they read back to the same bits; not finite ones cannot be."""
        if self.dtype == np.float64:
            return list(map(repr, values.astype(np.float64).tolist()))
        return [f"{value!s}f" for value in values.astype(np.float32)]

    def literal(self, value: float) -> str:
        """Write one number."""
        return self.literals(np.array([value]))[0]

    def activate(self, activation: Activation) -> str | None:
        """Return the name of the function of one number that an activation is; None if it is none."""
        code = ACTIVATION_CODE[activation].c
        if not code:
            return None
        return self.prefix + function_name(activation) if _is_body(code) else self.function(code)

    def activation_functions(self, steps: Iterable[Step]) -> list[str]:
        """Define those activations that are used and are no functions of the language."""
        words = {
            **{name: self.function(name) for name in ("exp", "expm1", "log1p", "fabs", "tanh")},
            "number": self.number,
            "prefix": self.prefix,
            "zero": self.literal(0.0),
            "half": self.literal(0.5),
            "one": self.literal(1.0),
            "literal": _Literals(self),
            "gelu_scale": self.literal(GELU_SCALE),
            "gelu_cubic": self.literal(GELU_CUBIC),
        }
        return [
            f"{self.declaration} {self.number} {self.activate(activation)}({self.number} z)\n{{\n"
            f"{ACTIVATION_CODE[activation].c.format(**words)}\n}}\n"
            for activation in with_uses(steps)
            if _is_body(ACTIVATION_CODE[activation].c)
        ]


class _Literals:
    """Number literals of a dialect: ``{literal[0.01]}`` in a text becomes ``0.01`` or ``0.01f``."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def __getitem__(self, number: str) -> str:
        return self._dialect.literal(float(number))


def _is_body(code: str) -> bool:
    """Whether it is the body of a function, not a name."""
    return "return" in code


# --- names and texts


def file_stem(name: str) -> str:
    """Return a file's name without its ending; the source of another file will name it.

    Raises
    ------
    FileError
        If no source could name it.
    """
    if any(character in '"\\' or not character.isprintable() for character in name) or "??" in name:
        raise FileError(
            f"The file {name!r} cannot be exported to, since no program in C or C++ could name it: choose a "
            "name without quotes, backslashes and double question marks."
        )
    return Path(name).stem


def file_words(name: str, main: str) -> dict[str, str]:
    """Return what a template calls the header and its example, by the names that it has for them."""
    return {
        "file": name,
        "safe_file": comment_text(name),
        "main_file": comment_text(main),
        "main_argument": comment_text(shlex.quote(main)),
        "program_argument": comment_text(shlex.quote(file_stem(name))),
    }


def identifier(stem: str) -> str:
    """Make a name for the things of a network that no language and no library has taken: ``nn_wine``."""
    ascii_text = unicodedata.normalize("NFKD", stem.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.removeprefix("nn_")) or ["network"]
    return "nn_" + "_".join(words)[:MAX_IDENTIFIER_LENGTH].rstrip("_")


def string_literal(text: str) -> str:
    """Write text as a string of UTF-8 in nothing but ASCII, which all compilers read alike."""
    # Two question marks begin a trigraph in C99.
    plain = {'"': '\\"', "\\": "\\\\", "?": "\\?"}
    written = (
        plain.get(chr(byte), chr(byte)) if byte < 128 else f"\\{byte:03o}" for byte in one_line(text).encode()
    )
    return f'"{"".join(written)}"'


def comment_text(text: str) -> str:
    """Make text harmless in a comment: what could end it, or hide in it, becomes a full stop."""
    decomposed = unicodedata.normalize("NFKD", text)
    base = (character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[^A-Za-z0-9 _,:;()+='-]", ".", "".join(base))


def filled(items: Sequence[str], indent: str) -> list[str]:
    """Lay items of a list out line by line, with commas between and a comma at the end."""
    lines = [indent]
    for item in items:
        if len(lines[-1]) + len(item) + 1 > WIDTH and lines[-1].strip():
            lines.append(indent)
        lines[-1] += f"{item}, "
    return [line.rstrip() for line in lines]


def in_columns(items: Sequence[str], indent: str, widest: int | None = None) -> list[str]:
    """Lay numbers out in columns, with commas between and a comma at the end."""
    width = max(map(len, items)) if widest is None else widest
    columns = max(1, (WIDTH - len(indent)) // (width + 2))
    return [
        indent + ", ".join(item.rjust(width) for item in items[start : start + columns]) + ","
        for start in range(0, len(items), columns)
    ]


def described_layers(model: TrainedModel, steps: Sequence[Step]) -> list[str]:
    """Say in a line what each layer is and what feeds it."""
    lines = [f"layer 0: {_units(len(model.input_names))}, the inputs"]
    for step in steps:
        layer = model.topology.layers[step.number]
        name = f' "{comment_text(layer.name)}"'.replace('"', "'") if layer.name else ""
        title = comment_text(ACTIVATIONS[step.activation].title)
        sources = " and ".join(str(feed.source) for feed in step.feeds)
        fed = f"fed by layer {sources}" if len(step.feeds) == 1 else f"fed by layers {sources}"
        lines.append(
            f"layer {step.number}{name}: {_units(step.units)}, {title}, "
            + (fed if step.feeds else "fed by nothing, so it is constant")
        )
    return lines


def listed_inputs(model: TrainedModel) -> list[str]:
    """Name the inputs in order, a line each, if they are not too many for a comment."""
    names = list(map(comment_text, model.input_names))
    if len(names) <= MAX_LISTED:
        return names
    return [*names[: MAX_LISTED - 1], f"and {len(names) - MAX_LISTED + 1} more, as the header names them"]


def _units(count: int) -> str:
    return f"{count} unit" if count == 1 else f"{count} units"


# --- compiling and running


@dataclass(frozen=True)
class Language:
    """A language and who compiles it.

    Attributes
    ----------
    title
        ``"C++"``.
    compilers
        Names of programs, the first that is there is taken.
    options
        What they are told; libraries come after the source.
    libraries
        Options of the linker, such as ``-lm``.
    gnu, clang
        The names of the two well-known compilers, for people.
    """

    title: str
    compilers: tuple[str, ...]
    options: tuple[str, ...]
    libraries: tuple[str, ...]
    gnu: str
    clang: str


C = Language("C", ("cc", "gcc", "clang"), ("-std=c99", "-O1"), ("-lm",), "gcc", "clang")
CPP = Language("C++", ("c++", "g++", "clang++"), ("-std=c++17", "-O1"), (), "g++", "clang++")


def answer_by_compiling(language: Language, main: Path, question: Question) -> Answered:
    """Compile an exported program in its folder, which holds nothing else, and let it answer.

    Raises
    ------
    NotCheckedError
        If there is no compiler, or the program cannot be compiled or run.
    """
    compiler, folder, stop = find_program(language.compilers), main.parent, question.stop
    if compiler is None:
        *others, last = language.compilers
        raise NotCheckedError(f"there is no {language.title} compiler here ({', '.join(others)} or {last})")
    program = folder / "network.exe"
    run_program([compiler, *language.options, main, "-o", program, *language.libraries], folder, stop)
    printed = run_program([program], folder, stop, write_inputs(question.inputs))
    name = _compiler_name(language, run_program([compiler, "--version"], folder, stop))
    return Answered(name, read_answers(printed, question.outputs))


def _compiler_name(language: Language, version: str) -> str:
    """Say who a compiler is, given what it says of itself: ``c++`` may be any."""
    first = version.partition("\n")[0]
    name = language.clang if "clang" in first else language.gnu
    number = re.search(r"\d+\.\d+(\.\d+)?", re.sub(r"\(.*?\)", "", first))
    return f"{name} {number[0]}" if number else name
