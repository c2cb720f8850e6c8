"""Each optimisation changes what it names, and nothing else."""

from __future__ import annotations

import pytest
import torch

from foundry.card.card import Optimisations
from models.diffusion.optimising import optimise
from tests.support.tiny_pipelines import stable_diffusion


def test_nothing_is_changed_unless_it_is_asked_for() -> None:
    pipeline = stable_diffusion()
    before = pipeline.unet.conv_in.weight.stride()
    optimise(pipeline, Optimisations())
    assert pipeline.unet.conv_in.weight.stride() == before
    assert type(pipeline.unet.mid_block.attentions[0].proj_in.weight) is torch.nn.Parameter


def test_channels_last_lays_denoiser_and_decoder_out_anew() -> None:
    pipeline = stable_diffusion()
    optimise(pipeline, Optimisations(channels_last=True))
    for kernel in (pipeline.unet.conv_in.weight, pipeline.vae.decoder.conv_in.weight):
        assert kernel.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore::DeprecationWarning")
def test_quantised_weights_are_smaller_and_draw_nearly_the_same() -> None:
    pytest.importorskip("torchao")
    pipeline = stable_diffusion()
    layer = pipeline.unet.time_embedding.linear_1
    weight, entry = layer.weight.detach().clone(), torch.randn(1, layer.in_features, generator=torch.manual_seed(1))
    wanted = layer(entry)
    optimise(pipeline, Optimisations(quantise="int8"))
    layer = pipeline.unet.time_embedding.linear_1
    assert type(layer.weight) is not torch.nn.Parameter or layer.weight.dtype != weight.dtype
    assert torch.allclose(layer(entry), wanted, atol=0.05)
    assert not torch.equal(layer(entry), wanted)
