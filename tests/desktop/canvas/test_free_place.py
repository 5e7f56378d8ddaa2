"""Where something stands beside a point without covering anything."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from nn_desktop.desktop.canvas.free_place import MARGIN, free_place, place_over_fewest

ROOM = QRect(0, 0, 400, 300)
SIZE = QSize(100, 30)
points = st.builds(QPoint, st.integers(-20, 420), st.integers(-20, 320))
rects = st.builds(
    QRect, st.integers(-50, 400), st.integers(-50, 300), st.integers(1, 200), st.integers(1, 200)
)


def test_it_stands_below_and_to_the_right_of_the_point():
    assert free_place(SIZE, QPoint(100, 100), ROOM) == QRect(116, 116, 100, 30)


def test_at_the_edges_it_stands_on_the_other_side():
    assert free_place(SIZE, QPoint(390, 290), ROOM) == QRect(274, 244, 100, 30)


def test_it_keeps_off_what_stands_there():
    assert free_place(SIZE, QPoint(100, 100), ROOM, [QRect(150, 110, 50, 50)]) == QRect(116, 54, 100, 30)


def test_there_may_be_no_place():
    assert free_place(SIZE, QPoint(100, 100), ROOM, [ROOM]) is None
    assert free_place(QSize(500, 30), QPoint(100, 100), ROOM) is None


@given(point=points, obstacles=st.lists(rects, max_size=6))
def test_it_is_whole_and_covers_nothing(point, obstacles):
    place = free_place(SIZE, point, ROOM, obstacles)
    if place is not None:
        assert ROOM.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN).contains(place)
        assert place.size() == SIZE
        assert not place.contains(point)
        assert not any(place.intersects(obstacle) for obstacle in obstacles)


def test_where_nothing_is_free_as_little_as_can_be_is_covered():
    point, near = QPoint(200, 150), QRect(150, 100, 100, 100)
    assert free_place(SIZE, point, ROOM, [ROOM, near]) is None
    place = place_over_fewest(SIZE, point, ROOM, [ROOM, near])
    assert ROOM.contains(place) and not place.intersects(near)
    assert place_over_fewest(QSize(500, 30), point, ROOM, []) is None
