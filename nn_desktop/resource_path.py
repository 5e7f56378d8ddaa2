"""Where the files that come with the program are found."""

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
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    # A wheel carries the folder inside the package; in a checkout it lies beside the package.
    root = installed if installed.is_dir() else package.parent / "resources"
    return root.joinpath(*parts)
