"""How hard tests of faults strike."""

from __future__ import annotations

import os

ROUNDS = int(os.environ.get("FOUNDRY_FAULT_ROUNDS", "1"))
"""How often each fault strikes, each time at another moment of chance."""
