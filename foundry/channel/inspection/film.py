"""A reader of films, by PyAV: reads every packet, decodes no frame, and decodes sound once, for its loudness."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO

from foundry.channel.inspection import boxes
from foundry.channel.inspection.found import CannotRead, FileFacts, FrameStream, SoundStream
from foundry.channel.inspection.leaks import film_leaks

if TYPE_CHECKING:
    import av
    from av.filter import Graph

DEMUXERS = {"mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska"}
MOST_PACKETS = 2_000_000
MOST_PIXELS = 8192 * 8192
SILENCE_LUFS = -69.0
"""EBU R 128 ignores sound below -70 LUFS; a file with nothing louder has no loudness."""
MISSING_SECONDS = 0.5
CHROMA = {
    "yuv420p": "4:2:0", "yuvj420p": "4:2:0", "yuva420p": "4:2:0", "nv12": "4:2:0", "yuv422p": "4:2:2",
    "yuvj422p": "4:2:2", "yuv444p": "4:4:4", "yuvj444p": "4:4:4", "yuva444p": "4:4:4", "gbrp": "4:4:4",
}  # fmt: skip
TRANSFERS = {0: "", 1: "bt709", 2: "", 6: "bt709", 13: "srgb", 14: "bt709", 15: "bt709", 16: "pq", 18: "hlg"}
"""ITU-T H.273; 6, 14 and 15 are the same curve as 1."""
LEVELS = {1: "limited", 2: "full"}
"""FFmpeg's AVColorRange."""
PROGRESSIVE = {0, 1}
USUAL = tuple(Fraction(n, d) for n, d in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1),
              (60000, 1001), (60, 1)))  # fmt: skip


@dataclass
class _Track:
    """The times and sizes of the packets of one stream."""

    times: list[int] = field(default_factory=list)
    last: int = 0
    size: int = 0

    def see(self, packet: av.Packet[Any]) -> None:
        if packet.pts is not None:
            self.times.append(packet.pts)
            self.last = max(self.last, packet.pts + (packet.duration or 0))
        self.size += packet.size


def inspect_film(file: BinaryIO, name: str, form: str, size_bytes: int) -> FileFacts:
    """Return the facts of a film in a known container; one that is cut off or damaged is refused."""
    try:
        import av
    except ImportError as error:
        remedy = "Run `pip install campaign-foundry[video]`."
        raise CannotRead(name, f"is a {form}, for which no reader is installed", remedy) from error
    iso = boxes.media_boxes(file, name) if DEMUXERS[form] == "mov" else []
    file.seek(0)
    try:
        # The demuxer is named, so that a text that lists other files is never taken for a film.
        with av.open(file, mode="r", format=DEMUXERS[form], metadata_errors="replace") as container:
            found = _facts(container, name, form, size_bytes)
    except (av.FFmpegError, ValueError, OverflowError) as error:
        what = f"is a {form} that cannot be read to its end: {error}"
        raise CannotRead(name, what, "Export it again.") from error
    if not iso or found.moving is None:
        return found
    moving = replace(
        found.moving,
        index_first=boxes.index_first(iso),
        edits=boxes.count_edits(file, iso),
        turned=boxes.is_turned(file, iso),
    )
    return replace(found, moving=moving)


def _facts(container: av.container.InputContainer, name: str, form: str, size_bytes: int) -> FileFacts:
    video = next(iter(container.streams.video), None)
    if video is None:
        raise CannotRead(name, f"is a {form} without a picture track", "Export it again with its pictures.")
    if video.width * video.height > MOST_PIXELS:
        what = f"has frames of {video.width}x{video.height} pixels; the limit is {MOST_PIXELS}"
        raise CannotRead(name, what, "Export it smaller.")
    audio = next(iter(container.streams.audio), None)
    tracks, loudness = _demux(container, name, audio)
    moving = _moving(video, tracks[video.index], name)
    _refuse_cut_off(container, moving, name)
    return FileFacts(
        name=name,
        kind="film",
        format=form,
        size_bytes=size_bytes,
        width_px=video.width,
        height_px=video.height,
        moving=moving,
        sound=_sound(audio, tracks[audio.index], loudness) if audio else None,
        leaks=film_leaks({**container.metadata, **video.metadata}),
        xmp=False,
    )


def _demux(
    container: av.container.InputContainer, name: str, audio: av.AudioStream | None
) -> tuple[dict[int, _Track], float | None]:
    tracks = {stream.index: _Track() for stream in container.streams}
    meter = _Meter(audio) if audio else None
    for count, packet in enumerate(container.demux()):
        if count > MOST_PACKETS:
            raise CannotRead(name, f"has more than {MOST_PACKETS} packets", "Export it shorter.")
        if packet.is_corrupt:
            raise CannotRead(name, "has a damaged packet", "Export it again.")
        tracks[packet.stream_index].see(packet)
        if meter and audio and packet.stream_index == audio.index:
            meter.hear(packet)
    return tracks, meter.loudness() if meter else None


class _Meter:
    """The integrated loudness of one stream, by FFmpeg's `ebur128` filter."""

    def __init__(self, stream: av.AudioStream) -> None:
        self.graph: Graph | None = None
        self.stream, self.lufs = stream, -math.inf

    def hear(self, packet: av.Packet[Any]) -> None:
        for frame in packet.decode():
            if self.graph is None:
                self.graph = self._build_graph(frame)
            self.graph.push(frame)
            self._read(self.graph)

    def _build_graph(self, frame: Any) -> Graph:
        from av.filter import Graph

        graph = Graph()
        source = graph.add_abuffer(
            sample_rate=frame.sample_rate, format=frame.format, layout=frame.layout, time_base=frame.time_base
        )
        graph.link_nodes(source, graph.add("ebur128", "metadata=1"), graph.add("abuffersink")).configure()
        return graph

    def _read(self, graph: Graph) -> None:
        import av

        while True:
            try:
                frame = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            self.lufs = float(frame.metadata.get("lavfi.r128.I", self.lufs))

    def loudness(self) -> float | None:
        if self.graph is not None:
            self.graph.push(None)
            self._read(self.graph)
        return round(self.lufs, 1) if self.lufs > SILENCE_LUFS else None


def _moving(video: av.VideoStream, track: _Track, name: str) -> FrameStream:
    times = sorted(track.times)
    if not times or video.time_base is None:
        raise CannotRead(name, "has no frames", "Export it again.")
    context, tick = video.codec_context, video.time_base
    rate, constant = _rate(times, tick, video.average_rate)
    seconds = float(len(times) / rate) if rate and constant else float((track.last - times[0]) * tick)
    pixel = str(context.pix_fmt or "")
    base = pixel.removesuffix("le").removesuffix("be").removesuffix("12").removesuffix("10")
    return FrameStream(
        codec=_codec(context.name),
        seconds=round(seconds, 4),
        frames=len(times),
        rate=rate,
        constant=constant,
        bits_per_second=round(track.size * 8 / seconds) if seconds else 0,
        profile=str(video.profile or ""),
        pixel_format=pixel,
        chroma=CHROMA.get(base, "other"),
        bits=max((part.bits for part in context.format.components), default=8) if context.format else 8,
        transfer=TRANSFERS.get(int(context.color_trc or 0), "other"),
        interlaced=_is_interlaced(context),
        square_pixels=video.sample_aspect_ratio in (None, 0, 1),
        alpha=any(part.is_alpha for part in context.format.components) if context.format else False,
        levels="full" if pixel.startswith("yuvj") else LEVELS.get(int(context.color_range or 0), ""),
    )


def _codec(name: str) -> str:
    return {"libdav1d": "av1", "libaom-av1": "av1", "libvpx-vp9": "vp9", "libvpx": "vp8", "prores_ks": "prores"}.get(
        name, name
    )


def _is_interlaced(context: Any) -> bool:
    return int(getattr(context, "field_order", 0) or 0) not in PROGRESSIVE


def _rate(times: list[int], tick: Fraction, stated: Fraction | None) -> tuple[Fraction, bool]:
    """Return the mean rate, and whether every frame lasts equally long, within a tick.

    A mean close to a usual rate becomes that rate.
    """
    steps = {b - a for a, b in pairwise(times)}
    if not steps or times[-1] == times[0]:
        return stated or Fraction(0), True
    mean = Fraction(len(times) - 1, times[-1] - times[0]) / tick
    constant = max(steps) - min(steps) <= 1
    near = min(USUAL, key=lambda usual: abs(usual - mean))
    # Matroska counts milliseconds, and a short film's mean is off by one of them over its length.
    slack = mean * tick / (tick * (times[-1] - times[0])) * 2 if tick > Fraction(1, 2000) else Fraction(1, 2000)
    return (near if abs(near - mean) <= slack else mean.limit_denominator(1001)), constant


def _refuse_cut_off(container: av.container.InputContainer, moving: FrameStream, name: str) -> None:
    """Refuse a film whose index promises more than its packets hold."""
    stated = container.duration / 1_000_000 if container.duration else 0.0
    sound = max(
        (float(s.duration * s.time_base) for s in container.streams.audio if s.duration and s.time_base), default=0.0
    )
    if stated - max(moving.seconds, sound) > MISSING_SECONDS:
        what = f"says it lasts {stated:.2f} s, and holds {moving.seconds:.2f} s of frames"
        raise CannotRead(name, what, "Copy or export it again.")


def _sound(stream: av.AudioStream, track: _Track, loudness: float | None) -> SoundStream:
    times, tick = sorted(track.times), stream.time_base or Fraction(1)
    seconds = float((track.last - times[0]) * tick) if times else 0.0
    codec = stream.codec_context.name
    return SoundStream(
        codec="pcm" if codec.startswith("pcm_") else {"libopus": "opus", "mp3float": "mp3"}.get(codec, codec),
        channels=stream.codec_context.channels,
        rate_hz=stream.codec_context.sample_rate or 0,
        bits_per_second=round(track.size * 8 / seconds) if seconds else 0,
        loudness_lufs=loudness,
        seconds=round(float(track.last * tick), 4) if times else None,
    )
