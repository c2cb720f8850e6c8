"""Sound files to build tests from."""

from __future__ import annotations

import io
import wave

import numpy as np
from numpy.typing import NDArray


def a_wav(samples: NDArray[np.float32], rate: int = 48_000, channels: int = 2) -> bytes:
    """A WAV of 16 bits with these samples, (2, n), full scale ±1."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate, 0, "NONE", ""))
        whole = np.resize(samples, (channels, samples.shape[1]))
        writer.writeframes((whole.T * 32767).astype("<i2").tobytes())
    return file.getvalue()


def silence(frames: int = 4_800) -> bytes:
    """A WAV without a sound."""
    return a_wav(np.zeros((2, frames), np.float32))


def hum(frames: int = 4_800) -> bytes:
    """A WAV of a quiet tone of 100 Hz."""
    wave_form = 0.1 * np.sin(2 * np.pi * 100 * np.arange(frames) / 48_000)
    return a_wav(np.stack([wave_form, wave_form]).astype(np.float32))
