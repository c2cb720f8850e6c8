"""The picture side of films: cameras over masters, type that moves, frames in the encoder's own signal."""
