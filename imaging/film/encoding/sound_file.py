"""Reading of sound files from outside: a fixed set of formats, no network address, no second file, bounded size."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from foundry.box import MIB, BoxLimits, boxed
from foundry.errors import FoundryError, Unusable
from foundry.inputs.decoded import DecodedArrays
from foundry.inputs.sound import SoundMeasure
from imaging.film.clip_master import VideoExtraMissing, require_av
from imaging.film.encoding.audio import RATE, Samples

FORMATS = ("mp3", "wav", "flac", "ogg", "aac", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "aiff")
"""FFmpeg's demuxers of sound; none of them opens another file or an address, as playlists and ffconcat do."""
SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"ID3", 0, "mp3"),
    (b"RIFF", 0, "wav"),
    (b"fLaC", 0, "flac"),
    (b"OggS", 0, "ogg"),
    (b"ftyp", 4, "mp4"),
    (b"\x1a\x45\xdf\xa3", 0, "matroska"),
    (b"FORM", 0, "aiff"),
)
MOST_SECONDS, MOST_CHANNELS, MOST_BYTES = 600, 8, 256 << 20
MOST_KEPT_BYTES = 480 << 20
"""Of decoded sounds together: two of the longest, such as a film's music and its voice."""
SOUND_LIMITS = BoxLimits(memory_bytes=2_048 * MIB, cpu_s=60, wall_s=600, answer_bytes=256 * MIB)
DECODING = "imaging.film.encoding.sound_file:sound_samples"
BOX_PRELOADS = ("av", "av.subtitles.stream")


class UnreadableSound(FoundryError):
    """A file of music or speech that cannot be used."""

    code = "unreadable_sound"

    def __init__(self, name: str, what: str, remedy: str) -> None:
        super().__init__(name, what, remedy)
        self.name, self.what, self.remedy = name, what, remedy

    def __str__(self) -> str:
        return f"sound {self.name} {self.what}; {self.remedy}."


_samples = DecodedArrays(MOST_KEPT_BYTES)


def decode_sound(data: bytes, name: str) -> Samples:
    """Return samples (2, n) of a file's first stream of sound, resampled to 48 kHz and mixed to stereo.

    They are decoded in the box, and shared: nobody may write to them. `name` is for messages. Raises UnreadableSound
    for data that is no sound of a known kind, is damaged, is empty, is longer than ten minutes or has more than eight
    channels; Unusable for data that takes more than the box allows.
    """

    def decoded() -> Samples:
        raises = (UnreadableSound, VideoExtraMissing)
        answer = boxed(DECODING, data, limits=SOUND_LIMITS, called=name, raises=raises, name=name)
        return answer.array("float32", (2, None))

    return _samples.get(hashlib.sha256(data).hexdigest(), decoded)


def check_sound(stream: BinaryIO, name: str) -> SoundMeasure:
    """Decode a sound wholly, as a film will do it, and measure it; Unusable says what is wrong. Runs in the box."""
    try:
        samples = sound_samples(stream, name)
        return SoundMeasure(samples.shape[1] / RATE, float(np.abs(samples).max()))
    except UnreadableSound as error:
        raise Unusable(name, error.what, error.remedy) from error
    except VideoExtraMissing as error:
        raise Unusable(name, "cannot be checked here", str(error)) from error


def sound_samples(stream: BinaryIO, name: str) -> Samples:
    """Return the samples of a sound, as `decode_sound` describes them. Runs in the box."""
    av, data = require_av(), stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UnreadableSound(name, "has too many bytes", f"the limit is {MOST_BYTES}")
    try:
        # Tags are not used, and may be in any encoding.
        with av.open(io.BytesIO(data), format=kind_of(data, name), metadata_errors="ignore") as source:
            blocks = list(_decode_blocks(source, name))
    except av.FFmpegError as error:
        raise UnreadableSound(name, f"is damaged ({error.strerror})", "save it again as WAV, FLAC or MP3") from error
    if not blocks:
        raise UnreadableSound(name, "holds no samples", "leave it out or save it again")
    samples = np.concatenate(blocks, axis=1).astype(np.float32)
    if not np.isfinite(samples).all():
        raise UnreadableSound(name, "holds samples that are no numbers", "save it again as 16- or 24-bit")
    return samples


def kind_of(data: bytes, name: str) -> str:
    """Return FFmpeg's demuxer for these bytes by their signature, never by the file's name.

    Raises UnreadableSound if the signature is unknown.
    """
    for mark, at, kind in SIGNATURES:
        if data[at : at + len(mark)] == mark:
            return kind
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        return "aac" if data[1] & 0xF6 == 0xF0 else "mp3"
    raise UnreadableSound(name, "is no sound file known here", "give WAV, FLAC, MP3, AAC, Ogg, M4A or WebM")


def _decode_blocks(source: Any, name: str) -> Iterator[Samples]:
    from av import AudioResampler

    if not source.streams.audio:
        raise UnreadableSound(name, "has no stream of sound", "give a file that has one")
    stream = source.streams.audio[0]
    stream.codec_context.thread_count = 1
    if stream.channels > MOST_CHANNELS or stream.channels < 1:
        raise UnreadableSound(name, f"has {stream.channels} channels", f"the limit is {MOST_CHANNELS}")
    fit, count = AudioResampler(format="fltp", layout="stereo", rate=RATE), 0
    for frame in source.decode(stream):
        frame.pts = None  # files that lie about time must not make the resampler fill gaps
        for ready in fit.resample(frame):
            count += ready.samples
            if count > MOST_SECONDS * RATE:
                raise UnreadableSound(name, f"is longer than {MOST_SECONDS} s", "cut it")
            yield np.asarray(ready.to_ndarray(), np.float32)
    for ready in fit.resample(None):
        yield np.asarray(ready.to_ndarray(), np.float32)
