"""The one place for the names by which tests, lessons and assistive technology find a control.

And for telling assistive technology what appears without anybody going there.
"""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QWidget

# The stubs of QT_TRANSLATE_NOOP say "object" where the text itself comes back.
_ROWS: dict[str, object] = {
    # The window and its frame.
    "main_window": QT_TRANSLATE_NOOP("controls", "NN Desktop"),
    "training_bar": QT_TRANSLATE_NOOP("controls", "Training"),
    "dock_data": QT_TRANSLATE_NOOP("controls", "Data"),
    "dock_outline": QT_TRANSLATE_NOOP("controls", "Outline"),
    "dock_learning": QT_TRANSLATE_NOOP("controls", "Learning"),
    "dock_inspector": QT_TRANSLATE_NOOP("controls", "Selection"),
    "dock_fit": QT_TRANSLATE_NOOP("controls", "Fit"),
    "dock_loss": QT_TRANSLATE_NOOP("controls", "Loss"),
    "toggle_training_bar": QT_TRANSLATE_NOOP("controls", "Show the tool bar of training"),
    "toggle_dock_data": QT_TRANSLATE_NOOP("controls", "Show the data"),
    "toggle_dock_outline": QT_TRANSLATE_NOOP("controls", "Show the outline of the network"),
    "toggle_dock_learning": QT_TRANSLATE_NOOP("controls", "Show the settings of learning"),
    "toggle_dock_inspector": QT_TRANSLATE_NOOP("controls", "Show the properties of the selection"),
    "toggle_dock_fit": QT_TRANSLATE_NOOP("controls", "Show the fit"),
    "toggle_dock_loss": QT_TRANSLATE_NOOP("controls", "Show the loss"),
    "dock_notes": QT_TRANSLATE_NOOP("controls", "Notes"),
    "toggle_dock_notes": QT_TRANSLATE_NOOP("controls", "Show the notes"),
    "toggle_timeline": QT_TRANSLATE_NOOP("controls", "Show the timeline"),
    "menu_file": QT_TRANSLATE_NOOP("controls", "File"),
    "menu_edit": QT_TRANSLATE_NOOP("controls", "Edit"),
    "menu_network": QT_TRANSLATE_NOOP("controls", "Network"),
    "menu_train": QT_TRANSLATE_NOOP("controls", "Train"),
    "menu_view": QT_TRANSLATE_NOOP("controls", "View"),
    "menu_help": QT_TRANSLATE_NOOP("controls", "Help"),
    "recent_menu": QT_TRANSLATE_NOOP("controls", "Projects that were opened last"),
    "message_bar": QT_TRANSLATE_NOOP("controls", "Message"),
    "message_answer": QT_TRANSLATE_NOOP("controls", "Answer to the message"),
    "message_other_answer": QT_TRANSLATE_NOOP("controls", "Other answer to the message"),
    "message_close": QT_TRANSLATE_NOOP("controls", "Close the message"),
    # The tool bar and the strip above the canvas.
    "descent_bar": QT_TRANSLATE_NOOP("controls", "Batch size and learning rate"),
    "batch_size": QT_TRANSLATE_NOOP("controls", "Batch size"),
    "learning_rate": QT_TRANSLATE_NOOP("controls", "Learning rate"),
    "readout_strip": QT_TRANSLATE_NOOP("controls", "Layers, and how far the training is"),
    "layers_field": QT_TRANSLATE_NOOP("controls", "Units of each layer"),
    # The canvas.
    "canvas": QT_TRANSLATE_NOOP("controls", "Network"),
    "canvas_bar": QT_TRANSLATE_NOOP("controls", "Tools of the canvas"),
    "ready_menu": QT_TRANSLATE_NOOP("controls", "Ready networks"),
    "ready_button": QT_TRANSLATE_NOOP("controls", "Ready networks"),
    "value_editor": QT_TRANSLATE_NOOP("controls", "Weight or bias"),
    "value_field": QT_TRANSLATE_NOOP("controls", "Weight or bias"),
    "diagram_dialog": QT_TRANSLATE_NOOP("controls", "Export diagram"),
    "diagram_format": QT_TRANSLATE_NOOP("controls", "Format of the diagram"),
    "diagram_weights": QT_TRANSLATE_NOOP("controls", "Show the real weights in the diagram"),
    "diagram_labels": QT_TRANSLATE_NOOP("controls", "Show names in the diagram"),
    "diagram_formulas": QT_TRANSLATE_NOOP("controls", "Show formulas in the diagram"),
    "diagram_transparent": QT_TRANSLATE_NOOP("controls", "Leave the background of the diagram open"),
    "diagram_scale": QT_TRANSLATE_NOOP("controls", "Pixels of a point"),
    "diagram_preview": QT_TRANSLATE_NOOP("controls", "Preview of the diagram"),
    "overview_map": QT_TRANSLATE_NOOP("controls", "Map of the whole network"),
    "canvas_menu": QT_TRANSLATE_NOOP("controls", "What can be done with the selection"),
    "activation_menu": QT_TRANSLATE_NOOP("controls", "Activation of the layer"),
    # Data and learning.
    "data_panel": QT_TRANSLATE_NOOP("controls", "Dataset and its settings"),
    "data_gallery": QT_TRANSLATE_NOOP("controls", "Datasets"),
    "data_noise": QT_TRANSLATE_NOOP("controls", "Noise in percent"),
    "data_samples": QT_TRANSLATE_NOOP("controls", "Number of samples"),
    "data_train_share": QT_TRANSLATE_NOOP("controls", "Share for training in percent"),
    "data_seed": QT_TRANSLATE_NOOP("controls", "Seed of the samples"),
    "data_grid": QT_TRANSLATE_NOOP("controls", "Sample at even distances"),
    "data_standardize": QT_TRANSLATE_NOOP("controls", "Standardize the inputs"),
    "learning_panel": QT_TRANSLATE_NOOP("controls", "Settings of learning"),
    "learning_loss": QT_TRANSLATE_NOOP("controls", "Loss function"),
    "learning_initializer": QT_TRANSLATE_NOOP("controls", "Initializer"),
    "learning_seed": QT_TRANSLATE_NOOP("controls", "Seed of the start"),
    "learning_precision": QT_TRANSLATE_NOOP("controls", "Number type"),
    "learning_engine": QT_TRANSLATE_NOOP("controls", "Engine"),
    # The comparison of the engines.
    "engine_comparison": QT_TRANSLATE_NOOP("controls", "Comparison of the engines"),
    "engine_table": QT_TRANSLATE_NOOP("controls", "How fast each engine trains this network"),
    "engine_row_python": QT_TRANSLATE_NOOP("controls", "Parts of an update in plain Python"),
    "engine_row_numpy": QT_TRANSLATE_NOOP("controls", "Parts of an update in numpy"),
    "engine_row_cpp": QT_TRANSLATE_NOOP("controls", "Parts of an update in C++"),
    "engine_legend": QT_TRANSLATE_NOOP("controls", "Engines"),
    "width_chart": QT_TRANSLATE_NOOP("controls", "Time of an update against the width of the hidden layers"),
    "batch_chart": QT_TRANSLATE_NOOP("controls", "Time of an update against the samples of a batch"),
    "comparison_words": QT_TRANSLATE_NOOP("controls", "What one sees here"),
    "comparison_run": QT_TRANSLATE_NOOP("controls", "Start or stop the comparison"),
    "comparison_copy": QT_TRANSLATE_NOOP("controls", "Copy the numbers of the comparison"),
    "comparison_close": QT_TRANSLATE_NOOP("controls", "Close the comparison"),
    # The export of the network.
    "export_dialog": QT_TRANSLATE_NOOP("controls", "Export weights"),
    "export_formats": QT_TRANSLATE_NOOP("controls", "Format"),
    "export_name": QT_TRANSLATE_NOOP("controls", "File name"),
    "export_folder": QT_TRANSLATE_NOOP("controls", "Folder"),
    "export_browse": QT_TRANSLATE_NOOP("controls", "Choose the place in a dialog of its own"),
    "export_progress": QT_TRANSLATE_NOOP("controls", "An export is under way"),
    "export_cancel": QT_TRANSLATE_NOOP("controls", "End the check; the files stay"),
    "export_close": QT_TRANSLATE_NOOP("controls", "Close"),
    "export_result_text": QT_TRANSLATE_NOOP("controls", "What came of the export"),
    # What was left behind.
    "recovery_dialog": QT_TRANSLATE_NOOP("controls", "Recovered work"),
    "recovery_list": QT_TRANSLATE_NOOP("controls", "Work that was recovered"),
    "recovery_open": QT_TRANSLATE_NOOP("controls", "Open the recovered work"),
    "recovery_discard": QT_TRANSLATE_NOOP("controls", "Delete the recovered work"),
    "recovery_later": QT_TRANSLATE_NOOP("controls", "Decide later"),
    # The outline, and the properties of what is selected.
    "outline_panel": QT_TRANSLATE_NOOP("controls", "Outline of the network"),
    "outline_tree": QT_TRANSLATE_NOOP("controls", "Layers, units and connections"),
    "outline_field": QT_TRANSLATE_NOOP("controls", "Weight or bias"),
    "inspector_panel": QT_TRANSLATE_NOOP("controls", "Properties of the selection"),
    "inspector_bias": QT_TRANSLATE_NOOP("controls", "Bias of the unit"),
    "inspector_weight": QT_TRANSLATE_NOOP("controls", "Weight of the connection"),
    "inspector_connection_frozen": QT_TRANSLATE_NOOP("controls", "Keep the connection from learning"),
    "inspector_name": QT_TRANSLATE_NOOP("controls", "Name of the layer"),
    "inspector_activation": QT_TRANSLATE_NOOP("controls", "Activation of the layer"),
    "inspector_units": QT_TRANSLATE_NOOP("controls", "Number of units of the layer"),
    "inspector_initializer": QT_TRANSLATE_NOOP("controls", "Initializer of the layer"),
    "inspector_frozen": QT_TRANSLATE_NOOP("controls", "Keep the layer from learning"),
    # The notes and the timeline.
    "notes_panel": QT_TRANSLATE_NOOP("controls", "Notes"),
    "notes_field": QT_TRANSLATE_NOOP("controls", "Notes"),
    "timeline_strip": QT_TRANSLATE_NOOP("controls", "Timeline"),
    "timeline": QT_TRANSLATE_NOOP("controls", "Timeline: earlier moments of the run"),
    # The plots.
    "fit_view": QT_TRANSLATE_NOOP("controls", "Fit"),
    "fit_legend": QT_TRANSLATE_NOOP("controls", "What the marks and lines of the fit mean"),
    "curve_fit": QT_TRANSLATE_NOOP("controls", "Fitted curve over the samples"),
    "boundary_fit": QT_TRANSLATE_NOOP("controls", "Output over two inputs, and the samples"),
    "prediction_fit": QT_TRANSLATE_NOOP("controls", "Predicted against actual values"),
    "confusion_matrix": QT_TRANSLATE_NOOP("controls", "Confusion matrix of the test samples"),
    "loss_plot": QT_TRANSLATE_NOOP("controls", "Loss"),
    "loss_chart": QT_TRANSLATE_NOOP("controls", "Training and test loss against epochs"),
    "loss_legend": QT_TRANSLATE_NOOP("controls", "Losses now"),
    "loss_log_scale": QT_TRANSLATE_NOOP("controls", "Logarithmic loss axis"),
    "loss_log_scale_action": QT_TRANSLATE_NOOP("controls", "Logarithmic loss axis"),
    "loss_view_all": QT_TRANSLATE_NOOP("controls", "View all of the loss"),
}

CONTROLS: dict[str, str] = {name: str(text) for name, text in _ROWS.items()}
"""Object name -> accessible name, in English; translated in the context "controls"."""

LABELS = frozenset(
    {
        "speed",
        "engine_in_use",
        "comparison_title",
        "comparison_state",
        "comparison_race",
        "comparison_reasons",
        "comparison_widths",
        "comparison_batches",
        "message_text",
        "recovery_text",
        "export_plan",
        "export_replace_note",
        "export_start",
        "export_result",
        "updates_per_epoch",
        "readout",
        "canvas_warning",
        "value_error",
        "canvas_hover",
        "data_description",
        "learning_loss_formula",
        "outline_message",
        "inspector_hint",
        "inspector_title",
        "inspector_reason",
        "inspector_error",
        "fit_caption",
        "fit_lack",
        "loss_lack",
        "notes_message",
        "timeline_label",
    }
)
"""Object names of what shows a text: a name of its own would be read in place of the text."""


def identify(thing: QWidget | QAction, name: str) -> None:
    """Give a control its object name and, to a widget, the accessible name that belongs to it.

    What shows a text is called by it.

    Raises
    ------
    KeyError
        If the name is neither in `CONTROLS` nor in `LABELS`.
    """
    accessible_name = "" if name in LABELS else CONTROLS[name]
    thing.setObjectName(name)
    if isinstance(thing, QWidget) and accessible_name:
        thing.setAccessibleName(QCoreApplication.translate("controls", accessible_name))


def announce(widget: QWidget, text: str, is_urgent: bool = False) -> None:
    """Let assistive technology read a text that has appeared.

    Parameters
    ----------
    widget
        Where it can be seen.
    text
        What is read.
    is_urgent
        Whether it interrupts what is being read.
    """
    event = QAccessibleAnnouncementEvent(widget, text)
    if is_urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
