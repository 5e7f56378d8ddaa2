import pytest
from short_timing import shorten


@pytest.fixture
def short_timing(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch)
