"""A training in slices that stops by itself where its rule says so, with a window or without one."""

import time
from math import nan

from nn_desktop.engines.engine import StopFlag
from nn_desktop.training.session import Session
from nn_desktop.training.stopping import Stopped, StopRule

_UNKNOWN = nan, nan


class BoundedRun:
    """Trains slice by slice, and tells when its rule stops it. Minutes count from the first slice.

    Parameters
    ----------
    rule
        Where it stops.
    is_under_way
        Whether training goes on by this rule that began by another one.
    """

    def __init__(self, rule: StopRule, is_under_way: bool = False) -> None:
        self._rule, self._is_under_way = rule, is_under_way
        self._began: float | None = None

    def advance(self, session: Session, updates: int, stop: StopFlag) -> Stopped | None:
        """Do so many updates, or fewer as `Session.advance` does, but none beyond the rule.

        Before the first slice the losses of that moment are compared too, and nothing is trained if one of
        them is low enough already.

        Returns
        -------
        Stopped or None
            What stopped it; None if it may go on, or if the run has diverged.

        Raises
        ------
        UserError
            If its data are not known, or have no test samples and the rule needs some.
        """
        rule = self._rule
        if self._began is None:
            self._began = time.perf_counter()
            rule.ensure_fits(session.train_count, len(session.dataset.test))
            losses = session.losses() if rule.compares_losses else _UNKNOWN
            stopped = rule.reached(epoch=session.epoch, losses=losses, at_once=not self._is_under_way)
            if stopped is not None:
                return stopped
        most = min(updates, rule.updates_left(session.walk))
        has_reached_loss = session.advance(int(most), stop, rule)
        minutes = (time.perf_counter() - self._began) / 60
        losses = session.losses() if has_reached_loss else _UNKNOWN
        if rule.reached(epoch=session.epoch, losses=losses, minutes=minutes) is None:
            return None
        session.ensure_finite()
        losses = session.losses() if rule.compares_losses else _UNKNOWN
        stopped = rule.reached(epoch=session.epoch, losses=losses, minutes=minutes)
        return None if session.diverged else stopped
