"""The cost of a rendered picture, charged to those who pay: the renderer's process is not measured with this one."""

from __future__ import annotations

from foundry.metering.steps import charge_accelerator, charge_processor
from models.sets.rendered import Rendered
from models.sets.renderer.variants import CUDA


def charge_rendering(step: str, rendered: Rendered) -> None:
    """Charge the renderer's processor time to a step and, on an accelerator, its time on the clock."""
    charge_processor(step, rendered.cpu_s)
    if rendered.variant == CUDA:
        charge_accelerator(step, round(rendered.seconds * 1e9))
