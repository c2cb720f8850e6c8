"""A mirror of the tree."""

import foundry  # noqa: F401 - its settings of the process must be there before torch is
