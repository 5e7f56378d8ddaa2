"""What stays: the formats that trained weights are exported to and read back from."""
