"""`foundry channels`, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from console.channels import channels_app
from console.exit_codes import Exit
from foundry.channel.placement import placements
from foundry.errors import BadInput
from tests.support.channel_files import picture, still


def typed(*words: str | Path) -> tuple[int, str]:
    app = typer.Typer()
    app.add_typer(channels_app, name="channels")
    done = CliRunner().invoke(app, ["channels", *map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


@pytest.fixture
def square(tmp_path: Path) -> Path:
    file = tmp_path / "square.jpg"
    file.write_bytes(still("JPEG", picture((1080, 1080))))
    return file


def test_the_list_can_be_narrowed() -> None:
    code, said = typed("list", "--channel", "dooh", "--json")
    assert code == 0
    assert set(json.loads(said)["placements"]) == {n for n in placements() if n.startswith("dooh/")}
    assert "print/a4-flyer" in typed("list", "--family", "print-portrait")[1]
    assert json.loads(typed("--json")[1])["sets"]["first"]
    with pytest.raises(BadInput, match="no placement is of the channel 'myspace'"):
        typed("list", "--channel", "myspace")


def test_a_placement_is_shown_with_the_origin_of_every_figure() -> None:
    rows = [line.split() for line in typed("show", "amazon/medium-rectangle")[1].splitlines()]
    assert ["max_bytes", "40000", "own"] in rows
    assert ["size", "300,", "250", "excerpt"] in rows


def test_a_file_is_told_which_placements_take_it_and_which_nearly_do(square: Path) -> None:
    code, said = typed("check", square)
    assert code == 0
    assert "taken by meta/feed-square" in said
    assert "not taken by" in said
    assert "the limit is" in said


def test_a_refused_file_makes_the_exit_code_two_and_the_rest_go_on(square: Path, tmp_path: Path) -> None:
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile other.mp4\n")
    code, said = typed("check", tmp_path / "list.mp4", square, "--placement", "meta/story", "--json")
    unread, judged = (json.loads(line) for line in said.splitlines())
    assert code == Exit.REFUSED
    assert unread["code"] == "cannot_read"
    assert judged["found"]["width_px"] == 1080
    fault = judged["not_taken_by"][0]["findings"][0]
    assert (fault["rule"], fault["measured"]) == ("pixels", "1080x1080")
    assert fault["remedy"] == "Export it with 1080x1920 pixels."


def test_a_set_can_be_checked_at_once(square: Path) -> None:
    code, said = typed("check", square, "--placement", "print")
    assert code == Exit.REFUSED
    assert said.count("not taken by print/") == 4


def test_alpha_is_named_where_the_file_is_described_and_where_it_is_refused(tmp_path: Path) -> None:
    image = picture((1080, 1080), "RGBA")
    image.putalpha(128)
    (tmp_path / "square.png").write_bytes(still("PNG", image))
    code, said = typed("check", tmp_path / "square.png", "--placement", "meta/feed-square")
    assert code == Exit.REFUSED
    assert "rgb with alpha, 8 bits" in said
    assert "alpha: alpha, 100.0% of the pixels are not opaque; the limit is opaque. Flatten it" in said


def test_an_untagged_jpeg_is_taken_with_advice(tmp_path: Path) -> None:
    (tmp_path / "square.jpg").write_bytes(still("JPEG", picture((1080, 1080)), icc_profile=None))
    code, said = typed("check", tmp_path / "square.jpg", "--placement", "meta/feed-square")
    assert code == 0
    assert "taken by meta/feed-square\n    advice: profile: none; the limit is sRGB. Embed the sRGB profile." in said
