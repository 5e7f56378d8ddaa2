"""The window and the command line keep things in the same folders."""

import sys

import pytest

from nn_desktop.user_folders import config_folder, recovery_folder


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have other folders")
def test_folders_follow_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert config_folder() == tmp_path / "config" / "NN Desktop"
    assert recovery_folder() == tmp_path / "data" / "NN Desktop" / "recovery"
