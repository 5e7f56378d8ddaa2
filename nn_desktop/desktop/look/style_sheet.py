"""What the palette cannot say: flat tool bars, quiet titles, rounded inputs, on an 8-pixel grid."""

from nn_desktop.desktop.look.colors import Colors, disabled_text
from nn_desktop.resource_path import resource_path


def make_style_sheet(colors: Colors) -> str:
    """Return the application's style sheet in the colours of a theme."""
    return "\n".join((_bars(colors), _buttons(colors), _docks(colors), _inputs(colors), _choices(colors)))


def _image(name: str) -> str:
    return f'url("{resource_path("icons", f"{name}.svg").as_posix()}")'


def _bars(colors: Colors) -> str:
    return f"""
QToolBar {{ background: {colors.window}; border: none; spacing: 4px; padding: 4px 8px; }}
QToolButton#qt_toolbar_ext_button {{ padding: 0; border: none; }}
QToolBar::separator {{ background: {colors.border}; width: 1px; height: 1px; margin: 6px 4px; }}
QMenuBar {{ background: {colors.window}; }}
QMenuBar::item {{ background: transparent; padding: 4px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {colors.hover}; }}
QMenuBar::item:pressed {{ background: {colors.selection}; }}
QStatusBar {{ background: {colors.window}; color: {colors.text_muted}; }}
QStatusBar::item {{ border: none; }}
QLabel[hint="true"] {{ background: {colors.selection}; color: {colors.text}; padding: 6px 12px;
    border-left: 3px solid {colors.accent}; }}
QToolTip {{ background: {colors.panel}; color: {colors.text}; border: 1px solid {colors.border};
    padding: 4px 6px; }}
"""


def _buttons(colors: Colors) -> str:
    return f"""
QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }}
QToolButton:hover {{ background: {colors.hover}; }}
QToolButton:pressed, QToolButton:checked {{ background: {colors.selection}; }}
QToolButton:focus {{ border-color: {colors.accent}; }}
QToolButton:disabled {{ color: {disabled_text(colors)}; }}
QToolButton[popupMode="2"] {{ padding-right: 14px; }}
QToolBarExtension {{ padding: 0; border-color: {colors.border}; qproperty-icon: {_image("arrow-more")}; }}
PopupButton {{ border-color: {colors.border}; padding: 4px 8px; }}
PopupButton:hover {{ border-color: {colors.unit_border}; }}
Popup {{ background: {colors.window}; border: 1px solid {colors.unit_border}; }}
QToolButton::menu-indicator {{ image: {_image("arrow-down")}; width: 10px; height: 10px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 3px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton {{ background: {colors.panel}; border: 1px solid {colors.border}; border-radius: 5px;
    padding: 4px 14px; min-height: 18px; }}
QPushButton:hover {{ background: {colors.hover}; }}
QPushButton:pressed, QPushButton:checked {{ background: {colors.selection}; }}
QPushButton:focus {{ border-color: {colors.accent}; }}
QPushButton:default {{ background: {colors.accent}; color: {colors.accent_text};
    border-color: {colors.accent}; }}
QPushButton:disabled {{ background: {colors.window}; color: {disabled_text(colors)};
    border-color: {colors.border}; }}
"""


def _docks(colors: Colors) -> str:
    return f"""
QMainWindow::separator {{ background: {colors.border}; width: 1px; height: 1px; margin: 3px; }}
QMainWindow::separator:hover {{ background: {colors.accent}; }}
QDockWidget {{ font-weight: bold; color: {colors.text_muted}; }}
QDockWidget::title {{ background: {colors.window}; padding: 6px 8px; text-align: left; }}
QDockWidget > QWidget {{ font-weight: normal; }}
QAbstractItemView {{ background: {colors.panel}; border: 1px solid {colors.border}; outline: none; }}
QAbstractItemView::item:hover {{ background: {colors.hover}; color: {colors.text}; }}
QAbstractItemView::item:selected {{ background: {colors.selection}; color: {colors.text}; }}
QHeaderView {{ background: {colors.panel}; }}
QHeaderView::section {{ background: {colors.panel}; color: {colors.text_muted}; padding: 4px 6px;
    border: none; border-bottom: 1px solid {colors.border}; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{ background: transparent; border: none; border-top: 2px solid transparent;
    color: {colors.text_muted}; padding: 4px 8px 6px 8px; margin-left: 8px; }}
QTabBar::tab:hover, QTabBar::tab:focus {{ background: {colors.hover}; }}
QTabBar::tab:selected {{ color: {colors.text}; border-top-color: {colors.accent}; }}
"""


def _inputs(colors: Colors) -> str:
    # Numbers stand at the right, because Qt ignores the padding at the left of a spin box.
    return f"""
QLineEdit, QAbstractSpinBox, QComboBox {{ background: {colors.panel}; color: {colors.text};
    border: 1px solid {colors.border}; border-radius: 5px; padding: 2px 6px; min-height: 20px;
    selection-background-color: {colors.accent}; selection-color: {colors.accent_text}; }}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover {{ border-color: {colors.unit_border}; }}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{ border-color: {colors.accent}; }}
QLineEdit[wrong="true"], QAbstractSpinBox[wrong="true"], QComboBox[wrong="true"] {{
    border-color: {colors.error}; }}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{ color: {disabled_text(colors)};
    background: {colors.window}; border-color: {colors.border}; }}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {{ border: none; padding: 0; min-height: 0;
    background: transparent; }}
QAbstractSpinBox {{ padding: 0 18px 0 6px; min-height: 21px;
    qproperty-alignment: "AlignRight | AlignVCenter"; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 18px;
    border: none; background: transparent; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-arrow {{ image: {_image("arrow-up")}; width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: {_image("arrow-down")}; width: 10px; height: 10px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: {_image("arrow-down")}; width: 10px; height: 10px; }}
QComboBox QAbstractItemView {{ selection-background-color: {colors.selection};
    selection-color: {colors.text}; }}
"""


def _choices(colors: Colors) -> str:
    check = _image("check-dark" if colors.is_dark else "check-light")
    return f"""
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator, QAbstractItemView::indicator {{ width: 14px; height: 14px; background: {colors.panel};
    border: 1px solid {colors.unit_border}; border-radius: 4px; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {colors.accent}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{ background: {colors.accent};
    border-color: {colors.accent}; image: {check}; }}
QCheckBox::indicator:disabled {{ background: {colors.window}; border-color: {colors.border}; }}
QSlider {{ min-height: 20px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {colors.border}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {colors.accent}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
    background: {colors.panel}; border: 1px solid {colors.unit_border}; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ border-color: {colors.accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {colors.border}; }}
"""
