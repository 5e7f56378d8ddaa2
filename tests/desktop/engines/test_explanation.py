"""The words about a comparison say what its numbers do."""

from dataclasses import replace

from comparisons import CPP, NUMPY, PYTHON, comparison, curve, standing

from nn_desktop.bench.sweep import WIDTHS
from nn_desktop.desktop.engines.explanation import explain
from nn_desktop.training.race import Standing, State


def test_the_race_is_told_from_the_fastest_to_the_slowest(qapp):
    assert explain(comparison()).race == (
        "Your network 1-8-8-1, 16 samples an update: C++ does an update in 0.80 µs; "
        "numpy takes 16 µs, 20 times as long; Plain Python takes 960 µs, 1\u202f200 times as long."
    )


def test_a_batch_of_one_is_one_sample(qapp):
    workload = replace(comparison().workload, batch_size=1)
    assert "1-8-8-1, 1 sample an update" in explain(comparison(workload=workload)).race


def test_who_is_left_out_has_the_time_that_was_foreseen(qapp):
    standings = (Standing(PYTHON, State.LEFT_OUT, seconds_per_update=1.3), *comparison().standings[1:])
    assert explain(comparison(standings=standings)).race.endswith("Plain Python would take about 1.3 s.")


def test_nothing_is_said_of_the_race_before_all_have_begun(qapp):
    standings = (standing(NUMPY, 16.0), Standing(CPP, State.WAITING))
    assert explain(comparison(standings=standings)).race == ""


def test_nothing_is_said_of_the_curves_before_they_are_there(qapp):
    explanation = explain(comparison(has_all_points=False))
    assert explanation.race
    assert (explanation.reasons, explanation.widths, explanation.batches) == ("", "", "")


def test_each_engine_pays_for_something(qapp):
    reasons = explain(comparison()).reasons
    # 60 µs for each sample, and 1·8 + 8·8 + 8·1 = 80 weights.
    assert "about 0.75 µs for each weight and sample" in reasons
    assert "numpy pays for every call, 0.40 µs at least" in reasons
    assert "layers of 1 unit take it 12 µs, and layers of 32 hardly longer" in reasons
    assert "C++ is compiled" in reasons


def test_a_crossing_is_told_with_its_reason(qapp):
    widths = explain(comparison()).widths
    assert widths.startswith(
        "Wider layers: the curves cross. From about 100 units a layer on, numpy is faster"
    )
    assert "matrix library" in widths


def test_no_crossing_is_told_as_well(qapp):
    batches = explain(comparison()).batches
    assert "the curves of C++ and numpy do not cross on this machine" in batches
    assert "C++ is 27 times as fast with 1, and 2.2 times with 1\u202f024 samples an update" in batches
    assert "numpy comes nearer" in batches


def test_nobody_comes_nearer_who_does_not(qapp):
    by_width = (curve(NUMPY, WIDTHS, 12.0, 1.0), curve(CPP, WIDTHS, 1.2, 0.1))
    assert explain(comparison(by_width=by_width)).widths.endswith("and 10 times with 512 units a layer.")


def test_without_cpp_it_is_told_of_numpy_and_python(qapp):
    whole = comparison()
    explanation = explain(
        comparison(
            standings=(*whole.standings[:2], Standing(CPP, State.MISSING, "no compiler")),
            by_width=whole.by_width[:2],
            by_batch=whole.by_batch[:2],
        )
    )
    assert "numpy does an update in 16 µs; Plain Python takes" in explanation.race
    assert "C++" not in explanation.reasons
    assert "numpy and Plain Python do not cross" in explanation.widths


def test_with_numpy_alone_there_is_nothing_to_compare(qapp):
    whole = comparison()
    explanation = explain(comparison(by_width=whole.by_width[1:2], by_batch=whole.by_batch[1:2]))
    assert explanation.widths == ""
    assert explanation.batches == ""
