"""The tab bars of docks that lie behind one another, kept in order where Qt does not."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar


def tidy_tab_bars(window: QMainWindow, docks: list[QDockWidget]) -> None:
    """Hide tab bars that Qt 6.11 leaves behind: the newest that names a stack of docks is theirs."""
    stacks = {_titles_in_stack(window, dock) for dock in docks if not dock.isHidden()}
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    for bar in reversed(window.findChildren(QTabBar, options=direct)):
        titles = frozenset(bar.tabText(index) for index in range(bar.count()))
        policy = Qt.FocusPolicy.TabFocus if titles else Qt.FocusPolicy.NoFocus
        bar.setFocusPolicy(policy)  # Qt keeps an empty one outside the window, and shows it again
        if titles in stacks:
            stacks.remove(titles)
        elif titles:
            bar.hide()


def _titles_in_stack(window: QMainWindow, dock: QDockWidget) -> frozenset[str]:
    """Return the titles of a dock and of all that are shown as tabs beside it."""
    neighbours = window.tabifiedDockWidgets(dock)
    return frozenset(each.windowTitle() for each in (dock, *neighbours) if not each.isHidden())
