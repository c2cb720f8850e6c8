"""Mix of music and voice over a film's length: music repeated or cut, faded, and softer while the voice speaks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from imaging.film.encoding.audio import RATE, Samples, samples_in
from imaging.film.encoding.film_format import CannotFilm
from imaging.film.encoding.loudness import at_loudness, measure_loudness

SEAM = Fraction(1, 2)
"""Seconds over which music that is too short fades into its own beginning."""
VOICE_OVER_MUSIC_LU = 6.0
ATTACK, RELEASE, WINDOW = Fraction(1, 10), Fraction(6, 10), Fraction(1, 20)
SPEAKING = 10 ** (-45 / 20)
"""Level over which the voice counts as speaking."""


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Placement of sound over a film; lengths in seconds, `duck_db` is how far the voice turns the music down."""

    seconds: Fraction
    voice_at: Fraction = Fraction(0)
    fade_in: Fraction = Fraction(1, 20)
    fade_out: Fraction = Fraction(1)
    duck_db: float = 12.0
    lufs: float | None = -14.0


def mix_sound(mix: Mix, music: Samples | None = None, voice: Samples | None = None) -> Samples:
    """Return (2, n) samples of the film's length at `mix.lufs` and −1 dBTP at most.

    Music too short is repeated with a soft seam, music too long is cut; both ends are faded. Raises CannotFilm if the
    voice ends after the film, or if there is neither music nor voice.
    """
    length = samples_in(mix.seconds)
    if music is None and voice is None:
        raise CannotFilm("a mix of nothing", "give music, a voice, or both")
    whole = np.zeros((2, length), np.float32)
    if music is not None:
        whole += fit_length(music, length)
    if voice is not None:
        spoken = _place_voice(voice, mix, length)
        if music is not None:
            spoken = _raise_above(spoken, whole)
            whole *= ducking_gain(spoken, mix.duck_db)
        whole += spoken
    whole *= fades(mix, length)
    return whole if mix.lufs is None else at_loudness(whole, mix.lufs)


def fit_length(music: Samples, length: int) -> Samples:
    """Return music cut to `length` samples, or repeated over an equal-power seam of half a second."""
    seam = min(samples_in(SEAM), music.shape[1] // 3)
    whole = music
    while whole.shape[1] < length and seam > 0:
        whole = _sewn(whole, music, seam)
    if seam == 0:
        whole = np.tile(music, -(-length // music.shape[1]))
    return np.ascontiguousarray(whole[:, :length])


def _sewn(whole: Samples, music: Samples, seam: int) -> Samples:
    rise = np.sin(np.linspace(0, np.pi / 2, seam, dtype=np.float32))
    between = whole[:, -seam:] * rise[::-1] + music[:, :seam] * rise
    return np.concatenate([whole[:, :-seam], between, music[:, seam:]], axis=1)


def _place_voice(voice: Samples, mix: Mix, length: int) -> Samples:
    start = samples_in(mix.voice_at)
    if start < 0 or start + voice.shape[1] > length:
        ends = float(mix.voice_at) + voice.shape[1] / RATE
        raise CannotFilm(
            f"the voice ends at {ends:.2f} s of a film of {float(mix.seconds):g} s", "speak less or begin sooner"
        )
    whole = np.zeros((2, length), np.float32)
    whole[:, start : start + voice.shape[1]] = voice
    return whole


def _raise_above(voice: Samples, music: Samples) -> Samples:
    """Return the voice at a loudness that stands out from the music's."""
    wanted, has = measure_loudness(music).lufs + VOICE_OVER_MUSIC_LU, measure_loudness(voice).lufs
    return (voice * 10 ** (np.clip(wanted - has, -24, 24) / 20)).astype(np.float32)


def ducking_gain(voice: Samples, duck_db: float) -> NDArray[np.float32]:
    """Return the gain of the music, (n,): down by `duck_db` from 0.1 s before the voice until 0.6 s after it."""
    window = samples_in(WINDOW)
    count = -(-voice.shape[1] // window)
    padded = np.zeros(count * window, np.float32)
    padded[: voice.shape[1]] = np.abs(voice).max(axis=0)
    speaking = padded.reshape(count, window).max(axis=1) > SPEAKING
    before, after = round(ATTACK / WINDOW), round(RELEASE / WINDOW)
    heard = np.array([speaking[max(0, at - after) : at + before + 1].any() for at in range(count)])
    steps = np.arange(count) * window + window // 2
    smooth = np.convolve(
        np.pad(heard.astype(float), before, "edge"), np.ones(2 * before + 1) / (2 * before + 1), "valid"
    )
    gain_db = np.interp(np.arange(voice.shape[1]), steps, -duck_db * smooth)
    return (10 ** (gain_db / 20)).astype(np.float32)


def fades(mix: Mix, length: int) -> NDArray[np.float32]:
    """Return the gain of the whole film, (n,): raised cosines at both ends."""
    gain = np.ones(length, np.float32)
    rise, fall = min(samples_in(mix.fade_in), length // 2), min(samples_in(mix.fade_out), length // 2)
    if rise:
        gain[:rise] *= _cosine(rise)
    if fall:
        gain[-fall:] *= _cosine(fall)[::-1]
    return gain


def _cosine(length: int) -> NDArray[np.float32]:
    return ((1 - np.cos(np.linspace(0, np.pi, length))) / 2).astype(np.float32)
