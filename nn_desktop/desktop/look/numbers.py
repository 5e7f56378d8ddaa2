"""Numbers as the window shows them: short, and with a real minus sign."""

import re
from math import floor, isfinite, isnan, log10

NO_NUMBER = "–"
DIGITS = 4
TYPED_DIGITS = 5
FIRST_EXPONENT, LAST_EXPONENT = -3, 4
"""Powers of ten between which a number is written out; beyond, as in ``3.14·10⁻⁵``."""
UNITS_OF_TIME = ((100.0, 1e9, "ns"), (1000.0, 1e6, "µs"), (1000.0, 1e3, "ms"), (float("inf"), 1.0, "s"))
"""Each up to how many of it, and how many of it are a second."""

_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def editable_number(value: float) -> str:
    """Write a number as one could type it: ``−0.53124``, ``3.14e−05``."""
    return f"{value:.{TYPED_DIGITS}g}".replace("-", "−")


def read_figure(text: str) -> float | None:
    """Read a number that somebody typed, with a dot or a comma for decimals; None if it is none.

    What looks like thousands, ``1,000``, may mean either and is not guessed.
    """
    plain = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(plain) or _THOUSANDS.fullmatch(plain):
        return None
    return float(plain.replace(",", "."))


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


def share(value: float) -> str:
    """Write a share between 0 and 1, or a coefficient of determination, with three decimals."""
    if not isfinite(value):
        return NO_NUMBER
    # R² of a network that learned nothing can be any negative number.
    return f"{value:z.3f}".replace("-", "−") if value > -100 else "< −100"


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
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", "−")


def _power_of_ten(exponent: int) -> str:
    return "10" + str(exponent).translate(_SUPERSCRIPTS)
