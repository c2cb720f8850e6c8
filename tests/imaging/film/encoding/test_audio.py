"""Sound is read safely, mixed, brought to a loudness that ffmpeg agrees with, and laid exactly under the pictures."""

from __future__ import annotations

import io
import re
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.channel.placement import Motion
from imaging.film.encoding.audio import RATE, TELEVISION, Samples, Track, track_for
from imaging.film.encoding.film_format import CannotFilm
from imaging.film.encoding.loudness import at_loudness, measure_loudness
from imaging.film.encoding.mixing import Mix, ducking_gain, fit_length, mix_sound
from imaging.film.encoding.sound_file import UnreadableSound, decode_sound
from imaging.film.encoding.writer import FilmWriter
from tests.support.moving_pictures import FFMPEG, a_spec, pan, probed, readers
from tests.support.sounds import a_wav


def music(seconds: float, level: float = 0.2) -> Samples:
    """A chord with a beat, different left and right."""
    time = np.arange(round(seconds * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220, 277.2, 329.6)) / 3
    beat = 0.4 + 0.6 * np.exp(-((time * 2) % 1) * 5)
    return np.asarray(np.stack([chord * beat, chord * beat * 0.8]) * level, np.float32)


def voice(seconds: float) -> Samples:
    """Syllables of noise."""
    count = round(seconds * RATE)
    noise = np.random.default_rng(3).normal(0, 0.1, count)
    syllables = np.clip(np.sin(2 * np.pi * 3 * np.arange(count) / RATE) + 0.6, 0, 1)
    return np.asarray(np.stack([noise * syllables] * 2), np.float32)


class TestReading:
    def test_a_wav_is_read_as_it_is(self):
        samples = music(0.5)
        assert np.abs(decode_sound(a_wav(samples), "m.wav") - samples).max() < 2 / 32768

    @pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
    def test_other_rates_become_48_khz(self, rate: int):
        heard = decode_sound(a_wav(music(1), rate), "m.wav")
        assert abs(heard.shape[1] - RATE * RATE / rate) < 64

    @pytest.mark.parametrize("channels", [1, 6, 8])
    def test_other_channels_become_two(self, channels: int):
        heard = decode_sound(a_wav(music(0.3), channels=channels), "m.wav")
        assert heard.shape == (2, round(0.3 * RATE))
        assert np.abs(heard).max() > 0.05

    def test_a_truncated_file_gives_what_is_there(self):
        data = a_wav(music(1))
        assert 0.4 * RATE < decode_sound(data[: len(data) // 2], "m.wav").shape[1] <= 0.5 * RATE

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"ffconcat version 1.0\nfile /etc/passwd\n", "is no sound file known here"),
            (b"#EXTM3U\n#EXTINF:1,\nhttp://example.com/a.ts\n", "is no sound file known here"),
            (b"", "is no sound file known here"),
            (b"ID3\x04" + b"\0" * 400, "is damaged"),
            (b"RIFF\xff\xff\xff\xffWAVEfmt ", "is damaged"),
            (b"OggS" + b"\xff" * 300, "is damaged"),
        ],
    )
    def test_what_is_no_sound_is_refused(self, data: bytes, sentence: str):
        with pytest.raises(UnreadableSound) as refusal:
            decode_sound(data, "theme.mp3")
        assert str(refusal.value).startswith("sound theme.mp3")
        assert sentence in str(refusal.value)

    def test_a_file_without_samples_is_refused(self):
        with pytest.raises(UnreadableSound):
            decode_sound(a_wav(np.zeros((2, 0), np.float32)), "m.wav")

    def test_a_film_without_sound_is_refused(self):
        sink, spec = io.BytesIO(), a_spec()
        with FilmWriter(sink, spec) as writer:
            for frame in pan(spec, 3):
                writer.add(frame)
        with pytest.raises(UnreadableSound, match="no stream of sound"):
            decode_sound(sink.getvalue(), "film.mp4")

    def test_samples_that_are_no_numbers_are_refused(self):
        import struct

        body = struct.pack("<4f", 0.1, float("nan"), float("inf"), 0.1) * 600
        header = (
            b"RIFF"
            + struct.pack("<I", 36 + len(body))
            + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 3, 2, RATE, RATE * 8, 8, 32)
        )
        with pytest.raises(UnreadableSound, match="no numbers"):
            decode_sound(header + b"data" + struct.pack("<I", len(body)) + body, "m.wav")


class TestMixing:
    def test_the_mix_has_the_films_length_and_the_channels_loudness(self):
        whole = mix_sound(Mix(seconds=Fraction(6), voice_at=Fraction(2), lufs=-16), music(2), voice(2))
        assert whole.shape == (2, 6 * RATE)
        loudness = measure_loudness(whole)
        assert abs(loudness.lufs + 16) < 0.5
        assert loudness.peak_dbtp <= -1

    def test_music_gives_way_to_the_voice(self):
        gain = ducking_gain(np.pad(voice(1), ((0, 0), (RATE, 2 * RATE))), 12.0)
        assert gain[RATE // 2] == pytest.approx(1, abs=1e-3)
        assert gain[RATE + RATE // 2] == pytest.approx(10 ** (-12 / 20), rel=1e-3)
        assert gain[-1] == pytest.approx(1, abs=1e-3)
        assert np.abs(np.diff(gain)).max() < 1e-3

    def test_short_music_is_repeated_without_a_click(self):
        source = music(1)
        whole = fit_length(source, 3 * RATE)
        assert whole.shape == (2, 3 * RATE)
        assert np.abs(np.diff(whole)).max() < 2 * np.abs(np.diff(source)).max()

    def test_both_ends_are_faded(self):
        whole = mix_sound(Mix(seconds=Fraction(3)), music(5))
        assert np.abs(whole[:, 0]).max() < 1e-4
        assert np.abs(whole[:, -1]).max() < 1e-4

    def test_a_voice_that_outlasts_the_film_is_refused(self):
        with pytest.raises(CannotFilm, match=r"the voice ends at 3\.00 s of a film of 2 s"):
            mix_sound(Mix(seconds=Fraction(2), voice_at=Fraction(1)), music(2), voice(2))

    def test_a_mix_of_nothing_is_refused(self):
        with pytest.raises(CannotFilm, match="give music, a voice, or both"):
            mix_sound(Mix(seconds=Fraction(2)))


class TestLoudness:
    pytestmark = readers

    @pytest.mark.parametrize("lufs", [-14, -16, -23, -27])
    @pytest.mark.parametrize("level", [0.02, 0.9])
    def test_ffmpeg_measures_what_was_asked(self, lufs: int, level: float, tmp_path: Path):
        loud = at_loudness(music(5, level), lufs)
        integrated, peak = by_ffmpeg(a_wav(loud), tmp_path / "sound.wav")
        assert abs(integrated - lufs) <= 0.5
        assert peak <= -0.9

    def test_spiky_sound_keeps_under_the_peak(self, tmp_path: Path):
        spiky = music(5, 0.05)
        spiky[:, :: RATE // 4] = 0.95
        integrated, peak = by_ffmpeg(a_wav(at_loudness(spiky, -14)), tmp_path / "sound.wav")
        assert peak <= -0.9
        assert abs(integrated + 14) <= 0.5

    def test_silence_stays_silence(self):
        silence = np.zeros((2, RATE), np.float32)
        assert not at_loudness(silence, -14).any()
        assert measure_loudness(silence).lufs == -70


def by_ffmpeg(data: bytes, file: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, from the summary of another build's ebur128."""
    file.write_bytes(data)
    command = [str(FFMPEG), "-hide_banner", "-nostats", "-i", str(file), "-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, check=True, timeout=60).stderr.decode().split("Summary:")[1]
    integrated, peak = re.search(r"I:\s+(-?[\d.]+) LUFS", told), re.search(r"Peak:\s+(-?[\d.]+) dBFS", told)
    assert integrated is not None
    assert peak is not None
    return float(integrated[1]), float(peak[1])


def a_motion(**changes: Any) -> Motion:
    given = {"seconds": (Decimal(1), Decimal(9)), "rates": (Decimal(25),), "codecs": ("h264",), **changes}
    return Motion.model_validate(given)


class TestTracks:
    def test_a_channel_decides_whether_there_is_a_track(self):
        sound, second = music(1), Fraction(1)
        assert track_for(a_motion(audio="none"), "mp4", second, sound) is None
        assert track_for(a_motion(audio="optional"), "mp4", second, None) is None
        silent = track_for(a_motion(audio="required"), "mp4", second, None)
        assert silent is not None
        assert silent.samples.shape == (2, RATE)
        assert not silent.samples.any()

    def test_television_gets_the_higher_rate(self):
        track = track_for(a_motion(least_bits_per_second=4_000_000), "mp4", Fraction(1), music(1))
        assert track is not None
        assert track.bits_per_second == TELEVISION

    def test_sound_of_another_length_is_refused(self):
        with pytest.raises(CannotFilm, match="a film of 2 s takes"):
            track_for(a_motion(), "mp4", Fraction(2), music(1))


SOUND = {"h264": ("mp4", "aac"), "vp9": ("webm", "opus"), "prores": ("mov", "pcm_s16le")}


def sounding(codec: str, samples: Samples) -> bytes:
    sink, spec = io.BytesIO(), a_spec(codec, SOUND[codec][0])
    with FilmWriter(sink, spec, audio=Track(samples, spec.container)) as writer:
        for frame in pan(spec, samples.shape[1] * 25 // RATE):
            writer.add(frame)
    return sink.getvalue()


@pytest.mark.parametrize("codec", SOUND)
def test_films_with_sound_are_the_same_every_time(codec: str):
    assert sounding(codec, music(1)) == sounding(codec, music(1))


@pytest.mark.parametrize("codec", SOUND)
def test_a_click_is_heard_at_its_time_without_an_edit_list(codec: str):
    samples = np.zeros((2, 2 * RATE), np.float32)
    samples[:, RATE : RATE + 240] = 0.8
    data = sounding(codec, samples)
    assert b"elst" not in data
    heard = heard_by_a_plain_player(data)
    assert abs(int(np.argmax(np.abs(heard[0]) > 0.2)) - RATE) <= 48


def heard_by_a_plain_player(data: bytes) -> Samples:
    """Sound as a player lays it that obeys the times of packets and no more."""
    import av

    with av.open(io.BytesIO(data)) as source:
        stream = source.streams.audio[0]
        whole = np.zeros((2, 3 * RATE), np.float32)
        for frame in source.decode(stream):
            at = round(frame.pts * stream.time_base * RATE)
            block = frame.to_ndarray()
            if block.shape[0] == 1:
                block = block.reshape(-1, 2).T / 32768
            if at >= 0:
                whole[:, at : at + block.shape[1]] = block
        return whole


class TestFfprobeFinds:
    pytestmark = readers

    @pytest.mark.parametrize("codec", SOUND)
    def test_two_channels_at_48_khz_beside_the_pictures(self, codec: str, tmp_path: Path):
        file = tmp_path / "film"
        file.write_bytes(sounding(codec, music(2)))
        pictures, sound = probed(file)["streams"]
        assert (sound["codec_name"], sound["channels"], sound["sample_rate"]) == (SOUND[codec][1], 2, "48000")
        assert int(pictures["nb_read_frames"]) == 50
        assert float(probed(file)["format"]["duration"]) == pytest.approx(2, abs=0.01)
        if codec == "h264":
            assert int(sound["bit_rate"]) > 100_000
            assert sound["profile"] == "LC"
