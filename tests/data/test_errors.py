"""A wrong name gets a helpful answer."""

import pytest

from nn_desktop.errors import UserError, unknown_name


def test_the_nearest_name_is_suggested() -> None:
    error = unknown_name("dataset", "sin", ["sine", "cubic", "step"])
    assert isinstance(error, UserError)
    assert str(error) == 'There is no dataset "sin". Did you mean "sine"?'


def test_capitals_do_not_hide_the_nearest_name() -> None:
    assert str(unknown_name("loss", "MSE", ["mse", "Hinge"])) == 'There is no loss "MSE". Did you mean "mse"?'
    assert str(unknown_name("loss", "hinge", ["mse", "Hinge"])).endswith('Did you mean "Hinge"?')


def test_without_a_near_name_the_choices_are_listed() -> None:
    assert str(unknown_name("engine", "xyz", ["python", "cpp"])) == (
        'There is no engine "xyz". Choose one of: python, cpp.'
    )


def test_many_choices_are_listed_briefly() -> None:
    message = str(unknown_name("thing", "xyz", [f"number{index}" for index in range(20)]))
    assert message.endswith("number10, number11 and 8 more.")


@pytest.mark.parametrize("name", ["", "xyz"])
def test_without_any_choice_the_sentence_stands_alone(name: str) -> None:
    assert str(unknown_name("thing", name, [])) == f'There is no thing "{name}".'
