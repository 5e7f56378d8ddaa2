"""What a network is: its topology, the edits of it, its parameters and how they start."""
