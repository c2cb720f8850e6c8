"""Evaluation: each measure tells right from wrong on pictures made for it, and a bad model fails by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from foundry.card.card import ModelCard
from foundry.errors import BadInput
from lab.evaluation import wordings
from lab.evaluation.calibration import calibration
from lab.evaluation.diversity import diversity
from lab.evaluation.evaluate import Options, evaluate
from lab.evaluation.evidence import evidence_folder, read_evaluation
from lab.evaluation.gallery import draw, plan_samples
from lab.evaluation.light import asymmetry, light_side
from lab.evaluation.matched_render import matched_render
from lab.evaluation.palette import dominant_colours, palette_distances
from lab.evaluation.prompts import default_bucket, order_of, prompt_set, seed_for
from lab.evaluation.scaling import Picture, as_picture, with_short_edge
from lab.evaluation.scene_judge import FOLDER, load_judge
from lab.evaluation.sharpness import sharpness
from lab.renders.captions import held_back
from lab.training.scene_judge.augment import damaged
from lab.training.scene_judge.renders import labelled
from lab.training.scene_judge.train import Schedule, export, train
from models.backdrop.prompt import compile_prompt
from models.diffusion.handler import DiffusersHandler
from models.drawing import Drawn, DrawRequest, Undrawn
from models.registry import card
from tests.support.evaluating import RenderingHandler, a_card, measured_screening, write_pipeline

SCREEN = measured_screening(card("measured", "screen"))


def two_colours(top: str, bottom: str, *, light: Sequence[float] = (1.0, 1.0)) -> Picture:
    """A wall over a floor, with light falling off from left to right."""
    from foundry.colour import linear_of_srgb, srgb_of_hex

    plane = np.empty((96, 128, 3), np.float32)
    plane[:60], plane[60:] = (linear_of_srgb(srgb_of_hex(colour)) for colour in (top, bottom))
    plane *= np.linspace(*light, 128, dtype=np.float32)[None, :, None]
    return as_picture(np.where(plane <= 0.0031308, 12.92 * plane, 1.055 * plane ** (1 / 2.4) - 0.055))


def test_asked_colours_are_found_even_where_light_falls_off_and_others_are_not() -> None:
    picture = two_colours("#C4633F", "#2B7F84", light=(1.1, 0.35))
    assert max(palette_distances(picture, ("#C4633F", "#2B7F84"))) < calibration().palette_bound / 2
    assert min(palette_distances(picture, ("#F2CB54", "#6A2033"))) > calibration().palette_bound
    assert palette_distances(picture, ("#C4633F",)) == palette_distances(picture, ("#C4633F",))


def test_a_colour_that_covers_next_to_nothing_is_not_shown() -> None:
    picture = two_colours("#F6F5F2", "#A3A5A8")
    picture[:9, :9] = (190, 47, 51)  # 0.7 % of the picture
    assert palette_distances(picture, ("#BE2F33",))[0] > calibration().palette_bound
    picture[:30, :30] = (190, 47, 51)
    assert palette_distances(picture, ("#BE2F33",))[0] < 2


def test_dominant_colours_cover_the_picture_largest_first() -> None:
    centres, shares = dominant_colours(two_colours("#1E2F52", "#F2CB54"))
    assert shares.sum() == pytest.approx(1)
    assert list(shares) == sorted(shares, reverse=True)
    assert centres[0][2] < 0 < centres[1][2]


def test_the_lit_side_is_the_brighter_one() -> None:
    assert light_side(two_colours("#DCC7A6", "#A3A5A8", light=(1.0, 0.4))) == "left"
    assert light_side(two_colours("#DCC7A6", "#A3A5A8", light=(0.4, 1.0))) == "right"
    assert light_side(two_colours("#DCC7A6", "#A3A5A8")) == "top"
    picture = two_colours("#DCC7A6", "#A3A5A8", light=(1.0, 0.5))
    assert asymmetry(np.ascontiguousarray(picture[:, ::-1])) == pytest.approx(-asymmetry(picture), abs=1e-4)


def test_the_same_picture_has_no_diversity_and_unlike_ones_have_much() -> None:
    prompts = {prompt.scene: prompt for prompt in prompt_set().prompts}
    same, other = matched_render(prompts["podium"]), matched_render(prompts["bokeh"])
    assert diversity([same, same, same]) == pytest.approx(0, abs=1e-6)
    assert diversity([same]) == 0
    near = diversity([same, np.roll(same, 4, axis=1)])
    assert 0 < near < diversity([same, other])


def test_blurs_are_ordered_and_an_enlarged_drawing_is_softer() -> None:
    picture = matched_render(next(prompt for prompt in prompt_set().prompts if prompt.scene == "terrazzo"))
    kept = [
        sharpness(np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius))))
        for radius in (0, 1, 2, 4)
    ]
    assert kept == sorted(kept, reverse=True)
    assert kept[3] < 0.75 * kept[0]
    small = with_short_edge(picture, 96)
    assert sharpness(small) < kept[0]


def test_the_judge_names_fresh_renders_whole_and_damaged() -> None:
    judge, chance = load_judge(), np.random.default_rng(1)
    fresh = labelled(108, 777)
    whole = judge.scenes([one.picture for one in fresh])
    hurt = judge.scenes([damaged(one.picture, chance) for one in fresh])
    assert np.mean([kind == one.kind for (kind, _), one in zip(whole, fresh, strict=True)]) >= 0.95
    assert np.mean([kind == one.kind for (kind, _), one in zip(hurt, fresh, strict=True)]) >= 0.85
    noise = np.random.default_rng(2).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    assert judge.scenes([noise])[0][1] < 0.99


def test_the_judge_is_small_and_says_its_own_accuracy() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 1_000_000
    figures = json.loads((FOLDER / "figures.json").read_text())
    seen = sum(sum(row.values()) for row in figures["confusion"].values())
    right = sum(row.get(kind, 0) for kind, row in figures["confusion"].items())
    assert seen == figures["held_out_renders"]
    assert figures["accuracy"] == pytest.approx(right / seen, abs=1e-4)


def test_a_judge_whose_weights_do_not_belong_to_it_is_refused(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(BadInput, match="restore the file"):
        load_judge(tmp_path)


def test_training_the_judge_repeats_and_learns_from_renders_alone(tmp_path: Path) -> None:
    short = Schedule(pictures=36, steps=3, batch=8, held_out=18)
    export(train(short), tmp_path / "one", short)
    export(train(short), tmp_path / "two", short)
    assert load_judge(tmp_path / "one").sha256 == load_judge(tmp_path / "two").sha256
    assert json.loads((tmp_path / "one" / "figures.json").read_text())["held_out_renders"] == 18


def test_the_prompt_set_is_what_its_source_makes_and_training_never_saw_its_pairs() -> None:
    kept = prompt_set()
    assert list(kept.prompts) == wordings.prompts()
    unseen = [prompt for prompt in kept.prompts if prompt.unseen]
    assert len(unseen) >= 100
    assert all(held_back(prompt.scene, prompt.palette[0]) for prompt in unseen)
    assert {prompt.scene for prompt in kept.first(18).prompts} == set(wordings.WORDS)


def test_nearly_all_prompts_reach_the_embedded_model_as_they_are_meant() -> None:
    asked = prompt_set().prompts
    heard = [compile_prompt(prompt.prompt, prompt.palette, "top") for prompt in asked]
    assert all(found.colours == prompt.palette for found, prompt in zip(heard, asked, strict=True))
    scenes = np.mean([found.scene_kind == prompt.scene for found, prompt in zip(heard, asked, strict=True)])
    assert scenes >= 0.98


def test_a_calibration_of_other_prompts_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "calibration.json"
    other.write_text(calibration().model_copy(update={"prompts": "0" * 32}).model_dump_json())
    with pytest.raises(BadInput, match="was made for other prompts"):
        calibration(other)


def test_the_calibration_tells_matched_renders_from_shuffled_palettes() -> None:
    ruler = calibration()
    assert ruler.palette_floor <= 0.05
    assert ruler.palette_ceiling >= 0.9
    assert ruler.scene_ceiling >= 0.95
    assert ruler.light_ceiling > ruler.light_floor + 0.2


def test_a_prompt_in_plain_words_names_its_colours_and_a_backdrop_prompt_leaves_them_to_the_palette() -> None:
    prompt, plain = prompt_set().prompts[0], a_card(Path("x"), prompt_language="plain")
    assert prompt.colours in order_of(plain, prompt, "square").prompt
    backdrop = plain.model_copy(update={"prompt_language": "backdrop"})
    assert order_of(backdrop, prompt, "square").prompt == prompt.prompt
    assert seed_for(prompt, 0) != seed_for(prompt, 1)
    with pytest.raises(BadInput, match="names no sizes"):
        default_bucket(plain.model_copy(update={"sizes": {}}))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelCard, DiffusersHandler, Options]:
    folder = tmp_path_factory.mktemp("registry")
    model = a_card(folder)
    write_pipeline(model.folder)
    return (
        model,
        DiffusersHandler(model),
        Options(made_on="2026-01-02", seeds=2, prompts=3, timed=1, pairs=2, work=folder / "work"),
    )


def test_a_random_model_fails_and_the_evidence_says_which_marks(
    tiny: tuple[ModelCard, DiffusersHandler, Options],
) -> None:
    model, handler, options = tiny
    said: list[str] = []
    found = evaluate(model, handler, SCREEN, options, said.append)
    folder = evidence_folder(model)
    kept: dict[str, Any] = json.loads((folder / "evaluation.json").read_text())
    assert (kept["card"], kept["version"], kept["digest"]) == (model.id, model.version, model.digest)
    assert kept["passed"] is False
    assert kept["made_on"] == "2026-01-02"
    assert {"prompts", "scene", "palette"} <= set(found.failing)
    assert kept["marks"]["prompts"] == {"value": 3, "limit": "at least 100", "passed": False}
    assert kept["figures"]["pictures"] == 6
    assert sum(sum(row.values()) for row in kept["figures"]["scene"]["confusion"].values()) == 6
    assert [size["bucket"] for size in kept["figures"]["speed"]] == ["square", "story"]
    assert all(0 < size["seconds"] < 60 < size["peak_mb"] for size in kept["figures"]["speed"])
    assert kept["figures"]["overhead"]["pairs"] == 2
    assert read_evaluation(folder) == found
    assert (folder / "report.html").is_file()
    assert len(list((folder / "pictures").glob("*.webp"))) == 6
    assert "6 to draw" in said[0]


def test_a_perfect_pupil_passes_what_a_small_set_can_pass(tmp_path: Path) -> None:
    model = a_card(tmp_path).model_copy(update={"sizes": {"square": (256, 256)}})
    options = Options(made_on="2026-01-02", seeds=2, prompts=18, timed=1, pairs=2, work=tmp_path / "work")
    found = evaluate(model, RenderingHandler(), SCREEN, options)
    assert found.failing == ("prompts",)
    assert not found.passed
    assert 0.7 <= found.figures.sharpness.relative <= 1.3


def test_a_second_evaluation_draws_nothing_and_finds_the_same(
    tiny: tuple[ModelCard, DiffusersHandler, Options],
) -> None:
    model, handler, options = tiny
    samples = plan_samples(model, prompt_set().first(3).prompts, 2, options.work / model.id / model.digest)
    said: list[str] = []
    before = draw(samples, handler, at_once=1, say=said.append)
    written = {sample.path: sample.path.read_bytes() for sample in before}
    again = draw(samples, handler, at_once=1, say=said.append)
    assert said == []
    assert again == before
    before[1].path.with_suffix(".json").unlink()
    (redrawn,) = [one for one in draw(samples, handler, at_once=4, say=said.append) if one == before[1]]
    assert said[0] == "5 pictures are there, 1 to draw"
    assert redrawn.path.read_bytes() == written[redrawn.path]


class _Refusing:
    """Keeps a vendor's content policy against everything."""

    def load_model(self) -> None:
        """Nothing to load."""

    def run_inference(self, batch: Sequence[DrawRequest], model: None) -> list[Drawn | Undrawn]:
        """One refusal per request."""
        return [Undrawn(request, "content_policy", "the vendor refuses <this>") for request in batch]


def test_a_refusal_is_a_wrong_answer_and_not_a_crash(tmp_path: Path) -> None:
    model = a_card(tmp_path).model_copy(update={"sizes": {"square": (64, 64)}})
    options = Options(made_on="2026-01-02", seeds=2, prompts=2, timed=1, pairs=2, work=tmp_path / "work")
    found = evaluate(model, _Refusing(), SCREEN, options)
    assert found.figures.refused == 4
    assert found.figures.scene.adherence == 0
    assert found.figures.safety.rate == 0
    assert found.figures.overhead is None
    assert "&lt;this&gt;" in (evidence_folder(model) / "report.html").read_text()
