"""Comparing the engines."""
