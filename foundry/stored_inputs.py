"""Reading of input files from a tenant's store, by the hash that names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from foundry.inputs.door import ReceivedFile
from foundry.inputs.picture import is_made_here, picture_name
from foundry.store.at_once import map_at_once
from foundry.store.object_store import ObjectStore, each_present, get_verified


def read_input(own: ObjectStore, key: str) -> bytes:
    """Return an input of a tenant's store; CorruptObject if its bytes do not have the hash that names it.

    The name of a picture made here is a hash of what it was made from, not of its bytes, so the store's own record of
    its checksum is all there is to hold it against.
    """
    name = picture_name(key)
    return own.get(name) if is_made_here(key) else get_verified(own, name, key)


def store_input(own: ObjectStore, name: str, file: ReceivedFile) -> None:
    """Copy a received file into a tenant's store under a name; CorruptObject if its copy has another hash by now."""
    if not own.exists(name):
        own.put_file_once(name, file.path(), file.sha256)


def store_inputs(own: ObjectStore, files: Mapping[str, ReceivedFile]) -> None:
    """Do as `store_input` for files by their object names; the store is asked, and written to, several at a time."""
    missing = (one for one, there in zip(files.items(), each_present(own, files), strict=True) if not there)
    for _ in map_at_once(lambda one: store_input(own, *one), missing):
        pass


@dataclass(frozen=True)
class StoredInputs:
    """Reads a tenant's input files from its store by their hashes. Picklable, so that workers can have it."""

    own: ObjectStore

    def __call__(self, key: str) -> bytes:
        """Return an input; CorruptObject if its bytes do not have the hash that names it."""
        return read_input(self.own, key)
