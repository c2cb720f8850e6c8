"""Films as files: encoders, containers, runs that are shared between films, sound and timed lines."""
