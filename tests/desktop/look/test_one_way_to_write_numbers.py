"""All numbers in the window are written and read by `look.numbers`: the source is searched for other ways."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import nn_desktop.desktop

ROOT = Path(nn_desktop.desktop.__file__).parent
EXCEPTIONS = {
    "look/numbers.py": "it is the way",
    "look/colors.py": "two hexadecimal digits of a colour",
    "export/outcome.py": "the size of a font in a style sheet",
    "look/pictures.py": "lengths in an SVG file",
}
LAST_OF_NUMBERS = tuple(",_eEfFgGdn%")
"""How the format of a number ends in an f-string."""
OTHER_FIELDS = {"QSpinBox", "QDoubleSpinBox", "QIntValidator", "QDoubleValidator", "QInputDialog", "QLocale"}
"""What reads numbers, or shows its digits, as the locale has them."""
MAKES_NUMBERS = {"len", "round", "sum", "int", "abs", "min", "max"}
FILES = sorted(path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).as_posix() not in EXCEPTIONS)


def is_number(node: ast.expr) -> bool:
    """Whether an expression is a number at first sight."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKES_NUMBERS


def other_ways(tree: ast.AST) -> Iterator[str]:
    """Yield the expressions that write a number by themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue):
            spec = "" if node.format_spec is None else ast.unparse(node.format_spec)[2:-1]
            if spec.endswith(LAST_OF_NUMBERS) or is_number(node.value):
                yield ast.unparse(node)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("str", "format")
        ):
            if any(map(is_number, node.args)):
                yield ast.unparse(node)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        ):
            if any(is_number(value) for value in (*node.args, *(each.value for each in node.keywords))):
                yield ast.unparse(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):  # "%d" % n
            yield from [ast.unparse(node)] if isinstance(getattr(node.left, "value", None), str) else []


def imported(tree: ast.AST) -> set[str]:
    """Return the names that a file imports from elsewhere."""
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in froms for alias in node.names}


def test_no_field_reads_numbers_in_a_way_of_its_own():
    """The fields for numbers are made of Qt's, and no others are."""
    users = {path.name for path in FILES if imported(ast.parse(path.read_text("utf-8"))) & OTHER_FIELDS}
    assert users == {"number_fields.py", "keys.py"}  # keys.py only asks what has the focus


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_of_the_window_writes_numbers_in_a_way_of_its_own(path):
    assert list(other_ways(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "source", ['f"{rate:g}"', 'f"{n:,}"', 'f"{x:.{d}f}"', "str(len(a))", '"{n}".format(n=len(a))', '"%d" % n']
)
def test_each_other_way_is_found(source):
    assert list(other_ways(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ['f"{name:>8}"', 'f"{byte:02x}"', "str(path)", '"{n}".format(n=grouped(n))']
)
def test_texts_are_no_numbers(source):
    assert not list(other_ways(ast.parse(source)))
