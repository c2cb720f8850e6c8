"""The rules of placements for moving pictures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from foundry.channel.inspection.finding import Finding
from foundry.channel.inspection.found import FileFacts, FrameStream, SoundStream
from foundry.channel.inspection.still_rules import alpha_finding, pixel_finding
from foundry.channel.placement import Motion, Placement

BROADCAST = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}
"""The exact rates behind the usual roundings."""
NEAR = Fraction(1, 1000)
NEAR_ANIMATED = Fraction(1, 50)
"""GIF counts hundredths of a second, WebP thousandths: their rates are rounded."""
LOUDNESS_LU = Decimal(1)
UNHEARD_S = 0.5
"""Seconds by which sound may be longer or shorter than the pictures: encoders pad it."""
CHROMA = {"prores": "4:2:2", "gif": "", "webp": ""}


def film_findings(found: FileFacts, placement: Placement, exact: bool) -> Iterator[Finding]:
    """Yield the findings for a film or an animated picture; only the first for a file that does not move."""
    motion, moving = placement.motion, found.moving
    what = f"{moving.frames} frames" if moving else "one picture"
    yield Finding("moves", moving is not None, what, "moving", "Export it as a film.")
    if motion is None or moving is None:
        return
    yield pixel_finding(found, placement, exact)
    yield from _pictures(moving, motion)
    yield from _levels_of_light(moving, motion, exact)
    yield _alpha(found, moving)
    yield from _times(moving, motion)
    yield from _file(moving, motion)
    yield from _sounds(found.sound, motion, exact)
    if found.sound and motion.audio != "none":
        yield from _lengths(found.sound, moving, motion, exact)


def fraction(rate: Decimal) -> Fraction:
    """Return the exact frames per second: 23.976 means 24000/1001."""
    return BROADCAST.get(str(rate), Fraction(rate))


def _pictures(moving: FrameStream, motion: Motion) -> Iterator[Finding]:
    codecs = " or ".join(motion.codecs)
    yield Finding("codec", moving.codec in motion.codecs, moving.codec, codecs, f"Encode it as {motion.codecs[0]}.")
    chroma = CHROMA.get(moving.codec, "4:2:0")
    remedy = f"Encode it with {chroma} chroma; players cannot decode more."
    yield Finding("chroma", moving.chroma == chroma, moving.chroma or "none", chroma or "none", remedy)
    depth = f"Encode it with {motion.bits} bits."
    yield Finding("bits", moving.bits == motion.bits, str(moving.bits), str(motion.bits), depth)
    light = moving.transfer or "bt709"
    remedy = f"Grade it for {motion.transfer}, and say so in the file."
    yield Finding("transfer", light == motion.transfer, moving.transfer or "none stated", motion.transfer, remedy)
    scan = "interlaced" if moving.interlaced else "progressive"
    yield Finding("scan", not moving.interlaced, scan, "progressive", "Deinterlace it.")
    shape = "square" if moving.square_pixels else "not square"
    yield Finding("pixel shape", moving.square_pixels, shape, "square", "Scale it to square pixels.")
    turned = "turned" if moving.turned else "upright"
    yield Finding("upright", not moving.turned, turned, "upright", "Turn the frames, and remove the display matrix.")


def _alpha(found: FileFacts, moving: FrameStream) -> Finding:
    if found.picture:
        return alpha_finding(found.picture.see_through)
    measured = "a channel of alpha" if moving.alpha else "opaque"
    return Finding(
        "alpha", not moving.alpha, measured, "opaque", "Flatten it on its ground, and encode it without alpha."
    )


def _levels_of_light(moving: FrameStream, motion: Motion, exact: bool) -> Iterator[Finding]:
    """Yield the finding on the range of levels; most channels convert a range that is stated as full, not all do."""
    if moving.codec in ("gif", "webp"):
        return
    measured = moving.levels or "none stated"
    remedy = "Encode it with limited range (video levels, 16 to 235 of 255), and say so in the file."
    broadcast = motion.least_bits_per_second > 0
    passed = moving.levels != "full"
    yield Finding("range", passed, measured, "limited", remedy, advice=not exact and not broadcast)


def _times(moving: FrameStream, motion: Motion) -> Iterator[Finding]:
    low, high = (float(value) for value in motion.seconds)
    frame = float(1 / moving.rate) if moving.rate else 0.0
    within = low - frame <= moving.seconds <= high + frame
    limit = f"{motion.seconds[0]} s" if low == high else f"{motion.seconds[0]} to {motion.seconds[1]} s"
    yield Finding("duration", within, f"{moving.seconds:.2f} s", limit, "Cut or extend it.")
    steady = "constant" if moving.constant else "variable"
    yield Finding("steady rate", moving.constant, steady, "constant", "Encode it with a constant frame rate.")
    remedy = f"Encode it with {motion.rates[0]} frames a second."
    yield Finding("rate", _rate_taken(moving, motion), f"{float(moving.rate):.6g} fps", _rates(motion), remedy)


def _rate_taken(moving: FrameStream, motion: Motion) -> bool:
    near = NEAR_ANIMATED if moving.codec in ("gif", "webp") else NEAR / 2
    if motion.rates_between:
        low, high = (fraction(rate) for rate in motion.rates_between)
        if low * (1 - near) <= moving.rate <= high * (1 + near):
            return True
    return any(abs(moving.rate - fraction(rate)) <= near * fraction(rate) for rate in motion.rates)


def _rates(motion: Motion) -> str:
    if motion.rates_between:
        return f"{motion.rates_between[0]} to {motion.rates_between[1]} fps"
    return " or ".join(str(rate) for rate in motion.rates) + " fps"


def _file(moving: FrameStream, motion: Motion) -> Iterator[Finding]:
    least, most = motion.least_bits_per_second, motion.most_bits_per_second
    measured = f"{moving.bits_per_second} bit/s"
    if least:
        enough = moving.bits_per_second >= least
        yield Finding("least bit rate", enough, measured, f"at least {least} bit/s", "Encode it with more bits.")
    if most:
        few = moving.bits_per_second <= most
        yield Finding("bit rate", few, measured, f"at most {most} bit/s", "Encode it with fewer bits.")
    if moving.index_first is not None:
        place = "before the frames" if moving.index_first else "after the frames"
        remedy = "Write it again with the index first (faststart)."
        yield Finding("index", moving.index_first, place, "before the frames", remedy)
    if not motion.edit_lists:
        remedy = "Write it again without edit lists."
        yield Finding("edit lists", moving.edits == 0, str(moving.edits), "none", remedy)
    if motion.loops is not None and moving.codec in ("gif", "webp"):
        plays = "endless" if moving.loops is None else str(moving.loops)
        fits = moving.loops is not None and moving.loops <= motion.loops
        yield Finding("loops", fits, plays, f"at most {motion.loops}", "Let it play fewer times.")


def _sounds(sound: SoundStream | None, motion: Motion, exact: bool) -> Iterator[Finding]:
    is_there = "sound" if sound else "no sound"
    if motion.audio == "none":
        yield Finding("sound", sound is None, is_there, "no sound", "Remove the audio track.")
        return
    if motion.audio == "required":
        yield Finding("sound", sound is not None, is_there, "sound", "Add an audio track.")
    if sound is None:
        return
    codecs = " or ".join(motion.audio_codecs)
    remedy = f"Encode the sound as {motion.audio_codecs[0]}."
    yield Finding("audio codec", sound.codec in motion.audio_codecs, sound.codec, codecs, remedy)
    rates = " or ".join(str(rate) for rate in motion.audio_rates_hz) + " Hz"
    remedy = f"Resample the sound to {motion.audio_rates_hz[0]} Hz."
    yield Finding("audio rate", sound.rate_hz in motion.audio_rates_hz, f"{sound.rate_hz} Hz", rates, remedy)
    least = motion.least_audio_channels
    yield Finding("channels", sound.channels >= least, str(sound.channels), f"at least {least}", "Mix it to stereo.")
    yield from _levels(sound, motion, exact)


def _lengths(sound: SoundStream, moving: FrameStream, motion: Motion, exact: bool) -> Iterator[Finding]:
    """Yield the finding on sound that lasts longer or shorter than the frames; a channel counts the longer of them."""
    if sound.seconds is None:
        return
    over = sound.seconds - moving.seconds
    most = float(motion.seconds[1]) + UNHEARD_S
    remedy = "Cut the sound where the pictures end." if over > 0 else "Let the sound last as long as the pictures."
    measured, limit = f"{sound.seconds:.2f} s", f"the {moving.seconds:.2f} s of the pictures"
    too_long = over > UNHEARD_S and sound.seconds > most
    yield Finding("sound length", abs(over) <= UNHEARD_S, measured, limit, remedy, advice=not too_long and not exact)


def _levels(sound: SoundStream, motion: Motion, exact: bool) -> Iterator[Finding]:
    least = motion.least_audio_bits_per_second
    # Silence needs no bits, whatever rate was asked for.
    if least and sound.loudness_lufs is not None:
        # Encoders of AAC stay a little under the rate that they are asked for.
        enough = sound.bits_per_second >= least * 0.9
        measured, limit = f"{sound.bits_per_second} bit/s", f"at least {least} bit/s"
        yield Finding("audio bit rate", enough, measured, limit, "Encode the sound with more bits.", advice=not exact)
    target = motion.loudness_lufs
    if sound.loudness_lufs is None:
        remedy = "Add sound, or remove the audio track." if motion.audio == "optional" else "Add sound."
        yield Finding("silence", False, "silence", "sound that is heard", remedy, advice=True)
        return
    if target is None:
        return
    near = abs(Decimal(str(sound.loudness_lufs)) - target) <= LOUDNESS_LU
    remedy = f"Normalise the sound to {target} LUFS."
    limit = f"{target} LUFS, {LOUDNESS_LU} LU more or less"
    yield Finding("loudness", near, f"{sound.loudness_lufs} LUFS", limit, remedy, advice=not exact)
