"""Loudness and true peak, measured by FFmpeg's `ebur128` (ITU-R BS.1770-4, EBU R 128), and adjustment to a target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from imaging.film.encoding.audio import RATE, Samples

PEAK_DBTP = -1.0
SILENCE_LUFS = -70.0
"""The absolute gate of BS.1770: nothing under it counts as sound."""
WITHIN_LU = 0.1
ROUNDS = 4
CEILING_STEP_DB = 0.3


@dataclass(frozen=True)
class Loudness:
    """Loudness of a whole programme: integrated loudness in LUFS, highest true peak in dBTP."""

    lufs: float
    peak_dbtp: float


def measure_loudness(samples: Samples) -> Loudness:
    """Measure (2, n) samples at 48 kHz; −70 LUFS if they are shorter than a gating block of 0.4 s or silent."""
    if samples.shape[1] < RATE * 4 // 10 or not samples.any():
        return Loudness(SILENCE_LUFS, _decibels(float(np.abs(samples).max(initial=0.0))))
    last = apply_filter(samples, "ebur128", "peak=true:metadata=1:framelog=quiet")[1]
    peak = max(float(last[key]) for key in last if key.startswith("lavfi.r128.true_peaks_ch"))
    return Loudness(float(last["lavfi.r128.I"]), _decibels(peak))


def at_loudness(samples: Samples, lufs: float, peak_dbtp: float = PEAK_DBTP) -> Samples:
    """Return the sound at a loudness, its true peak at most `peak_dbtp`: a gain, then a limiter for higher peaks.

    Silence stays silence. Where the peak limit leaves no room the sound stays softer than asked.
    """
    source, gain = samples, 0.0
    was = measure_loudness(source)
    if was.lufs <= SILENCE_LUFS:
        return samples
    gain, ceiling = lufs - was.lufs, peak_dbtp
    for _ in range(ROUNDS):
        louder = _limit(source, gain, ceiling)
        now = measure_loudness(louder)
        if now.peak_dbtp > peak_dbtp:
            ceiling -= max(CEILING_STEP_DB, now.peak_dbtp - peak_dbtp)
        elif abs(now.lufs - lufs) <= WITHIN_LU:
            break
        else:
            gain += lufs - now.lufs
    return _turn_down(louder, peak_dbtp)


def _limit(samples: Samples, gain_db: float, ceiling_dbtp: float) -> Samples:
    louder = (samples * 10 ** (gain_db / 20)).astype(np.float32)
    if measure_peak(louder) <= ceiling_dbtp:
        return louder
    settings = f"limit={10 ** (ceiling_dbtp / 20):.6f}:attack=5:release=80:level=0:latency=1"
    return apply_filter(louder, "alimiter", settings)[0]


def measure_peak(samples: Samples) -> float:
    """Return the highest true peak in dBTP, from four-fold oversampling (BS.1770-4, annex 2)."""
    return measure_loudness(samples).peak_dbtp


def _turn_down(samples: Samples, peak_dbtp: float) -> Samples:
    """Return the samples turned down as a whole by their true peak's excess over the limit."""
    over = measure_peak(samples) - peak_dbtp
    return samples if over <= 0 else (samples * 10 ** (-over / 20)).astype(np.float32)


def apply_filter(samples: Samples, name: str, settings: str) -> tuple[Samples, dict[str, str]]:
    """Return samples after one of FFmpeg's filters, as many as went in, and the last frame's metadata."""
    from av.filter import Graph

    graph = Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE))
    work, out, sink = graph.add(name, settings), graph.add("aformat", _PLANAR), graph.add("abuffersink")
    source.link_to(work)
    work.link_to(out)
    out.link_to(sink)
    graph.configure()
    blocks: list[Samples] = []
    metadata: dict[str, str] = {}
    for start in range(0, samples.shape[1], RATE):
        source.push(_frame(samples[:, start : start + RATE], start))
        metadata = _pull_all(sink, blocks) or metadata
    source.push(None)
    metadata = _pull_all(sink, blocks) or metadata
    return np.concatenate(blocks, axis=1)[:, : samples.shape[1]], metadata


_PLANAR = f"sample_fmts=fltp:channel_layouts=stereo:sample_rates={RATE}"


def _pull_all(sink: Any, blocks: list[Samples]) -> dict[str, str]:
    import av

    metadata: dict[str, str] = {}
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return metadata
        blocks.append(frame.to_ndarray())
        metadata = dict(frame.metadata) or metadata


def _frame(samples: Samples, start: int) -> Any:
    from av import AudioFrame

    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    return frame


def _decibels(level: float) -> float:
    return 20 * math.log10(level) if level > 0 else -math.inf
