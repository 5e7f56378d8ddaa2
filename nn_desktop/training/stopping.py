"""When a training stops by itself: after so many epochs or minutes, or at a loss."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from nn_desktop.errors import UserError
from nn_desktop.texts import QT_TRANSLATE_NOOP
from nn_desktop.training.walk import Walk


class StopRuleError(UserError):
    """A rule that a training cannot stop by."""


class StopKind(StrEnum):
    """What a training stopped for."""

    TRAIN_LOSS = "training loss"
    TEST_LOSS = "test loss"
    EPOCHS = "epochs"
    MINUTES = "minutes"


@dataclass(frozen=True, kw_only=True)
class StopRule:
    """Where a training stops by itself; the first of them that is reached counts.

    The losses are compared where a session records them: at the end of each of the first epochs, and later at
    the end of those that `History.next_due` names. Epochs and losses so give the same bits however a
    training is cut into slices. Minutes are looked at between two slices, by whoever has a clock.

    Attributes
    ----------
    epochs
        Epochs since the beginning of the run; None for any number.
    train_loss, test_loss
        A loss that is low enough, over all samples of the part; None if it does not matter.
    minutes
        Of this training; None for any number.

    Raises
    ------
    StopRuleError
        If a number is out of its range.
    """

    epochs: int | None = None
    train_loss: float | None = None
    test_loss: float | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        if self.epochs is not None and self.epochs < 0:
            raise StopRuleError(f"Training cannot take {self.epochs} epochs: choose 0 or more.")
        for kind, loss in ((StopKind.TRAIN_LOSS, self.train_loss), (StopKind.TEST_LOSS, self.test_loss)):
            if loss is not None and not (math.isfinite(loss) and loss >= 0):
                raise StopRuleError(
                    f"Training cannot stop at a {kind} of {loss:g}, since no loss is below 0 or infinite: "
                    "choose a number such as 0.01."
                )
        if self.minutes is not None and not (math.isfinite(self.minutes) and self.minutes > 0):
            raise StopRuleError(
                f"Training cannot stop after {self.minutes:g} minutes: choose a number above 0, such as 5."
            )

    @property
    def has_limits(self) -> bool:
        """Whether it says more than a number of epochs."""
        return self.compares_losses or self.minutes is not None

    @property
    def compares_losses(self) -> bool:
        """Whether a loss matters."""
        return self.train_loss is not None or self.test_loss is not None

    def ensure_fits(self, train_samples: int, test_samples: int) -> None:
        """See that there is a test loss if it matters.

        Raises
        ------
        StopRuleError
            If there are samples to train on, but none to test.
        """
        if self.test_loss is not None and train_samples and not test_samples:
            raise StopRuleError(
                "Training cannot stop at a test loss, since these data have no test samples: "
                "choose a training loss, or keep some samples for the test."
            )

    def updates_left(self, walk: Walk) -> float:
        """Return the number of updates until the epochs are complete; infinite for any number of epochs."""
        return math.inf if self.epochs is None else walk.updates_until(self.epochs)

    def accepts(self, train_loss: float, test_loss: float) -> bool:
        """Whether one of the losses is low enough; NaN is not."""
        return _is_low(train_loss, self.train_loss) or _is_low(test_loss, self.test_loss)

    def reached(
        self, *, epoch: int, losses: tuple[float, float], minutes: float = 0.0, at_once: bool = False
    ) -> "Stopped | None":
        """Tell what is reached at a moment, if anything is.

        Parameters
        ----------
        epoch
            Whole epochs so far.
        losses
            Over all training and over all test samples; NaN where they are not to be compared.
        minutes
            That the training took so far.
        at_once
            Whether nothing has been trained yet.
        """
        kind: StopKind | None = None
        if self.minutes is not None and minutes >= self.minutes:
            kind = StopKind.MINUTES
        if self.epochs is not None and epoch >= self.epochs:
            kind = StopKind.EPOCHS
        if _is_low(losses[1], self.test_loss):
            kind = StopKind.TEST_LOSS
        if _is_low(losses[0], self.train_loss):
            kind = StopKind.TRAIN_LOSS
        if kind is None:
            return None
        return Stopped(kind=kind, rule=self, epoch=epoch, losses=losses, at_once=at_once)


ENDLESS = StopRule()
"""Trains until told otherwise."""


STOPPED = {
    StopKind.TRAIN_LOSS: QT_TRANSLATE_NOOP(
        "stopping",
        "The training stopped after {epochs}: the training loss is {loss}, and {goal} was to be reached.",
    ),
    StopKind.TEST_LOSS: QT_TRANSLATE_NOOP(
        "stopping",
        "The training stopped after {epochs}: the test loss is {loss}, and {goal} was to be reached.",
    ),
    StopKind.EPOCHS: QT_TRANSLATE_NOOP("stopping", "The training stopped after {epochs}{missed}."),
    StopKind.MINUTES: QT_TRANSLATE_NOOP(
        "stopping", "The training stopped after {minutes} and {epochs}{missed}."
    ),
}
"""What is said of a training that stopped."""
AT_ONCE = STOPPED | {
    StopKind.TRAIN_LOSS: QT_TRANSLATE_NOOP(
        "stopping",
        "Nothing to train: the training loss is {loss} already, and {goal} was to be reached.",
    ),
    StopKind.TEST_LOSS: QT_TRANSLATE_NOOP(
        "stopping",
        "Nothing to train: the test loss is {loss} already, and {goal} was to be reached.",
    ),
    StopKind.EPOCHS: QT_TRANSLATE_NOOP(
        "stopping", "Nothing to train: the run is at epoch {epoch} already, and was to stop at {goal}."
    ),
}
"""The same where its goal was reached before it began."""
MISSED = (
    QT_TRANSLATE_NOOP("stopping", ", and the training loss is {loss}, still above {goal}"),
    QT_TRANSLATE_NOOP("stopping", ", and the test loss is {loss}, still above {goal}"),
)
"""What is said of a training loss and of a test loss that were not reached."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How texts are translated and numbers written: as a terminal has them, unless somebody says otherwise.

    Attributes
    ----------
    translate
        Returns a text of this module in the reader's language.
    whole, number
        Write a whole number, and any other.
    """

    translate: Callable[[str], str] = str
    whole: Callable[[int], str] = "{:,}".format
    number: Callable[[float], str] = "{:.6g}".format

    def epochs(self, count: int) -> str:
        """Return so many epochs in words."""
        text = self.translate(ONE_EPOCH) if count == 1 else self.translate(EPOCHS)
        return text.format(count=self.whole(count))

    def minutes(self, count: float) -> str:
        """Return so many minutes in words."""
        text = self.translate(ONE_MINUTE) if count == 1 else self.translate(MINUTES)
        return text.format(count=self.number(count))


ONE_EPOCH, EPOCHS = QT_TRANSLATE_NOOP("stopping", "1 epoch"), QT_TRANSLATE_NOOP("stopping", "{count} epochs")
ONE_MINUTE = QT_TRANSLATE_NOOP("stopping", "1 minute")
MINUTES = QT_TRANSLATE_NOOP("stopping", "{count} minutes")


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """That a training stopped by itself.

    Attributes
    ----------
    kind
        What was reached.
    rule
        By which it stopped.
    epoch
        Whole epochs at that moment.
    losses
        Training and test loss at that moment, or NaN.
    at_once
        Whether it was reached before anything was trained.
    """

    kind: StopKind
    rule: StopRule
    epoch: int
    losses: tuple[float, float]
    at_once: bool = False

    @property
    def goal(self) -> float:
        """The number that was to be reached."""
        goals = {
            StopKind.TRAIN_LOSS: self.rule.train_loss,
            StopKind.TEST_LOSS: self.rule.test_loss,
            StopKind.EPOCHS: self.rule.epochs,
            StopKind.MINUTES: self.rule.minutes,
        }
        goal = goals[self.kind]
        assert goal is not None
        return goal

    @property
    def loss(self) -> float:
        """The loss that was reached; NaN if it was none."""
        losses = dict(zip((StopKind.TRAIN_LOSS, StopKind.TEST_LOSS), self.losses, strict=True))
        return losses.get(self.kind, math.nan)

    @property
    def sentence(self) -> str:
        """What stopped the training, in English."""
        return self.said(Wording())

    def said(self, wording: Wording) -> str:
        """Return what stopped the training as somebody words it."""
        text = AT_ONCE[self.kind] if self.at_once else STOPPED[self.kind]
        return wording.translate(text).format(
            epochs=wording.epochs(self.epoch),
            epoch=wording.whole(self.epoch),
            minutes=wording.minutes(self.rule.minutes or 0),
            loss=wording.number(self.loss),
            goal=wording.whole(self.rule.epochs or 0)
            if self.kind is StopKind.EPOCHS
            else wording.number(self.goal),
            missed=self._missed(wording),
        )

    def _missed(self, wording: Wording) -> str:
        """Return which losses were to be reached and were not."""
        goals = (self.rule.train_loss, self.rule.test_loss)
        return "".join(
            wording.translate(text).format(loss=wording.number(loss), goal=wording.number(goal))
            for text, loss, goal in zip(MISSED, self.losses, goals, strict=True)
            if goal is not None and not math.isnan(loss)
        )


def _is_low(loss: float, goal: float | None) -> bool:
    return goal is not None and loss <= goal
