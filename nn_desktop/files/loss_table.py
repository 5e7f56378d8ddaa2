"""The losses of a run as a table: a row for each recorded epoch."""

from collections.abc import Iterable

from nn_desktop.arrays import FloatArray
from nn_desktop.files.number_table import NumberTable, to_csv
from nn_desktop.training.checkpoints import Checkpoint, Milestone

COLUMNS = ("epoch", "updates", "training loss", "test loss")


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
    return to_csv(loss_numbers(rows, checkpoint.milestones, now, checkpoint.updates))


def loss_numbers(rows: FloatArray, milestones: Iterable[Milestone], now: float, updates: int) -> NumberTable:
    """Return recorded losses as a table.

    Parameters
    ----------
    rows : array, shape (n, 3)
        Epoch, training loss, test loss.
    milestones
        Moments of the run, which know their number of updates.
    now, updates
        Epochs of the newest moment, and the updates until then.
    """
    known = {0.0: 0, **{float(m.epoch): m.updates for m in milestones}, now: updates}
    return NumberTable(
        columns=COLUMNS,
        rows=tuple(
            (int(epoch) if epoch.is_integer() else epoch, known.get(epoch), *losses)
            for epoch, *losses in rows.tolist()
        ),
    )
