"""Addresses in copy are found whole, and lines part them after slashes alone."""

from __future__ import annotations

import pytest

from foundry.addresses import addresses_in, has_breakable_address, may_part

FOUND = {
    "Mehr unter www.nova-kopfhoerer.example.": ["www.nova-kopfhoerer.example"],
    "nova-kopfhörer.de/neu-hier?a=b-c, jetzt": ["nova-kopfhörer.de/neu-hier?a=b-c"],
    "See https://shop.nova-audio.example/spring-sale/ (UK).": ["https://shop.nova-audio.example/spring-sale/"],
    "Write to ask-us@nova-audio.example!": ["ask-us@nova-audio.example"],
    "#Glow-Up with @nova_audio": ["#Glow-Up", "@nova_audio"],
    "访问www.nova-audio.example了解更多": ["www.nova-audio.example"],
    "#新年快乐 大家": ["#新年快乐"],
    "للاستفسار: 19123 أو www.aurelle-care.example": ["www.aurelle-care.example"],
    "(nova.example/a-b)": ["nova.example/a-b"],
    "ftp://files.nova.example:2121/a-b": ["ftp://files.nova.example:2121/a-b"],
}
NONE = (
    "state-of-the-art sound", "z. B. 50 ml", "1.245,00 €", "Statt 60 € nur 45 €", "5/6 or 3-4", "No. 1 - best", "#1",
    "a@b",    "2027-05-31", "U.S.", "und/oder", "…", "",
)  # fmt: skip


@pytest.mark.parametrize(("text", "right"), FOUND.items(), ids=FOUND)
def test_addresses_are_found_without_the_punctuation_after_them(text: str, right: list[str]) -> None:
    assert [text[start:stop] for start, stop in addresses_in(text)] == right


@pytest.mark.parametrize("text", NONE)
def test_other_texts_hold_none(text: str) -> None:
    assert addresses_in(text) == ()


def test_an_address_may_be_parted_after_a_slash_and_where_its_writer_says_so() -> None:
    text = "https://a-b.example/c-d/\u200be"
    assert [text[:at] for at in range(1, len(text)) if may_part(text, at)] == [
        "https://", "https://a-b.example/", "https://a-b.example/c-d/", "https://a-b.example/c-d/\u200b",
    ]  # fmt: skip


def test_addresses_that_no_rule_could_part_otherwise_are_told_apart() -> None:
    assert not has_breakable_address("www.aurelle.example/glow and mail@aurelle.example, 50-60 %")
    assert has_breakable_address("www.nova-kopfhoerer.example")
    assert has_breakable_address("#新年快乐")
