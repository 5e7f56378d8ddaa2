"""Numbers as the window writes and reads them: short, with a real minus sign, digits in groups of three.

Nothing else in the window writes numbers. The sentences of errors come from below it and are those of the
command line too: they keep its commas, as in "1,000", and are shown as they are.
"""

import re
from collections.abc import Sequence
from math import floor, isfinite, isnan, log10

NO_NUMBER = "–"
DIGITS = 4
TYPED_DIGITS = 5
FIRST_EXPONENT, LAST_EXPONENT = -3, 4
"""Powers of ten between which a number is written out; beyond, as in ``3.14·10⁻⁵``."""
UNITS_OF_TIME = ((100.0, 1e9, "ns"), (1000.0, 1e6, "µs"), (1000.0, 1e3, "ms"), (float("inf"), 1.0, "s"))
"""Each up to how many of it, and how many of it are a second."""

_NUMBER = re.compile(
    r"(?P<mantissa>[+-]?(\d{1,3}( \d{3})+|\d+)?([.,]\d*)?)"
    r"(\s?[·×*]\s?10(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^[+-]?\d+)|e(?P<exponent>[+-]?\d+))?",
    re.IGNORECASE | re.ASCII,
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
_POWER_ALONE = re.compile(r"([+-]?)(?=10[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹^])")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_AS_TYPED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789", "^")
_GAP = "\N{NARROW NO-BREAK SPACE}"
# The gap is the window's own: where a field is edited it may stand anywhere between digits.
_PLAIN = str.maketrans({"−": "-", _GAP: None, "\N{NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " "})


def figure(value: float) -> str:
    """Write a number with four digits, or three far from 1: ``0.003120``, ``12.35``, ``3.14·10⁻⁵``."""
    if isnan(value):
        return NO_NUMBER
    sign = "−" if value < 0 else ""
    if not isfinite(value):
        return f"{sign}∞"
    # Rounded first: 9.9996 is 10.00, not 10.000.
    exponent = int(f"{abs(value):.{DIGITS - 1}e}".partition("e")[2])
    if not FIRST_EXPONENT <= exponent <= LAST_EXPONENT:
        # A digit less: it is as wide as 0.003120 then, and a falling loss does not push what is beside it.
        mantissa, _, power = f"{abs(value):.{DIGITS - 2}e}".partition("e")
        return f"{sign}{mantissa}·{_power_of_ten(int(power))}"
    decimals = DIGITS - 1 - exponent
    return sign + (f"{abs(value):.{decimals}f}" if decimals > 0 else grouped(round(abs(value))))


def editable_number(value: float, digits: int = TYPED_DIGITS) -> str:
    """Write a number for a field, in which one may change it: ``−0.53124``, ``3.14·10⁻⁵``."""
    sign = "−" if value < 0 else ""
    mantissa, _, power = f"{abs(value):,.{digits}g}".replace(",", _GAP).partition("e")
    return f"{sign}{mantissa}·{_power_of_ten(int(power))}" if power else f"{sign}{mantissa}"


def exact_number(value: float) -> str:
    """Write a number with as many digits as tell it from all others of its type: ``0.35891648``."""
    sign = "−" if value < 0 else ""
    mantissa, _, power = str(abs(value)).partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = grouped(int(whole)) + (f".{decimals}" if decimals.strip("0") else "")
    return f"{sign}{digits}·{_power_of_ten(int(power))}" if power else f"{sign}{digits}"


def read_figure(text: str) -> float | None:
    """Read a number that somebody typed or copied from the window; None if it is none.

    Its decimals stand after a dot or a comma, its power of ten as in ``2e-5``, ``2·10⁻⁵`` or ``2*10^-5``.
    What looks like thousands, ``1,000``, may mean either and is not guessed.
    """
    plain = text.strip().translate(_PLAIN)
    if power := _POWER_ALONE.match(plain):
        plain = f"{power[1]}1·{plain[power.end() :]}"
    match = _NUMBER.fullmatch(plain)
    if match is None or _THOUSANDS.fullmatch(plain) or not re.search(r"\d", match["mantissa"], re.ASCII):
        return None
    exponent = match["exponent"] or (match["raised"] or "0").translate(_AS_TYPED)
    return float(f"{match['mantissa'].replace(' ', '').replace(',', '.')}e{exponent}")


def tick(value: float) -> str:
    """Write a round number of at most two digits, for a scale: ``0.5``, ``−20``, ``20 000``, ``2·10⁻⁵``."""
    sign = "−" if value < 0 else ""
    mantissa, _, power = f"{abs(value):.1e}".partition("e")
    exponent, mantissa = int(power), mantissa.removesuffix(".0")
    if not FIRST_EXPONENT <= exponent <= LAST_EXPONENT:
        factor = "" if mantissa == "1" else f"{mantissa}·"
        return f"{sign}{factor}{_power_of_ten(exponent)}"
    rounded = float(f"{mantissa}e{exponent}")
    return sign + (grouped(round(rounded)) if exponent >= 3 else f"{rounded:g}")


def ticks(values: Sequence[float], step: float) -> list[str]:
    """Write the numbers of a scale that are a step apart, with as many digits as tell them apart.

    ``0``, ``0.5``, ``1``; ``10 000``, ``12 500``; ``2·10⁻⁵``, ``2.5·10⁻⁵``: one way for all of them.
    """
    largest = max(map(abs, values), default=0.0)
    exponent = int(f"{largest:.{DIGITS}e}".partition("e")[2])
    if FIRST_EXPONENT <= exponent <= LAST_EXPONENT or largest == 0:
        exponent = 0
    decimals = exponent - floor(log10(step) + 1e-6)
    leading = step * 10.0 ** (decimals - exponent)
    if abs(leading - round(leading)) > 1e-6:  # 2.5 of something
        decimals += 1
    decimals = max(0, decimals)
    return [_scaled(value, exponent, decimals) for value in values]


def _scaled(value: float, exponent: int, decimals: int) -> str:
    """Write a number with so many decimals before its power of ten, which 0 has none of."""
    mantissa = f"{abs(value) / 10.0**exponent:,.{decimals}f}".replace(",", _GAP)
    if not float(mantissa.replace(_GAP, "")):
        return "0"
    sign = "−" if value < 0 else ""
    if not exponent:
        return f"{sign}{mantissa}"
    factor = "" if mantissa == "1" else f"{mantissa}·"
    return f"{sign}{factor}{_power_of_ten(exponent)}"


def share(value: float) -> str:
    """Write a share between 0 and 1, or a coefficient of determination, with three decimals."""
    if not isfinite(value):
        return NO_NUMBER
    # R² of a network that learned nothing can be any negative number.
    return fixed(value, 3) if value > -100 else "< −100"


def fixed(value: float, decimals: int) -> str:
    """Write a number with so many decimals: ``−0.250``, ``1 200.5``."""
    return f"{value:z,.{decimals}f}".replace(",", _GAP).replace("-", "−")


def duration(seconds: float, digits: int = 3) -> str:
    """Write a time in the unit that suits it: ``0.872 µs``, ``13.8 µs``, ``2.05 ms``, ``1.30 s``."""
    if not isfinite(seconds):
        return NO_NUMBER
    rounded = float(f"{seconds:.{digits - 1}e}")  # first: 999.9 µs is 1.00 ms
    factor, unit = next((factor, unit) for most, factor, unit in UNITS_OF_TIME if rounded * factor < most)
    value = rounded * factor
    decimals = max(0, digits - 1 - floor(log10(value))) if value > 0 else 0
    return f"{value:.{decimals}f} {unit}"


def roughly(value: float) -> str:
    """Write a number above 0 with two digits, as one says it: ``1.5``, ``16``, ``410``, ``1 200``."""
    rounded = float(f"{value:.1e}")
    return f"{rounded:.1f}" if rounded < 10 else grouped(round(rounded))


def grouped(number: int) -> str:
    """Write a whole number in groups of three digits, with a narrow space between."""
    return f"{number:,}".replace(",", _GAP).replace("-", "−")


def _power_of_ten(exponent: int) -> str:
    return "10" + str(exponent).translate(_SUPERSCRIPTS)
