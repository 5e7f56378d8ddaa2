"""What is done now and then takes no more than its share of the time."""

import pytest

from nn_desktop.training.pace import Budget


@pytest.mark.parametrize(("share", "cost"), [(1 / 3, 0.08), (0.5, 0.001), (0.1, 2.0)])
def test_a_budget_is_kept_and_used(share, cost):
    budget, now, spent = Budget(share), 0.0, 0.0
    while now < 1000 * cost:
        if budget.is_due(now):
            budget.spend(now, now + cost)
            now, spent = now + cost, spent + cost
        now += cost / 100
    assert spent / now == pytest.approx(share, rel=0.05)
