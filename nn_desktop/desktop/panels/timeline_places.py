"""Where one can be on the timeline: the moments of a run that were kept, and the present one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nn_desktop.training.checkpoints import Milestone
from nn_desktop.training.marks import Mark
from nn_desktop.training.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Places:
    """Earlier moments, at even distances, and the present one behind them.

    Attributes
    ----------
    milestones
        The earlier moments.
    epoch, updates
        Those of the present.
    marks
        Where settings changed.
    best
        The best moment, which is one of them or the present; None if there is none yet.
    """

    milestones: tuple[Milestone, ...] = ()
    epoch: int = 0
    updates: int = 0
    marks: tuple[Mark, ...] = ()
    best: Milestone | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, looked_at: Milestone | None = None) -> "Places":
        """Take those of the newest snapshot; a milestone that is the present is no earlier place.

        The best moment is among them, and one that is looked at, even if they were thinned out since.
        """
        best = None if snapshot.best is None else snapshot.best.milestone
        kept = {each.updates: each for each in snapshot.milestones}
        for milestone in (best, looked_at):
            if milestone is not None:
                kept.setdefault(milestone.updates, milestone)
        milestones = sorted(kept.values(), key=lambda milestone: milestone.updates)
        if milestones and _is_present(milestones[-1], snapshot):
            milestones = milestones[:-1]
        return cls(
            milestones=tuple(milestones),
            epoch=snapshot.epoch,
            updates=snapshot.updates,
            marks=snapshot.marks,
            best=best,
        )

    @property
    def now(self) -> int:
        """Number of the present place, the last one."""
        return len(self.milestones)

    def milestone(self, place: int) -> Milestone | None:
        """Return the milestone at a place; None for the present."""
        return self.milestones[place] if 0 <= place < self.now else None

    def epoch_at(self, place: int) -> int:
        """Return the whole epochs at a place."""
        milestone = self.milestone(place)
        return self.epoch if milestone is None else milestone.epoch

    def find(self, milestone: Milestone | None) -> int:
        """Return the place of a milestone, or of the nearest one that was kept; the last one for None."""
        if milestone is None or not self.milestones:
            return self.now
        return nearest([each.updates for each in self.milestones], milestone.updates)

    @property
    def best_place(self) -> int | None:
        """Where the best moment is; None if there is none yet."""
        if self.best is None:
            return None
        is_earlier = any(each.updates == self.best.updates for each in self.milestones)
        return self.find(self.best) if is_earlier else self.now

    @cached_property
    def mark_spots(self) -> tuple[float, ...]:
        """Where the marks are, counted in places: most of them lie between two."""
        updates = [*(each.updates for each in self.milestones), self.updates]
        spots = np.interp([mark.updates for mark in self.marks], updates, np.arange(self.now + 1))
        return tuple(spots.tolist())

    def place_of_mark(self, mark: Mark) -> int:
        """Return the last place before a mark: the moment at which the settings were changed."""
        earlier = [place for place, each in enumerate(self.milestones) if each.updates <= mark.updates]
        return earlier[-1] if earlier else 0

    def mark_beside(self, place: int, step: int) -> int | None:
        """Return the place of the next mark after this one, or of the last one before it; None if none is.

        Parameters
        ----------
        step
            1 for the next one, −1 for the last one.
        """
        places = [self.place_of_mark(mark) for mark in self.marks if self.milestones]
        beside = [each for each in places if (each - place) * step > 0]
        return min(beside, key=lambda each: abs(each - place), default=None)


def nearest(numbers: Sequence[int], wanted: int) -> int:
    """Return the index of the number that is nearest to another one."""
    return min(range(len(numbers)), key=lambda place: abs(numbers[place] - wanted))


def _is_present(milestone: Milestone, snapshot: Snapshot) -> bool:
    """Whether nothing has changed since: neither by training nor by somebody's hand."""
    return (
        milestone.updates == snapshot.updates
        and milestone.setup == snapshot.setup
        and np.array_equal(milestone.vector, snapshot.parameters.vector)
    )
