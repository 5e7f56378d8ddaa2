"""Panels beside the canvas: data, learning, the readout."""
