"""Trained networks as programs."""
