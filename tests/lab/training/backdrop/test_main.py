"""The command runs the stages that are asked for, with the schedule of its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.training.backdrop.__main__ import main


def test_no_stage_leaves_no_file(tmp_path: Path) -> None:
    main(["--out", str(tmp_path / "out"), "--work", str(tmp_path / "work"), "--stages"])
    assert list(tmp_path.iterdir()) == []


def test_an_export_without_weights_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train first"):
        main(["--out", str(tmp_path / "out"), "--work", str(tmp_path / "work"), "--stages", "export"])


def test_an_unknown_stage_is_refused_with_the_names_of_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--out", "nowhere", "--stages", "polish"])
    assert "choose from 'data', 'decoder', 'denoiser', 'export'" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--denoiser-steps", "--twins"])
def test_an_option_of_another_kind_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--out", "nowhere", option, "many"])
    assert f"argument {option}: invalid int value: 'many'" in capsys.readouterr().err
