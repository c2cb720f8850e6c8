"""Webhooks: what a receiver is told, how it is signed, and what becomes of its answers."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from connectors.target.connector import Connector
from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from connectors.webhook.signature import NoWebhookSecret, key_of, signed_headers
from foundry.delivery.proof import Proof
from foundry.delivery.target import Secret, WebhookTarget
from tests.connectors.conformance import SECRET, Conformance, Memory, data_of, outgoing, place, receipt
from tests.connectors.webhook.receiver import VARIABLE, Receiver, body_of
from tests.support.scripted_host import lost, told

WEBHOOK_SECRET = "whsec_" + base64.b64encode((SECRET * 2).encode()).decode()


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv(VARIABLE, WEBHOOK_SECRET)
    opened = Receiver(tmp_path)
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def connector(receiver: Receiver) -> Iterator[Connector]:
    opened = receiver.open()
    yield opened
    opened.close()


class TestConformance(Conformance):
    large = 3_000_001  # a file does not travel with its event

    @pytest.fixture
    def bench(self, receiver: Receiver) -> Receiver:
        return receiver

    def test_an_asset_is_found_by_its_slot_and_by_its_id_and_nothing_is_found_where_nothing_is(
        self, connector: Connector, tmp_path: Path
    ) -> None:
        """A webhook cannot be asked: it finds what a receipt names, and nothing else."""
        file = outgoing(tmp_path, b"one")
        sent = connector.send(file, None, Memory())
        found = connector.find(place(file, sent.target_id))
        assert found is not None
        assert (found.target_id, found.expired) == (sent.target_id, False)
        assert connector.find(place(file)) is None
        assert list(connector.listing()) == []


def test_an_event_tells_all_that_is_known_of_a_file(connector: Connector, receiver: Receiver, tmp_path: Path) -> None:
    file = replace(outgoing(tmp_path, b"bytes"), fields={"sku": "7"})
    sent = connector.send(file, None, Memory())
    (event,) = receiver.events
    assert (sent.proof, sent.request_id) == (Proof.ACCEPTED, event["id"])
    assert (event["specversion"], event["type"]) == ("1.0", "campaign-foundry.asset.delivered")
    assert (event["source"], event["subject"]) == ("/tenants/aurelle/campaigns/spring", file.slot.id)
    data = event["data"]
    assert data["metadata"]["alt_text"] == "كوب على طاولة"
    assert (data["metadata"]["items"], data["fields"]) == (["sku-1", "sku-2"], {"sku": "7"})
    assert (data["name"], data["media_type"], data["size_bytes"]) == (file.name, "image/jpeg", 5)
    assert data["place"]["placement"] == "meta/story"
    assert not data["replaces"]
    assert "seconds=86400" in data["link"]
    again = outgoing(tmp_path, b"newer")
    connector.send(again, connector.find(place(again, sent.target_id)), Memory())
    assert receiver.events[-1]["data"]["replaces"]
    assert receiver.events[-1]["id"] != event["id"]


def test_each_try_has_the_same_id_and_a_link_a_time_and_a_signature_of_its_own(
    receiver: Receiver, tmp_path: Path
) -> None:
    links = iter(range(99))
    file = replace(outgoing(tmp_path, b"bytes"), link=lambda seconds: f"https://files.example/x?{next(links)}")
    receiver.host.will("", told(500), told(503, Retry_After="20"), lost, told(200))
    connector = receiver.open()
    connector.send(file, None, Memory())
    connector.close()
    seen = receiver.host.seen
    assert len({each.headers["webhook-id"] for each in seen}) == 1
    for header in ("webhook-timestamp", "webhook-signature"):
        assert len({each.headers[header] for each in seen[-3:]}) >= 2
    assert len({body_of(each)["data"]["link"] for each in seen}) == 4


def test_a_sending_that_was_killed_goes_on_with_the_same_id_and_a_later_one_has_another(
    receiver: Receiver, connector: Connector, tmp_path: Path
) -> None:
    file, memory = outgoing(tmp_path, b"bytes"), Memory()
    connector.send(file, None, memory)
    other = receiver.open()
    other.send(file, None, memory.again())
    assert len(receiver.seen_ids) == 1
    receiver.clock.sleep(60)
    other.send(file, None, Memory())
    other.close()
    assert len(receiver.seen_ids) == 2


def test_a_file_that_was_withdrawn_is_told_of_once_and_can_come_back(
    receiver: Receiver, connector: Connector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"season")
    sent = connector.send(file, None, Memory())
    for _ in range(2):
        found = connector.find(place(file, sent.target_id))
        assert found is not None
        assert connector.expire(found, receipt(file, sent)).expired
    assert receiver.contents() == {}
    assert [each["type"].rpartition(".")[2] for each in receiver.events] == ["delivered", "expired", "expired"]
    assert len(receiver.seen_ids) == 2
    receiver.clock.sleep(1)
    connector.send(file, connector.find(place(file, sent.target_id)), Memory())
    assert list(receiver.contents().values()) == [b"season"]


def test_a_store_without_links_is_refused_before_anything_is_told(
    receiver: Receiver, connector: Connector, tmp_path: Path
) -> None:
    file = replace(outgoing(tmp_path, b"bytes"), link=lambda seconds: "")
    with pytest.raises(TargetRefused, match="this store gives none; keep the tenant's files in a bucket"):
        connector.send(file, None, Memory())
    assert receiver.host.seen == []


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (410, TargetRefused, "wants no more events"),
        (404, TargetRefused, "correct its url"),
        (403, TargetRefused, "correct its url"),
        (422, FileRefused, "is refused by the receiver"),
        (413, FileRefused, "is refused by the receiver"),
        (304, FileRefused, "is refused by the receiver"),
    ],
)
def test_answers_are_sorted_by_who_can_put_them_right(
    receiver: Receiver, connector: Connector, tmp_path: Path, status: int, kind: type[Exception], words: str
) -> None:
    receiver.host.will("", told(status, f"no: {WEBHOOK_SECRET}".encode()))
    with pytest.raises(kind, match=words) as refused:
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert WEBHOOK_SECRET not in str(refused.value)
    assert len(receiver.host.seen) == 1


def test_a_receiver_that_redirects_is_not_followed(receiver: Receiver, connector: Connector, tmp_path: Path) -> None:
    receiver.host.will("", told(307, Location="https://elsewhere.example/hook"))
    with pytest.raises(TargetRefused, match=r"redirects to https://elsewhere\.example/hook"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())


def test_a_link_is_in_no_error_and_in_no_record_of_progress(
    receiver: Receiver, connector: Connector, tmp_path: Path
) -> None:
    receiver.host.will("", *[told(500, b"https://files.example/x?signature=x")] * 9)
    memory = Memory()
    with pytest.raises(TargetAway) as away:
        connector.send(outgoing(tmp_path, b"x"), None, memory)
    assert "signature" not in f"{away.value}{memory.resume}"


@pytest.mark.parametrize(
    ("secret", "wrong"),
    [
        ("plain-words-that-are-a-secret", "does not begin with whsec_"),
        ("whsec_***", "is no base64"),
        ("whsec_" + base64.b64encode(b"short").decode(), "holds 5 bytes; the limits are 24 and 64"),
    ],
)
def test_a_secret_that_receivers_cannot_verify_with_is_refused_unseen(
    receiver: Receiver, connector: Connector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, wrong: str
) -> None:
    monkeypatch.setenv(VARIABLE, secret)
    with pytest.raises(NoWebhookSecret):
        key_of(secret)
    with pytest.raises(TargetRefused, match=wrong) as refused:
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert secret not in str(refused.value)


def test_a_signature_is_the_one_of_the_specifications_example() -> None:
    """Standard Webhooks, "Symmetric signatures"; the values are those of the reference libraries' tests."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', key)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_sees_a_replay_and_a_changed_body(receiver: Receiver, connector: Connector, tmp_path: Path) -> None:
    connector.send(outgoing(tmp_path, data_of(100)), None, Memory())
    seen = receiver.host.seen[0]
    verifier = Webhook(WEBHOOK_SECRET)
    verifier.verify(seen.body, seen.headers)
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        verifier.verify(seen.body.replace(b"spring", b"summer"), seen.headers)
    old = seen.headers | {"webhook-timestamp": str(int(seen.headers["webhook-timestamp"]) - 301)}
    with pytest.raises(WebhookVerificationError, match="too old"):
        verifier.verify(seen.body, old)


def test_nothing_is_written_into_files_for_a_webhook() -> None:
    told_so = {"id": "shop", "kind": "webhook", "url": "https://shop.example", "secret": {"variable": VARIABLE}}
    assert WebhookTarget.model_validate(told_so).embed is False
    with pytest.raises(ValueError, match="embed"):
        WebhookTarget.model_validate(told_so | {"embed": True})
    assert WebhookTarget.model_validate(told_so).secret == Secret(variable=VARIABLE)
