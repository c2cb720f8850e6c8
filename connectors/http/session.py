"""HTTP with one target: signed in, at its pace, patient within limits, and careful about what may have been done.

Connectors ask through a session and through nothing else. Errors are those of `connectors.target.errors`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import httpx2

from connectors.http.answers import Answered, Unreadable, json_of, read_answer, words_of
from connectors.http.bodies import Body, BodyStream
from connectors.http.breaker import Breaker
from connectors.http.credential_scope import CredentialScope
from connectors.http.exchange import (
    Bounds,
    ExchangeFailed,
    HttpAnswer,
    Sink,
    TooManyBytes,
    UnwantedEncoding,
    download,
    exchange,
)
from connectors.http.faults import LATER, Again, asked_for_patience, unanswered
from connectors.http.hashing import Hashed, HashingSink
from connectors.http.hosts import CheckedClock, Hosts, LeftAlone
from connectors.http.public_address import NoAddress, UnsafeAddress
from connectors.http.public_transport import Reach, open_client
from connectors.http.secrets import shown_address
from connectors.http.session_secrets import SessionSecrets
from connectors.http.session_setting import SessionSetting
from connectors.http.sign_in import FetchedToken, SecretMissing, TokenAnswer, token_request, value_of
from connectors.http.terms import Asked, Patience, Terms
from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from foundry.delivery.target import OAuthSignIn, Secret, Target, secrets_of
from foundry.retrying import Clock, RetriesEnded

Where = str | httpx2.URL
Result = TypeVar("Result")


def open_session(target: Target, home: str, reach: Reach, clock: Clock, patience: Patience | None = None) -> Session:
    """Return a session with a target at its address, by its settings; nothing is asked yet."""
    return Session(
        SessionSetting(
            target=target.id,
            home=home,
            reach=reach,
            clock=clock,
            sign_in=getattr(target, "sign_in", None),
            secrets=tuple(secrets_of(target)),
            at_once=target.at_once,
            requests_per_minute=target.requests_per_minute,
            patience=patience or Patience(),
        )
    )


class Session:
    """A target's client, shared by the threads that deliver to it."""

    def __init__(self, setting: SessionSetting) -> None:
        self.setting = setting
        self.home = httpx2.URL(setting.home if setting.home.endswith("/") else setting.home + "/")
        self.clock = setting.clock
        self._scope = CredentialScope(self.home)
        self._client = open_client(setting.reach, connections=setting.at_once + 2)
        longest_wait_s = setting.patience.longest_wait_s
        self._hosts = Hosts(self.home, setting.requests_per_minute, longest_wait_s, self.clock)
        self._chance = random.Random()  # noqa: S311 - full jitter of pauses, no secret
        self._secrets = SessionSecrets(setting, self._fetch_token)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    # Requests.

    def ask(self, method: str, url: Where, body: Body | None = None, terms: Terms | None = None) -> HttpAnswer:
        """Return the answer to a request, repeated where that helps and harms nobody.

        `url` is absolute, or relative to the target's address. Answers are returned for the caller to judge, except
        those that are tried again (LATER), 401, and redirects. TargetAway: no usable answer within the session's
        patience, with `maybe` if the request may have been made. TargetRefused: the sign-in, the secret or the address.
        """

        def once(request: httpx2.Request, bounds: Bounds) -> HttpAnswer:
            return exchange(self._client, request, httpx2.Auth(), bounds)

        return self._repeated(Asked(method, self.url(url), body, terms or Terms()), once)

    def fetch(
        self,
        url: Where,
        sink: Callable[[], Sink],
        terms: Terms | None = None,
        *,
        method: str = "GET",
        body: Body | None = None,
    ) -> HttpAnswer:
        """Do as `ask`, the answer's body written to a stream, of which `sink` gives a new one for each try."""

        def once(request: httpx2.Request, bounds: Bounds) -> HttpAnswer:
            return download(self._client, request, httpx2.Auth(), bounds, sink())

        return self._repeated(Asked(method, self.url(url), body, terms or Terms()), once)

    def hash_of(self, url: Where, kind: str, terms: Terms) -> tuple[HttpAnswer, Hashed]:
        """Return the answer to GET, and size and hash of its body, of at most `terms.most_bytes`."""
        sinks: list[HashingSink] = []

        def sink() -> HashingSink:
            sinks.append(HashingSink(kind))
            return sinks[-1]

        answer = self.fetch(url, sink, terms)
        return answer, sinks[-1].hashed()

    def url(self, address: Where) -> httpx2.URL:
        """Return an absolute address from one that may be relative to the target's; TargetAway if it is malformed."""
        if isinstance(address, httpx2.URL) and address.is_absolute_url:
            return address
        try:
            return self.home.join(address)
        except (httpx2.InvalidURL, ValueError):
            raise self.away("an answer with a malformed address", maybe=True) from None

    # Answers.

    def read(self, answer: HttpAnswer, model: type[Answered]) -> Answered:
        """Return an answer's JSON as a type; TargetAway with `maybe` if it is none."""
        return self._readable(lambda: read_answer(answer, model), answer)

    def json(self, answer: HttpAnswer) -> object:
        """Return an answer's JSON; TargetAway with `maybe` if it is none."""
        return self._readable(lambda: json_of(answer), answer)

    def reason(self, answer: HttpAnswer) -> str:
        """Return status and words of an answer for a sentence, on one short line, without secrets."""
        words = self.scrub(words_of(answer))
        return f"{answer.status}: {words}" if words else str(answer.status)

    def scrub(self, text: str) -> str:
        """Return a target's words fit for people and logs: one short line without any secret of this session."""
        return self._secrets.scrub(text)

    def secret(self, secret: Secret, *, text: bool = False) -> str:
        """Return a secret's value, of any characters with `text`; TargetRefused if there is none."""
        try:
            return value_of(secret, text=text)
        except SecretMissing as missing:
            raise self._secret_refused(missing) from None

    # Errors.

    def away(self, what: str, after_s: float = 0.0, *, maybe: bool = False) -> TargetAway:
        """Return the error of a target that does not answer as it should."""
        return TargetAway(self.setting.target, what, after_s, maybe)

    def refused(self, what: str, remedy: str) -> TargetRefused:
        """Return the error of a target that refuses everything."""
        return TargetRefused(self.setting.target, what, remedy)

    def file_refused(self, path: str, what: str, remedy: str) -> FileRefused:
        """Return the error of a target that will not take one file."""
        return FileRefused(self.setting.target, path, what, remedy)

    # One request, several tries.

    def _repeated(self, asked: Asked, once: Callable[[httpx2.Request, Bounds], HttpAnswer]) -> HttpAnswer:
        if asked.terms.signed_in and not self._scope.allows(asked.url):
            what = f"an answer leads to {asked.url.scheme}://{asked.url.host}, where its credential must not go"
            raise self.refused(what, "correct the target's url")
        patience = self.setting.patience
        policy = patience.policy(asked.seconds(patience), CheckedClock(self.clock, asked.terms.check))
        maybe = False

        def action() -> HttpAnswer:
            nonlocal maybe
            try:
                return self._try(asked, once)
            except Again as again:
                maybe |= again.maybe
                if (again.maybe and not asked.terms.repeatable) or again.after_s > patience.longest_wait_s:
                    raise self.away(again.what, again.after_s, maybe=maybe) from None
                raise

        def pause_s(failures: int, fault: Again) -> float:
            return max(fault.after_s, self._chance.uniform(0.0, policy.pause_s(failures)))

        try:
            return policy.repeat(action, Again, pause_s=pause_s)
        except RetriesEnded as ended:
            what, after_s = str(ended.fault.args[0]), float(ended.fault.args[1])
        # Outside the handler, because the fault's context holds the request.
        raise self.away(f"{what}, the last of several tries", after_s, maybe=maybe)

    def _try(self, asked: Asked, once: Callable[[httpx2.Request, Bounds], HttpAnswer]) -> HttpAnswer:
        """Make a request once; a sign-in that has ended is renewed, once. Again for a failure that may pass."""
        answer, used = self._answered(asked, once)
        if answer.status == 401 and self._secrets.renew(used):
            answer, _ = self._answered(asked, once)
        return self._judged(asked, answer)

    def _answered(self, asked: Asked, once: Callable[[httpx2.Request, Bounds], HttpAnswer]) -> tuple[HttpAnswer, str]:
        """Return an answer, unjudged, and the `Authorization` that was sent."""
        request, used = self._request(asked)
        breaker = self._wait_for_turn(asked)
        bounds = Bounds(
            asked.seconds(self.setting.patience), asked.terms.most_bytes, self.clock, self.setting.patience.call_s
        )
        try:
            answer = once(request, bounds)
        except (UnsafeAddress, ExchangeFailed) as error:
            raise self._unanswered(asked, breaker, error) from None
        except BaseException:
            breaker.succeeded()  # what ended it is not the host's doing
            raise
        if answer.status >= 500 and answer.status in LATER - asked.terms.judged:
            breaker.failed()
        else:
            breaker.succeeded()
        return answer, used

    def _request(self, asked: Asked) -> tuple[httpx2.Request, str]:
        body, headers = asked.made()
        used = self._authorization() if asked.terms.signed_in else ""
        if used:
            headers["Authorization"] = used
        stream = BodyStream(body, asked.terms.check) if body else None
        return self._client.build_request(asked.method, asked.url, headers=headers, content=stream), used

    def _authorization(self) -> str:
        try:
            return self._secrets.authorization()
        except SecretMissing as missing:
            raise self._secret_refused(missing) from None

    def _fetch_token(self, setting: OAuthSignIn) -> FetchedToken:
        """Return a new token; TargetRefused if the client's id or secret is not accepted."""
        terms = Terms(signed_in=False, most_bytes=100_000, judged=frozenset({401}))
        for in_header in (False, True):
            body, headers = token_request(setting, in_header=in_header)
            answer = self.ask("POST", setting.token_url, body, replace(terms, headers=headers))
            if answer.status == 200:
                told = self.read(answer, TokenAnswer)
                return FetchedToken(told.access_token, told.expires_in)
        what = f"{answer.url.host} gives no token ({self.reason(answer)})"
        raise self.refused(what, self._secrets.remedy)

    def _wait_for_turn(self, asked: Asked) -> Breaker:
        try:
            return self._hosts.wait_for_turn(asked.url, asked.terms.check)
        except LeftAlone as alone:
            raise self.away(alone.what, alone.after_s) from None

    def _unanswered(self, asked: Asked, breaker: Breaker, error: ExchangeFailed | UnsafeAddress) -> Exception:
        """Return the error for a request without a usable answer, and tell the host's circuit."""
        url = asked.url
        if isinstance(error, UnsafeAddress) and not isinstance(error, NoAddress):
            breaker.succeeded()
            remedy = "use a public https address, or let the operator allow the host with --private-host"
            return self.refused(f"{url.scheme}://{url.host} leads to a host {error}", remedy)
        if isinstance(error, TooManyBytes | UnwantedEncoding):
            breaker.succeeded()
            return self.away(f"{url.host} gives an unusable answer ({error})", maybe=True)
        breaker.failed()
        return unanswered(url.host, error)

    def _judged(self, asked: Asked, answer: HttpAnswer) -> HttpAnswer:
        status, host = answer.status, asked.url.host
        if status in asked.terms.judged:
            return answer
        if status == 401 and asked.terms.signed_in:
            raise self.refused(f"{host} does not accept the sign-in ({self.reason(answer)})", self._secrets.remedy)
        if answer.location and asked.terms.signed_in:
            where = self._shown(answer.location)
            what = f"{shown_address(asked.url)} redirects to {where}, which is not followed with a credential"
            raise self.refused(what, "write the address that it ends at into the target's url")
        if status in LATER:
            raise self._later(asked, answer)
        return answer

    def _later(self, asked: Asked, answer: HttpAnswer) -> Again:
        """Return the fault of an answer that asks for patience; a pause that it names holds for all threads."""
        untold_s = self.setting.patience.untold_wait_s
        again = asked_for_patience(asked.url.host, answer, self.clock.time(), untold_s)
        if again.after_s:
            self._hosts.hold(asked.url, again.after_s)
        return again

    def _readable(self, read: Callable[[], Result], answer: HttpAnswer) -> Result:
        try:
            return read()
        except Unreadable as unreadable:
            raise self.away(f"{answer.url.host} gives {self.scrub(str(unreadable))}", maybe=True) from None

    def _shown(self, location: str) -> str:
        """Return the address of a redirect for people."""
        try:
            return self.scrub(shown_address(self.home.join(location)))
        except (httpx2.InvalidURL, ValueError):
            return "a malformed address"

    def _secret_refused(self, missing: SecretMissing) -> TargetRefused:
        return self.refused(f"the environment variable {missing.variable} {missing.what}", "then deliver again")
