"""A card's source chooses its handler."""

from __future__ import annotations

from models.diffusion.diffusers_handler import DiffusersHandler
from models.handler_choice import drawing_handler
from models.registry import card
from models.remote.remote_handler import RemoteHandler
from tests.models.remote.asking import a_card
from tests.support.misbehaving_server import MisbehavingServer


def test_weights_that_are_here_are_drawn_with_by_diffusers_with_the_adapters_of_the_run() -> None:
    shipped = card("backdrop", "text-to-image")
    handler = drawing_handler(shipped, [shipped])
    assert isinstance(handler, DiffusersHandler)
    assert list(handler.adapters) == [shipped.digest]


def test_an_api_card_is_drawn_by_its_vendor() -> None:
    with MisbehavingServer() as server:
        named = a_card(server, client="EXAMPLE_CLIENT_ID", hosts=["jobs.vendor.example"])
    handler = drawing_handler(named)
    assert isinstance(handler, RemoteHandler)
    assert (handler.client, handler.hosts) == ("EXAMPLE_CLIENT_ID", ("jobs.vendor.example",))
    plain = drawing_handler(named.model_copy(update={"api": named.api.model_copy(update={"client": None})}))  # type: ignore[union-attr]
    assert isinstance(plain, RemoteHandler)
    assert plain.client == ""
