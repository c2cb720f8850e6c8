"""Deliveries to Cloudinary: one asset for each slot, found by its id, its path or its slot, and proved by its MD5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connectors.cloudinary.api import CloudinaryApi
from connectors.cloudinary.describing import described, tag_of
from connectors.cloudinary.resource import IN_USE, OUT_OF_USE, SLOT, Identity, Resource, identity_of, md5_of
from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import ForeignChange
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

FACTS = Facts(repeatable=True, versions=False, lists=True, expires=True, proof=Proof.HASH)


class CloudinaryConnector:
    """One product environment of Cloudinary.

    A public id follows from the path, so a repeated upload meets the asset that it made before. An asset that is there
    is overwritten only if it is as we left it.
    """

    def __init__(self, tenant: str, api: CloudinaryApi) -> None:
        self._tenant, self._api, self._session = tenant, api, api.session

    @property
    def facts(self) -> Facts:
        """Return what Cloudinary can do. Whether earlier contents are kept is a setting of the account."""
        return FACTS

    def find(self, place: Place) -> Found | None:
        """Return an asset, in use or not."""
        resource = self._resource(place)
        return resource.found() if resource else None

    def _resource(self, place: Place) -> Resource | None:
        if place.target_id and (found := self._api.by_id(place.target_id)):
            return found
        identity = identity_of(place.path)
        for kind in (IN_USE, OUT_OF_USE):
            if found := self._api.by_identity(Identity(identity.resource_type, kind, identity.public_id)):
                other = place.slot and found.context.custom.get(SLOT, place.slot) != place.slot
                return None if other else found
        return self._api.by_slot(identity.resource_type, place.slot) if place.slot else None

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Upload a file to its public id. A new version keeps the public id that a user may have given the asset."""
        if before is None:
            return self._sent(file, *self._first(file, progress))
        identity = self._unchanged(file, before).identity
        resource, request_id = self._upload(file, identity, True, progress)
        if identity.type != IN_USE:
            resource = self._change_type(resource, IN_USE, file.path)
        return self._sent(file, resource, request_id)

    def _first(self, file: Outgoing, progress: Progress) -> tuple[Resource, str]:
        """Upload a file whose slot has no asset that we know of, and leave what is there as it is unless it is ours."""
        identity = identity_of(file.path)
        resource, request_id = self._upload(file, identity, False, progress)
        if not resource.existing:
            return resource, request_id
        there = self._api.by_identity(resource.identity) or resource
        if not there.is_as_left(file.slot.id):
            raise ForeignChange(self._session.setting.target, file.path, "was there already, or was changed")
        if there.md5 == md5_of(file.content):
            return there, request_id
        return self._upload(file, there.identity, True, progress)

    def _upload(self, file: Outgoing, identity: Identity, overwrite: bool, progress: Progress) -> tuple[Resource, str]:
        return self._api.upload(file, identity, described(file, self._tenant), overwrite, progress)

    def _unchanged(self, file: Outgoing, before: Found) -> Resource:
        """Return the asset of which a new version is sent; ForeignChange if it is not what `before` says.

        Cloudinary has no conditional upload, so a change in the moment between this question and the upload is lost.
        """
        now = self._api.by_id(before.target_id)
        if now is None:
            raise ForeignChange(self._session.setting.target, file.path, "was removed")
        if (now.etag, now.version) != (before.etag or now.etag, before.version or now.version):
            raise ForeignChange(self._session.setting.target, file.path, "was changed")
        return now

    def _sent(self, file: Outgoing, resource: Resource, request_id: str) -> Sent:
        if not resource.asset_id:
            raise self._session.away("takes a file and tells no id of it", maybe=True)
        if not resource.holds(file.content):
            what = (
                f"is stored there with other bytes ({resource.bytes} bytes, etag {self._session.scrub(resource.etag)})"
            )
            remedy = "remove transformations of uploads from the account's default preset"
            raise self._session.file_refused(file.path, what, remedy)
        return Sent(
            target_id=resource.asset_id,
            path=file.path,
            proof=Proof.HASH if resource.md5 else Proof.SIZE,
            version=resource.version,
            etag=resource.etag,
            checksum=f"md5:{resource.md5}" if resource.md5 else "",
            request_id=request_id,
        )

    def expire(self, found: Found, receipt: Receipt) -> Found:
        """Take an asset out of use: its delivery type becomes `authenticated`, and cached copies are dropped."""
        resource = self._api.by_id(found.target_id)
        if resource is None:
            raise self._session.file_refused(receipt.path, "is not there any more", "reconcile the target")
        if resource.type == IN_USE:
            resource = self._change_type(resource, OUT_OF_USE, receipt.path)
        return resource.found()

    def _change_type(self, resource: Resource, to_type: str, path: str) -> Resource:
        """Return an asset with another delivery type. A change whose answer was lost is seen by its id."""
        changed = self._api.change_type(resource.identity, to_type, path)
        if changed is None:
            changed = self._api.by_id(resource.asset_id)
        if changed is None or changed.type != to_type:
            raise self._session.file_refused(path, "cannot be taken in or out of use", "look at it in Cloudinary")
        return changed

    def listing(self) -> Iterator[Found]:
        """Yield the assets with the tenant's tag. Lists tell versions and no hashes."""
        for resource in self._api.with_tag(tag_of(self._tenant)):
            yield resource.found()

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: each asset is complete by itself."""

    def close(self) -> None:
        """Give back connections."""
        self._session.close()
