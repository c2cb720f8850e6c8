"""Models at run time: handlers that draw, film, enlarge and judge, the registry of cards, vendors' APIs.

Imports connectors, imaging, foundry and templates.
"""

import foundry  # noqa: F401 - its settings of the process must be there before torch is
