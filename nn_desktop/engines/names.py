"""What is chosen about an engine by name, apart from engines themselves, which take long to import."""

from enum import StrEnum


class EngineName(StrEnum):
    """The engines there are, and the wish to have the fastest of them."""

    AUTO = "auto"
    PYTHON = "python"
    NUMPY = "numpy"
    CPP = "cpp"


class Precision(StrEnum):
    """The type of numbers."""

    FLOAT32 = "float32"
    FLOAT64 = "float64"
