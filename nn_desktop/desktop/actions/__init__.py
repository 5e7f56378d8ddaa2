"""What can be done: rows of actions, and what they do."""
