"""What a network learns from.

A dataset is named in the `catalogue`, chosen by `DataSettings` and loaded as an immutable `Dataset`: points,
targets, which of them are for training and which for testing, and how raw values are scaled. The same
settings always give the same bits. This package knows nothing of networks.
"""
