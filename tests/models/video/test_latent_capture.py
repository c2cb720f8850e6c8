"""A pipeline runs up to its latents, and its tickets say which frames it keeps."""

from __future__ import annotations

import pytest
import torch

from models.video.latent_capture import CapturedLatents, capture_latents


class Vae:
    """An object with a decoder of its own."""

    def decode(self, latents: torch.Tensor) -> str:
        return f"decoded {tuple(latents.shape)}"


def tickets(numbers: list[int], frames: int) -> torch.Tensor:
    """Tickets as a pipeline returns them: (1, frames, 3, 1, 1) in [0, 1]."""
    return (torch.tensor(numbers, dtype=torch.float32) / frames).view(1, -1, 1, 1, 1).expand(1, -1, 3, 1, 1)


def test_within_the_block_latents_and_arguments_are_kept_and_nothing_is_decoded() -> None:
    vae, latents = Vae(), torch.zeros(1, 4, 3, 2, 2)
    with capture_latents(vae, 4) as captured:
        (plain,) = vae.decode(latents, "a timestep", return_dict=False)  # type: ignore[call-arg]
        wrapped = vae.decode(latents, "a timestep")  # type: ignore[call-arg]
    assert captured.latents is latents
    assert captured.arguments == ("a timestep",)
    assert captured.frames == 9
    assert plain.shape == wrapped.sample.shape == (1, 3, 9, 1, 1)


@pytest.mark.parametrize("frames", [1, 9, 81, 257])
def test_the_tickets_of_all_frames_survive_the_pipelines_scaling(frames: int) -> None:
    vae = Vae()
    with capture_latents(vae, 1) as captured:
        (made,) = vae.decode(torch.zeros(1, 4, frames, 2, 2), return_dict=False)  # type: ignore[call-arg]
        captured.keep((made / 2 + 0.5).clamp(0, 1).permute(0, 2, 1, 3, 4))
    assert captured.kept == range(frames)


def test_after_the_block_and_after_an_error_the_own_decoder_is_back() -> None:
    vae = Vae()
    with pytest.raises(RuntimeError, match="no memory"), capture_latents(vae, 4):
        raise RuntimeError("no memory")
    assert vae.decode(torch.zeros(1, 2)) == "decoded (1, 2)"


def test_frames_that_the_pipeline_cuts_off_are_left_out() -> None:
    captured = CapturedLatents(frames=13)
    captured.keep(tickets(list(range(4, 13)), 13))
    assert captured.kept == range(4, 13)


def test_a_pipeline_that_reorders_its_frames_is_refused() -> None:
    with pytest.raises(ValueError, match=r"reorders its frames: \[0, 2, 1\]"):
        CapturedLatents(frames=3).keep(tickets([0, 2, 1], 3))
