"""Rules of hosts are asked for once, obeyed, and bounded."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from pipelines.catalog.picture_request import EVERYTHING_FORBIDDEN
from pipelines.catalog.robots import LONGEST_DELAY_S, MOST_HOSTS, Permission, Robots

URL = httpx2.URL("https://cdn.example/img/a.jpg?width=800")


def judged(text: str, url: httpx2.URL = URL) -> Permission:
    return Robots(lambda _: text).judge(url)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /img/", False),
        ("User-agent: *\nDisallow: /img/\nAllow: /img/a", True),
        ("User-agent: *\nDisallow: /*width=", False),
        ("User-agent: campaign-foundry\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: Campaign-Foundry\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("\x00\xff<html>", True),
        (EVERYTHING_FORBIDDEN, False),
    ],
)
def test_the_rules_of_the_host_decide(text: str, allowed: bool) -> None:
    assert judged(text).allowed is allowed


@pytest.mark.parametrize(
    ("said", "kept"), [("2.5", 2.5), ("86400", LONGEST_DELAY_S), ("-3", 0.0), ("soon", 0.0), ("nan", 0.0)]
)
def test_a_wish_for_pauses_is_kept_within_reason(said: str, kept: float) -> None:
    assert judged(f"User-agent: *\nCrawl-delay: {said}\n").pause_s == kept


def test_a_host_is_asked_once_by_all_threads_and_at_its_root() -> None:
    asked: list[str] = []

    def get(url: httpx2.URL) -> str:
        time.sleep(0.05)
        asked.append(str(url))
        return ""

    robots = Robots(get)
    with ThreadPoolExecutor(8) as pool:
        assert all(each.allowed for each in pool.map(robots.judge, [URL] * 16))
    assert asked == ["https://cdn.example/robots.txt"]
    robots.judge(httpx2.URL("https://cdn.example:8443/a"))
    assert asked[1:] == ["https://cdn.example:8443/robots.txt"]


def test_a_failure_is_not_kept() -> None:
    answers = iter([OSError("away"), ""])

    def get(url: httpx2.URL) -> str:
        if isinstance(answer := next(answers), OSError):
            raise answer
        return answer

    robots = Robots(get)
    with pytest.raises(OSError, match="away"):
        robots.judge(URL)
    assert robots.judge(URL).allowed


def test_rules_of_the_hosts_asked_last_are_kept() -> None:
    asked: list[str] = []
    robots = Robots(lambda url: asked.append(url.host) or "")
    for number in range(MOST_HOSTS + 1):
        robots.judge(httpx2.URL(f"https://h{number}.example/a"))
    robots.judge(httpx2.URL("https://h0.example/a"))
    assert len(asked) == MOST_HOSTS + 2


def test_hostile_rules_take_no_long_time() -> None:
    stars = "\n".join(f"Disallow: /{'*a' * 40}b{number}" for number in range(2_000))
    began = time.process_time()
    assert judged(f"User-agent: *\n{stars}\n", httpx2.URL(f"https://cdn.example/{'a' * 1_900}")).allowed
    assert time.process_time() - began < 5
