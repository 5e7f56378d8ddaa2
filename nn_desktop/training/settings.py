"""The table of what a person can set about the learning and the data: one row for each.

From its row are made the field in the window, the option of ``nn-desktop train``, and the text of its step to
undo; its name is its key in files and links, and in what ``nn-desktop info`` tells. The records that hold the
values, `Hyperparameters` and `DataSettings`, refuse those that cannot be.
"""

from typing import Any

from nn_desktop.data.sampling import (
    MAX_NOISE,
    MAX_SAMPLES,
    MAX_SEED,
    MAX_TRAIN_SHARE,
    MIN_SAMPLES,
    MIN_TRAIN_SHARE,
    Positions,
)
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.network.functions import LOSSES, REQUIRED_OUTPUT, Initializer, Loss
from nn_desktop.network.initializer_titles import initializer_title
from nn_desktop.texts import QT_TRANSLATE_NOOP
from nn_desktop.training.hyperparameters import MAX_BATCH_SIZE, MAX_LABEL_SMOOTHING, Hyperparameters, Mode
from nn_desktop.training.setting import Option, Part, Setting

MODE = Setting(
    name="mode",
    part=Part.HYPERPARAMETERS,
    kind=Mode,
    noun="mode",
    title=QT_TRANSLATE_NOOP("settings", "&Mode"),
    tip=QT_TRANSLATE_NOOP(
        "settings",
        "How many samples make an update: all of them (batch), a few (mini-batch) or one (stochastic)",
    ),
    field="mode",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Mode of gradient descent"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change mode"),
    default=Hyperparameters.mode,
    title_of={
        Mode.BATCH: QT_TRANSLATE_NOOP("settings", "Batch"),
        Mode.MINI_BATCH: QT_TRANSLATE_NOOP("settings", "Mini-batch"),
        Mode.STOCHASTIC: QT_TRANSLATE_NOOP("settings", "Stochastic"),
    }.__getitem__,
    is_in_tool_bar=True,
    option=Option(name="--mode", help="batch, mini-batch or stochastic (%(default)s)"),
)
BATCH_SIZE = Setting(
    name="batch_size",
    part=Part.HYPERPARAMETERS,
    kind=int,
    noun="batch size",
    title=QT_TRANSLATE_NOOP("settings", "&Batch size"),
    tip=QT_TRANSLATE_NOOP("settings", "Samples an update in mini-batch mode"),
    field="batch_size",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Batch size"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change batch size"),
    default=Hyperparameters.batch_size,
    low=1,
    high=MAX_BATCH_SIZE,
    applies=lambda setup: setup.hyperparameters.mode is Mode.MINI_BATCH,
    is_dial=True,
    is_in_tool_bar=True,
    option=Option(
        name="--batch-size", help="samples of one update in mini-batch mode (%(default)s)", metavar="N"
    ),
)
LEARNING_RATE = Setting(
    name="learning_rate",
    part=Part.HYPERPARAMETERS,
    kind=float,
    noun="learning rate",
    title=QT_TRANSLATE_NOOP("settings", "Learning &rate"),
    tip=QT_TRANSLATE_NOOP("settings", "Learning rate η: how far each update goes down the slope of the loss"),
    field="learning_rate",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Learning rate"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change learning rate"),
    default=Hyperparameters.learning_rate,
    suggestions=(
        "0.00001",
        "0.0001",
        "0.001",
        "0.003",
        "0.01",
        "0.03",
        "0.05",
        "0.1",
        "0.3",
        "1",
        "3",
        "10",
    ),
    refusal=QT_TRANSLATE_NOOP(
        "settings", '"{text}" is no learning rate: type a number above 0, such as 0.05.'
    ),
    is_dial=True,
    is_in_tool_bar=True,
    option=Option(name="--learning-rate", help="step size of an update (%(default)s)", metavar="X"),
)
LOSS = Setting(
    name="loss",
    part=Part.HYPERPARAMETERS,
    kind=Loss,
    noun="loss",
    title=QT_TRANSLATE_NOOP("settings", "&Loss"),
    tip=QT_TRANSLATE_NOOP(
        "settings", "The quantity training minimizes. Cross-entropies also set the output activation."
    ),
    field="learning_loss",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Loss function"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change loss"),
    title_of=lambda loss: LOSSES[loss].title,
    choices=lambda setup: setup.losses,
    option=Option(name="--loss", help=f"{', '.join(Loss)} (by the task)", metavar="NAME"),
    follow=lambda setup, loss: setup.with_loss(loss),
)
LABEL_SMOOTHING = Setting(
    name="label_smoothing",
    part=Part.HYPERPARAMETERS,
    kind=float,
    noun="label smoothing",
    title=QT_TRANSLATE_NOOP("settings", "S&moothing"),
    tip=QT_TRANSLATE_NOOP(
        "settings",
        "Label smoothing: the share of each target that is spread over all classes. "
        "Only the cross-entropies have it.",
    ),
    field="learning_label_smoothing",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Label smoothing"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change label smoothing"),
    default=Hyperparameters.label_smoothing,
    low=0.0,
    high=MAX_LABEL_SMOOTHING,
    unit="%",
    applies=lambda setup: setup.hyperparameters.loss in REQUIRED_OUTPUT,
    is_dial=True,
    option=Option(
        name="--label-smoothing",
        help="share of each target that is spread over all classes, 0 to 0.5, for the cross-entropies "
        "(%(default)s)",
        metavar="X",
    ),
    is_newer=True,
)
INITIALIZER = Setting(
    name="initializer",
    part=Part.HYPERPARAMETERS,
    kind=Initializer,
    noun="initializer",
    title=QT_TRANSLATE_NOOP("settings", "&Initializer"),
    tip=QT_TRANSLATE_NOOP(
        "settings", "How the weights are drawn at the start. Glorot suits tanh and sigmoid, He suits ReLU."
    ),
    field="learning_initializer",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Initializer"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change initializer"),
    default=Hyperparameters.initializer,
    title_of=initializer_title,
    option=Option(
        name="--initializer",
        help="where weights start: glorot-, he- or lecun-uniform or -normal, uniform, normal, zeros "
        "(%(default)s)",
        metavar="NAME",
    ),
)
SEED = Setting(
    name="seed",
    part=Part.HYPERPARAMETERS,
    kind=int,
    noun="seed",
    title=QT_TRANSLATE_NOOP("settings", "&Weight seed"),
    tip=QT_TRANSLATE_NOOP(
        "settings", "The same seed gives the same start, the same order and the same result"
    ),
    field="learning_seed",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Weight seed"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change seed"),
    default=Hyperparameters.seed,
    low=0,
    high=MAX_SEED,
    is_dial=True,
    option=Option(
        name="--seed", help="of the random start and the order of samples (%(default)s)", metavar="N"
    ),
)
PRECISION = Setting(
    name="precision",
    part=Part.HYPERPARAMETERS,
    kind=Precision,
    noun="type of numbers",
    title=QT_TRANSLATE_NOOP("settings", "&Precision"),
    tip=QT_TRANSLATE_NOOP("settings", "The type of the numbers that are computed with"),
    field="learning_precision",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Precision"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change precision"),
    default=Hyperparameters.precision,
    title_of={
        Precision.FLOAT64: QT_TRANSLATE_NOOP("settings", "64 bits (float64)"),
        Precision.FLOAT32: QT_TRANSLATE_NOOP("settings", "32 bits (float32)"),
    }.__getitem__,
    choices=lambda setup: (Precision.FLOAT64, Precision.FLOAT32),
    option=Option(name="--dtype", help="float64 or float32 (%(default)s)"),
)
ENGINE = Setting(
    name="engine",
    part=Part.HYPERPARAMETERS,
    kind=EngineName,
    noun="engine",
    title=QT_TRANSLATE_NOOP("settings", "En&gine"),
    tip=QT_TRANSLATE_NOOP(
        "settings", "The engine that computes. All engines learn the same; how fast depends on the network."
    ),
    field="learning_engine",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Engine"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change engine"),
    default=Hyperparameters.engine,
    option=Option(
        name="--engine",
        help="the engine: python, numpy, cpp, or auto for the fastest (%(default)s)",
        metavar="NAME",
    ),
    is_newer=True,
)
NOISE = Setting(
    name="noise",
    part=Part.DATA,
    kind=float,
    noun="noise",
    title=QT_TRANSLATE_NOOP("settings", "N&oise"),
    tip=QT_TRANSLATE_NOOP("settings", "How far chance moves the samples, as a share of their range"),
    field="data_noise",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Noise in percent"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change data"),
    low=0.0,
    high=MAX_NOISE,
    unit="%",
    is_dial=True,
    option=Option(name="--noise", help="share of noise in the data, 0 to 0.5", metavar="X"),
)
SAMPLES = Setting(
    name="samples",
    part=Part.DATA,
    kind=int,
    noun="number of samples",
    title=QT_TRANSLATE_NOOP("settings", "&Samples"),
    tip=QT_TRANSLATE_NOOP("settings", "Number of samples, for training and test together"),
    field="data_samples",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Number of samples"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change data"),
    low=MIN_SAMPLES,
    high=MAX_SAMPLES,
    is_dial=True,
    option=Option(name="--samples", help="number of samples", metavar="N"),
)
TRAIN_SHARE = Setting(
    name="train_share",
    part=Part.DATA,
    kind=float,
    noun="share for training",
    title=QT_TRANSLATE_NOOP("settings", "Tr&aining share"),
    tip=QT_TRANSLATE_NOOP("settings", "Share of the samples to train on; the others test what was learned"),
    field="data_train_share",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Share for training in percent"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change data"),
    low=MIN_TRAIN_SHARE,
    high=MAX_TRAIN_SHARE,
    unit="%",
    is_dial=True,
    option=Option(name="--train-share", help="share of samples to train on, 0.1 to 0.99", metavar="X"),
)
STANDARDIZE = Setting(
    name="standardize",
    part=Part.DATA,
    kind=bool,
    title=QT_TRANSLATE_NOOP("settings", "Standardi&ze"),
    tip=QT_TRANSLATE_NOOP("settings", "Scale inputs to mean 0, standard deviation 1 (from training samples)"),
    field="data_standardize",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Standardize the inputs"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change data"),
    is_dial=True,
)
POSITIONS = Setting(
    name="positions",
    part=Part.DATA,
    kind=Positions,
    noun="way",
    title=QT_TRANSLATE_NOOP("settings", "Evenl&y spaced"),
    tip=QT_TRANSLATE_NOOP("settings", "Sample a function at even distances, not at random positions"),
    field="data_grid",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Evenly spaced samples"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change data"),
    switch=Positions.GRID,
    is_dial=True,
    option=Option(name="--positions", help="of samples of a function: random or grid", metavar="WAY"),
)
DATA_SEED = Setting(
    name="seed",
    part=Part.DATA,
    kind=int,
    noun="seed of the data",
    title=QT_TRANSLATE_NOOP("settings", "&Data seed"),
    tip=QT_TRANSLATE_NOOP("settings", "Another seed draws other samples"),
    field="data_seed",
    accessible_name=QT_TRANSLATE_NOOP("settings", "Data seed"),
    undo_text=QT_TRANSLATE_NOOP("settings", "change data"),
    low=0,
    high=MAX_SEED,
    is_dial=True,
    option=Option(name="--data-seed", help="of the samples and their split", metavar="N"),
)

SETTINGS: tuple[Setting[Any], ...] = (
    MODE,
    BATCH_SIZE,
    LEARNING_RATE,
    LOSS,
    LABEL_SMOOTHING,
    INITIALIZER,
    SEED,
    PRECISION,
    ENGINE,
    NOISE,
    SAMPLES,
    TRAIN_SHARE,
    STANDARDIZE,
    POSITIONS,
    DATA_SEED,
)
"""All there are, in the order of the options and of the fields."""


def settings_of(part: Part) -> tuple[Setting[Any], ...]:
    """Return the settings of one record."""
    return tuple(setting for setting in SETTINGS if setting.part is part)
