"""The runs of the project as a table."""
