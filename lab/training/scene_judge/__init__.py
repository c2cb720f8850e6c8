"""Training of the judge that names scenes; renders only, never a generator's output."""
