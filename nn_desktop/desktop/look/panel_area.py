"""What a panel stands in: it scrolls where there is too little room for the panel."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

MAX_MINIMUM = QSize(320, 120)
"""However large the text is, a panel asks for no more room than this, and scrolls."""


class PanelArea(QScrollArea):
    """Holds one panel, from when it is made."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def hold(self, panel: QWidget) -> None:
        """Show a panel from now on."""
        self.setWidget(panel)
        panel.show()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        panel = self.widget()
        return super().sizeHint() if panel is None else panel.sizeHint()

    def minimumSizeHint(self) -> QSize:
        panel = self.widget()
        return QSize(0, 0) if panel is None else panel.minimumSizeHint().boundedTo(MAX_MINIMUM)
