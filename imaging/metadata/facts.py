"""The facts of a delivered file in the properties of XMP: IPTC's core and extension, PLUS, PRISM and Adobe's own.

Sources: IPTC Photo Metadata Standard 2025.1 (alternative texts, digital source type, AI systems, products), PLUS LDF
2.0.1, PRISM 2.1 usage rights, XMP parts 1 and 2 (ISO 16684-1, Adobe).
"""

from __future__ import annotations

from collections.abc import Iterator

from foundry.delivery.metadata import AssetMetadata
from imaging.metadata.properties import Property, several, spoken, structures, text

MOST_RANK = 3
"""0: what the file is, whose it is and how it was made. 1: its texts and days. 2: what finds it. 3: the rest."""
MEDIA_TYPES = {
    "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif", "jxl": "image/jxl",
    "gif": "image/gif", "tiff": "image/tiff", "pdf": "application/pdf", "mp4": "video/mp4", "mov": "video/quicktime",
    "webm": "video/webm",
}  # fmt: skip
PLUS_VERSION = "2.0.1"


def properties_of(told: AssetMetadata) -> list[Property]:
    """Return the properties of a file's packet, in their order in it; none for a fact that is not known.

    The audience stays out: files are published, and whom a campaign is aimed at is its tenant's own affair.
    """
    made = [*_identity(told), *_rights(told), *_words(told), *_origin(told), *_finding(told)]
    return [Property(name, xml, rank) for rank, name, xml in made if xml]


Facts = Iterator[tuple[int, str, str]]


def _identity(told: AssetMetadata) -> Facts:
    """Yield the ids. The document is the slot, which a newer version shares; the instance is this file."""
    yield 0, "dc:identifier", text("dc:identifier", f"foundry:asset/{told.tenant}/{told.asset}")
    yield 0, "xmp:CreatorTool", text("xmp:CreatorTool", "campaign-foundry")
    yield 0, "xmpMM:DocumentID", text("xmpMM:DocumentID", f"xmp.did:{told.slot}")
    yield 0, "xmpMM:InstanceID", text("xmpMM:InstanceID", f"xmp.iid:{told.digest}")
    yield 0, "Iptc4xmpExt:DigitalSourceType", text("Iptc4xmpExt:DigitalSourceType", told.source_type)
    yield 1, "dc:language", several("dc:language", "Bag", [told.locale])
    yield 3, "dc:format", text("dc:format", MEDIA_TYPES.get(told.format, ""))


def _rights(told: AssetMetadata) -> Facts:
    if told.owner:
        yield 0, "dc:rights", spoken("dc:rights", f"© {told.owner}", "")
        yield 0, "dc:creator", several("dc:creator", "Seq", [told.owner])
        yield 0, "xmpRights:Marked", text("xmpRights:Marked", "True")
        yield 1, "xmpRights:Owner", several("xmpRights:Owner", "Bag", [told.owner])
        yield 3, "photoshop:Credit", text("photoshop:Credit", told.owner)
        yield 3, "photoshop:Source", text("photoshop:Source", told.owner)
        holder = {"name": text("plus:CopyrightOwnerName", told.owner)}
        yield 3, "plus:CopyrightOwner", structures("plus:CopyrightOwner", "Seq", [holder])
    yield 1, "xmpRights:UsageTerms", spoken("xmpRights:UsageTerms", told.usage_terms, "")
    yield 1, "xmpRights:WebStatement", text("xmpRights:WebStatement", told.licence_url)
    yield 1, "pur:embargoDate", text("pur:embargoDate", told.embargo)
    yield 1, "pur:expirationDate", text("pur:expirationDate", told.expiry)
    yield 2, "prism:embargoDate", text("prism:embargoDate", told.embargo)
    yield 2, "prism:expirationDate", text("prism:expirationDate", told.expiry)
    yield 2, "photoshop:Instructions", text("photoshop:Instructions", instructions(told))
    if told.embargo or told.expiry or told.usage_terms or told.licence_url:
        yield 1, "plus:Version", text("plus:Version", PLUS_VERSION)
        yield 1, "plus:LicenseStartDate", text("plus:LicenseStartDate", told.embargo)
        yield 1, "plus:LicenseEndDate", text("plus:LicenseEndDate", told.expiry)
        yield 3, "plus:TermsAndConditionsText", spoken("plus:TermsAndConditionsText", told.usage_terms, "")
        yield 3, "plus:TermsAndConditionsURL", text("plus:TermsAndConditionsURL", told.licence_url)
    if told.owner and told.licence_url:
        licensor = {"name": text("plus:LicensorName", told.owner), "url": text("plus:LicensorURL", told.licence_url)}
        yield 3, "plus:Licensor", structures("plus:Licensor", "Seq", [licensor])


def instructions(told: AssetMetadata) -> str:
    """Return the first and last day of use as people read them in a DAM."""
    days = (("Not before", told.embargo), ("Not after", told.expiry))
    return ". ".join(f"{what} {day}" for what, day in days if day)


def _words(told: AssetMetadata) -> Facts:
    yield 1, "dc:title", spoken("dc:title", told.title, told.locale)
    alternative = "Iptc4xmpCore:AltTextAccessibility"
    yield 1, alternative, spoken(alternative, told.alt_text, told.locale)
    yield 2, "dc:description", spoken("dc:description", told.description, told.locale)
    yield 2, "photoshop:Headline", text("photoshop:Headline", told.copy[0] if told.copy else told.title)
    if told.description != told.alt_text:
        longer = "Iptc4xmpCore:ExtDescrAccessibility"
        yield 3, longer, spoken(longer, told.description, told.locale)


def _origin(told: AssetMetadata) -> Facts:
    """Yield the model that drew the picture, and the name by which its record is found."""
    if told.models:
        system, _, version = told.models[0].partition("@")
        yield 2, "Iptc4xmpExt:AISystemUsed", text("Iptc4xmpExt:AISystemUsed", system)
        yield 2, "Iptc4xmpExt:AISystemVersionUsed", text("Iptc4xmpExt:AISystemVersionUsed", version)
    yield 3, "foundry:Models", several("foundry:Models", "Seq", told.models)
    yield 3, "foundry:Provenance", text("foundry:Provenance", told.provenance)
    registry = {
        "organisation": text("Iptc4xmpExt:RegOrgId", "campaign-foundry"),
        "item": text("Iptc4xmpExt:RegItemId", told.provenance),
    }
    if told.provenance:
        yield 3, "Iptc4xmpExt:RegistryId", structures("Iptc4xmpExt:RegistryId", "Bag", [registry])


def _finding(told: AssetMetadata) -> Facts:
    yield 1, "foundry:Slot", text("foundry:Slot", told.slot)
    yield 2, "dc:subject", several("dc:subject", "Bag", told.keywords)
    products = [
        {
            "name": spoken("Iptc4xmpExt:ProductName", told.product_name, told.locale),
            "id": text("Iptc4xmpExt:ProductId", item),
        }
        for item in (told.product, *told.items)
    ]
    yield 2, "Iptc4xmpExt:ProductInImage", structures("Iptc4xmpExt:ProductInImage", "Bag", products)
    yield 3, "photoshop:TransmissionReference", text("photoshop:TransmissionReference", told.campaign)
    yield 3, "foundry:Campaign", text("foundry:Campaign", told.campaign)
    yield 3, "foundry:CampaignName", text("foundry:CampaignName", told.campaign_name)
    yield 3, "foundry:Product", text("foundry:Product", told.product)
    yield 3, "foundry:Items", several("foundry:Items", "Bag", told.items)
    yield 3, "foundry:Markets", several("foundry:Markets", "Bag", told.markets)
    yield 3, "foundry:Scene", text("foundry:Scene", told.scene)
    yield 3, "foundry:Placement", text("foundry:Placement", told.placement)
    yield 3, "foundry:Channel", text("foundry:Channel", told.channel)


def tags_of(told: AssetMetadata) -> list[Property]:
    """Return the tags of a Matroska film, by name; `xml` is their text. The asset's id is the first."""
    made = [
        (0, "FOUNDRY_ASSET", f"foundry:asset/{told.tenant}/{told.asset}"),
        (0, "DIGITAL_SOURCE_TYPE", told.source_type),
        (0, "COPYRIGHT", f"© {told.owner}" if told.owner else ""),
        (1, "TITLE", told.title),
        (1, "ALT_TEXT", told.alt_text),
        (1, "TERMS_OF_USE", told.usage_terms),
        (1, "LICENSE_URL", told.licence_url),
        (1, "EMBARGO", told.embargo),
        (1, "EXPIRY", told.expiry),
        (2, "DESCRIPTION", told.description),
        (2, "KEYWORDS", ", ".join(told.keywords)),
    ]
    return [Property(name, value, rank) for rank, name, value in made if value]
