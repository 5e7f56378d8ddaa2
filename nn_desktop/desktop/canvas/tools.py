"""The tools of the canvas: what a click and a drag do."""

from enum import StrEnum


class Tool(StrEnum):
    """One at a time is in hand. Actions have these names, with ``tool_`` before."""

    SELECT = "select"
    UNIT = "unit"
    LAYER = "layer"
    CONNECT = "connect"
    ERASE = "erase"
