"""What draws, films and judges at run time: handlers, the registry of cards, screens, upscalers, vendors' APIs."""

import foundry  # noqa: F401 - its settings of the process must be there before torch is
