"""The drawing that is taken away is the drawing on the screen."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from known_data import default_settings
from PySide6.QtCore import QSize, QSizeF, Qt
from PySide6.QtGui import QFont, QGuiApplication, QImage, QPainter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtSvg import QSvgRenderer
from strategies import random_parameters

from nn_desktop.data.source import load
from nn_desktop.desktop.canvas.diagram import FORMATS, to_image, to_pdf, to_png, to_svg
from nn_desktop.desktop.canvas.network_drawing import Subject
from nn_desktop.desktop.look.pictures import MAX_SIDE
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.drawing.placement import AUTOMATIC
from nn_desktop.network import wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import chain

FONT = QFont("DejaVu Sans", 9)
PLAIN = DiagramOptions(weights=False, labels=False, scale=1.0)


def subject(dataset: str = "circle", *hidden: int) -> Subject:
    """Draw a network with a link that skips a layer, a removed connection and a frozen one."""
    data = load(default_settings(dataset))
    sizes = (data.input_count, *(hidden or (5, 4)), data.output_count)
    topology = chain(sizes, (Activation.TANH,) * (len(sizes) - 1))
    first, second, third, *_ = topology.layers
    topology = wiring.link_layers(topology, first.id, third.id)
    topology = wiring.disconnect_all(topology, [(first.units[0], second.units[1])])
    topology = wiring.freeze_connections(topology, [(first.units[0], second.units[0])], True)
    return Subject(random_parameters(topology, 1), data, QSizeF(700, 500), AUTOMATIC, frozenset())


def pixels(image: QImage) -> np.ndarray:
    """Return an image upon white, shape (height, width, 3)."""
    flat = QImage(image.size(), QImage.Format.Format_RGB888)
    flat.fill(Qt.GlobalColor.white)
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    return rows[:, : 3 * flat.width()].reshape(flat.height(), flat.width(), 3).astype(float)


def difference(one: QImage, other: QImage) -> float:
    """Return the mean difference of two images, of 255, after both are made a little less sharp.

    Renderers place the edges of lines differently by fractions of a pixel.
    """
    assert abs(one.width() - other.width()) <= 1 and abs(one.height() - other.height()) <= 1
    small = (one.width() // 3, one.height() // 3)
    smooth = Qt.TransformationMode.SmoothTransformation
    keep = Qt.AspectRatioMode.IgnoreAspectRatio
    a, b = (pixels(image.scaled(*small, keep, smooth)) for image in (one, other))
    return float(np.abs(a - b).mean())


def size_of(svg: bytes) -> QSize:
    return QSvgRenderer(svg).viewBox().size()


def by_qt(svg: bytes, folder: Path) -> QImage:
    renderer = QSvgRenderer(svg)
    image = QImage(size_of(svg), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def by_librsvg(svg: bytes, folder: Path) -> QImage:
    if shutil.which("rsvg-convert") is None:
        pytest.skip("librsvg's rsvg-convert is not installed")
    (folder / "a.svg").write_bytes(svg)
    subprocess.run(["rsvg-convert", "-o", folder / "b.png", folder / "a.svg"], check=True, timeout=60)
    return QImage(str(folder / "b.png"))


def by_browser(svg: bytes, folder: Path) -> QImage:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("Chromium is not installed")
    (folder / "a.svg").write_bytes(svg)
    size = size_of(svg)
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            f"--user-data-dir={folder / 'profile'}",
            f"--window-size={size.width()},{size.height()}",
            f"--screenshot={folder / 'c.png'}",
            (folder / "a.svg").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return QImage(str(folder / "c.png"))


@pytest.mark.parametrize("render", [by_qt, by_librsvg, by_browser])
@pytest.mark.parametrize("what", ["circle", "digits"])
def test_an_svg_looks_as_on_the_screen_whatever_renders_it(qapp, tmp_path, render, what):
    drawn = subject(what, 30, 8) if what == "digits" else subject()
    options = DiagramOptions(scale=1.0)
    screen = to_image(drawn, options, FONT)
    elsewhere = render(to_svg(drawn, options, FONT), tmp_path)
    shifted = screen.copy(3, 0, screen.width(), screen.height())
    # Thin lines are smoothed differently; a drawing three pixels off would be another matter.
    assert difference(screen, elsewhere) < 0.4 * difference(screen, shifted)


def test_texts_of_an_svg_are_outlines_and_its_pictures_small(qapp):
    svg = to_svg(subject(), DiagramOptions(), FONT).decode()
    assert "<text" not in svg
    assert svg.count("<image") == 2 + 5 + 4 + 1  # one heat map a unit, and nothing else
    assert "<image" not in to_svg(subject(), DiagramOptions(weights=False), FONT).decode()


def test_a_pdf_is_vectors_but_for_the_heat_maps_and_its_texts_are_texts(qapp):
    pdf = to_pdf(subject(), DiagramOptions(), FONT)
    assert pdf.startswith(b"%PDF")
    sizes = re.findall(rb"/Width (\d+)\s*/Height (\d+)", pdf)
    assert sizes and set(sizes) == {(b"28", b"28")}
    assert b"DCTDecode" not in pdf  # no loss in them
    assert b"/FontFile" in pdf
    assert b"/Subtype /Image" not in to_pdf(subject(), PLAIN, FONT)


def test_the_scale_of_a_png_is_pixels_a_point(qapp):
    small, large = (
        QImage.fromData(to_png(subject(), replace(DiagramOptions(), scale=scale), FONT))
        for scale in (1.0, 3.0)
    )
    assert abs(large.width() - 3 * small.width()) <= 3
    assert abs(large.height() - 3 * small.height()) <= 3


def test_a_png_never_takes_all_memory(qapp):
    many = chain((1, 2000, 1), (Activation.TANH, Activation.TANH))
    data = load(default_settings("sine"))
    tall = Subject(
        random_parameters(many, 1), data, QSizeF(700, 500), AUTOMATIC, frozenset({many.layers[1].id})
    )
    image = to_image(tall, DiagramOptions(weights=False, scale=10.0), FONT)
    assert max(image.width(), image.height()) <= MAX_SIDE


@pytest.mark.parametrize("transparent", [True, False])
def test_the_background_is_open_or_white(qapp, transparent):
    image = to_image(subject(), DiagramOptions(transparent=transparent), FONT)
    assert image.pixelColor(1, 1).alpha() == (0 if transparent else 255)


def test_each_option_changes_the_picture_and_names_need_room(qapp):
    whole = to_image(subject(), DiagramOptions(scale=1.0), FONT)
    plain = to_image(subject(), PLAIN, FONT)
    formulas = to_image(subject(), DiagramOptions(formulas=True, scale=1.0), FONT)
    assert plain.height() < whole.height() - 40
    colorful, gray = (np.ptp(pixels(image), axis=2).max() for image in (whole, plain))
    assert colorful > 150 and gray < 60
    assert not np.array_equal(pixels(formulas), pixels(whole))


def test_a_folded_layer_is_folded_in_every_format(qapp):
    drawn = subject("digits", 30, 8)
    tex = FORMATS["tex"](drawn, DiagramOptions(), FONT).decode()
    assert "vdots" in tex
    folded = to_image(drawn, DiagramOptions(scale=1.0), FONT)
    layers = frozenset(layer.id for layer in drawn.parameters.topology.layers)
    unfolded = to_image(replace(drawn, unfolded=layers), DiagramOptions(scale=1.0), FONT)
    assert unfolded.height() > 1.5 * folded.height()


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_the_action_writes_every_format(qtbot, window, dialogs, tmp_path, suffix):
    dialogs.diagram = (DiagramOptions(), suffix)
    dialogs.path = tmp_path / f"network.{suffix}"
    window.actions_by_name["export_diagram"].trigger()
    beginnings = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG", "tex": b"%"}
    content = dialogs.path.read_bytes()
    assert content.startswith(beginnings[suffix]) or (suffix == "tex" and b"documentclass" in content)
    assert dialogs.path.name in window.message_bar.text


def test_a_place_that_cannot_be_written_is_said(window, dialogs, tmp_path):
    dialogs.diagram = (DiagramOptions(), "svg")
    dialogs.path = tmp_path / "missing" / "a.svg"
    window.actions_by_name["export_diagram"].trigger()
    assert "its folder does not exist" in window.message_bar.text


def test_the_drawing_is_copied_as_a_picture(window):
    QGuiApplication.clipboard().clear()
    window.actions_by_name["copy_picture"].trigger()
    image = QGuiApplication.clipboard().image()
    assert image.width() > 300
    assert pixels(image).min() < 100


def test_the_drawing_is_printed(window, dialogs, tmp_path):
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    dialogs.printer = printer
    window.actions_by_name["print_diagram"].trigger()
    assert (tmp_path / "printed.pdf").stat().st_size > 5000
