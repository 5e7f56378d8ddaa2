"""What a network learns from.

A `DataSource` knows the shape of its samples without them. `DataSettings` say which source, and how it is
sampled; loaded, they are an immutable `Dataset`: points, targets, which of them are for training and which
for testing, and how raw values are scaled. The same settings always give the same bits. The `catalogue` lists
the sources that come with the program. This package knows nothing of networks.
"""
