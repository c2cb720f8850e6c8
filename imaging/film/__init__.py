"""Films: cameras over masters, moving text, staged scenes, sound, and the encoders that write the files."""
