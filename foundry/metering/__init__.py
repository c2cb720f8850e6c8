"""The meter: what is spent while an object is made, measured where the work happens.

`payers` says for which objects work is done, `steps` measures processors and the drawing device by step, `leftovers`
keeps what was spent between two objects for the next one.
"""
