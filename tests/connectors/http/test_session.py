"""A session with a target: sign-in, patience, pace, and what may have been done."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from connectors.http.answers import ForeignAnswer
from connectors.http.bodies import Multipart, Part, Plain, Section, form
from connectors.http.hashing import Hashed
from connectors.http.pace import Pace
from connectors.http.public_transport import Reach
from connectors.http.session import Session, open_session
from connectors.http.session_setting import SessionSetting
from connectors.http.terms import Patience, Terms
from connectors.target.errors import TargetAway, TargetRefused
from connectors.target.outgoing import Content
from foundry.delivery.target import BasicSignIn, OAuthSignIn, Secret, SignIn, TokenSignIn, WebdavTarget
from foundry.retrying import SystemClock
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import Seen
from tests.support.moods import Reply
from tests.support.raw_host import RawHost
from tests.support.scripted_host import ScriptedHost, cut, lost, told

SECRET, VARIABLE = "s3cret-Value-7f", "DELIVERY_AURELLE__KEY"
ONCE = Terms(repeatable=False)


def echo(seen: Seen) -> Reply:
    return Reply(200, json.dumps({"size": len(seen.body), "method": seen.method}).encode())


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedHost]:
    monkeypatch.setenv(VARIABLE, SECRET)
    with ScriptedHost(echo) as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


Opened = Callable[..., Session]


@pytest.fixture
def opened(host: ScriptedHost, clock: FakeClock) -> Iterator[Opened]:
    sessions = []

    def make(sign_in: SignIn | None = None, **more: Any) -> Session:
        setting = {
            "target": "dam", "home": f"{host.url}/api", "reach": Reach(loopback=True), "clock": clock,
            "sign_in": sign_in, "secrets": (VARIABLE,),
        }  # fmt: skip
        sessions.append(Session(SessionSetting(**(setting | more))))
        return sessions[-1]

    yield make
    for each in sessions:
        each.close()


def token() -> TokenSignIn:
    return TokenSignIn(kind="token", token=Secret(variable=VARIABLE))


def test_an_address_is_relative_to_the_targets_and_the_query_of_it_is_kept(opened: Opened, host: ScriptedHost) -> None:
    answer = opened().ask("GET", "assets/1?full=yes")
    assert (answer.status, host.seen[0].path) == (200, "/api/assets/1?full=yes")


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_request_that_may_be_repeated_is_repeated_with_growing_pauses(
    opened: Opened, host: ScriptedHost, clock: FakeClock, status: int
) -> None:
    host.will("", told(status), told(status), told(status))
    assert opened().ask("PUT", "a", Plain(b"bytes")).status == 200
    assert [each.body for each in host.seen] == [b"bytes"] * 4
    assert 0 < clock.now <= 0.5 + 1 + 2


def test_pauses_are_drawn_between_nothing_and_the_doubled_pause(opened: Opened, host: ScriptedHost) -> None:
    pauses = set()
    for _ in range(4):
        clock = FakeClock()
        host.will("", told(500))
        opened(clock=clock).ask("GET", "a")
        pauses.add(round(clock.now, 6))
    assert len(pauses) > 1
    assert max(pauses) <= 0.5


def test_a_target_that_stays_away_is_given_up_with_what_it_answered(opened: Opened, host: ScriptedHost) -> None:
    host.will("", *[told(502)] * 20)
    with pytest.raises(TargetAway, match=r"target dam: 127\.0\.0\.1 answers 502") as away:
        opened().ask("PUT", "a")
    assert away.value.maybe
    assert len(host.seen) == Patience().tries


@pytest.mark.parametrize("mood", [told(500), told(504), told(408), told(503), lost, cut])
def test_a_step_that_must_not_be_repeated_is_left_to_the_caller_when_it_may_have_been_made(
    opened: Opened, host: ScriptedHost, mood: Any
) -> None:
    host.will("", mood)
    with pytest.raises(TargetAway) as away:
        opened().ask("POST", "save", form({"a": "b"}), ONCE)
    assert away.value.maybe
    assert len(host.seen) == 1


@pytest.mark.parametrize("mood", [told(429), told(429, Retry_After="2"), told(503, Retry_After="2"), told(425)])
def test_a_step_that_was_surely_not_made_is_made_again(opened: Opened, host: ScriptedHost, mood: Reply) -> None:
    host.will("", mood, mood)
    assert opened().ask("POST", "save", form({"a": "b"}), ONCE).status == 200
    assert len(host.seen) == 3


def test_a_host_that_cannot_be_connected_to_has_surely_done_nothing(opened: Opened, host: ScriptedHost) -> None:
    host.stop()
    with pytest.raises(TargetAway) as away:
        opened().ask("POST", "save", form({"a": "b"}), ONCE)
    assert not away.value.maybe


def test_a_name_without_an_address_is_an_outage_and_no_refusal(opened: Opened) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError

    with pytest.raises(TargetAway, match="has no address now"):
        opened(home="https://dam.example", reach=Reach(resolve=resolve)).ask("GET", "a")


def test_the_pause_that_a_target_asks_for_is_waited_for_in_seconds_and_as_a_date(
    opened: Opened, host: ScriptedHost, clock: FakeClock
) -> None:
    host.will("", told(429, Retry_After="7"), told(503, Retry_After=formatdate(clock.time() + 20, usegmt=True)))
    opened().ask("GET", "a")
    assert 7 + 13 <= clock.now < 60


def test_a_long_pause_is_handed_on_at_once_and_holds_for_all_requests_to_the_host(
    opened: Opened, host: ScriptedHost, clock: FakeClock
) -> None:
    host.will("", told(429, Retry_After="900"))
    session = opened()
    with pytest.raises(TargetAway) as away:
        session.ask("GET", "a")
    assert away.value.after_s == 900
    with pytest.raises(TargetAway, match="asks to be left alone"):
        session.ask("GET", "b")
    assert (len(host.seen), clock.now) == (1, 0)
    clock.sleep(901)
    assert session.ask("GET", "b").status == 200


def test_a_pause_that_no_answer_names_is_the_one_that_the_connector_knows(opened: Opened, host: ScriptedHost) -> None:
    host.will("", told(429))
    with pytest.raises(TargetAway) as away:
        opened(patience=Patience(untold_wait_s=300)).ask("GET", "a")
    assert away.value.after_s == 300


def test_a_host_that_fails_again_and_again_is_left_alone_tried_once_and_then_asked_by_all(
    opened: Opened, host: ScriptedHost, clock: FakeClock
) -> None:
    session = opened(patience=Patience(tries=1))
    host.will("", *[told(500)] * 9)
    for _ in range(8):
        with pytest.raises(TargetAway, match="answers 500"):
            session.ask("GET", "a")
    with pytest.raises(TargetAway, match="is left alone") as away:
        session.ask("GET", "a")
    assert 0 < away.value.after_s <= 15
    assert len(host.seen) == 8
    clock.sleep(16)
    with pytest.raises(TargetAway, match="answers 500"):
        session.ask("GET", "a")
    with pytest.raises(TargetAway, match="is left alone"):
        session.ask("GET", "a")
    clock.sleep(31)
    assert [session.ask("GET", "a").status for _ in range(3)] == [200] * 3


def test_a_pace_lets_one_second_go_at_once_and_spaces_the_rest() -> None:
    clock = FakeClock()
    pace = Pace(120, clock)
    assert [pace.take() for _ in range(5)] == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.5])
    clock.sleep(100)
    assert [pace.take() for _ in range(3)] == pytest.approx([0.0, 0.0, 0.5])
    assert [Pace(None, clock).take() for _ in range(100)] == [0.0] * 100
    slow = Pace(2, clock)
    assert [slow.take() for _ in range(3)] == pytest.approx([0.0, 30.0, 60.0])


def test_requests_keep_the_pace_that_the_target_allows(opened: Opened, host: ScriptedHost, clock: FakeClock) -> None:
    session = opened(requests_per_minute=120)
    for number in range(40):
        session.ask("GET", f"{number}")
    assert clock.now == pytest.approx((40 - 2) * 0.5)


def test_the_reason_of_an_error_page_is_its_words(opened: Opened, host: ScriptedHost) -> None:
    page = b"<!DOCTYPE html><html><head><style>b{color:red}</style><title>413</title></head><body>Too <b>large</b>"
    host.will("", Reply(413, page, "text/html"))
    session = opened()
    assert session.reason(session.ask("GET", "a")) == "413: 413 Too large"


def test_a_password_and_a_token_go_along_and_stay_out_of_every_text(opened: Opened, host: ScriptedHost) -> None:
    basic = BasicSignIn(kind="basic", user="robot", password=Secret(variable=VARIABLE))
    for sign_in in (basic, token()):
        host.will("", Reply(200, b"you sent " + SECRET.encode() + b" and cm9ib3Q6czNjcmV0LVZhbHVlLTdm"))
        session = opened(sign_in)
        answer = session.ask("GET", "a")
        assert SECRET not in session.reason(answer)
        assert "czNjcmV0LVZhbHVlLTdm" not in session.reason(answer)
        assert SECRET not in repr(session) + repr(session.setting)
    assert [each.headers["authorization"] for each in host.seen] == [
        "Basic cm9ib3Q6czNjcmV0LVZhbHVlLTdm",
        f"Bearer {SECRET}",
    ]


def test_a_sign_in_that_is_not_accepted_refuses_the_target_and_names_the_variable(
    opened: Opened, host: ScriptedHost
) -> None:
    host.will("", told(401, f"bad token {SECRET}".encode()))
    with pytest.raises(TargetRefused, match=f"does not accept the sign-in.*{VARIABLE}") as refused:
        opened(token()).ask("GET", "a")
    assert SECRET not in str(refused.value)
    assert len(host.seen) == 1


def test_a_secret_that_is_missing_refuses_the_target_before_anything_is_asked(
    opened: Opened, host: ScriptedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(TargetRefused, match=f"{VARIABLE} is not set"):
        opened(token()).ask("GET", "a")
    assert host.seen == []


class TokenHost:
    """Hands out tokens, of which the last one alone is good."""

    def __init__(self, seconds: float = 3_600, in_header: bool = False) -> None:
        self.seconds, self.in_header, self.given = seconds, in_header, 0

    def __call__(self, seen: Seen) -> Reply:
        if seen.path == "/token":
            if self.in_header and "authorization" not in seen.headers:
                return told(401, b'{"error":"invalid_client"}')
            self.given += 1
            return Reply(
                200, json.dumps({"access_token": f"token-{self.given:08}", "expires_in": self.seconds}).encode()
            )
        if seen.headers.get("authorization") != f"Bearer token-{self.given:08}":
            return told(401, f"not {seen.headers.get('authorization')}".encode())
        return echo(seen)


def oauth(host: ScriptedHost) -> OAuthSignIn:
    key = Secret(variable=VARIABLE)
    return OAuthSignIn(kind="oauth", token_url=f"{host.url}/token", client_id="us", client_secret=key, scope="assets")


def test_a_token_is_fetched_once_for_all_threads_and_anew_before_it_ends(
    opened: Opened, host: ScriptedHost, clock: FakeClock
) -> None:
    host.answer = tokens = TokenHost(seconds=600)
    session = opened(oauth(host), at_once=8)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: session.ask("GET", f"{number}").status, range(24)))
    assert (set(statuses), tokens.given) == ({200}, 1)
    clock.sleep(541)
    assert session.ask("GET", "a").status == 200
    assert tokens.given == 2
    assert b"client_secret=s3cret-Value-7f" in host.seen[0].body
    assert b"scope=assets" in host.seen[0].body


@pytest.mark.parametrize("terms", [Terms(), ONCE])
def test_a_token_that_ends_in_the_middle_of_an_upload_is_renewed_and_the_part_sent_again(
    opened: Opened, host: ScriptedHost, terms: Terms, tmp_path: Path
) -> None:
    host.answer = tokens = TokenHost()
    content = Content(tmp_path / "film")
    content.file.write_bytes(b"frames" * 400_000)
    session = opened(oauth(host))
    for part in range(4):
        if part == 2:
            tokens.given += 1  # the host takes back what it gave
        answer = session.ask("PUT", f"{part}", Section(content, part * 600_000, (part + 1) * 600_000), terms)
        assert json.loads(answer.body)["size"] == 600_000
    assert sum(each.path == "/token" for each in host.seen) == 2


def test_a_client_that_must_stand_in_the_header_is_put_there(opened: Opened, host: ScriptedHost) -> None:
    host.answer = TokenHost(in_header=True)
    assert opened(oauth(host)).ask("GET", "a").status == 200


def test_a_token_that_is_never_good_refuses_the_target(opened: Opened, host: ScriptedHost) -> None:
    good = TokenHost()
    host.answer = lambda seen: (
        good(seen) if seen.path == "/token" else told(401, seen.headers["authorization"].encode())
    )
    with pytest.raises(TargetRefused) as refused:
        opened(oauth(host)).ask("GET", "a")
    assert "token-0000" not in str(refused.value)
    assert sum(each.path == "/token" for each in host.seen) == 2


def test_a_credential_goes_to_its_own_origin_alone(opened: Opened, host: ScriptedHost) -> None:
    with ScriptedHost(echo) as other:
        session = opened(token())
        with pytest.raises(TargetRefused, match="where its credential must not go"):
            session.ask("PUT", f"{other.url}/part", Plain(b"x"))
        assert session.ask("PUT", f"{other.url}/part", Plain(b"x"), Terms(signed_in=False)).status == 200
        assert "authorization" not in other.seen[0].headers
    assert host.seen == []


def test_no_redirect_is_followed_with_a_credential(opened: Opened, host: ScriptedHost) -> None:
    host.will("", told(302, Location="/elsewhere?signature=secret"))
    with pytest.raises(TargetRefused, match=r"redirects to http://127\.0\.0\.1:[0-9]+/elsewhere") as refused:
        opened(token()).ask("GET", "a")
    assert "signature" not in str(refused.value)
    assert len(host.seen) == 1


def test_private_hosts_are_asked_only_if_the_operator_allows_them(opened: Opened, host: ScriptedHost) -> None:
    with pytest.raises(TargetRefused, match="--private-host"):
        opened(home="https://dam.example", reach=Reach(resolve=lambda *_: ["10.0.0.8"])).ask("GET", "a")
    with pytest.raises(TargetRefused, match="not https"):
        opened(home="http://127.0.0.1:9", reach=Reach()).ask("GET", "a")
    assert opened(reach=Reach(private=frozenset({"127.0.0.1"}))).ask("GET", "a").status == 200
    for address in ("169.254.169.254", "224.0.0.1", "0.0.0.0", "255.255.255.255", "fe80::1"):
        reach = Reach(private=frozenset({"dam.example"}), resolve=lambda *_, found=address: [found])
        with pytest.raises(TargetRefused, match="a private address"):
            opened(home="https://dam.example", reach=reach).ask("GET", "a")


def test_answers_are_bounded_and_read_into_types(opened: Opened, host: ScriptedHost) -> None:
    class Size(ForeignAnswer):
        size: int
        method: str = ""

    session = opened()
    assert session.read(session.ask("GET", "a"), Size) == Size(size=0, method="GET")
    host.will("", Reply(200, b"x" * 101, "text/html"), Reply(200, b"<html>"), Reply(200, b'{"size": "many"}'))
    with pytest.raises(TargetAway, match="101 bytes; the limit is 100"):
        session.ask("GET", "a", None, Terms(most_bytes=100))
    for wanted in ("no whole JSON", "without a usable size"):
        with pytest.raises(TargetAway, match=wanted) as away:
            session.read(session.ask("GET", "a"), Size)
        assert away.value.maybe
        assert "html" not in str(away.value)


def test_bytes_are_read_again_as_a_stream_and_hashed(opened: Opened, host: ScriptedHost) -> None:
    host.will("", told(500), Reply(200, b"whole" * 100_000))
    _, hashed = opened().hash_of("file", "md5", Terms(most_bytes=500_000))
    assert hashed == Hashed(500_000, hashlib.md5(b"whole" * 100_000).hexdigest())


def test_a_stop_ends_a_wait_and_an_upload(opened: Opened, host: ScriptedHost, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) > 3:
            raise Stopped

    host.will("", told(429, Retry_After="25"))
    with pytest.raises(Stopped):
        opened().ask("GET", "a", None, Terms(check=check))
    content = Content(tmp_path / "large")
    content.file.write_bytes(bytes(9 << 20))
    calls.clear()
    with pytest.raises(Stopped):
        opened().ask("PUT", "a", Section(content), Terms(check=check))


def test_body_and_headers_can_be_made_anew_for_each_try(opened: Opened, host: ScriptedHost) -> None:
    made = iter(range(9))

    def remade() -> tuple[Plain, dict[str, str]]:
        number = next(made)
        return Plain(f"link {number}".encode()), {"X-Time": str(number)}

    host.will("", told(500), told(500))
    opened().ask("POST", "a", None, Terms(remade=remade))
    assert [(each.body, each.headers["x-time"]) for each in host.seen] == [
        (f"link {number}".encode(), str(number)) for number in range(3)
    ]


def test_a_form_with_files_says_the_same_at_each_try_and_its_length_is_known(
    opened: Opened, host: ScriptedHost, tmp_path: Path
) -> None:
    content = Content(tmp_path / "x")
    content.file.write_bytes(bytes(range(256)) * 5_000)
    body = Multipart((("näme", 'a"b\r\nc'), ("näme", "again")), (Part("file", 'x"\r\n.jpg', Section(content)),))
    host.will("", told(500))
    opened().ask("POST", "a", body)
    first, second = host.seen
    assert first.body == second.body
    assert len(first.body) == body.size_bytes == int(first.headers["content-length"])
    assert content.file.read_bytes() in first.body
    assert b'filename="x%22%0D%0A.jpg"' in first.body
    assert first.body.count(body.boundary.encode()) == 4


def test_a_session_is_opened_by_a_targets_settings() -> None:
    target = WebdavTarget(
        id="cloud", kind="webdav", url="https://cloud.example/dav", sign_in=token(), at_once=7, requests_per_minute=30
    )
    session = open_session(target, target.url, Reach(), SystemClock())
    setting = session.setting
    assert (setting.target, setting.at_once, setting.requests_per_minute) == ("cloud", 7, 30)
    assert (setting.sign_in, setting.secrets) == (token(), (VARIABLE,))
    session.close()


def test_a_storm_of_429_is_waited_out_by_all_threads_together(opened: Opened, host: ScriptedHost) -> None:
    session, barrier = opened(clock=SystemClock(), at_once=6), threading.Barrier(6)
    host.will("", *[told(429, Retry_After="1")] * 6)

    def ask(number: int) -> int:
        barrier.wait()
        return session.ask("GET", f"{number}").status

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(6))) == {200}
    assert len(host.seen) == 12


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 6_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
        b"HTTP/1.1 429 x\r\nRetry-After: Mon, 01 Jan 0001 00:00:00 -0000\r\nContent-Length: 0\r\n\r\n",
        b"garbage\r\n\r\n",
        b"",
    ],
    ids=["endless", "negative", "long", "continued", "no date", "garbage", "nothing"],
)
def test_answers_that_are_no_http_are_an_outage(opened: Opened, head: bytes) -> None:
    with RawHost() as host:
        host.answer = (head,)
        with pytest.raises(TargetAway, match="the last of several tries"):
            opened(home=host.url).ask("GET", "a")


def test_a_redirect_to_nonsense_is_a_refusal(opened: Opened) -> None:
    with RawHost() as host:
        host.answer = (b"HTTP/1.1 302 Found\r\nLocation: http://[::x/\r\nContent-Length: 0\r\n\r\n",)
        with pytest.raises(TargetRefused, match="a malformed address"):
            opened(home=host.url).ask("GET", "a")


def test_a_secret_that_a_host_gives_back_as_the_kind_of_its_answer_is_told_to_nobody(
    opened: Opened, host: ScriptedHost
) -> None:
    host.will("", Reply(200, b"x", f"text/{SECRET}"))
    session = opened(token())
    with pytest.raises(TargetAway) as away:
        session.json(session.ask("GET", "a"))
    assert SECRET.casefold() not in str(away.value).casefold()


def test_a_refusal_that_comes_before_the_body_has_gone_is_heard(opened: Opened, tmp_path: Path) -> None:
    content = Content(tmp_path / "large")
    content.file.write_bytes(bytes(3 << 20))
    with RawHost() as host:

        def answer() -> Iterator[bytes]:
            yield b"HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much"
            time.sleep(0.5)  # a server lingers, so that its answer is not lost with the connection

        host.answer = answer()
        reply = opened(home=host.url).ask("PUT", "a", Section(content))
        assert (reply.status, reply.body) == (413, b"too much")
