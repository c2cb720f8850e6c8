"""Pixels to files as pure functions: typesetting, stills, film.

Imports foundry and templates; neither Beam nor a model.
"""

import foundry  # noqa: F401 - its settings of the process must be there before torch is
