"""Where a pipeline runs. `embedded` is this process; the others are chosen by a later option."""

from __future__ import annotations

import os
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions


def embedded() -> tuple[Any, PipelineOptions]:
    """Beam's in-process runner, by name (`DirectRunner` is a switch that may pick another), on threads.

    Pillow, NumPy and torch release the interpreter lock, so threads use every core.
    """
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner

    options = PipelineOptions(
        [
            "--direct_running_mode=multi_threading",
            f"--direct_num_workers={os.cpu_count() or 1}",
        ]
    )
    return FnApiRunner(), options
