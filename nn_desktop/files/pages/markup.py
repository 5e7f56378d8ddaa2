"""What a page is made of: headings, paragraphs, tables, formulas; how Markdown and LaTeX write them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nn_desktop.drawing import latex

MAX_ENTRIES = 12


MAX_NAME_LENGTH = 40


@dataclass(frozen=True)
class Formula:
    """A formula within a line."""

    source: str


@dataclass(frozen=True)
class Name:
    """Text from the data: it may hold anything."""

    text: str


Inline = str | Formula | Name
"""A piece of a line; a plain text is the page's own and has no sign that means something."""


Line = Sequence[Inline]


@dataclass(frozen=True)
class Heading:
    """A title; of level 1 there is one."""

    level: int
    line: Line


@dataclass(frozen=True)
class Paragraph:
    """A piece of text."""

    line: Line


@dataclass(frozen=True)
class Display:
    """A formula of its own."""

    source: str


@dataclass(frozen=True)
class Table:
    """Lines of cells, with titles above."""

    titles: Sequence[Line]
    rows: Sequence[Sequence[Line]]


Block = Heading | Paragraph | Display | Table


def to_markdown(blocks: Iterator[Block]) -> str:
    """Write a page as Markdown, with formulas as GitHub reads them."""
    return "\n\n".join(map(_markdown_block, blocks))


def _markdown_block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_markdown_line(block.line)}"
        case Paragraph():
            return _markdown_line(block.line)
        case Display():
            return f"$$\n{_markdown_formula(block.source)}\n$$"
        case Table():
            lines = [block.titles, [["---"]] * len(block.titles), *block.rows]
            return "\n".join(
                "| " + " | ".join(_markdown_line(line).replace("|", "\\|") for line in row) + " |"
                for row in lines
            )


def _markdown_line(line: Line) -> str:
    return "".join(map(_markdown_inline, line))


def _markdown_inline(part: Inline) -> str:
    match part:
        case Formula():
            return f"${_markdown_formula(part.source)}$"
        case Name():
            text = _short(part.text) or " "
            ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
            space = " " if text.startswith("`") or text.endswith("`") else ""
            return f"{ticks}{space}{text}{space}{ticks}"
        case _:
            return part


def _markdown_formula(source: str) -> str:
    return re.sub(r"\\, ?", r"\\thinspace ", source)


_DOCUMENT = r"""% The formulas of a network, written by NN Desktop. Compile it with pdflatex.
\documentclass[a4paper]{{article}}
\usepackage[T1]{{fontenc}}
\usepackage{{textcomp}}
\IfFileExists{{lmodern.sty}}{{\usepackage{{lmodern}}}}{{}}
\usepackage{{amsmath}}
\usepackage{{graphicx}}
\usepackage[margin=2cm]{{geometry}}
\setcounter{{MaxMatrixCols}}{{{columns}}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\parskip}}{{4pt}}
\newsavebox\formula
% A formula of its own, as wide as the page at most.
\newcommand\fitted[1]{{%
  \sbox\formula{{$\displaystyle #1$}}%
  \[\ifdim\wd\formula>\linewidth \resizebox{{\linewidth}}{{!}}{{\usebox\formula}}\else\usebox\formula\fi\]}}
\begin{{document}}

{body}

\end{{document}}
"""


def to_latex(blocks: Iterator[Block]) -> str:
    """Write a page as a whole LaTeX document."""
    return _DOCUMENT.format(columns=MAX_ENTRIES, body="\n\n".join(map(_latex_block, blocks)))


def _latex_block(block: Block) -> str:
    match block:
        case Heading():
            command = "section*" if block.level == 1 else "subsection*"
            return rf"\{command}{{{_latex_line(block.line)}}}"
        case Paragraph():
            return _latex_line(block.line)
        case Display():
            return f"\\fitted{{\n{block.source}\n}}"
        case Table():
            titles, *rows = (
                " & ".join(map(_latex_line, row)) + r" \\" for row in (block.titles, *block.rows)
            )
            body = "\n".join([titles, r"\hline", *rows])
            return f"\\begin{{tabular}}{{{'l' * len(block.titles)}}}\n{body}\n\\end{{tabular}}"


def _latex_line(line: Line) -> str:
    return "".join(map(_latex_inline, line))


def _latex_inline(part: Inline) -> str:
    match part:
        case Formula():
            return f"${part.source}$"
        case Name():
            return latex.escape(_short(part.text))
        case _:
            return part


def _short(text: str) -> str:
    """Return the begin of a text, without what controls something."""
    cleaned = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    return cleaned if len(cleaned) <= MAX_NAME_LENGTH else cleaned[: MAX_NAME_LENGTH - 1] + "…"
