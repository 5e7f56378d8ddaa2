"""NN Desktop: draw, train and understand small neural networks."""

__version__ = "0.1.0"
