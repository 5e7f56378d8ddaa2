"""Project files of the window: state, recent files, autosave, recovery."""
