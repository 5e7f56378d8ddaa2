"""Exporting a trained network."""
