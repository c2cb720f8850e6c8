"""What draws and judges: model cards and registry, one handler a file, weights, training."""

import foundry  # noqa: F401 - its settings of the process must be there before torch is
