"""Judges of a drawing: each module measures one thing, and the screen card's thresholds decide which of them run."""
