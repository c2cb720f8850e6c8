"""Pixels as files: one module per format, the search for a quality, and the measure that it is held to."""
