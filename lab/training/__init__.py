"""Training of the models that this repository ships; run by hand, never at import."""
