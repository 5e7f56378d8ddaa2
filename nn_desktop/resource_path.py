"""Where the files that come with the program are found."""

from functools import cache
from pathlib import Path


def resource_path(*parts: str) -> Path:
    """Give the path of a file or folder below ``resources``.

    Parameters
    ----------
    *parts
        Folder and file names below ``resources``, as in ``resource_path("datasets", "iris.csv")``.

    Returns
    -------
    Path
        The path, whether or not something exists there.
    """
    return _root().joinpath(*parts)


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    # A wheel carries the folder inside the package; in a checkout it lies beside the package.
    return installed if installed.is_dir() else package.parent / "resources"
