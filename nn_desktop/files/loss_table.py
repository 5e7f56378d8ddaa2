"""The losses of a run as a CSV file: a line for each recorded epoch."""

import math
from collections.abc import Iterable

from nn_desktop.arrays import FloatArray
from nn_desktop.training.checkpoints import Checkpoint

COLUMNS = "epoch,updates,training loss,test loss"


def loss_table(checkpoint: Checkpoint, losses: tuple[float, float] | None = None) -> bytes:
    """Return the losses of a run as UTF-8 CSV, whose numbers read back to the same bits.

    Parameters
    ----------
    checkpoint
        A moment of the run.
    losses
        The training and test loss of that moment; None if they are not known, and the last recorded epoch is
        the last line.

    Returns
    -------
    bytes
        Lines of epoch, updates, training loss and test loss. The last epoch may be a part of one. A cell is
        empty where there is no test loss, and where the updates are not known any more: those of a long run
        are kept of some epochs only.
    """
    history, now = checkpoint.history, checkpoint.walk.epochs
    rows = history.rows() if losses is None else history.rows_until(now, *losses)
    updates = {0.0: 0, **{float(m.epoch): m.updates for m in checkpoint.milestones}, now: checkpoint.updates}
    return "".join(f"{line}\n" for line in (COLUMNS, *_lines(rows, updates))).encode()


def _lines(rows: FloatArray, updates: dict[float, int]) -> Iterable[str]:
    for epoch, *losses in rows.tolist():
        shown = int(epoch) if epoch.is_integer() else epoch
        numbers = ["" if math.isnan(loss) else repr(loss) for loss in losses]
        yield ",".join([str(shown), str(updates.get(epoch, "")), *numbers])
