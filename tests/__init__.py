"""A mirror of the tree."""
