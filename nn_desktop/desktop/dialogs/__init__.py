"""What the window asks and says: questions in windows of their own, and the line above the canvas."""
