"""The plots: loss against epochs, and what the network has made of the data."""

import os

# pyqtgraph chooses its binding when it is imported, so this comes before every import of it.
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

import pyqtgraph

pyqtgraph.setConfigOptions(imageAxisOrder="row-major", antialias=True)
