"""Times are mostly noise, pairs share theirs, and a resumed training goes on from its checkpoint."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lab.training.backdrop import denoiser_training
from lab.training.backdrop.captioned_codes import PairCounts
from lab.training.backdrop.denoiser_training import PAIR_NOISE, TWIN_NOISE, DenoiserState


class Text(nn.Module):
    """A text encoder that returns its tokens."""

    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor]:
        return (tokens[..., None].float(),)


class Sample:
    """The output of a denoiser."""

    def __init__(self, sample: torch.Tensor) -> None:
        self.sample = sample


class Net(nn.Module):
    """A denoiser that keeps what it is given, and guesses one number everywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.guess = nn.Parameter(torch.zeros(1))
        self.noisy, self.times = torch.empty(0), torch.empty(0)

    def forward(self, noisy: torch.Tensor, times: torch.Tensor, encoder_hidden_states: torch.Tensor) -> Sample:
        assert encoder_hidden_states.shape[0] == noisy.shape[0]
        self.noisy, self.times = noisy, times / 1000
        return Sample(self.guess * torch.ones_like(noisy))


def loss_of(count: int, pairs: PairCounts) -> tuple[Net, float]:
    net = Net()
    networks = nn.ModuleDict({"text": Text(), "net": net})
    chance = torch.Generator().manual_seed(3)
    clean, tokens = torch.zeros(count, 2, 8, 8), torch.zeros(count, 4, dtype=torch.long)
    return net, float(denoiser_training._flow_loss(networks, clean, tokens, pairs, chance).detach())


def test_pairs_and_twins_are_under_one_noise_of_at_least_their_share() -> None:
    net, _ = loss_of(12, PairCounts(2, 2))
    assert torch.equal(net.times[:2], net.times[2:4])
    assert torch.equal(net.noisy[:2], net.noisy[2:4])
    assert torch.equal(net.noisy[4:6], net.noisy[6:8])
    assert net.times[:4].min() >= PAIR_NOISE
    assert net.times[4:8].min() >= TWIN_NOISE
    assert len(set(net.times[8:].tolist())) == 4


def test_without_pairs_every_picture_has_its_own_noise() -> None:
    net, loss = loss_of(6, PairCounts(0, 0))
    assert len(set(net.times.tolist())) == 6
    assert np.isfinite(loss)
    assert loss > 0


def test_times_lie_between_nothing_and_all_and_most_are_high() -> None:
    times = denoiser_training._times(4_000, torch.Generator().manual_seed(1))
    assert 0 < times.min() < 0.1
    assert 0.9 < times.max() <= 1
    assert float((times > 0.5).float().mean()) > 0.6


def test_a_step_moves_the_weights_and_their_average_follows() -> None:
    net = Net()
    networks = nn.ModuleDict({"text": Text(), "net": net})
    average = {name: value.detach().clone() for name, value in networks.state_dict().items()}
    state = DenoiserState(networks, average, torch.optim.AdamW(networks.parameters(), 1.0, weight_decay=0))
    denoiser_training._descend(state, (net.guess - 4).pow(2).sum(), 0.25)
    assert float(net.guess.detach()) == pytest.approx(0.25, abs=1e-4)
    assert float(state.average["net.guess"]) == pytest.approx(0.25 * 0.9, abs=1e-4)


def test_a_checkpoint_holds_weights_averages_optimiser_and_step() -> None:
    net = Net()
    networks = nn.ModuleDict({"text": Text(), "net": net})
    state = DenoiserState(networks, {}, torch.optim.AdamW(networks.parameters(), 1.0), step=7)
    assert set(state.state()) == {"both", "average", "optimiser", "step"}
    assert state.state()["step"] == 7
