"""Links and texts that are sent."""
