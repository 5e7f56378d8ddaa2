"""Repainting must not lose references to None: PySide6 6.12.0 does, and Python 3.11 then dies."""

import gc
import sys

from window_driver import settle


def test_100_repaints_of_a_training_window_keep_all_references_to_none(qtbot, window, trainer):
    trainer.train_or_pause()
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 0)
    gc.collect()  # garbage of other tests must not count as lost here
    gc.disable()
    before = sys.getrefcount(None)
    for _ in range(100):
        trainer.snapshot_changed.emit(trainer.snapshot)
        for view in (window.canvas.viewport(), window.docks.fit_view, window.docks.loss_plot, window):
            view.repaint()
    after = sys.getrefcount(None)
    gc.enable()
    # It may rise, and falls a little as caches go; the fault took 200 a frame.
    assert after > before - 300
    trainer.train_or_pause()
    settle(qtbot, window)
