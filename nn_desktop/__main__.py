"""``python -m nn_desktop`` is the same as ``nn-desktop``."""

import sys

from nn_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
