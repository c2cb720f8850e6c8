"""The parsers of texts from outside as functions of bytes, and small whole texts from which mutants are made."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from foundry.adoption.adoption import adopt
from foundry.adoption.saying import as_yaml
from foundry.adoption.seeing import see_bytes
from foundry.adoption.shapes import days_in, money_in, shapes_of
from foundry.brief.intake import read_briefs
from foundry.channel.placement import placements
from foundry.documents import load_json, load_yaml
from foundry.documents.writing import yaml_text
from foundry.errors import shorten
from foundry.layout.files import layout_named
from foundry.look_alikes import words_said
from foundry.tenant import load_tenant
from models.registry.folders import CARDS, read_card
from models.registry.ledger import changes
from pipelines.bus.messages import SUBMITTED, parse_record
from pipelines.bus.settings import bus_settings
from pipelines.engines.engine import engine_settings
from pipelines.planning.copy_checks import check_copy
from tests.support.briefs import BRIEF, EXAMPLE_BRIEFS, EXAMPLES

FOREIGN = Path(__file__).parents[1] / "foundry" / "adoption" / "foreign_briefs"
TENANT = (EXAMPLES / "tenants" / "aurelle" / "tenant.yaml").read_bytes()
LAYOUT = (EXAMPLES / "tenants" / "aurelle" / "layouts" / "billboard-panel.yaml").read_bytes()


def _file(name: str, read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    def on_file(data: bytes) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            return read(path)

    return on_file


def _briefs(path: Path) -> list[Any]:
    tenant = load_tenant(EXAMPLES / "tenants", "aurelle")
    return [problem for brief in read_briefs(path) for problem in check_copy(brief, tenant)]


def _record(data: bytes) -> Any:
    """Read a record: its headers stand in the first line, its value is the rest."""
    head, _, value = data.partition(b"\n")
    pairs = [part.partition(b"=") for part in head.split(b"\x1f") if part]
    headers = [(name.decode("latin-1"), text if equals else None) for name, equals, text in pairs][:200]
    return parse_record("campaign.briefs", value, tuple(headers), "here")


def _tenant(path: Path) -> Any:
    return load_tenant(path.parents[1], "aurelle")


def _layout(path: Path) -> Any:
    (path.parents[1] / "tenant.yaml").write_bytes(_without_logo())
    tenant = load_tenant(path.parents[2], "aurelle")
    return [layout_named("billboard-panel", place, tenant) for place in placements().values()]


@cache
def _without_logo() -> bytes:
    (tenant,) = load_yaml(TENANT, "tenant")
    del tenant["brand"]["logo"]
    return yaml_text(tenant).encode()


def _adopted(path: Path) -> Any:
    return [as_yaml(said.brief) for said in adopt(path, tenant="aurelle").campaigns if said.brief]


def _value(data: bytes) -> Any:
    text = data.decode("utf-8", "replace")
    return [shapes_of(text[:at]) for at in (20, 60, 5_000)], days_in(text[:40], ("en-US", "de-DE")), money_in(text[:40])


def _words(data: bytes) -> Any:
    text = data.decode("utf-8", "replace")
    return [shorten(text), *words_said(text, ["miracle", text[:20], text[-5:]])]


VALUES = (
    "1.299,00 €", "31/05/2027", "May 1 – 31, 2027", "de-AT, German (Austria)", "EMEA / Germany", "IG Reels 9:16",
    "300x250, 1:1", "#FF5733", "img/a.png", "https://a.example/b", "Approved (Mia)", '["a", "b"]',
)  # fmt: skip
PARSERS: dict[str, Callable[[bytes], Any]] = {
    "yaml": lambda data: load_yaml(data, "here"),
    "json": lambda data: load_json(data, "here"),
    "brief in yaml": _file("a.yaml", _briefs),
    "brief in json": _file("a.json", _briefs),
    "briefs in lines": _file("a.jsonl", _briefs),
    "record": _record,
    "tenant": _file("aurelle/tenant.yaml", _tenant),
    "layout": _file("aurelle/layouts/billboard-panel.yaml", _layout),
    "card": _file("backdrop.yaml", read_card),
    "ledger": _file("promotions.jsonl", lambda path: changes(path.parent)),
    "settings of the broker": _file("kafka.yaml", lambda path: bus_settings(None, path)),
    "settings of engines": _file("engines.yaml", engine_settings),
    "foreign yaml": _file("a.yaml", _adopted),
    "foreign json": _file("a.json", _adopted),
    "foreign table": _file("a.csv", _adopted),
    "text to see": lambda data: see_bytes(data, "a.md"),
    "value": _value,
    "words": _words,
}
"""Name → a function that reads bytes, and raises nothing but FoundryError."""


@cache
def whole_texts() -> dict[str, tuple[bytes, ...]]:
    """Return small texts that each parser accepts."""
    plain = json.dumps(BRIEF).encode()
    film = {**BRIEF, "film": {"subtitles": {"en-US": [{"start": 0.5, "end": 3, "text": "Soft."}]}, "bpm": 90}}
    examples = tuple(path.read_bytes() for path in EXAMPLE_BRIEFS)
    foreign = {end: tuple(path.read_bytes() for path in sorted(FOREIGN.glob(f"*{end}"))) for end in (".json", ".csv")}
    event = {"specversion": "1.0", "id": "x", "type": SUBMITTED, "source": "/tenants/aurelle", "data": BRIEF}
    change = {"id": "tiny", "version": "1", "action": "promote", "from": "candidate", "to": "production", "digest": "a",
              "who": "ann", "why": "better", "when": "2027-01-01T00:00:00Z"}  # fmt: skip
    return {
        "yaml": (*examples, TENANT, b"a: [1, 2.5, ~, yes]\nb: |\n  x\n  y\nc: 'd'\n"),
        "json": (plain, b'[1, -2.5e3, "\\u00e9\\n", true, null, {}]'),
        "brief in yaml": (*examples, json.dumps(film).encode()),
        "brief in json": (plain, json.dumps([BRIEF, film]).encode()),
        "briefs in lines": (plain + b"\n" + json.dumps(film).encode(),),
        "record": (
            b"\n" + plain,
            b"ce_id=a-1\x1fce_specversion=1.0\x1ftraceparent\n" + plain,
            b"content-type=application/cloudevents+json\n" + json.dumps(event).encode(),
        ),
        "tenant": (TENANT,),
        "layout": (LAYOUT,),
        "card": tuple(path.read_bytes() for path in sorted(CARDS.glob("*.yaml"))[:4]),
        "ledger": (json.dumps(change).encode() + b"\n",),
        "settings of the broker": (b"{bootstrap: 'h:1,g:2', security: SASL_SSL, user: a, password_variable: B}",),
        "settings of engines": (b"{flink: {job_endpoint: 'h:1', worker_pool: 'h:2'}}",),
        "foreign yaml": tuple(path.read_bytes() for path in sorted(FOREIGN.glob("*.y*ml"))),
        "foreign json": foreign[".json"],
        "foreign table": foreign[".csv"],
        "text to see": (
            b"---\nbrand: no\n---\n# Glow\n\n**CTA:** Go\n\nTitle\n===\n- a\n  - b: c\n\n| a | b |\n|--|--|\n| 1 | 2 |",
            b"Brand - Acme\nMarket - DE\nCTA - Go\n\nProduct: A\nPrice: 1\nProduct: B\nPrice: 2\n",
        ),
        "value": tuple(text.encode() for text in VALUES),
        "words": ("Ein Wunder, miracle, ＭＩＲＡＣＬＥ, mira\u00adcle".encode(),),
    }


PIECES = (
    *(
        b"\xef\xbb\xbf",
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"\r\n",
        b"\n---\n",
        b"...",
        b"&a ",
        b"*a",
        b"<<: ",
    ),
    *(
        b"!!binary ",
        b"!!timestamp x",
        b"%TAG ! x\n",
        b"? ",
        b"- ",
        b"{",
        b"}",
        b"[",
        b"]",
        b": ",
        b", ",
        b'"',
        b"'",
        b"|\n",
    ),
    *(b": ", b", ", b'"', b"'", b"|\n", b"#", b"\t", b"NaN", b"1e999", b"-0", b"9" * 200, b"true"),
    *(b"null", b"~", b"{price}", b"{percent 20}", b"en-US", b"zz-ZZ", b"a" * 3_000, b" " * 3_000, b"[" * 60, b"[/red]"),
    *(
        b"e" + "\u0301".encode() * 70,
        "\u202e".encode(),
        b"\x1b[2J",
        b"../../etc/passwd",
        b"/dev/zero",
        "\U000e0041".encode(),
    ),
    *("\ufdfa".encode(), "İß".encode(), b"2027-02-30", b";", b"\x1f", b"="),
)
"""Parts of texts at which parsers break."""


def mutant(whole: bytes, chance: np.random.Generator) -> bytes:
    """Return a text with pieces put in, parts cut out, doubled or exchanged, and bytes changed."""
    data = bytearray(whole)
    for _ in range(int(chance.integers(1, 6))):
        at, length = int(chance.integers(0, len(data) + 1)), int(chance.integers(1, 40))
        kind = int(chance.integers(0, 5))
        if kind == 0:
            data[at:at] = PIECES[int(chance.integers(0, len(PIECES)))]
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length] * int(chance.integers(1, 20))
        elif kind == 3:
            data[at : at + length] = PIECES[int(chance.integers(0, len(PIECES)))]
        else:
            data[at : at + 1] = chance.bytes(1)
    return bytes(data)
