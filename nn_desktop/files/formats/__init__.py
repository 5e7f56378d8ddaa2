"""The formats of a trained network, each in a file of its own: how it is written, and how it is read."""
