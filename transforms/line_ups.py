"""Line-ups in a tenant's store: each is drawn once and then read like any product picture."""

from __future__ import annotations

import io

from foundry.inputs.picture import decode, picture_name
from foundry.plan.line_up import LineUp
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import read_input
from imaging.still.line_up import draw_line_up


def store_line_up(line_up: LineUp, own: ObjectStore) -> None:
    """Draw a line-up into the tenant's store, as PNG, unless it is there; the pictures of its products are."""
    name = picture_name(line_up.key)
    if own.exists(name):
        return
    products = [(decode(read_input(own, key)), height) for key, height in line_up.members]
    stream = io.BytesIO()
    draw_line_up(products).save(stream, "PNG")
    own.put_once(name, stream.getvalue())
