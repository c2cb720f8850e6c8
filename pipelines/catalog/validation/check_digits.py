"""An expectation of our own for Great Expectations: the last digit of a GTIN follows from the others.

Importing this module makes it known there. Only the process of a validation imports it.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation, render_suite_parameter_string
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from great_expectations.render import LegacyRendererType, RenderedStringTemplateContent
from great_expectations.render.renderer.renderer import renderer

METRIC = "column_values.check_digit"


def has_check_digit(text: str) -> bool:
    """Return True for 8, 12, 13 or 14 digits whose last one is right: GS1 General Specifications, section 7.9.

    From the right, digits count three times and once in turn, and the whole with the check digit is a multiple of ten.
    """
    digits = text.replace(" ", "").replace("-", "")
    if len(digits) not in {8, 12, 13, 14} or not digits.isascii() or not digits.isdigit():
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0


class CheckDigits(ColumnMapMetricProvider):  # type: ignore[misc]
    """Texts that are GTINs with the right check digit."""

    condition_metric_name = METRIC
    condition_value_keys = ()

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Any, **_: Any) -> Any:  # noqa: N805 - of the library
        good = np.fromiter(map(has_check_digit, column.astype(str)), bool, len(column))
        return pd.Series(good, index=column.index)


class ExpectColumnValuesToHaveCheckDigit(ColumnMapExpectation):  # type: ignore[misc]
    """Expect the column entries to be GTINs of 8, 12, 13 or 14 digits with the right check digit."""

    map_metric = METRIC
    success_keys = ("mostly",)
    args_keys = ("column",)
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "production", "tags": ["gtin"], "contributors": []}
    _library_metadata = library_metadata

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    @render_suite_parameter_string
    def _prescriptive_renderer(
        cls,
        configuration: Any = None,  # noqa: ARG003 - of the library
        result: Any = None,  # noqa: ARG003
        runtime_configuration: Any = None,
        **_: Any,
    ) -> list[Any]:
        template: dict[str, Any] = {
            "template": "values must be GTINs of 8, 12, 13 or 14 digits whose last digit is the check digit.",
            "params": {},
            "styling": (runtime_configuration or {}).get("styling"),
        }
        return [RenderedStringTemplateContent(content_block_type="string_template", string_template=template)]
