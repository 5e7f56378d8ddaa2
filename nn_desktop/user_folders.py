"""Where the program keeps what belongs to its user: the same folders for the window and the command line."""

from pathlib import Path

NAME = "NN Desktop"


def config_folder() -> Path:
    """Return the folder of settings; it may not exist yet."""
    from platformdirs import user_config_dir

    return Path(user_config_dir(NAME, NAME))


def recovery_folder() -> Path:
    """Return the folder in which running programs keep their work against a crash; it may not exist yet."""
    from platformdirs import user_data_dir

    return Path(user_data_dir(NAME, NAME)) / "recovery"
