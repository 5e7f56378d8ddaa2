"""The menu of examples: what it says, and what opening one does, with real events."""

from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QLineEdit, QTableView, QToolButton, QWidget
from window_driver import find, settle

from nn_desktop.desktop.actions.examples_menu import ExamplesMenu, example_description, example_title
from nn_desktop.network.functions import Loss
from nn_desktop.training.examples import EXAMPLES

LEFT = Qt.MouseButton.LeftButton


class Backwards(QTranslator):
    """Translates the texts of examples."""

    def translate(self, context, text, disambiguation=None, n=-1):
        return text[::-1] if context == "examples" else ""


def open_example(qtbot, window, name: str) -> None:
    """Choose an example in the menu of the button above the canvas."""
    menu = find(window, QToolButton, "examples_button").menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    action = next(each for each in menu.actions() if each.objectName() == f"example_{name}")
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: not menu.isVisible())
    settle(qtbot, window)


def select_connection(qtbot, window, layer: int, target: int, source: int) -> None:
    """Select the connection into a unit of a layer from a unit of the layer before, by their places."""
    layers = window.editor.topology.layers
    window.selection.select_connection((layers[layer - 1].units[source], layers[layer].units[target]))


def read_weight(qtbot, window, layer: int, target: int, source: int) -> str:
    """Read off the Inspector what a connection weighs."""
    select_connection(qtbot, window, layer, target, source)
    find(window, QDockWidget, "dock_inspector").raise_()
    qtbot.wait(20)
    field = find(window, QLineEdit, "inspector_weight")
    field.setFocus()
    return field.text()


def agree(shown: str, known: str) -> bool:
    """Tell whether a number in the window is a known one, as far as both have digits: four at least."""
    places = min(len(number.partition(".")[2]) for number in (shown, known))
    rounded = [f"{float(number):.{places}f}" for number in (shown, known)]
    return shown == known or (places >= 4 and rounded[0] == rounded[1])


def type_number(qtbot, window, name: str, text: str) -> None:
    """Type a number into a field of the Inspector."""
    find(window, QDockWidget, "dock_inspector").raise_()
    qtbot.wait(20)
    field = find(window, QLineEdit, name)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def type_into_cell(qtbot, table: QTableView, row: int, column: int, text: str) -> None:
    """Type a number into a cell of a matrix, as into a spreadsheet."""
    table.setFocus()
    table.setCurrentIndex(table.model().index(row, column))
    qtbot.keyClick(table, text[0])
    field = next(each for each in table.findChildren(QLineEdit) if each.isVisible())
    qtbot.keyClicks(field, text[1:])
    qtbot.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt heeds Enter in its next turn


def read_loss(window) -> str:
    """Read off the tool tip of the strip above the canvas the training loss with all its digits."""
    return find(window, QLabel, "readout").toolTip().split("\n")[0].rpartition("loss ")[2]


def step(qtbot, window) -> None:
    """Press the button of one update."""
    qtbot.mouseClick(find(window, QToolButton, "step_update_button"), LEFT)
    settle(qtbot, window)


def weights(window) -> list[list[list[float]]]:
    """Return what the window's newest snapshot has of each layer, biases last."""
    parameters = window.trainer.snapshot.parameters
    return [parameters.matrix(layer.id).tolist() for layer in parameters.topology.layers[1:]]


def forget_textbook(qtbot, window, document) -> list[list[list[float]]]:
    """Begin the textbook's example with other numbers; return its weights after a step."""
    open_example(qtbot, window, "textbook")
    step(qtbot, window)
    expected = weights(window)
    document.new_start()
    settle(qtbot, window)
    return expected


def test_titles_and_descriptions_are_shown_in_the_language_of_the_window(qtbot, window, theme):
    room, translator = QWidget(), Backwards()
    qtbot.addWidget(room)
    QCoreApplication.installTranslator(translator)
    try:
        menu = ExamplesMenu(window.editor, window.opener, window.message_bar, theme, room)
        titles = [example_title(example) for example in EXAMPLES]
        descriptions = [example_description(example) for example in EXAMPLES]
    finally:
        QCoreApplication.removeTranslator(translator)
    actions = [action for action in menu.actions() if not action.isSeparator()]
    assert titles == [example.title[::-1] for example in EXAMPLES]
    assert [action.text() for action in actions] == titles
    assert descriptions == [example.description[::-1] for example in EXAMPLES]
    assert [action.toolTip().replace("\n", " ") for action in actions] == descriptions
    assert [action.statusTip() for action in actions] == descriptions


def test_the_menu_says_which_examples_bring_their_data(window):
    menu = find(window, QToolButton, "examples_button").menu()
    headings = [action.text() for action in menu.actions() if action.isSeparator()]
    assert headings == ["Network and data", "Network for the present data"]
    names = [action.objectName() for action in menu.actions()]
    assert names[:2] == ["examples_with_data", "example_textbook"]
    assert names.index("example_perceptron") == names.index("examples_for_any_data") + 1


def test_opening_an_example_with_data_is_one_step_to_undo(qtbot, window, document, trainer):
    before = document.setup
    find(window, QToolButton, "tool_select_button").setFocus()
    trainer.train_or_pause()
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 0)
    trainer.pause()
    settle(qtbot, window)
    learned = weights(window)
    open_example(qtbot, window, "smallest-xor")
    setup = document.setup
    assert setup.data.source.name == "xor"
    assert setup.topology.sizes == (2, 1, 1)
    assert setup.hyperparameters.loss is Loss.BINARY_CROSS_ENTROPY
    assert (trainer.snapshot.updates, trainer.is_running) == (0, False)
    assert "Smallest XOR network" in window.message_bar.text
    assert document.history.undo_text == "open “Smallest XOR network”"
    document.undo()
    settle(qtbot, window)
    assert (document.setup, weights(window)) == (before, learned)
    document.redo()
    settle(qtbot, window)
    assert document.setup == setup


def test_an_example_that_is_open_already_begins_anew(qtbot, window, document, trainer):
    open_example(qtbot, window, "smallest-xor")
    start = weights(window)
    step(qtbot, window)
    assert weights(window) != start
    open_example(qtbot, window, "smallest-xor")
    assert (weights(window), trainer.snapshot.updates) == (start, 0)


def test_what_somebody_chose_for_the_machine_stays(qtbot, window, document):
    from nn_desktop.engines.names import EngineName
    from nn_desktop.training.settings import ENGINE

    document.change_setting(ENGINE, EngineName.NUMPY)
    open_example(qtbot, window, "textbook")
    assert ENGINE.get(document.setup) is EngineName.NUMPY


def test_the_known_numbers_of_the_textbook_are_read_off_the_window(qtbot, window):
    open_example(qtbot, window, "textbook")
    assert agree(read_loss(window), "0.298371109")
    assert agree(read_weight(qtbot, window, 2, 0, 0), "0.4")
    step(qtbot, window)
    assert agree(read_weight(qtbot, window, 2, 0, 0), "0.35891648")
    assert agree(read_weight(qtbot, window, 2, 0, 1), "0.408666186")
    assert agree(read_weight(qtbot, window, 2, 1, 0), "0.51130127")
    assert agree(read_weight(qtbot, window, 2, 1, 1), "0.561370121")
    assert agree(read_weight(qtbot, window, 1, 0, 0), "0.149780716")


def test_typing_the_eight_weights_of_the_textbook_by_hand_gives_the_same(qtbot, window, document):
    expected = forget_textbook(qtbot, window, document)
    typed = iter(("0.15", "0.2", ".25", "0,30", "0.4", "0.45", "0.5", "0.55"))
    for layer, bias in ((1, "0.35"), (2, "0.6")):
        for target in (0, 1):
            for source in (0, 1):
                select_connection(qtbot, window, layer, target, source)
                type_number(qtbot, window, "inspector_weight", next(typed))
            window.selection.select_unit(window.editor.topology.layers[layer].units[target])
            type_number(qtbot, window, "inspector_bias", bias)
    settle(qtbot, window)
    assert agree(read_loss(window), "0.298371109")
    step(qtbot, window)
    assert weights(window) == expected


def test_typing_them_into_the_matrices_gives_the_same(qtbot, window, document):
    expected = forget_textbook(qtbot, window, document)
    window.docks.show_inspector()
    for layer, rows in (
        (1, (("0.15", "0.2", "0.35"), (".25", "0,30", "0.35"))),
        (2, (("0.4", "0.45", "0.6"), ("0.5", "0.55", "0.6"))),
    ):
        window.selection.select_layer(window.editor.topology.layers[layer].id)
        settle(qtbot, window)
        table = next(each for each in window.findChildren(QTableView, "matrix_table_0") if each.isVisible())
        for row, numbers in enumerate(rows):
            for column, number in enumerate(numbers):
                type_into_cell(qtbot, table, row, column, number)
        settle(qtbot, window)
    assert agree(read_loss(window), "0.298371109")
    step(qtbot, window)
    assert weights(window) == expected
