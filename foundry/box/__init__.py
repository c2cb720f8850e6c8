"""The box: untrusted bytes are decoded in processes of their own, with hard limits and without rights.

Imports foundry.errors. It runs functions of any room by their names.
"""

from foundry.box.answer import Boxed
from foundry.box.calling import boxed, confinement
from foundry.box.keeper import BoxAway
from foundry.box.limits import MIB, BoxLimits

__all__ = ["MIB", "BoxAway", "BoxLimits", "Boxed", "boxed", "confinement"]
