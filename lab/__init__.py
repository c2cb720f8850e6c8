"""Making and measuring models: training, evaluation, parity.

Imports foundry, imaging and models; no room that runs in production imports it.
"""

import foundry  # noqa: F401 - its settings of the process must be there before torch is
