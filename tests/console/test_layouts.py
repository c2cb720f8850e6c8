"""`foundry layouts`: pictures at once, and what will not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from console.layouts import layouts_app
from foundry.errors import BadInput, Refusals
from tests.support.briefs import EXAMPLES

TENANT = ["--tenant", "northpeak", "--tenants", str(EXAMPLES / "tenants")]


def layouts(*arguments: str) -> str:
    """What the command prints; what it refuses is raised."""
    done = CliRunner().invoke(layouts_app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_preview_is_the_placements_picture_and_boxes_change_it(tmp_path: Path) -> None:
    asked = ["square-panel", "--placement", "meta/feed-square", "--locale", "he-IL", *TENANT]
    layouts("preview", *asked, "-o", str(tmp_path / "plain.png"))
    layouts("preview", *asked, "--boxes", "-o", str(tmp_path / "boxes.png"))
    plain, boxes = (Image.open(tmp_path / name) for name in ("plain.png", "boxes.png"))
    assert plain.size == boxes.size == (1080, 1080)
    assert plain.tobytes() != boxes.tobytes()


def test_a_preview_takes_a_briefs_words_and_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), "#336699").save(tmp_path / "scene.png")
    brief = str(EXAMPLES / "aurelle-spring-glow.yaml")
    asked = ["family", "--placement", "google/medium-rectangle", "--locale", "de-DE", "--brief", brief]
    layouts("preview", *asked, "--picture", str(tmp_path / "scene.png"), "-o", str(tmp_path / "out.png"))
    shown = Image.open(tmp_path / "out.png").convert("RGB")
    assert shown.size == (300, 250)
    assert (0x33, 0x66, 0x99) in {colour for _, colour in shown.getcolors(100_000) or []}


def test_a_preview_refuses_a_set_and_a_locale_without_copy(tmp_path: Path) -> None:
    target = ["-o", str(tmp_path / "out.png"), *TENANT]
    with pytest.raises(BadInput, match="is a set"):
        layouts("preview", "family", "--placement", "social", *target)
    with pytest.raises(BadInput, match="no sample copy in sw-KE"):
        layouts("preview", "family", "--placement", "meta/story", "--locale", "sw-KE", *target)


def test_check_counts_and_refuses_what_will_not_fit(tmp_path: Path) -> None:
    asked = ["--placement", "google/leaderboard", "--locale", "en-US"]
    told = json.loads(layouts("check", *asked, *TENANT, "--json"))
    assert (told["checked"], told["refused"]) == (1, [])
    text = (EXAMPLES / "northpeak-first-light.yaml").read_text().replace("Out before the sun", "Unbreakable" * 12)
    (tmp_path / "brief.yaml").write_text(text)
    brief = ["--brief", str(tmp_path / "brief.yaml"), "--assets", str(EXAMPLES)]
    with pytest.raises(Refusals, match="google/leaderboard en-GB: headline 'Unbreakable"):
        layouts("check", *brief, "--tenants", TENANT[-1], "--locale", "en-GB")


def test_the_list_marks_what_the_tenant_uses() -> None:
    told = layouts("list", *TENANT).splitlines()
    assert any("square-panel" in line and "*" in line for line in told)
