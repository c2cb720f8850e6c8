"""Film files: encoders, containers, runs shared between films, sound and subtitle files."""
