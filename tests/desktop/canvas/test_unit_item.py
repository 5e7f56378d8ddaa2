"""What is painted on a unit: rings and marks, told apart by more than colour."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from nn_desktop.desktop.canvas.unit_item import UnitItem
from nn_desktop.desktop.canvas.unit_pictures import MAP_SIDE, ROUND, Histogram
from nn_desktop.desktop.look.colors import DARK, LIGHT, Colors

SIDE = 80
CENTRE = SIDE // 2
RADIUS = 22.0


def painted(item: UnitItem, colors: Colors = LIGHT) -> QImage:
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor(colors.canvas))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(CENTRE, CENTRE)
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    return image


def count(image: QImage, name: str, tolerance: int = 24) -> int:
    """Number of pixels of about this colour."""
    wanted = QColor(name).getRgb()[:3]
    return sum(
        all(abs(a - b) <= tolerance for a, b in zip(image.pixelColor(x, y).getRgb()[:3], wanted, strict=True))
        for x in range(SIDE)
        for y in range(SIDE)
    )


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_a_warning_is_painted_at_the_upper_right(qapp, colors):
    item = UnitItem(RADIUS, colors)
    assert count(painted(item, colors), colors.warning) == 0
    item.set_marks(warning=True)
    image = painted(item, colors)
    upper_right = image.copy(CENTRE, 0, CENTRE, CENTRE)
    assert count(image, colors.warning) > 30
    inside = [upper_right.pixelColor(x, y) for x in range(CENTRE) for y in range(CENTRE)]
    assert QColor(colors.warning).name() in {color.name() for color in inside}
    item.set_marks(warning=False)
    assert count(painted(item, colors), colors.warning) == 0


def test_a_frozen_unit_has_a_square_at_the_lower_right(qapp):
    item = UnitItem(RADIUS, LIGHT)
    item.set_marks(frozen=True)
    corner = CENTRE + round(0.72 * RADIUS)
    assert painted(item).pixelColor(corner, corner).name() == LIGHT.text_muted
    item.set_marks(frozen=False)
    assert painted(item).pixelColor(corner, corner).name() != LIGHT.text_muted


def test_a_unit_that_is_cut_off_is_crossed_out(qapp):
    item = UnitItem(RADIUS, LIGHT)
    item.set_marks(cut=True)
    image = painted(item)
    for d in (-10, 0, 10):
        assert image.pixelColor(CENTRE + d, CENTRE + d).red() < 220
        assert image.pixelColor(CENTRE + d, CENTRE - d).red() < 220


def test_the_unit_that_keys_act_on_has_a_second_ring_with_gaps(qapp):
    item = UnitItem(RADIUS, LIGHT)
    item.set_marks(selected=False)
    before = count(painted(item), LIGHT.accent, 60)
    item.set_marks(current=True)
    image = painted(item)
    assert before == 0 and count(image, LIGHT.accent, 60) > 20
    ring = [QPointF(CENTRE, CENTRE) + QPointF(x, -(RADIUS + 4.5)) for x in range(-8, 9)]
    lightness = [image.pixelColor(point.toPoint()).lightness() for point in ring]
    assert max(lightness) - min(lightness) > 60  # dashed: not by its colour alone
    item.set_marks(selected=True, current=False)
    assert count(painted(item), LIGHT.accent, 60) > 50  # selected: a thick ring, no second one


def test_a_dimmed_unit_hides_what_is_behind_it(qapp):
    item = UnitItem(RADIUS, LIGHT)
    histogram = Histogram((0.5, 1.0, 0.5), -1.0, 1.0)
    item.show_live(histogram, 0.0)
    bright = count(painted(item), LIGHT.positive, 70)
    item.set_marks(dimmed=True)
    assert bright > 50 and count(painted(item), LIGHT.positive, 70) == 0
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor("#000000"))
    painter = QPainter(image)
    painter.translate(CENTRE, CENTRE)
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    assert image.pixelColor(CENTRE, CENTRE - 14).lightness() > 200


@pytest.mark.parametrize("radius", [10.0, 14.0, 22.0])
def test_a_histogram_is_orange_below_zero_and_blue_above_within_the_disc(qapp, radius):
    item = UnitItem(radius, LIGHT)
    item.show_live(Histogram((1.0, 1.0, 1.0, 1.0), -1.0, 1.0), None)
    image = painted(item)
    left, right = (image.pixelColor(CENTRE + d, CENTRE) for d in (round(-radius / 2), round(radius / 2)))
    assert left.red() > left.blue() and right.blue() > right.red()
    outside = [
        image.pixelColor(x, y).name()
        for x in range(SIDE)
        for y in range(SIDE)
        if (x - CENTRE) ** 2 + (y - CENTRE) ** 2 > (radius + 3) ** 2
    ]
    assert set(outside) == {LIGHT.canvas}


def test_the_tallest_bar_is_where_the_activations_are(qapp):
    item = UnitItem(RADIUS, LIGHT)
    item.show_live(Histogram((0.0, 0.0, 1.0), 0.5, 1.0), None)
    image = painted(item)
    assert image.pixelColor(CENTRE + 10, CENTRE - 4).blue() > image.pixelColor(CENTRE + 10, CENTRE - 4).red()
    assert image.pixelColor(CENTRE - 10, CENTRE - 4).name() == LIGHT.unit


def test_marks_lie_within_the_bounds(qapp):
    item = UnitItem(RADIUS, LIGHT)
    item.show_live(None, -3.0)
    item.set_marks(selected=True, hovered=True, current=True, warning=True, frozen=True, cut=True)
    image, bounds = painted(item), item.boundingRect().translated(CENTRE, CENTRE)
    for x in range(SIDE):
        for y in range(SIDE):
            if image.pixelColor(x, y).name() != LIGHT.canvas:
                assert bounds.contains(x + 0.5, y + 0.5)


def test_the_rim_of_a_heat_map_is_smooth_however_near_one_comes(qapp):
    """In every direction the picture ends at the ring, within 2 pixels, though its own are 9 wide."""
    zoom, side = 6.0, 300
    heat = np.zeros((MAP_SIDE, MAP_SIDE, 4), np.uint8)
    heat[..., 0], heat[..., 3] = 255, ROUND
    item = UnitItem(RADIUS, LIGHT)
    item.show_live(QImage(heat.tobytes(), MAP_SIDE, MAP_SIDE, QImage.Format.Format_RGBA8888), None)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.canvas))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    painter.scale(zoom, zoom)
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()

    def color_at(angle: float, distance: float) -> QColor:
        x, y = side / 2 + distance * np.cos(angle), side / 2 + distance * np.sin(angle)
        return image.pixelColor(int(x), int(y))

    rim = zoom * (RADIUS - 1.4 / 2)  # of the ring, from inside
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    assert max(color_at(angle, rim - 2).green() for angle in angles) < 30
    assert {color_at(angle, rim + 2).name() for angle in angles} == {LIGHT.unit_border}
