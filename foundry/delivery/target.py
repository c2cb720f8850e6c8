"""The targets that a tenant's files are delivered to, as the tenant's file declares them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import permutations
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from foundry.delivery.metadata import AssetMetadata
from foundry.delivery.packaging import Packages
from foundry.delivery.patterns import Line, PathPattern, checked_pattern
from foundry.documents.sentences import HIDDEN
from foundry.inputs.file_name import FileName
from foundry.names import Slug, variable_prefix
from foundry.strict_model import Items, StrictModel

Glob = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*?][A-Za-z0-9._/*?-]{0,100}$")]
_VARIABLE = r"^[A-Z][A-Z0-9_]{1,100}$"
_ADDRESS = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"


def _secret_itself(what: str) -> PydanticCustomError:
    return PydanticCustomError(HIDDEN, f"{what}; name the environment variable that holds it".replace("{", "{{"))


def _variable(text: str) -> str:
    if not re.fullmatch(_VARIABLE, text):
        raise _secret_itself("it is no name of an environment variable, and is not shown, as it may be the secret")
    return text


def _address(text: str) -> str:
    if not re.fullmatch(_ADDRESS, text):
        wrong = (
            "it is no http or https address without user, query and fragment, and is not shown, as these may be secrets"
        )
        raise PydanticCustomError(HIDDEN, f"{wrong}; write https://host/path, and sign in by sign_in")
    return text


Variable = Annotated[str, AfterValidator(_variable), Field(json_schema_extra={"pattern": _VARIABLE})]
Address = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(_address), Field(json_schema_extra={"pattern": _ADDRESS})
]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")]
HostKey = Annotated[
    str, StringConstraints(max_length=2_000, pattern=r"^[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\x00-\x1f\x7f]*)?$")
]

FACTS = tuple(field.name for field in fields(AssetMetadata))
"""What a pattern of a target's own field may hold, in braces."""


def _field_pattern(pattern: str) -> str:
    return checked_pattern(pattern, FACTS)


FieldPattern = Annotated[str, StringConstraints(max_length=500), AfterValidator(_field_pattern)]


def delivery_secret_prefix(tenant: str) -> str:
    """Return the beginning of the names of environment variables whose values a tenant's targets may be sent.

    Without it, a tenant's file could have any secret of the machine sent to a host that its author chose.
    """
    return variable_prefix("DELIVERY", tenant)


class Secret(StrictModel):
    """A secret by reference: the name of the environment variable that holds it, read at the moment of use."""

    variable: Variable = Field(
        description="DELIVERY_, the tenant in capitals, and __ with a name.", examples=["DELIVERY_AURELLE__DAM_TOKEN"]
    )

    @model_validator(mode="before")
    @classmethod
    def _is_no_secret(cls, value: Any) -> Any:
        if not isinstance(value, dict | Secret):
            raise _secret_itself("it is not shown, as it may be the secret itself")
        return value


class BasicSignIn(StrictModel):
    """A user and a password (RFC 7617)."""

    kind: Literal["basic"]
    user: Line
    password: Secret


class TokenSignIn(StrictModel):
    """A token that does not change, sent as `Authorization: Bearer`."""

    kind: Literal["token"]
    token: Secret


class OAuthSignIn(StrictModel):
    """A token that is fetched, and fetched anew before it ends (RFC 6749, client credentials)."""

    kind: Literal["oauth"]
    token_url: Address
    client_id: Line
    client_secret: Secret
    scope: str = Field(default="", max_length=500)


SignIn = Annotated[BasicSignIn | TokenSignIn | OAuthSignIn, Field(discriminator="kind")]


class Filter(StrictModel):
    """Which finished files go to a target: those that pass every list; an empty list lets all pass.

    Files under embargo wait and files past their expiry never leave, whatever a filter says.
    """

    campaigns: Annotated[tuple[Glob, ...], Items(100)] = Field(default=(), examples=[["spring-*"]])
    catalogs: Annotated[tuple[Glob, ...], Items(100)] = ()
    placements: Annotated[tuple[Glob, ...], Items(200)] = Field(default=(), examples=[["meta/*", "google/*"]])
    products: Annotated[tuple[Glob, ...], Items(1_000)] = ()
    markets: Annotated[tuple[Line, ...], Items(300)] = Field(default=(), description="Regions of the brief.")
    locales: Annotated[tuple[Glob, ...], Items(300)] = Field(default=(), examples=[["de-*", "fr-FR"]])
    formats: Annotated[tuple[Slug, ...], Items(20)] = ()


class Naming(StrictModel):
    """Where a file lies at a target: a folder and a name, without extension, from placeholders in braces.

    Two slots must never have one path: the two patterns together hold {slot}, or every placeholder that tells slots
    apart.
    """

    folder: PathPattern = "{campaign}/{channel}"
    file: PathPattern = "{product}_{scene}_{locale}_{placement}_{audience}_a{alternative}_{slot}"

    @model_validator(mode="after")
    def _tells_slots_apart(self) -> Naming:
        if "{slot}" not in self.folder + self.file:
            raise ValueError("two files could have one path; add {slot} to the name of the file")
        return self


class _Target(StrictModel):
    """What all targets have.

    metadata: which of our facts fills which of the target's own fields: its field's name or id → a pattern of the
    fields of `foundry.delivery.metadata.AssetMetadata` in braces.
    """

    id: Slug
    filter: Filter = Filter()
    naming: Naming = Naming()
    metadata: Annotated[dict[Line, FieldPattern], Items(100)] = Field(
        default={}, examples=[{"dc:title": "{title}", "property_campaign": "{campaign_name}"}]
    )
    embed: bool = Field(default=True, description="Write the metadata into the files as XMP, too.")
    automatic: bool = Field(default=True, description="`foundry serve --delivery` delivers to it by itself.")
    on_withdrawal: Literal["expire", "leave"] = Field(
        default="expire", description="What happens to a file whose product or campaign has ended."
    )
    at_once: int = Field(default=4, ge=1, le=64, description="Files that are sent at the same time.")
    requests_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)


class FolderTarget(_Target):
    """A folder, below the one that the operator gives with --folders."""

    kind: Literal["folder"]
    folder: FileName


class SftpTarget(_Target):
    """A folder on an SSH server (draft-ietf-secsh-filexfer-02, version 3)."""

    kind: Literal["sftp"]
    host: Host
    port: int = Field(default=22, ge=1, le=65_535)
    user: Line
    host_keys: Annotated[tuple[HostKey, ...], Items(10, least=1)] = Field(
        description="The server's public keys, as `ssh-keyscan` prints them, without the host."
    )
    password: Secret | None = None
    private_key: Secret | None = Field(default=None, description="The key itself, in OpenSSH's or PEM form.")
    folder: str = Field(default="", max_length=400)


class BucketTarget(_Target):
    """A bucket, or a prefix in one."""

    kind: Literal["bucket"]
    address: Annotated[str, StringConstraints(pattern=r"^gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/[^\s?#]*)?$")]


class WebdavTarget(_Target):
    """A WebDAV server (RFC 4918). Nextcloud's and ownCloud's own uploads and checksums are used where they answer."""

    kind: Literal["webdav"]
    url: Address
    sign_in: SignIn | None = None


class TusTarget(_Target):
    """A server of resumable uploads (tus 1.0)."""

    kind: Literal["tus"]
    url: Address
    sign_in: SignIn | None = None


class AemTarget(_Target):
    """Adobe Experience Manager Assets: its direct binary upload, or the create-asset servlet of older versions."""

    kind: Literal["aem"]
    url: Address
    folder: Annotated[str, StringConstraints(pattern=r"^/content/dam(/[^\s?#/.][^\s?#/]*)*$", max_length=400)]
    sign_in: SignIn


class BynderTarget(_Target):
    """Bynder, by its uploads of version 4 or 7."""

    kind: Literal["bynder"]
    url: Address
    brand: Line = Field(description="The id of Bynder's brand.")
    api: Literal["v4", "v7"] = "v7"
    sign_in: SignIn


class CloudinaryTarget(_Target):
    """Cloudinary, by signed uploads."""

    kind: Literal["cloudinary"]
    cloud_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
    api_key: Line
    api_secret: Secret
    url: Address = "https://api.cloudinary.com"


class ResourceSpaceTarget(_Target):
    """ResourceSpace, by its signed interface."""

    kind: Literal["resourcespace"]
    url: Address
    user: Line
    key: Secret
    resource_type: int = Field(default=1, ge=1)
    slot_field: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,50}$")] = Field(
        default="foundryslot",
        description="The short name of an indexed text field, by which resources are found again.",
    )


class WebhookTarget(_Target):
    """Your own service: it is told of each file by a signed CloudEvent with a link that is good for a while.

    The link leads to the finished file in the store, so nothing is written into files for it.
    """

    kind: Literal["webhook"]
    url: Address
    embed: Literal[False] = False
    secret: Secret
    link_hours: int = Field(default=24, ge=1, le=168)


Target = Annotated[
    FolderTarget
    | SftpTarget
    | BucketTarget
    | WebdavTarget
    | TusTarget
    | AemTarget
    | BynderTarget
    | CloudinaryTarget
    | ResourceSpaceTarget
    | WebhookTarget,
    Field(discriminator="kind"),
]


class Delivery(StrictModel):
    """Where a tenant's finished files go."""

    targets: Annotated[tuple[Target, ...], Items(50)] = ()
    usage_terms: str = Field(
        default="", max_length=2_000, description="The terms of use of what is delivered, written into its metadata."
    )
    licence_url: Address | None = Field(default=None, description="The address of the terms (xmpRights:WebStatement).")

    packages: Packages = Field(default=Packages(), description="What `foundry package` makes, by channel.")

    @model_validator(mode="after")
    def _has_ids_once(self) -> Delivery:
        ids = [each.id for each in self.targets]
        if twice := next((each for each in ids if ids.count(each) > 1), None):
            raise ValueError(f"two targets are called {twice}; rename or remove one")
        folders = {each.id: PurePosixPath(each.folder) for each in self.targets if isinstance(each, FolderTarget)}
        for (one, above), (other, below) in permutations(folders.items(), 2):
            if below.is_relative_to(above):
                raise ValueError(f"the folder of target {other} lies in that of target {one}; give each its own")
        return self

    def target(self, target_id: str) -> Target | None:
        """Return a target by its id."""
        return next((each for each in self.targets if each.id == target_id), None)


def secrets_of(target: Target) -> Iterator[str]:
    """Yield the names of the environment variables that a target's settings refer to."""
    places = [getattr(target, name) for name in type(target).model_fields]
    places += [
        getattr(place, name) for place in places if isinstance(place, StrictModel) for name in type(place).model_fields
    ]
    yield from (place.variable for place in places if isinstance(place, Secret))
