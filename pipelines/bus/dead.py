"""Dead messages: records that could not be read or run, with the reason and their origin in headers.

The reason is in the headers of `org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter`. There is no stack
trace among them, because tenants can read the topic. The other facts are in headers of this project. A record of up to
MOST_BODY_BYTES is kept unchanged; of a larger one, only the hash and the place where it was read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from foundry.errors import clipped
from pipelines.bus.client import Headers, KafkaRecord
from pipelines.bus.messages import BusMessage, Sender, sender_of

PREFIX, OWN_PREFIX = "__connect.errors.", "campaign-foundry.dead."
CONNECTOR = "campaign-foundry"
MOST_BODY_BYTES, MOST_KEY_BYTES = 512_000, 16_000
MOST_HEADERS_KEPT, MOST_HEADER_BYTES_KEPT = 100, 64_000
MOST_REASON, MOST_CODE = 2000, 100
LATEST_MS = 253_402_300_799_000
"""The last second of the year 9999."""


@dataclass(frozen=True, kw_only=True)
class DeadMessage:
    """One dead message.

    place: its `partition:offset` in the dead topic. origin: the `topic:partition:offset` that it was read from.
    stage, code, reason: where and by which error it was refused. sender: the tenant and the ids that it claims, or,
    where `verified`, the tenant that wrote it. size_bytes, sha256: of the record's value. left_out: the parts of the
    record that were too large to be kept, of "key", "value" and "headers". message: the record as far as it was kept.
    """

    place: str
    origin: str
    stage: str
    code: str
    reason: str
    sender: Sender
    trace_id: str
    at_ms: int
    size_bytes: int
    sha256: str
    left_out: tuple[str, ...]
    message: BusMessage

    @property
    def at(self) -> str:
        """The time at which it was written, in UTC."""
        return datetime.fromtimestamp(min(self.at_ms, LATEST_MS) / 1000, UTC).isoformat(timespec="seconds")

    def as_line(self) -> str:
        """Return one line for people."""
        return f"{self.place}  {self.at}  {self.origin}  {self.sender.tenant or '-'}  {self.code}: {self.reason}"

    def as_json(self, *, whole: bool = True) -> str:
        """Return all fields in JSON, key and value of the message as text; without these two if not `whole`."""
        fields = {
            "place": self.place, "at": self.at, "origin": self.origin, "stage": self.stage, "code": self.code,
            "reason": self.reason, "tenant": self.sender.tenant, "tenant_verified": self.sender.verified,
            "campaign": self.sender.campaign, "request": self.sender.request_id, "trace_id": self.trace_id,
            "size_bytes": self.size_bytes, "sha256": self.sha256, "left_out": list(self.left_out),
        }  # fmt: skip
        body = {"key": _as_text(self.message.key), "value": _as_text(self.message.value)} if whole else {}
        return json.dumps({**fields, **body}, ensure_ascii=False)


def to_dead_message(
    record: KafkaRecord, error: Exception, stage: str, trace_id: str = "", sender: Sender | None = None
) -> BusMessage:
    """Return the message for the dead topic: the record, and headers for its origin, sender, stage and error.

    `sender` is looked for in the record if it is not given. It never fails, and the message never has more than about
    600 kB: a longer key or value is left out, and headers after the first ones. Header values are kept as bytes,
    whatever they hold. Null stays null as far as it can be sent; a header names the parts that were null.
    """
    value, key = record.value or b"", record.key or b""
    kept = _kept_headers(record.headers)
    parts = {
        "key": len(key) > MOST_KEY_BYTES,
        "value": len(value) > MOST_BODY_BYTES,
        "headers": len(kept) < len(_own_headers(record.headers)),
    }
    left_out = [name for name, too_large in parts.items() if too_large]
    reasons = {
        **_reason_headers(record, error, stage),
        **_own_facts(record, trace_id, sender or _sender(record), left_out),
    }
    return BusMessage(
        None if record.key is None or "key" in left_out else bytes(key),
        None if record.value is None or "value" in left_out else bytes(value),
        (*((name, text.encode("utf-8", "replace")) for name, text in reasons.items()), *kept),
    )


def _reason_headers(record: KafkaRecord, error: Exception, stage: str) -> dict[str, str]:
    fields = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "connector.name": CONNECTOR,
        "task.id": "0",
        "stage": stage,
        "class.name": type(error).__module__,
        "exception.class.name": clipped(str(getattr(error, "code", type(error).__name__)), MOST_CODE),
        "exception.message": clipped(_sentence(error), MOST_REASON),
    }
    return {PREFIX + name: text for name, text in fields.items()}


def _sentence(error: Exception) -> str:
    """Return an error's sentence, or its type where even that fails: an error's `str()` may be what is broken."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - see above
        return type(error).__name__


def _own_facts(record: KafkaRecord, trace_id: str, sender: Sender, left_out: list[str]) -> dict[str, str]:
    value = record.value or b""
    null = [name for name, part in (("key", record.key), ("value", record.value)) if part is None]
    null += ["headers"] if any(part is None for _, part in record.headers) else []
    fields = {
        "trace_id": trace_id,
        "tenant": sender.tenant,
        "tenant_verified": "true" if sender.verified else "false",
        "campaign": sender.campaign,
        "request": sender.request_id,
        "size": str(len(value)),
        "sha256": hashlib.sha256(value).hexdigest(),
        "left_out": ",".join(left_out),
        "null": ",".join(null),
    }
    return {OWN_PREFIX + name: text for name, text in fields.items()}


def _sender(record: KafkaRecord) -> Sender:
    """Return the record's sender; nobody if that fails: a fault of reading must not keep a record from this topic."""
    try:
        return sender_of(record)
    except Exception:  # noqa: BLE001 - see above
        return Sender()


def _own_headers(headers: Headers) -> list[tuple[str, bytes | None]]:
    """Return the headers that the sender gave: those that this module does not write itself."""
    return [
        (name.encode("utf-8", "replace").decode(), None if value is None else bytes(value))
        for name, value in headers
        if not name.startswith((PREFIX, OWN_PREFIX))
    ]


def _kept_headers(headers: Headers) -> list[tuple[str, bytes | None]]:
    """Return the sender's first headers, as far as they are few and small enough."""
    kept: list[tuple[str, bytes | None]] = []
    room = MOST_HEADER_BYTES_KEPT
    for name, value in _own_headers(headers)[:MOST_HEADERS_KEPT]:
        room -= len(name.encode()) + len(value or b"")
        if room < 0:
            break
        kept.append((name, value))
    return kept


def read_dead_message(record: KafkaRecord) -> DeadMessage:
    """Return the dead message that a record of the dead topic holds; facts that it lacks are empty."""
    texts = {name: bytes(value or b"").decode("utf-8", "replace") for name, value in record.headers}
    topic, partition, offset = (texts.get(PREFIX + name, "") for name in ("topic", "partition", "offset"))
    own = {name: texts.get(OWN_PREFIX + name, "") for name in ("tenant", "campaign", "request", "trace_id", "sha256")}
    size, left_out = texts.get(OWN_PREFIX + "size", ""), texts.get(OWN_PREFIX + "left_out", "")
    null = texts.get(OWN_PREFIX + "null", "").split(",")
    return DeadMessage(
        place=f"{record.partition}:{record.offset}",
        origin=f"{topic}:{partition}:{offset}",
        stage=texts.get(PREFIX + "stage", ""),
        code=texts.get(PREFIX + "exception.class.name", ""),
        reason=clipped(texts.get(PREFIX + "exception.message", ""), MOST_REASON),
        sender=Sender(
            tenant=own["tenant"],
            verified=texts.get(OWN_PREFIX + "tenant_verified") == "true",
            campaign=own["campaign"],
            request_id=own["request"],
        ),
        trace_id=own["trace_id"],
        at_ms=max(0, record.timestamp),
        size_bytes=int(size) if size.isdecimal() else len(record.value or b""),
        sha256=own["sha256"],
        left_out=tuple(part for part in left_out.split(",") if part),
        message=BusMessage(None if "key" in null else record.key, record.value, tuple(_own_headers(record.headers))),
    )


def _as_text(part: bytes | None) -> str | None:
    return None if part is None else part.decode("utf-8", "replace")
