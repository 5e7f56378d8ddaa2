"""What is open in the window, and how each change of it is undone."""
