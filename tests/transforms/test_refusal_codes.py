"""Refusals are counted under codes of a fixed set, which has every code that a stage gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from transforms.refusal_codes import COUNTED, OTHER, bounded_code

ROOT = Path(__file__).parents[2]
ROOMS = ("connectors", "imaging", "models", "transforms")
ENDS_A_RUN = {
    "account_refused", "blender_missing", "card_not_added", "card_refused", "credential_refused", "endpoint_refused",
    "no_library", "no_such_mode", "no_version_chosen", "package_missing", "promotion_refused", "pull_refused",
    "renderer_missing",
    "shelf_busy", "unknown_model", "unknown_scheduler", "video_extra_missing", "wrong_task",
}  # fmt: skip
"""Codes of errors about a card or an installation, which end a run and belong to no item of it."""

OF_DELIVERIES = {"cannot_embed", "file_refused", "foreign_change", "target_away", "target_refused"}
"""Codes of errors of deliveries, which are no stage of the flow."""


def codes() -> Iterator[str]:
    """The codes of all errors of the rooms whose errors can become dead letters."""
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef):
                    yield from _codes_of(node)


def _codes_of(described: ast.ClassDef) -> Iterator[str]:
    for line in described.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
            yield ast.literal_eval(line.value)


def test_every_code_of_a_stage_is_counted_by_its_name() -> None:
    found = set(codes())
    assert len(found) > 30
    assert found - ENDS_A_RUN - OF_DELIVERIES <= COUNTED
    assert not COUNTED & (ENDS_A_RUN | OF_DELIVERIES)


def test_any_other_code_is_counted_with_the_rest() -> None:
    assert {bounded_code(code) for code in ("", "Checks_Failed", "checks_failed ", "x" * 10_000)} == {OTHER}
    assert bounded_code("checks_failed") == "checks_failed"
