"""``python -m nn_desktop`` is the same as ``nn-desktop``."""

import os
import sys


def run() -> int:
    """Run the program; return what the process should exit with."""
    forget_start_folder()
    from nn_desktop.cli.main import main

    return main()


def forget_start_folder() -> None:
    """Import nothing more from the current folder, or from the one that the program was started by.

    Libraries are imported when they are needed, and among downloads may lie a file that is called like one.
    Python puts first on its path the current folder, or that of the script; and it takes the relative and the
    empty parts of PYTHONPATH for folders in the current one. This package is already known by its files.
    """
    if not sys.flags.safe_path:
        del sys.path[0]
    variable = "" if sys.flags.ignore_environment else os.environ.get("PYTHONPATH", "")
    if not variable:  # split, it would be one empty part
        return
    # Not with pathlib, which would be imported from there.
    parts = variable.split(os.pathsep)
    named = {os.path.abspath(part) for part in parts if os.path.isabs(part)}  # noqa: PTH100, PTH117
    relative = {os.path.abspath(part) for part in parts if not os.path.isabs(part)}  # noqa: PTH100, PTH117
    sys.path[:] = [folder for folder in sys.path if folder not in relative - named]


if __name__ == "__main__":
    sys.exit(run())
