"""The numbers of a comparison, for a spreadsheet."""

from comparisons import CPP, NUMPY, PYTHON, comparison, standing

from nn_desktop.bench.sweep import BATCHES, WIDTHS
from nn_desktop.bench.table import STANDING_COLUMNS, as_table
from nn_desktop.training.race import Standing, State


def tables(text: str) -> list[list[list[str]]]:
    return [[row.split("\t") for row in part.splitlines()] for part in text.split("\n\n")]


def test_it_has_the_network_the_race_and_both_sweeps():
    network, race, widths, batches = tables(as_table(comparison()))
    assert network == [["network", "1-8-8-1"], ["samples of an update", "16"], ["numbers", "float64"]]
    assert race[0] == list(STANDING_COLUMNS)
    assert race[2] == [
        "numpy", "training", "2.00", "125000", "62500.0", "16", "4.8", "9.6", "1.6", "0.25",
    ]  # fmt: skip
    assert widths[0] == ["units of each hidden layer", "python (µs)", "numpy (µs)", "cpp (µs)"]
    assert widths[1] == ["1", "300", "12.1", "0.418"]
    assert [row[0] for row in widths[1:]] == [str(size) for size in WIDTHS]
    assert [row[0] for row in batches[1:]] == [str(size) for size in BATCHES]


def test_what_was_not_measured_is_empty():
    standings = (
        Standing(PYTHON, State.LEFT_OUT, seconds_per_update=12.0),
        standing(NUMPY, 16.0),
        Standing(CPP, State.MISSING, "no compiler"),
    )
    _, race, widths, _ = tables(as_table(comparison(standings=standings)))
    assert race[1] == ["python", "left out", "0.00", "0", "0.0", "1.2e+07", "", "", "", ""]
    assert race[3] == ["cpp", "missing", "0.00", "0", "0.0", "", "", "", "", ""]
    assert widths[-1][1] == ""
