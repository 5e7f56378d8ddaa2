"""How far a training is, in the terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nn_desktop.training.session import Session


@contextmanager
def progress_bar(session: "Session", epochs: int | None) -> Iterator[Callable[[], None]]:
    """Give a function that shows how far the session is, if there is somebody to see it."""
    if sys.stderr is None or not sys.stderr.isatty():  # None if the process was started with it closed
        yield lambda: None
        return
    from tqdm import tqdm

    settings = {"unit": "epoch", "file": sys.stderr, "dynamic_ncols": True, "leave": False}
    with tqdm(total=epochs, initial=session.epoch, **settings) as bar:

        def show() -> None:
            bar.set_postfix_str(f"loss {session.history.rows()[-1, 1]:.4g}", refresh=False)
            bar.n = session.epoch
            with suppress(OSError):  # the terminal was closed: nobody looks on any more
                bar.refresh()

        yield show
