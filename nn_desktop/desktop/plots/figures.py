"""Numbers as they are shown: short, and equally long from one moment to the next."""

from math import isfinite, isnan

NO_NUMBER = "–"


def figure(value: float) -> str:
    """Write a number with about four digits: ``0.0031``, ``12.35``, ``3.1e-05``, ``∞`` or ``–``."""
    if isnan(value):
        return NO_NUMBER
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size == 0:
        return "0.0000"
    if size < 0.0005 or size >= 100_000:
        text = f"{value:.1e}"
    elif size < 10:
        text = f"{value:.4f}"
    else:
        text = f"{value:.2f}" if size < 1000 else f"{value:.0f}"
    return text.replace("-", "−", 1) if value < 0 else text


def share(value: float) -> str:
    """Write a share between 0 and 1, or a coefficient of determination, with three decimals."""
    if not isfinite(value):
        return NO_NUMBER
    # R² of a network that learned nothing can be any negative number.
    return f"{value:.3f}".replace("-", "−") if value > -100 else "< −100"
