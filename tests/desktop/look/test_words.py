"""Words that readers stumbled over do not come back: whatever can be said is searched for them."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import nn_desktop

BETTER = [
    ("updates an epoch", "updates per epoch"),
    ("Training {", "Tr&aining share"),
    ("Even grid", "Evenl&y spaced"),
    ("&Seed", "&Data seed"),
    ("&Seed", "&Weight seed"),
    ("&Numbers", "&Precision"),
    ("New start", "&New random weights"),
    ("One update", "Ste&p"),
    ("One epoch", "Finish &epoch"),
    ("Type layers", "Edit layers as &text…"),
    ("let everything stand", "Ti&dy up"),
    ("eady network", "Start from an example"),
    ("XOR's smallest", "Smallest XOR network"),
    ("As the system", "Follow &system theme"),
    ("&Live numbers", "Num&bers on the lines"),
    ("Edit number", "Edit &weight or bias…"),
    ("gives out {", "output range {low} to {high}, mean {mean}"),
    ("no earlier moments", "No snapshots yet"),
    ("earlier moments to go back to", "{count} snapshots"),
    ("Do again", "&Redo {what}"),
    ("Take back", "&Undo {what}"),
    ("What training makes small", "The quantity training minimizes."),
    ("does the sums", "Engine: {engine}, the fastest that is here."),
    ("Bring inputs to", "Scale inputs to mean 0, standard deviation 1"),
    ("Real weights", "Show weights as line width"),
    ("Pixels of a point", "&Scale"),
    ("is no network", "This text does not describe a network"),
    ("says no known format", "unknown file type"),
    ("by a crash", "did not close properly"),
    ("without a meaning", "Placeholder data (random)"),
    ("not a bit more", "no additional information"),
    ("the first step from", "a simple image-recognition task"),
    ("numpy pays", "numpy a fixed cost per call"),
    ("each line × 10", "log scale"),
]
"""What was said, and what is said instead."""
ONE_TERM = re.compile(r"\b([Mm]oments?|[Mm]ilestones?)\b")
"""A snapshot is called so, and nothing else."""


@cache
def said() -> tuple[str, ...]:
    """Return all texts of the program but docstrings and names."""
    texts = []
    for path in sorted(Path(nn_desktop.__file__).parent.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        constants = (node for node in nodes if isinstance(node, ast.Constant) and id(node) not in alone)
        texts += [node.value for node in constants if isinstance(node.value, str)]
    return tuple(texts)


@pytest.mark.parametrize(("old", "better"), BETTER)
def test_a_text_is_the_better_one(old, better):
    assert [text for text in said() if re.search(rf"(^|\s){re.escape(old)}", text)] == []
    assert [text for text in said() if better in text] != []


def test_a_snapshot_has_one_name():
    sentences = (text for text in said() if " " in text.strip())
    assert [text for text in sentences if ONE_TERM.search(text)] == []
