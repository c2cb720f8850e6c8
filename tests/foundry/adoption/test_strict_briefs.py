"""A strict brief that is adopted stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.adoption.adoption import adopt
from foundry.brief.intake import read_briefs

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("name", ["aurelle-spring-glow.yaml", "northpeak-first-light.yaml"])
def test_a_strict_brief_is_adopted_as_itself(name: str) -> None:
    adoption = adopt(EXAMPLES / name)
    assert [said.brief for said in adoption.campaigns] == read_briefs(EXAMPLES / name)
    assert adoption.questions == ()
