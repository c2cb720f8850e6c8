"""The training of the judge that names scenes: on renders only, never on a generator's output."""
