"""Rendering of graphs by Mitsuba 3, in a process of its own. Only `drawing.py` and `worker.py` import it."""
