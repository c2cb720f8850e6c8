"""Trains the embedded upscaler on pictures that this package draws."""
