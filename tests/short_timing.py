"""Timing that is over at once: what it measures is worth nothing."""

import pytest

from nn_desktop.bench import measurement


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "RUNS", 3)
    for name in ("RUN_SECONDS", "MAX_RUN_SECONDS", "WARM_SECONDS", "PRODUCT_SECONDS"):
        monkeypatch.setattr(measurement, name, 1e-4)
    monkeypatch.setattr(measurement, "SIDE", 32)
