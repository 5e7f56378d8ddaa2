"""What the user is told of errors of the program's own."""

import logging

from PySide6.QtCore import QCoreApplication

from nn_desktop.errors import bug_in_words

log = logging.getLogger(__name__)


def describe_failure(error: BaseException, is_as_before: bool) -> str:
    """Log an error that nobody expected, and return what is to be said of it.

    Parameters
    ----------
    is_as_before
        Whether the whole project is known to be as it was before.
    """
    log.debug("Unexpected error", exc_info=error)
    if is_as_before:
        text = QCoreApplication.translate(
            "failures",
            "Something went wrong in the program ({error}). Your last action was undone, and nothing "
            "is lost: go on, or try another way.",
        )
    else:
        text = QCoreApplication.translate(
            "failures",
            "Something went wrong in the program ({error}). If anything looks wrong now, save in another "
            "file (Ctrl+Shift+S) and restart the program.",
        )
    return text.format(error=bug_in_words(error))
