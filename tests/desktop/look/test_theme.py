"""The themes are legible, and every widget and icon gets their colours."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

import nn_desktop.desktop
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import DARK, LIGHT, Colors, diverging, mix
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.number_fields import IntegerBox
from nn_desktop.desktop.look.theme import Theme, ThemeChoice, make_palette
from nn_desktop.resource_path import resource_path

THEMES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
ICONS = sorted(path.stem for path in resource_path("icons").glob("*.svg"))


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    yield theme
    theme.setParent(None)
    qapp.setStyleSheet("")


def luminance(name: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    color = QColor(name)
    parts = [color.redF(), color.greenF(), color.blueF()]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_contrast_that_the_standard_gives() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@THEMES
@pytest.mark.parametrize("text", ["text", "text_muted", "accent", "warning", "error", "positive", "negative"])
@pytest.mark.parametrize("ground", ["window", "panel", "canvas"])
def test_text_can_be_read(colors: Colors, text: str, ground: str) -> None:
    assert contrast(getattr(colors, text), getattr(colors, ground)) >= 4.5


@THEMES
def test_text_can_be_read_upon_what_is_chosen(colors: Colors) -> None:
    assert contrast(colors.accent_text, colors.accent) >= 4.5
    assert contrast(colors.text, colors.selection) >= 4.5
    assert contrast(colors.text, colors.hover) >= 4.5


@THEMES
def test_every_category_stands_out_from_the_canvas(colors: Colors) -> None:
    assert len(set(colors.categories)) == 10
    assert all(contrast(name, colors.canvas) >= 4.5 for name in colors.categories)


@THEMES
def test_numbers_become_orange_neutral_and_blue(colors: Colors) -> None:
    rgba = diverging(colors, np.array([[-1.0, 0.0, 1.0], [-7.0, np.nan, np.inf]]))
    assert rgba.shape == (2, 3, 4)
    assert rgba.dtype == np.uint8
    names = [[QColor(*place).name() for place in row] for row in rgba.tolist()]
    assert names == [[colors.negative, colors.canvas, colors.positive]] * 2


@THEMES
def test_disabled_text_is_fainter(colors: Colors) -> None:
    palette = make_palette(colors)
    role = QPalette.ColorRole.WindowText
    enabled = palette.color(QPalette.ColorGroup.Active, role).name()
    disabled = palette.color(QPalette.ColorGroup.Disabled, role).name()
    assert contrast(disabled, colors.window) < contrast(enabled, colors.window)


def test_mixing_worked_by_hand() -> None:
    assert mix("#000000", "#ff8000", 0.5) == "#804000"


def test_another_choice_recolours_widgets_and_is_told_once(theme: Theme, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(theme.colors.window))
    theme.set_choice(ThemeChoice.DARK)
    theme.set_choice(ThemeChoice.DARK)
    assert heard == [DARK.window]
    assert theme.choice is ThemeChoice.DARK
    assert field.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text


class SystemHints:
    """What a system says of light and dark, and what it was asked to follow."""

    def __init__(self, scheme: Qt.ColorScheme) -> None:
        self.scheme = scheme
        self.asked: list[Qt.ColorScheme | None] = []

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 (a name of Qt)
        return self.scheme

    def setColorScheme(self, scheme: Qt.ColorScheme) -> None:  # noqa: N802
        self.asked.append(scheme)

    def unsetColorScheme(self) -> None:  # noqa: N802
        self.asked.append(None)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [(Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Unknown, LIGHT)],
)
def test_the_theme_follows_the_system_and_takes_one_that_says_nothing_as_light(
    theme: Theme,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    scheme: Qt.ColorScheme,
    expected: Colors,
) -> None:
    hints = SystemHints(scheme)
    monkeypatch.setattr(qapp, "styleHints", lambda: hints)
    theme.set_choice(ThemeChoice.DARK)
    assert theme.colors is DARK
    theme.set_choice(ThemeChoice.SYSTEM)
    assert theme.colors is expected
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == expected.window
    assert hints.asked == [Qt.ColorScheme.Dark, None]


def test_a_system_that_turns_dark_takes_the_theme_along(
    theme: Theme, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    hints = SystemHints(Qt.ColorScheme.Light)
    signal = qapp.styleHints().colorSchemeChanged
    monkeypatch.setattr(qapp, "styleHints", lambda: hints)
    theme.set_choice(ThemeChoice.SYSTEM)
    hints.scheme = Qt.ColorScheme.Dark
    with qtbot.waitSignal(theme.changed):
        signal.emit(Qt.ColorScheme.Dark)
    assert theme.colors is DARK


def test_fields_of_every_kind_are_equally_high(theme: Theme, qtbot: QtBot) -> None:
    fields = (IntegerBox(), QComboBox(), QLineEdit())
    for field in fields:
        qtbot.addWidget(field)
    assert len({field.sizeHint().height() for field in fields}) == 1


def test_every_picture_that_the_style_sheet_names_is_there(theme: Theme, qapp: QApplication) -> None:
    paths = re.findall(r'url\("([^"]+)"\)', qapp.styleSheet())
    assert paths
    assert all(resource_path("icons", path.rsplit("/", 1)[1]).is_file() for path in paths)


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_shows_something_at_every_size(name: str, qapp: QApplication) -> None:
    ratios = (1.0, 2.0, 3.0)
    icon = themed_icon(DARK, name, ratios)
    for ratio in ratios:
        pixmap = icon.pixmap(QSize(16, 16), ratio)
        assert pixmap.size() == QSize(16, 16) * ratio
        image = pixmap.toImage()
        assert any(
            image.pixelColor(x, y).alpha() > 100 for x in range(image.width()) for y in range(image.height())
        )


def test_every_icon_is_used() -> None:
    folder = Path(nn_desktop.desktop.__file__).parent
    program = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    assert [name for name in ICONS if f'"{name}"' not in program] == []


def test_an_icon_has_the_colours_of_the_theme(qapp: QApplication) -> None:
    def middle(mode: QIcon.Mode, state: QIcon.State = QIcon.State.Off) -> str:
        image = themed_icon(DARK, "play").pixmap(QSize(24, 24), 1.0, mode, state).toImage()
        return image.pixelColor(11, 12).name()

    assert middle(QIcon.Mode.Normal) == DARK.text
    assert middle(QIcon.Mode.Active) == DARK.accent
    assert middle(QIcon.Mode.Normal, QIcon.State.On) == DARK.accent
    assert middle(QIcon.Mode.Disabled) not in (DARK.text, DARK.accent)


def test_an_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        themed_icon(LIGHT, "no-such-icon")


def test_a_control_gets_its_names(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    identify(field, "fit_view", "Fit")
    assert field.objectName() == "fit_view"
    assert field.accessibleName() == "Fit"
