"""Only files that the loader can read pass, whatever is done to their bytes."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from models.registry.safetensors_header import NotSafetensors, read_header
from tests.support.cards import tensors


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tensors(tmp_path_factory.mktemp("sound") / "sound.safetensors")


def passes(path: Path, data: bytes) -> bool:
    """Return whether the check passes; it must raise nothing but its refusal."""
    path.write_bytes(data)
    try:
        read_header(path)
    except NotSafetensors:
        return False
    return True


def test_the_header_counts_tensors_and_parameters(sound: Path) -> None:
    header = read_header(sound)
    assert (header.tensors, header.parameters) == (3, {"F32": 32, "F16": 6, "I64": 5})
    assert header.size == sound.stat().st_size


def test_padding_after_the_header_and_metadata_are_no_tensors(tmp_path: Path) -> None:
    path = tmp_path / "padded.safetensors"
    text = json.dumps({"__metadata__": {"format": "pt"}, "a": tensor(0, 8)}).encode().ljust(200)
    path.write_bytes(struct.pack("<Q", 200) + text + bytes(8))
    assert read_header(path).parameters == {"U8": 8}


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_no_truncation_passes(sound: Path, data: st.DataObject) -> None:
    whole = sound.read_bytes()
    length = data.draw(st.integers(0, len(whole) - 1))
    assert not passes(sound.with_name("cut"), whole[:length])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_changed_header_passes_only_if_the_tensors_load_and_count_the_same(sound: Path, data: st.DataObject) -> None:
    changed = bytearray(sound.read_bytes())
    head = 8 + int.from_bytes(changed[:8], "little")
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, head - 1))] = data.draw(st.integers(0, 255))
    changed += data.draw(st.binary(max_size=4))
    path = sound.with_name("changed")
    if passes(path, bytes(changed)):
        loaded = load(bytes(changed))
        assert sum(array.size for array in loaded.values()) == sum(read_header(path).parameters.values())


def packed(header: object, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(start: int, stop: int, **changes: Any) -> dict[str, Any]:
    return {"dtype": "U8", "shape": [stop - start], "data_offsets": [start, stop], **changes}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"a": tensor(0, 4), "b": tensor(5, 8)}, "a gap or an overlap"),
        ({"a": tensor(0, 5), "b": tensor(4, 8)}, "a gap or an overlap"),
        ({"a": tensor(0, 9)}, "header describes another number: truncated"),
        ({"a": tensor(0, 7)}, "or with bytes that belong to no tensor"),
        ({"a": tensor(0, 8, dtype="Q4")}, "unknown variant `Q4`"),
        ({"a": tensor(0, 8, shape=[3])}, "invalid shape, data type, or offset"),
        ({"a": tensor(0, 8, shape=[-8])}, "integer `-8`"),
        ({"a": tensor(0, 8, shape=[True])}, "boolean `true`"),
        ({"a": tensor(0, 8, shape=[1 << 40, 1 << 40, 0])}, "overflow"),
        ({"a": tensor(0, 8, code="x")}, "describes tensor 'a' by other keys than dtype, shape and data_offsets"),
        ({"a": tensor(0, 8), "__metadata__": {"n": 1}}, "expected a string"),
        ([1], "is corrupted, or no safetensors file"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, header: object, said: str) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(packed(header, bytes(8)))
    with pytest.raises(NotSafetensors) as refused:
        read_header(path)
    assert said in str(refused.value)


def test_a_header_that_says_a_key_twice_or_nests_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    one = json.dumps(tensor(0, 8))
    for text in (f'{{"a":{one},"a":{one}}}', '{"a":' * 100_000, '{"a":NaN}', '{"a":\xff}'):
        data = text.encode("latin-1")
        assert not passes(path, struct.pack("<Q", len(data)) + data + bytes(8))
