"""The questions that the program asks in windows of their own."""
