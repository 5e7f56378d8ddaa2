"""Panels beside the canvas: data, learning, messages, the readout."""
