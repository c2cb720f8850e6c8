"""Encoders of stills: one module per format, the search for a quality, and the likeness that it must reach."""
