"""How good a fit is: the numbers under the pictures."""

import numpy as np
from PySide6.QtCore import QCoreApplication

from nn_desktop.desktop.look.numbers import figure, share
from nn_desktop.desktop.plots.fit import Summary
from nn_desktop.insight.metrics import accuracy, r_squared
from nn_desktop.training.snapshot import Snapshot


def regression_summary(snapshot: Snapshot) -> Summary:
    """Return R² of the test samples and their loss."""
    with np.errstate(all="ignore"):
        score = share(r_squared(snapshot.parameters, snapshot.dataset, snapshot.dataset.test))
    loss = figure(snapshot.test_loss)
    caption = QCoreApplication.translate("fit_summaries", "test R² {score}")
    description = QCoreApplication.translate(
        "fit_summaries", "Test samples: coefficient of determination R² {score}, loss {loss}."
    )
    tip = QCoreApplication.translate(
        "fit_summaries",
        "R², the coefficient of determination: the share of the variance of the targets that is explained.\n"
        "R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)² over the test samples\n"
        "1 is perfect; 0 is no better than always answering their mean.",
    )
    return Summary(caption.format(score=score), description.format(score=score, loss=loss), tip)


def classification_summary(snapshot: Snapshot) -> Summary:
    """Return the share of test samples that are classified right, and their loss."""
    with np.errstate(all="ignore"):
        score = accuracy(snapshot.parameters, snapshot.dataset, snapshot.dataset.test)
    return accuracy_summary(snapshot, score)


def accuracy_summary(snapshot: Snapshot, score: float) -> Summary:
    """Return the summary of an accuracy that is known already."""
    caption = QCoreApplication.translate("fit_summaries", "test accuracy {score}")
    description = QCoreApplication.translate(
        "fit_summaries", "Test samples: share classified right {score}, loss {loss}."
    )
    text = share(score)
    tip = QCoreApplication.translate(
        "fit_summaries",
        "Accuracy: the share of the test samples whose class the network predicts.\n"
        "accuracy = right predictions / test samples",
    )
    loss = figure(snapshot.test_loss)
    return Summary(caption.format(score=text), description.format(score=text, loss=loss), tip)
