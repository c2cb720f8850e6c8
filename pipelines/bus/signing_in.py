"""Signing in to a broker once, before a client is opened, so that a wrong password is called that.

kafka-python 3.0.12 drops the broker's refusal when the connection ends together with it, which is usual under TLS, and
then tries again until it gives up with "Unable to bootstrap". This asks first, in the protocol's oldest and simplest
encoding. Protocol: https://kafka.apache.org/protocol.html (SaslHandshake 1, SaslAuthenticate 1).
"""

from __future__ import annotations

import socket
import ssl
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

from pipelines.bus.broker_errors import WrongIdentity

if TYPE_CHECKING:
    from pipelines.bus.settings import BusSettings

HANDSHAKE, AUTHENTICATE = 17, 36
MOST_ANSWER_BYTES = 1_000_000
MOST_STEPS = 10
ASK_S = 10.0


def check_identity(settings: BusSettings) -> None:
    """Raise WrongIdentity if the first broker that answers refuses our mechanism, user or password.

    Without SASL, or if no broker answers, nothing is found out: the client that is opened next says so.
    """
    if not settings.security.startswith("SASL"):
        return
    for address in settings.addresses:
        try:
            refusal = _ask(address, settings.client())
        except (OSError, struct.error, EOFError):
            continue
        if refusal is not None:
            raise WrongIdentity(settings.bootstrap, settings.identity, refusal)
        return


def _ask(address: tuple[str, int], options: dict[str, Any]) -> str | None:
    """Return why the broker refuses us; None if it lets us in."""
    from kafka.net.sasl import get_sasl_mechanism

    name = options["sasl_mechanism"]
    with closing(_connect(address, options)) as wire:
        body = _exchange(wire, HANDSHAKE, _text(name))
        if struct.unpack_from(">h", body)[0]:
            return f"it does not offer {name}"
        mechanism = get_sasl_mechanism(name)(host=address[0], **options)
        for _ in range(MOST_STEPS):
            token = mechanism.auth_bytes()
            body = _exchange(wire, AUTHENTICATE, struct.pack(">i", len(token)) + token)
            (code,) = struct.unpack_from(">h", body)
            message, at = _read_text(body, 2)
            if code:
                return message or f"error {code}"
            (length,) = struct.unpack_from(">i", body, at)
            mechanism.receive(body[at + 4 : at + 4 + length])
            if mechanism.is_done():
                return None if mechanism.is_authenticated() else "it does not prove that it knows the password"
    return "it does not come to an end"


def _connect(address: tuple[str, int], options: dict[str, Any]) -> socket.socket:
    plain = socket.create_connection(address, timeout=ASK_S)
    if options["security_protocol"] != "SASL_SSL":
        return plain
    try:
        context = ssl.create_default_context(cafile=options.get("ssl_cafile"))
        if "ssl_certfile" in options:
            context.load_cert_chain(options["ssl_certfile"], options.get("ssl_keyfile"))
        return context.wrap_socket(plain, server_hostname=address[0])
    except BaseException:
        plain.close()
        raise


def _exchange(wire: socket.socket, api: int, body: bytes) -> bytes:
    """Send a request of version 1; return the body of its answer."""
    request = struct.pack(">hhi", api, 1, api) + _text("campaign-foundry") + body
    wire.sendall(struct.pack(">i", len(request)) + request)
    (size,) = struct.unpack(">i", _receive(wire, 4))
    if not 4 <= size <= MOST_ANSWER_BYTES:
        raise EOFError("no answer of Kafka's")
    return _receive(wire, size)[4:]


def _receive(wire: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = wire.recv(size - len(data))
        if not more:
            raise EOFError("the connection ended")
        data += more
    return data


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def _read_text(body: bytes, at: int) -> tuple[str, int]:
    """Return a nullable text and the position behind it."""
    (length,) = struct.unpack_from(">h", body, at)
    end = at + 2 + max(0, length)
    return body[at + 2 : end].decode("utf-8", "replace"), end
