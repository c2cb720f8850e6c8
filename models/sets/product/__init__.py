"""Products in a set: their place in the picture, the body that a cutout stands as, and the picture without it."""
