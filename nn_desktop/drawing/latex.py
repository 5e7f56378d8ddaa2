"""Text, numbers and formulas for LaTeX, in ASCII: pdflatex compiles it whatever encoding it expects."""

import unicodedata
from math import isfinite

UNKNOWN = r"\texttt{?}"
"""Stands for a character that no usual font of pdflatex has."""

_ACCENTS = {
    "\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0304": r"\=", "\u0306": r"\u",
    "\u0307": r"\.", "\u0308": r'\"', "\u030a": r"\r", "\u030b": r"\H", "\u030c": r"\v", "\u0323": r"\d",
    "\u0327": r"\c", "\u0328": r"\k", "\u0331": r"\b",
}  # fmt: skip

_CHARACTERS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\symbol{34}",  # a babel language may have given it another meaning
    # Two of these would be one other character.
    "-": "-{}", "'": "'{}", "`": "`{}", "!": "!{}", "?": "?{}", ",": ",{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "ł": r"\l{}", "Ł": r"\L{}", "đ": r"\dj{}", "Đ": r"\DJ{}", "ð": r"\dh{}", "Ð": r"\DH{}", "þ": r"\th{}",
    "Þ": r"\TH{}", "ı": r"\i{}", "ŋ": r"\ng{}", "Ŋ": r"\NG{}",
    "–": r"\textendash{}", "—": r"\textemdash{}", "‐": "-{}", "‑": "-{}", "…": r"\dots{}",
    "‘": r"\textquoteleft{}", "’": r"\textquoteright{}", "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}", "„": r"\quotedblbase{}", "‚": r"\quotesinglbase{}",
    "«": r"\guillemotleft{}", "»": r"\guillemotright{}", "¿": r"\textquestiondown{}",
    "¡": r"\textexclamdown{}", "§": r"\S{}", "©": r"\copyright{}", "£": r"\pounds{}", "€": r"\texteuro{}",
    "•": r"\textbullet{}",
}  # fmt: skip

_MATH = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ζ": r"\zeta",
    "η": r"\eta", "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu",
    "ξ": r"\xi", "ο": "o", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "ς": r"\varsigma", "τ": r"\tau",
    "υ": r"\upsilon", "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma",
    "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi", "Σ": r"\Sigma",
    "Υ": r"\Upsilon", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega",
    "µ": r"\mu", "×": r"\times", "·": r"\cdot", "÷": r"\div", "±": r"\pm", "−": "-", "°": r"^\circ",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∞": r"\infty", "∂": r"\partial",
    "∑": r"\sum", "√": r"\surd", "→": r"\to", "←": r"\leftarrow", "∈": r"\in", "∇": r"\nabla", "ℓ": r"\ell",
    **{character: f"^{number}" for number, character in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{character: f"_{number}" for number, character in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip


def escape(text: str) -> str:
    r"""Write text so that it is set as it stands, and can do nothing.

    Letters with accents, of the European languages in Latin script, become the commands for them (some need
    the font encoding T1); Greek letters and common signs become mathematics. What is left becomes a question
    mark: ``\texttt{?}``.
    """
    return "".join(map(_escape_character, unicodedata.normalize("NFC", " ".join(text.split()))))


def format_bias(value: float) -> str:
    r"""Write a number so short that it stands within a unit: ``-0.42``, ``12.5``, ``-3e4``."""
    if not isfinite(value):
        return r"?"
    size = abs(value)
    if size < 9.995:
        return f"{value:z.2f}"
    if size < 99.95:
        return f"{value:.1f}"
    mantissa, _, power = f"{value:.0e}".partition("e")
    return rf"{mantissa}\mathrm{{e}}{int(power)}" if size >= 999.5 else f"{value:.0f}"


def _escape_character(character: str) -> str:
    if character in _CHARACTERS:
        return _CHARACTERS[character]
    if character.isascii():
        return character if character.isprintable() else UNKNOWN
    if character in _MATH:
        return rf"\ensuremath{{{_MATH[character]}}}"
    if unicodedata.category(character) in ("Cf", "Mn"):  # a direction mark, or an accent left alone
        return ""
    return _accented(character)


def _accented(character: str) -> str:
    """Write a letter with its first accent; more than one cannot be set without special packages."""
    base, *marks = list(unicodedata.normalize("NFD", character))
    if not (marks and base.isascii() and base.isalpha()):
        return UNKNOWN
    accent = next((_ACCENTS[mark] for mark in marks if mark in _ACCENTS), None)
    return base if accent is None else f"{accent}{{{base}}}"
