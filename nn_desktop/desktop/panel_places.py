"""Where the window's panels are, as a project keeps it: in words, not in bytes that only Qt understands."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from nn_desktop.files.project.project import Panel

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
MIN_PIXELS, MAX_PIXELS = 50, 4000
"""Pixels that a panel of a stranger's file may ask for."""


def read_panels(window: QMainWindow, docks: Mapping[str, QDockWidget]) -> tuple[Panel, ...]:
    """Return where the panels are now."""
    names = {area: name for name, area in AREAS.items()}
    panels: list[Panel] = []
    for name, dock in docks.items():
        tabs = {each.objectName() for each in window.tabifiedDockWidgets(dock)}
        behind = next((panel.name for panel in panels if panel.name in tabs), "")
        area = names.get(window.dockWidgetArea(dock), "left")
        # What lies behind another one has the size of an earlier day.
        size = dock.size() if not dock.visibleRegion().isEmpty() else QSize(0, 0)
        panels.append(Panel(name, area, not dock.isHidden(), size.width(), size.height(), behind))
    return tuple(panels)


def place_panels(window: QMainWindow, docks: Mapping[str, QDockWidget], panels: Sequence[Panel]) -> None:
    """Put the panels where they were; what is not known is left alone."""
    placed: dict[str, QDockWidget] = {}
    for panel in panels:
        dock, area = docks.get(panel.name), AREAS.get(panel.area)
        if dock is None or area is None or panel.name in placed:
            continue
        dock.setFloating(False)
        window.addDockWidget(area, dock)
        if panel.behind in placed:
            window.tabifyDockWidget(placed[panel.behind], dock)
            placed[panel.behind].raise_()
        dock.setVisible(panel.is_shown)
        placed[panel.name] = dock
    known = [panel for panel in panels if panel.name in placed and panel.is_shown and panel.width > 0]
    for size, orientation in (("width", Qt.Orientation.Horizontal), ("height", Qt.Orientation.Vertical)):
        sizes = [max(MIN_PIXELS, min(MAX_PIXELS, getattr(panel, size))) for panel in known]
        window.resizeDocks([placed[panel.name] for panel in known], sizes, orientation)
