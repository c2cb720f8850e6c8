"""ResourceSpace, by its signed interface."""
