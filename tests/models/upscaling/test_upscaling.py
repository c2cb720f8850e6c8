"""The upscaler beats resampling on photographs, shows no seam, and keeps what is not its to change."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from foundry.card.card import ModelCard
from foundry.errors import BadInput
from foundry.plan.composition import compositions
from foundry.plan.shot import ShotOrder
from imaging.pixels import resample
from imaging.pixels.rows import Rows, gather, rows_of
from lab.evaluation.photographs import photograph, reduced
from lab.evaluation.upscaler_comparison import psnr
from models.drawing import Drawing
from models.registry import WeightsRefused, card
from models.upscaling import tiles
from models.upscaling.enlarge import enlarged, passes, stream
from models.upscaling.handler import UpscaleHandler
from models.upscaling.learned import Learned, load
from models.upscaling.network import CompactUpscaler, write_network
from models.upscaling.picture_in import inspect
from models.upscaling.picture_out import PictureOut
from models.upscaling.tiles import TILE_COLUMNS, TILE_ROWS, enlarged_rows
from models.upscaling.upscale_file import upscale_file
from templates import TEMPLATES

CARD = card("crisp", "upscale")
PROFILE = (TEMPLATES / "icc" / "sRGB.icc").read_bytes()
Pixels = np.ndarray[Any, np.dtype[np.float32]]


@pytest.fixture(scope="module")
def crisp() -> Learned:
    torch.set_num_threads(1)
    return load(CARD, "cpu")


def large_photograph() -> Pixels:
    """Larger than a tile both ways."""
    return np.ascontiguousarray(photograph("coffee.png")[: TILE_ROWS + 32, : TILE_COLUMNS + 48])


def lanczos(small: Pixels, scale: int) -> Pixels:
    size = (small.shape[1] * scale, small.shape[0] * scale)
    planes = [
        Image.fromarray(np.ascontiguousarray(small[..., c])).resize(size, Image.Resampling.LANCZOS) for c in range(3)
    ]
    return np.clip(np.stack([np.asarray(plane) for plane in planes], axis=2), 0, 1)


@pytest.mark.parametrize(("scale", "gain"), [(2, 0.5), (4, 0.5)])
def test_it_is_nearer_to_a_photograph_than_lanczos(crisp: Learned, scale: int, gain: float) -> None:
    wanted = photograph("coffee.png")[60:252, 100:356]
    small = reduced(wanted, scale, Image.Resampling.BICUBIC)
    made = enlarged(small, crisp, 256, 192)
    assert psnr(made, wanted) > psnr(lanczos(small, scale), wanted) + gain


def test_tiles_are_the_untiled_picture_and_show_no_seam(crisp: Learned) -> None:
    pixels = large_photograph()
    tiled = gather(enlarged_rows(rows_of(pixels), crisp, 2))
    with torch.inference_mode():
        whole = crisp.call(torch.from_numpy(pixels).permute(2, 0, 1)[None], 2)[0].permute(1, 2, 0).clamp(0, 1).numpy()
    assert np.abs(tiled - whole).max() <= 1 / 255
    across = np.abs(np.diff(tiled, axis=0)).mean(axis=(1, 2))
    along = np.abs(np.diff(tiled, axis=1)).mean(axis=(0, 2))
    for steps, border in ((across, 2 * TILE_ROWS - 1), (along, 2 * TILE_COLUMNS - 1)):
        around = np.concatenate([steps[border - 12 : border], steps[border + 1 : border + 13]])
        assert steps[border] <= around.max()


def test_strips_of_any_height_give_the_same_bytes(crisp: Learned) -> None:
    pixels = large_photograph()[:, :120]
    whole = enlarged(pixels, crisp, 305, 411)
    for height in (1, 7, 64):
        strips = iter([pixels[top : top + height] for top in range(0, len(pixels), height)])
        again = gather(stream(Rows(120, len(pixels), 3, strips), crisp, 305, 411))
        assert again.shape == (411, 305, 3)
        assert np.array_equal(again, whole)


@pytest.mark.parametrize("count", [2, 5])
def test_the_number_of_cores_changes_no_byte(crisp: Learned, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    pixels = large_photograph()
    made = []
    for cores in (1, count):
        for module in (tiles, resample):
            monkeypatch.setattr(module, "cores", lambda cores=cores: cores)
        made.append(enlarged(pixels, crisp, 1_500, 421))
    assert np.array_equal(*made)


def test_passes_end_with_the_largest_scale_and_little_surplus() -> None:
    wanted = {1.1: (), 2: (2,), 4.2: (4,), 5: (2, 4), 10.9: (4, 4)}
    assert {ratio: passes(ratio, (2, 4)) for ratio in wanted} == wanted
    assert passes(10.9, (3,)) == (3, 3, 3)


def test_memory_does_not_grow_with_the_height(crisp: Learned) -> None:
    def peak(height: int) -> int:
        strips: Iterator[Pixels] = (np.full((32, 64, 3), 0.5, np.float32) for _ in range(height // 32))
        tracemalloc.start()
        for strip in stream(Rows(64, height, 3, strips), crisp, 256, 4 * height).strips:
            assert strip.shape[1:] == (256, 3)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    low, high = peak(512), peak(2048)
    assert high < low * 1.1 + 100_000
    assert high < 256 * 4 * 2048 * 3 * 4 / 3


def test_a_tile_that_is_too_large_is_halved_and_the_picture_is_the_same(crisp: Learned) -> None:
    areas: list[int] = []

    def short_of_memory(tile: torch.Tensor, scale: int) -> torch.Tensor:
        areas.append(tile.shape[2] * tile.shape[3])
        if len(areas) == 1:
            raise torch.OutOfMemoryError("injected")
        return crisp.call(tile, scale)

    pixels = large_photograph()[:64, :200]
    failing = Learned(CARD, "cpu", crisp.scales, crisp.margin, short_of_memory)
    made = gather(enlarged_rows(rows_of(pixels), failing, 2))
    assert np.abs(made - gather(enlarged_rows(rows_of(pixels), crisp, 2))).max() < 1e-5
    assert len(areas) == 3
    assert all(area < areas[0] for area in areas[1:])


def test_memory_that_never_suffices_is_an_error(crisp: Learned) -> None:
    def hopeless(tile: torch.Tensor, scale: int) -> torch.Tensor:
        raise torch.OutOfMemoryError("injected")

    failing = Learned(CARD, "cpu", crisp.scales, crisp.margin, hopeless)
    with pytest.raises(torch.OutOfMemoryError):
        gather(enlarged_rows(rows_of(np.zeros((40, 40, 3), np.float32)), failing, 2))


def drawing(bucket: str, seed: int) -> Drawing:
    order = ShotOrder(
        name="n",
        plan="p",
        tenant="aurelle",
        subject=0,
        scene=0,
        bucket=bucket,
        mirrored=False,
        alternative=0,
        prompt="",
        negative_prompt="",
        palette=(),
        picture=None,
        width_px=480,
        height_px=480,
        steps=1,
    )
    pixels = np.random.default_rng(seed).random((480, 480, 3), np.float32)
    return Drawing(order, pixels, seed, "", (), (), True)


def test_the_handler_fills_each_composition_in_order_and_repeats_bit_for_bit(tmp_path: Path) -> None:
    torch.manual_seed(1)
    write_network(CompactUpscaler(4, 1), tmp_path / "weights")
    source = CARD.source.model_copy(update={"folder": "weights"})
    toy = CARD.model_copy(update={"source": source, "path": tmp_path / "card.yaml", "weights": {}})
    handler = UpscaleHandler(toy, device="cpu")
    model = handler.load_model()
    batch = [drawing("landscape", 1), drawing("story", 2)]
    first, second = handler.run_inference(batch, model)
    for given, made in zip(batch, (first, second), strict=True):
        target = compositions()[given.order.bucket]
        assert made.drawing is given
        assert made.pixels.shape == (target.height_px, target.width_px, 3)
        assert made.pixels.dtype == np.float32
        assert 0 <= made.pixels.min() <= made.pixels.max() <= 1
    (again,) = handler.run_inference([drawing("landscape", 1)], model)
    assert np.array_equal(again.pixels, first.pixels)
    assert handler.get_num_bytes(batch) == 2 * 480 * 480 * 3 * 4


def cut_out(bits: int) -> Pixels:
    """An orange disc on black that cannot be seen."""
    y, x = np.mgrid[:48, :64]
    alpha = np.clip(16.5 - np.hypot(y - 24, x - 32), 0, 1)
    made = np.zeros((48, 64, 4), np.float32)
    made[..., :3] = np.where(alpha[..., None] > 0, np.array([0.9, 0.5, 0.1]), 0)
    made[..., 3] = alpha
    top = 2**bits - 1
    return np.asarray(np.rint(made * top) / top, np.float32)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_alpha_depth_and_profile_are_kept_without_a_fringe(tmp_path: Path, bits: int, suffix: str) -> None:
    source, target = tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}"
    PictureOut(source, bits, PROFILE).write(rows_of(cut_out(bits)))
    upscale_file(source, target, width_px=192, height_px=144, card=CARD)
    found = inspect(target)
    assert (found.width, found.height, found.bits, found.profile) == (192, 144, bits, PROFILE)
    pixels = gather(found.rows())
    visible = pixels[pixels[..., 3] > 0.05][:, :3]
    assert np.abs(visible - np.array([0.9, 0.5, 0.1])).max() < 0.06
    assert abs(pixels[..., 3].mean() - cut_out(bits)[..., 3].mean()) < 0.005


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize(("bits", "channels"), [(8, 1), (16, 1), (8, 2), (16, 2), (8, 3), (16, 3), (8, 4), (16, 4)])
def test_every_level_survives_writing_and_reading(tmp_path: Path, suffix: str, bits: int, channels: int) -> None:
    top = 2**bits - 1
    levels = np.random.default_rng(0).integers(0, top + 1, (70, 33, channels))
    PictureOut(tmp_path / f"a.{suffix}", bits, b"").write(rows_of((levels / top).astype(np.float32)))
    found = inspect(tmp_path / f"a.{suffix}")
    assert (found.bits, found.profile) == (bits, b"")
    assert np.array_equal(np.rint(gather(found.rows()) * top), levels)
    assert [path.name for path in tmp_path.iterdir()] == [f"a.{suffix}"]


def test_plain_white_stays_plain_white(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), "white").save(tmp_path / "in.png")
    upscale_file(tmp_path / "in.png", tmp_path / "out.png", height_px=120, card=CARD)
    with Image.open(tmp_path / "out.png") as made:
        assert made.size == (160, 120)
        assert np.asarray(made)[16:-16, 16:-16].min() == 255


def animated(path: Path) -> None:
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "blue")]
    frames[0].save(path, "PNG", save_all=True, append_images=frames[1:])


def turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 80)).save(path, "PNG", exif=exif)


def cut_off(path: Path) -> None:
    Image.effect_noise((80, 80), 50).save(path, "PNG")
    path.write_bytes(path.read_bytes()[:900])


def thunderscan(path: Path) -> None:
    """A TIFF that says it is compressed in a way which no library here reads."""
    Image.new("RGB", (80, 80)).save(path, "TIFF")
    data, plain = path.read_bytes(), struct.pack("<HHIHH", 259, 3, 1, 1, 0)
    assert plain in data
    path.write_bytes(data.replace(plain, struct.pack("<HHIHH", 259, 3, 1, 32809, 0)))


REFUSED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "animated": (animated, "2 frames"),
    "cmyk": (lambda path: Image.new("CMYK", (80, 80)).save(path, "TIFF"), "CMYK; convert it"),
    "floats": (lambda path: Image.new("F", (80, 80)).save(path, "TIFF"), "has 32-bit float32 samples; convert it"),
    "pages": (
        lambda path: Image.new("L", (80, 80)).save(
            path, "TIFF", save_all=True, append_images=[Image.new("L", (80, 80))]
        ),
        "has 2 pages",
    ),
    "turned": (turned, "orientation 6"),
    "jpeg": (lambda path: Image.new("RGB", (80, 80)).save(path, "JPEG"), "neither PNG nor TIFF"),
    "huge": (lambda path: Image.new("1", (16_400, 10)).save(path, "PNG"), "16400x10 pixels; the limit is"),
    "a bomb": (lambda path: Image.new("1", (20_000, 20_000)).save(path, "PNG"), "far more pixels than the limit"),
    "cut off": (cut_off, "not a readable picture"),
    "cut off tiff": (lambda path: path.write_bytes(b"II*\x00\x08\x00"), "not a readable TIFF"),
    "thunderscan": (thunderscan, "save it uncompressed"),
    "missing": (lambda path: None, "is not a file"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_source_that_cannot_be_enlarged_is_refused_in_a_sentence(tmp_path: Path, kind: str) -> None:
    make, sentence = REFUSED[kind]
    make(tmp_path / "in.png")
    with pytest.raises(BadInput, match=sentence):
        upscale_file(tmp_path / "in.png", tmp_path / "out.png", width_px=160, card=CARD)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("target", "size", "sentence"),
    [
        ("out.png", {}, "give a width or a height"),
        ("out.png", {"width_px": 20_000}, "cannot become 20000x20000; the limit is 16384"),
        ("out.png", {"width_px": 40}, "which 40x40 does not enlarge"),
        ("out.png", {"width_px": 8000}, "8000x8000 is 100 times that, the limit is 64"),
        ("out.jpg", {"width_px": 160}, "name a .png, .tif or .tiff file"),
        ("no/out.png", {"width_px": 160}, "folder that does not exist"),
        ("in.png", {"width_px": 160}, "is the source itself"),
    ],
)
def test_a_target_that_cannot_be_is_refused(tmp_path: Path, target: str, size: dict[str, int], sentence: str) -> None:
    Image.new("RGB", (80, 80)).save(tmp_path / "in.png")
    with pytest.raises(BadInput, match=sentence):
        upscale_file(tmp_path / "in.png", tmp_path / target, card=CARD, **size)


def community(folder: Path, tensors: dict[str, Any], name: str = "model.safetensors") -> ModelCard:
    """A card for weights that somebody else trained."""
    (folder / "weights").mkdir(exist_ok=True)
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "weights" / name)
    source = CARD.source.model_copy(update={"kind": "directory", "folder": "weights"})
    return CARD.model_copy(update={"id": "community", "source": source, "path": folder / "card.yaml", "weights": {}})


def compact(scale: int) -> dict[str, Any]:
    from spandrel.architectures.Compact import Compact

    torch.manual_seed(1)
    return dict(Compact(num_feat=8, num_conv=2, upscale=scale).state_dict())


def test_community_weights_enlarge_through_spandrel_by_their_own_scale(tmp_path: Path) -> None:
    learned = load(community(tmp_path, compact(3)), "cpu")
    assert learned.scales == (3,)
    pixels = large_photograph()[:60, :80]
    assert enlarged(pixels, learned, 400, 300).shape == (300, 400, 3)
    tiled = gather(enlarged_rows(rows_of(large_photograph()), learned, 3))
    with torch.inference_mode():
        whole = learned.call(torch.from_numpy(large_photograph()).permute(2, 0, 1)[None], 3)[0].permute(1, 2, 0).numpy()
    assert np.abs(tiled - whole).max() <= 1 / 255


def test_community_weights_that_are_no_upscaler_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused, match="does not enlarge"):
        load(community(tmp_path, compact(1)), "cpu")
    with pytest.raises(WeightsRefused, match="no architecture that spandrel knows"):
        load(community(tmp_path, {"a": torch.zeros(2)}), "cpu")
    (tmp_path / "weights" / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(WeightsRefused, match="are not sound: the file claims a header of"):
        load(card_of(tmp_path), "cpu")
    for name in ("model", "second"):  # the unsound file was set aside
        save_file({"a": torch.zeros(2)}, tmp_path / "weights" / f"{name}.safetensors")
    with pytest.raises(WeightsRefused, match="are 2 safetensors files"):
        load(card_of(tmp_path), "cpu")
    (tmp_path / "weights" / "model.pth").write_bytes(b"x")
    with pytest.raises(WeightsRefused, match="pickle"):
        load(card_of(tmp_path), "cpu")


def card_of(folder: Path) -> ModelCard:
    source = CARD.source.model_copy(update={"kind": "directory", "folder": "weights"})
    return CARD.model_copy(update={"id": "community", "source": source, "path": folder / "card.yaml", "weights": {}})


def test_a_broken_source_leaves_no_half_written_target(tmp_path: Path) -> None:
    def strips() -> Iterator[Pixels]:
        yield np.zeros((8, 8, 3), np.float32)
        raise OSError("injected")

    with pytest.raises(OSError, match="injected"):
        PictureOut(tmp_path / "a.png", 8, b"").write(Rows(8, 16, 3, strips()))
    assert list(tmp_path.iterdir()) == []


def test_training_makes_a_network_that_enlarges_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    from lab.training.upscaler.__main__ import main

    small = ["--pictures", "4", "--batch", "1", "--crop", "16", "--channels", "4", "--blocks", "1", "--steps", "2"]
    main(["--out", str(tmp_path / "weights"), "--work", str(tmp_path / "work"), *small])
    source = CARD.source.model_copy(update={"folder": "weights"})
    toy = load(CARD.model_copy(update={"source": source, "path": tmp_path / "card.yaml", "weights": {}}), "cpu")
    assert toy.margin == 4
    assert enlarged(large_photograph()[:20, :30], toy, 60, 40).shape == (40, 60, 3)
    before = (tmp_path / "work" / "average.safetensors").stat().st_mtime_ns
    main(["--out", str(tmp_path / "weights"), "--work", str(tmp_path / "work"), *small])
    assert (tmp_path / "work" / "average.safetensors").stat().st_mtime_ns == before


@pytest.mark.slow
def test_an_8k_file_streams_without_a_seam(tmp_path: Path) -> None:
    pixels = np.tile(np.linspace(0.2, 0.7, 2048, dtype=np.float32)[None, :, None], (2048, 1, 3))
    PictureOut(tmp_path / "in.png", 16, b"").write(rows_of(pixels))
    upscale_file(tmp_path / "in.png", tmp_path / "out.png", width_px=8192, card=CARD)
    made = gather(inspect(tmp_path / "out.png").rows())
    assert made.shape == (8192, 8192, 3)
    inner = made[64:-64, 64:-64]
    assert np.abs(np.diff(inner, axis=0)).max() < 2 / 65535 * 16
    assert np.abs(inner - np.linspace(0.2, 0.7, 8192, dtype=np.float32)[None, 64:-64, None]).max() < 0.01
