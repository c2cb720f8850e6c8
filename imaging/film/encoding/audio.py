"""A film's sound track: coded at the channel's rate, exactly as long as the film.

Samples are float32 (2, n) at 48 kHz, full scale ±1, throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imaging.film.encoding.film_format import CannotFilm, Container

if TYPE_CHECKING:
    from foundry.channel.placement import Motion

Samples = NDArray[np.float32]
RATE, BLOCK = 48_000, 1024
CODECS: dict[Container, str] = {"mp4": "aac", "mov": "pcm_s16le", "webm": "libopus"}
AAC_DELAY = 1024
"""Samples that FFmpeg's AAC encoder puts before the first; without an edit list a player plays them."""
STANDARD, TELEVISION = 160_000, 192_000
"""Bits per second of coded sound: channels ask for 128,000 or more, television for 192,000."""


@dataclass(frozen=True, eq=False)
class Track:
    """Finished sound of a film's length, and its coding."""

    samples: Samples
    container: Container
    bits_per_second: int = STANDARD

    @property
    def rate_in_file(self) -> int:
        """Bits per second that it takes in the file, for `FilmFormat.beside`."""
        return RATE * 2 * 16 if self.container == "mov" else int(self.bits_per_second * 1.05)

    def stream(self, box: Any) -> Any:
        """Add a stream for this track to an av.OutputContainer and return it."""
        stream = box.add_stream(CODECS[self.container], rate=RATE, layout="stereo")
        context = stream.codec_context
        context.flags |= 1 << 23  # bit-exact: no version text inside
        context.thread_count, context.time_base = 1, Fraction(1, RATE)
        if self.container != "mov":
            context.bit_rate = self.bits_per_second
        return stream

    def packets(self, stream: Any) -> Iterator[Any]:
        """Yield coded sound, starting at time zero, for a stream of `stream()` whose encoder is open."""
        early = AAC_DELAY if self.container == "mp4" else 0
        for packet in self._encode(stream, self.samples[:, early:]):
            packet.stream = stream
            packet.pts, packet.dts = packet.pts + early, packet.dts + early
            left = self.samples.shape[1] - packet.pts
            if left > 0:  # what an encoder adds behind the end would make the film longer than its pictures
                packet.duration = min(packet.duration, left)
                yield packet

    def _encode(self, stream: Any, samples: Samples) -> Iterator[Any]:
        from av import AudioFrame, AudioResampler

        context = stream.codec_context
        fit = AudioResampler(format=context.format, layout="stereo", rate=RATE, frame_size=context.frame_size or BLOCK)
        for start in range(0, samples.shape[1], BLOCK):
            block = np.ascontiguousarray(samples[:, start : start + BLOCK])
            frame = AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            for ready in fit.resample(frame):
                yield from context.encode(ready)
        for ready in fit.resample(None):
            yield from context.encode(ready)
        yield from context.encode(None)


def track_for(motion: Motion, container: Container, seconds: Fraction, samples: Samples | None) -> Track | None:
    """Return the track that a placement wants: None if it forbids sound, silence if it requires sound that is missing.

    `samples` as `imaging.film.encoding.mixing.mix_sound` returns them, or None if the brief has no sound. If the
    channel also sets a least picture rate (television) the sound gets 192,000 bits per second.
    """
    if motion.audio == "none" or (samples is None and motion.audio == "optional"):
        return None
    length = samples_in(seconds)
    if samples is None:
        samples = np.zeros((2, length), np.float32)
    if samples.shape != (2, length):
        raise CannotFilm(f"sound of shape {samples.shape}", f"a film of {float(seconds):g} s takes (2, {length})")
    rate = TELEVISION if motion.least_bits_per_second >= 2_000_000 else STANDARD
    return Track(samples, container, max(rate, motion.least_audio_bits_per_second))


def samples_in(seconds: Fraction) -> int:
    """Return the number of samples in a length of time."""
    return round(seconds * RATE)


def target_loudness(motion: Motion) -> float | None:
    """Return the channel's loudness in LUFS; None if it sets none and sound keeps its own loudness."""
    lufs: Decimal | None = motion.loudness_lufs
    return None if lufs is None else float(lufs)
