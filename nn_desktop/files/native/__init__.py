"""The formats of this program that hold all numbers: NPZ, JSON, safetensors."""
