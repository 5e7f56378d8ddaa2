"""Settings are either sensible or refused with a sentence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.data.dataset import DataError
from nn_desktop.data.functions import SINE
from nn_desktop.data.source import DataSettings


def settings(**changes: object) -> DataSettings:
    values: dict[str, object] = {
        "source": SINE, "samples": 20, "noise": 0.0, "seed": 0, "train_share": 0.5, "standardize": False
    }  # fmt: skip
    return DataSettings(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("samples", 3, "number of samples must lie between 4 and 100000, but 3"),
        ("samples", 100_001, "number of samples"),
        ("samples", 20.0, "whole number, but 20.0"),
        ("samples", True, "whole number"),
        ("noise", math.nan, "noise must be a number"),
        ("noise", math.inf, "noise must lie between 0 and 0.5 (0% and 50%), but inf"),
        ("noise", -0.1, "noise must lie between 0 and 0.5"),
        ("noise", 0.51, "0% and 50%"),
        ("noise", "much", "noise must be a number"),
        ("noise", False, "noise must be a number"),
        pytest.param("noise", 10**400, "noise must lie between", id="noise-longer-than-a-float"),
        ("seed", -1, "seed must lie between 0"),
        ("seed", 2**31, "seed must lie between 0"),
        ("seed", None, "seed must be a whole number"),
        ("train_share", 0.0, "share for training must lie between 0.1 and 0.99"),
        ("train_share", 1.0, "share for training"),
        ("train_share", math.nan, "share for training"),
        ("standardize", 1, "true or false"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(field: str, value: object, words: str) -> None:
    with pytest.raises(DataError) as caught:
        settings(**{field: value})
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


@given(
    samples=st.integers() | st.integers(4, 100_000),
    noise=st.floats() | st.floats(0, 0.5),
    seed=st.integers() | st.integers(0, 2**31 - 1),
    train_share=st.floats() | st.floats(0.1, 0.99),
)
def test_settings_exist_exactly_within_their_ranges(
    samples: int, noise: float, seed: int, train_share: float
) -> None:
    sensible = (
        4 <= samples <= 100_000 and 0 <= noise <= 0.5 and 0 <= seed < 2**31 and 0.1 <= train_share <= 0.99
    )
    try:
        made = settings(samples=samples, noise=noise, seed=seed, train_share=train_share)
    except DataError:
        assert not sensible
    else:
        assert sensible
        assert (made.samples, made.noise, made.seed, made.train_share) == (samples, noise, seed, train_share)


def test_whole_numbers_of_a_file_become_floats() -> None:
    assert repr(settings(noise=0).noise) == "0.0"
