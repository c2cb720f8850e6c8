"""Records that nobody should send: briefs damaged in value, headers, key, size, encoding and version, from a seed.

Every one is made of a brief that could not be planned anyway, because its picture does not exist. So none of them is
ever a good order, whatever a mutation leaves of it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.bus.messages import SUBMITTED
from tests.support.briefs import a_brief
from tests.support.raw_records import RawName, RawRecord

Headers = list[tuple[str, bytes | None]]
Mutation = Callable[[dict[str, Any], random.Random], RawRecord]
TENANTS = ("aurelle", "northpeak", "solara")


def mutants(count: int, seed: int) -> Iterator[RawRecord]:
    """Yield so many records. Some come twice, as they are."""
    chance = random.Random(seed)
    last: RawRecord | None = None
    for number in range(count):
        if last is not None and chance.random() < 0.05:
            yield last
            continue
        doomed = _doomed(number, chance)
        last = chance.choice(MUTATIONS)(doomed, chance)
        yield last


def _doomed(number: int, chance: random.Random) -> dict[str, Any]:
    """A brief with a picture that does not exist, for a campaign that no other record names."""
    product = {"id": "serum", "name": "Serum", "picture": f"missing-{number}.png"}
    campaign = {"id": f"mutant-{number}", "name": "Mutant"}
    return a_brief(tenant=chance.choice(TENANTS), campaign=campaign, products=[product])


def _plain(brief: Any, *headers: tuple[str, bytes | None], key: bytes | None = b"") -> RawRecord:
    value = brief if isinstance(brief, bytes) else json.dumps(brief).encode()
    own = brief.get("tenant") if isinstance(brief, dict) else ""
    return (str(own or "").encode("utf-8", "replace") if key == b"" else key, value, headers)


def _flipped(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    data = bytearray(json.dumps(brief).encode())
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return _plain(bytes(data), key=brief["tenant"].encode())


def _cut(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    data = json.dumps(brief).encode()
    return _plain(data[: chance.randrange(len(data))], key=brief["tenant"].encode())


def _noise(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain(chance.randbytes(chance.randint(1, 2000)), key=chance.randbytes(8))


def _nothing(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return (chance.choice([None, b"aurelle"]), chance.choice([b"", b"null", b"[]", b"0", b'""']), [])


def _tombstone(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return (brief["tenant"].encode(), None, [])


def _odd_value(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    odd = chance.choice(
        [None, True, -1, 1e308, "", "\ud800", "x" * 5000, [], {}, [[[]]], {"a": {"b": 1}}, "\x00", "\u202e"]
    )
    place = chance.choice(sorted(brief))
    return _plain({**brief, place: odd, **({"tenant": "aurelle"} if place != "tenant" else {})})


def _unknown_field(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain({**brief, chance.choice(["film_", "__class__", "", "a" * 300]): 1})


def _missing_field(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    missing = chance.choice(sorted(brief))
    return _plain({name: value for name, value in brief.items() if name != missing})


def _foreign_file(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    name = chance.choice(["/etc/passwd", "../northpeak/serum.png", "/dev/zero", "a\\b.png", "\u0000", "x/" * 300])
    return _plain({**brief, "products": [{"id": "serum", "name": "Serum", "picture": name}]})


def _stranger(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain({**brief, "tenant": chance.choice(["nobody", "../aurelle", "No Such!", "a" * 2000, "\ud800"])})


def _deep(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    depth = chance.choice([60, 300, 5000])
    text = json.dumps(brief)[:-1] + ', "metadata": ' + '{"a":' * depth + "1" + "}" * depth + "}"
    return _plain(text.encode(), key=brief["tenant"].encode())


def _wide(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain({**brief, "products": [{}] * chance.choice([100, 3000])})


def _twice(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain((json.dumps(brief)[:-1] + ', "tenant": "northpeak"}').encode(), key=b"northpeak")


def _number(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    number = chance.choice(["NaN", "Infinity", "1" * 5000, "1e400", "-0", "0x10"])
    return _plain((json.dumps(brief)[:-1] + f', "priority": {number}}}').encode(), key=b"aurelle")


def _encoded(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain(json.dumps(brief).encode(chance.choice(["utf-16", "utf-32", "utf-8-sig"])), key=b"aurelle")


def _versioned(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    version = chance.choice([b"0.3", b"2.0", b"", b"\xff", b"1.0" * 100])
    kind = chance.choice([SUBMITTED.encode(), b"campaign-foundry.brief.deleted", b"", b"\x00"])
    return _plain(brief, ("ce_specversion", version), ("ce_type", kind), ("ce_id", b"m"), ("ce_source", b"/"))


def _structured(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    data = chance.choice([None, [], "text", brief])
    envelope = {
        "specversion": chance.choice(["1.0", 1, None]),
        "type": chance.choice([SUBMITTED, None, 7]),
        "data": data,
    }
    return _plain(envelope, ("content-type", b"application/cloudevents+json"), key=b"solara")


def _headers(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    found: list[Headers] = [
        [("note", None)], [("ce_id", None)], [("traceparent", b"\xff\xfe")], [(RawName("x"), b"1")],
        [("ce_id", b"1"), ("ce_id", b"2")], [(f"h{n}", b"v") for n in range(300)], [("big", b"b" * 100_000)],
        [("", b"")], [("ce_id", b"x" * 5000)], [("__connect.errors.topic", b"a"), ("ce_source", b"/tenants")],
    ]  # fmt: skip
    return _plain(brief, *chance.choice(found))


def _key(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain(brief, key=chance.choice([None, b"\xff\xff", b"k" * 20_000, b"northpeak", b"\x00", "ключ".encode()]))


def _unchanged(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    return _plain(brief)


def _large(brief: dict[str, Any], chance: random.Random) -> RawRecord:
    """At most one in a hundred is really large, so that the attack does not only fill disks."""
    size = chance.choice([5_300_000, 5_900_000]) if chance.random() < 0.1 else chance.choice([200_000, 600_000])
    return _plain({**brief, "metadata": {"note": "n" * size}})


MUTATIONS: tuple[Mutation, ...] = (
    _flipped, _cut, _noise, _nothing, _tombstone, _odd_value, _unknown_field, _missing_field, _foreign_file, _stranger,
    _deep, _wide, _twice, _number, _encoded, _versioned, _structured, _headers, _key,
    _unchanged,
    *(_flipped, _odd_value, _missing_field) * 5, _large,
)  # fmt: skip
