"""The training of the embedded upscaler, on pictures that this package draws."""
