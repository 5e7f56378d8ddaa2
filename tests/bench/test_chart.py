from nn_desktop.bench.chart import log_chart


def test_points_lie_where_their_logarithms_are() -> None:
    assert log_chart([(1, 0.1), (10, 1), (100, 10)], "weights", "µs").splitlines() == [
        "µs",
        " 10 ┤                    ●",
        "    │",
        "    │",
        "    │",
        "    │",
        "  1 ┤          ●",
        "    │",
        "    │",
        "    │",
        "    │",
        "0.1 ┤●",
        "    └┬─────────┬─────────┬",
        "     1         10        100  weights",
    ]


def test_a_single_point_has_axes_too() -> None:
    assert log_chart([(3, 7)], "x", "y").count("●") == 1


def test_a_value_just_beyond_a_decade_belongs_to_it() -> None:
    lines = log_chart([(1, 1), (1_000_998, 1_000_998)], "x", "y").splitlines()
    assert lines[1] == "1,000,000 ┤" + " " * 60 + "●"
