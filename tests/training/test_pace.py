"""What is done now and then takes no more than its share of the time, and updates come at even distances."""

from math import inf

import pytest

from nn_desktop.training.pace import Budget, SpeedLimit


@pytest.mark.parametrize(("share", "cost"), [(1 / 3, 0.08), (0.5, 0.001), (0.1, 2.0)])
def test_a_budget_is_kept_and_used(share, cost):
    budget, now, spent = Budget(share), 0.0, 0.0
    while now < 1000 * cost:
        if budget.seconds_left(now) == 0:
            budget.spend(now, now + cost)
            now, spent = now + cost, spent + cost
        now += cost / 100
    assert spent / now == pytest.approx(share, rel=0.05)


@pytest.mark.parametrize("rate", [1, 2, 5, 10, 30, 100, 1000])
def test_a_speed_limit_lets_so_many_through_in_a_second_and_one_at_once(rate: int) -> None:
    limit, now, done = SpeedLimit(), 50.0, 0
    limit.set_rate(rate, now)
    limit.restart(now)
    assert limit.most(now) == 1
    while (now := now + limit.seconds_left(now)) < 60:
        most = limit.most(now)
        assert 1 <= most <= 1 + rate / 60 + 1e-6
        done += int(most)
        limit.count(int(most), now)
        assert limit.most(now) == 0
    assert done == pytest.approx(10 * rate, abs=1)


def test_no_speed_limit_lets_all_through_without_a_wait() -> None:
    limit = SpeedLimit()
    assert (limit.most(3.0), limit.seconds_left(3.0)) == (inf, 0)
    limit.count(10**6, 3.0)
    assert (limit.most(3.0), limit.seconds_left(3.0)) == (inf, 0)


def test_what_a_speed_limit_could_not_let_through_in_time_comes_in_no_burst() -> None:
    limit = SpeedLimit()
    limit.set_rate(1000, 0.0)
    limit.restart(0.0)
    assert limit.most(3600.0) <= 101
    limit.count(1, 3600.0)
    limit.set_rate(1, 3600.0)
    assert limit.seconds_left(3600.0) <= 1
    assert limit.most(3601.0) == 1


def test_a_higher_speed_limit_ends_the_wait_of_a_lower_one() -> None:
    limit = SpeedLimit()
    limit.set_rate(1, 10.0)
    limit.restart(10.0)
    limit.count(1, 10.0)
    assert limit.seconds_left(10.0) == 1
    limit.set_rate(10, 10.2)
    assert limit.seconds_left(10.2) == pytest.approx(0.1)
    limit.set_rate(inf, 10.25)
    assert limit.seconds_left(10.25) == 0
    limit.set_rate(1, 500.0)  # long after: what was not limited owes nothing
    assert limit.most(500.0) == 1


def test_what_was_under_way_when_the_limit_was_set_is_not_waited_for() -> None:
    limit = SpeedLimit()
    assert limit.most(10.0) == inf
    limit.set_rate(5, 10.01)
    limit.count(20_000, 10.02)
    assert limit.seconds_left(10.02) == pytest.approx(0.2)
