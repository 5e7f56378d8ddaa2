"""An earlier moment of a run, as views show it while the run goes on."""

from dataclasses import replace
from math import isnan, nan

import numpy as np

from nn_desktop.engines.evaluation import mean_loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.checkpoints import Milestone
from nn_desktop.training.samples import make_samples
from nn_desktop.training.snapshot import Snapshot
from nn_desktop.training.walk import Walk


def belongs_to(milestone: Milestone, now: Snapshot) -> bool:
    """Tell whether a milestone is an earlier moment of the run that a snapshot shows.

    It is none of a run that began anew, or that was left for an earlier moment of it.
    """
    return milestone.setup.beginning == now.setup.beginning and milestone.updates <= now.updates


def past_snapshot(milestone: Milestone, now: Snapshot) -> Snapshot:
    """Return what views show of an earlier moment; next to nothing is computed.

    Parameters
    ----------
    milestone
        The moment: it belongs to the run.
    now
        The newest snapshot of the run: milestones, best moment, marks and history stay those of all of it.

    Returns
    -------
    Its losses are those that were recorded at that moment; NaN if they have been thinned out of the history
    since: see `with_losses`.
    """
    train_loss, test_loss = _recorded_losses(milestone, now)
    h, epoch, updates = milestone.setup.hyperparameters, milestone.epoch, milestone.updates
    return replace(
        now,
        setup=milestone.setup,
        parameters=Parameters(milestone.setup.topology, milestone.vector),
        epoch=epoch,
        updates=updates,
        walk=Walk.at_epoch(h, now.walk.samples, epoch=epoch, updates=updates),
        train_loss=train_loss,
        test_loss=test_loss,
        diverged=False,
        is_past=True,
    )


def with_losses(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with its losses, which are computed if they are not known: that may take a while."""
    if not isnan(snapshot.train_loss):
        return snapshot
    h, parameters = snapshot.setup.hyperparameters, snapshot.parameters
    output = parameters.topology.layers[-1].activation
    samples = make_samples(snapshot.dataset, output, h.target_smoothing)
    parts = (
        (samples.train_inputs, samples.train_targets),
        (samples.test_inputs, samples.test_targets),
    )
    train_loss, test_loss = (
        mean_loss(parameters, h.loss, inputs, targets) if len(inputs) else nan for inputs, targets in parts
    )
    return replace(snapshot, train_loss=train_loss, test_loss=test_loss)


def _recorded_losses(milestone: Milestone, now: Snapshot) -> tuple[float, float]:
    """Return the training and the test loss at a moment as they were recorded; NaN for both if they are not.

    The last row of the history is the present, whose numbers somebody may have set since.
    """
    best = now.best
    if best is not None and best.milestone.updates == milestone.updates:
        return best.train_loss, best.test_loss
    rows = now.history[:-1]
    found = rows[np.flatnonzero(rows[:, 0] == milestone.epoch)]
    return (float(found[0, 1]), float(found[0, 2])) if len(found) else (nan, nan)
