"""How the network learns, apart from what stands in the tool bar: loss, start, number type, engine."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QSpinBox, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.engines.titles import engine_description, engine_title
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.panels.initializer_titles import initializer_title
from nn_desktop.engines.available import why_missing
from nn_desktop.engines.engine import EngineName, Precision
from nn_desktop.network.functions import LOSSES, Initializer, Loss
from nn_desktop.training.hyperparameters import MAX_SEED
from nn_desktop.training.setup import LOSSES_OF_TASK, Setup


class LearningPanel(QWidget):
    """Chooses the loss, the initializer, the seed, the number type and the engine."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "learning_panel")
        self._document = document
        self._loss = self._make_combo_box("learning_loss")
        self._loss_formula = QLabel(wordWrap=True)
        identify(self._loss_formula, "learning_loss_formula")
        self._initializer = self._make_combo_box("learning_initializer")
        for initializer in Initializer:
            self._initializer.addItem(initializer_title(initializer), initializer)
        self._seed = QSpinBox()
        identify(self._seed, "learning_seed")
        self._seed.setRange(0, MAX_SEED)
        self._seed.setKeyboardTracking(False)
        self._precision = self._make_combo_box("learning_precision")
        self._precision.addItem(self.tr("64 bits (float64)"), Precision.FLOAT64)
        self._precision.addItem(self.tr("32 bits (float32)"), Precision.FLOAT32)
        self._engine = self._make_combo_box("learning_engine")
        self._add_engines()
        self._add_tool_tips()
        self._lay_out()
        self._show_setup(document.setup)
        self._loss.activated.connect(self._on_loss_activated)
        self._initializer.activated.connect(self._on_initializer_activated)
        self._seed.valueChanged.connect(self._on_seed_changed)
        self._precision.activated.connect(self._on_precision_activated)
        self._engine.activated.connect(self._on_engine_activated)
        document.setup_changed.connect(self._show_setup)

    def _make_combo_box(self, name: str) -> QComboBox:
        box = QComboBox()
        identify(box, name)
        box.setMinimumContentsLength(12)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return box

    def _add_engines(self) -> None:
        """Offer all engines; those that are not here cannot be chosen, and say why."""
        model = self._engine.model()
        assert isinstance(model, QStandardItemModel)
        for row, name in enumerate(EngineName):
            reason = why_missing(name)
            title = engine_title(name)
            self._engine.addItem(
                self.tr("{engine} (missing)").format(engine=title) if reason else title, name
            )
            tip = self.tr("{engine} is missing: {reason}").format(engine=title, reason=reason)
            self._engine.setItemData(
                row, tip if reason else engine_description(name), Qt.ItemDataRole.ToolTipRole
            )
            model.item(row).setEnabled(not reason)

    def _add_tool_tips(self) -> None:
        self._loss.setToolTip(
            self.tr("What training makes small. The cross-entropies set the output activation too.")
        )
        self._initializer.setToolTip(
            self.tr("How the weights are drawn at the start. Glorot suits tanh and sigmoid, He suits ReLU.")
        )
        self._seed.setToolTip(
            self.tr("The same seed gives the same start, the same order and the same result")
        )
        self._precision.setToolTip(self.tr("The type of the numbers that are computed with"))
        self._engine.setToolTip(self._engine_tool_tip())

    def _engine_tool_tip(self) -> str:
        """Say what an engine is, and of those that are missing why they are."""
        lines = [self.tr("What does the sums. All engines learn the same; how fast depends on the network.")]
        for name in EngineName:
            if reason := why_missing(name):
                text = self.tr("{engine} is missing: {reason}")
                lines.append(text.format(engine=engine_title(name), reason=reason))
        return "\n".join(lines)

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(8, 0, 8, 8)
        form.setVerticalSpacing(6)
        form.addRow(self.tr("&Loss"), self._loss)
        form.addRow(self._loss_formula)
        for title, field in (
            (self.tr("&Initializer"), self._initializer),
            (self.tr("Seed"), self._seed),
            (self.tr("N&umbers"), self._precision),
            (self.tr("En&gine"), self._engine),
        ):
            form.addRow(title, field)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room_for_formula()

    def _make_room_for_formula(self) -> None:
        """Let the formula have all its lines: a dock knows nothing of text that wraps."""
        label = self._loss_formula
        label.setMinimumHeight(label.heightForWidth(label.width()))

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        hyperparameters = setup.hyperparameters
        losses = LOSSES_OF_TASK[setup.data.source.task]
        if [self._loss.itemData(row) for row in range(self._loss.count())] != list(losses):
            self._loss.clear()
            for loss in losses:
                self._loss.addItem(LOSSES[loss].title, loss)
        self._loss.setCurrentIndex(losses.index(hyperparameters.loss))
        self._loss_formula.setText(LOSSES[hyperparameters.loss].formula)
        self._make_room_for_formula()
        self._initializer.setCurrentIndex(list(Initializer).index(hyperparameters.initializer))
        self._precision.setCurrentIndex(0 if hyperparameters.precision is Precision.FLOAT64 else 1)
        self._engine.setCurrentIndex(list(EngineName).index(hyperparameters.engine))
        blocked = self._seed.blockSignals(True)
        self._seed.setValue(hyperparameters.seed)
        self._seed.blockSignals(blocked)

    @Slot(int)
    def _on_loss_activated(self, row: int) -> None:
        self._show_if_refused(self._document.set_loss(Loss(self._loss.itemData(row))))

    @Slot(int)
    def _on_initializer_activated(self, row: int) -> None:
        initializer = Initializer(self._initializer.itemData(row))
        self._show_if_refused(self._document.set_initializer(initializer))

    @Slot(int)
    def _on_seed_changed(self, seed: int) -> None:
        self._show_if_refused(self._document.set_seed(seed))

    @Slot(int)
    def _on_precision_activated(self, row: int) -> None:
        self._show_if_refused(self._document.set_precision(Precision(self._precision.itemData(row))))

    @Slot(int)
    def _on_engine_activated(self, row: int) -> None:
        self._show_if_refused(self._document.set_engine(EngineName(self._engine.itemData(row))))

    def _show_if_refused(self, is_done: bool) -> None:
        """Show what is in force again, if what was chosen cannot be or is asked about first."""
        if not is_done:
            self._show_setup(self._document.setup)
