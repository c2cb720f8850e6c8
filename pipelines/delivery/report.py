"""The page of a tenant's deliveries: per target what is there, with which proof, what waits and why.

It needs neither network nor scripts. Its lists are bounded, however many files there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State
from foundry.delivery.target import Target
from foundry.names import campaign_folder
from foundry.store.object_store import ObjectStore
from foundry.tenant import Tenant
from pipelines.campaign.report_page import page_environment, page_source
from pipelines.delivery.asked import DELIVERIES
from pipelines.delivery.outbox import each_delivered
from pipelines.delivery.tally import OTHERS, Tally, tally_of

PAGE = f"{DELIVERIES}/REPORT.html"
"""No target's id has capitals, so it lies in no target's folder."""
ROOT = "../"
"""The way from the page to the tenant's objects."""
ROWS_SHOWN, SCOPES_SHOWN, DAYS_SHOWN = 40, 30, 30
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
KINDS = {
    "folder": "Folder", "sftp": "SFTP", "bucket": "Bucket", "webdav": "WebDAV", "tus": "tus", "aem": "AEM Assets",
    "bynder": "Bynder", "cloudinary": "Cloudinary", "resourcespace": "ResourceSpace", "webhook": "Webhook",
}  # fmt: skip
PROOFS = {
    Proof.HASH: "the target told the file's own hash",
    Proof.REREAD: "the bytes were read again and are the file's",
    Proof.SIZE: "the target told the right size, and no more",
    Proof.ACCEPTED: "the target took the file, and tells nothing of it",
}
TROUBLES = {
    State.CONFLICT: (
        "Changed by others",
        "Nothing is overwritten. `foundry deliveries reconcile --mend --take theirs` keeps their content, `ours` sends "
        "this one as a new version.",
    ),
    State.SET_ASIDE: (
        "Set aside",
        "The target refused these files, or they failed too often. After a repair, `foundry deliveries retry` opens "
        "them.",
    ),
    State.OPEN: ("Open", "To be sent by the next delivery."),
}
LISTED = (*TROUBLES, State.WAITING, State.DELIVERED)


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One file as the page lists it."""

    path: str
    place: tuple[str, ...]
    proof: str
    version: str
    moment: str
    code: str
    why: str
    target_id: str


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """One target as the page shows it."""

    target: Target
    kind: str
    where: str
    link: str
    tally: Tally
    proofs: tuple[tuple[Proof, str, int, float], ...]

    @property
    def id(self) -> str:
        """The target's id."""
        return self.target.id

    def count(self, *states: State) -> int:
        """Return the number of files in these states."""
        return sum(self.tally.states[state] for state in states)

    @property
    def trouble(self) -> int:
        """The number of files that need somebody."""
        return self.count(State.SET_ASIDE, State.CONFLICT)


def write_page(own: ObjectStore, tenant: Tenant, now: datetime) -> str:
    """Write the page into the tenant's store and return its object name."""
    text = page_of(own, tenant, now)
    with own.replacing(PAGE) as file:
        file.write_text(text, encoding="utf-8")
    return PAGE


def page_of(own: ObjectStore, tenant: Tenant, now: datetime, root: str = ROOT) -> str:
    """Return the page; `root` leads from it to the tenant's objects, and "" leaves such links out."""
    shown = [_shown(own, target) for target in tenant.delivery.targets]
    brand = f":root{{--brand:{tenant.brand.palette.primary}}}\n"
    style = Markup(brand + page_source("report.css", "catalog_report.css", "delivery_report.css"))  # noqa: S704 - ours
    return (
        page_environment()
        .get_template("delivery_report.html.j2")
        .render(
            tenant_name=tenant.name,
            tenant=tenant.id,
            moment=_moment(now.astimezone(UTC).isoformat()),
            headline=headline(shown),
            tiles=_tiles(shown),
            targets=shown,
            troubles=[(state, *words) for state, words in TROUBLES.items()],
            rows=_rows,
            days=_days,
            scopes=lambda each: _scopes(own, each, root),
            proofs=PROOFS,
            policy=POLICY,
            style=style,
        )
    )


def headline(shown: Sequence[_Shown]) -> str:
    """Return how deliveries stand, in a few sentences."""
    if not shown:
        return "No targets are declared. Declare them under `delivery:` in the tenant's file."
    return " ".join(_sentences(shown))


def _sentences(shown: Sequence[_Shown]) -> Iterator[str]:
    there = sum(each.count(State.DELIVERED) for each in shown)
    trouble = sum(each.trouble for each in shown)
    later = sum(each.count(State.WAITING) for each in shown)
    still = sum(each.count(State.OPEN) for each in shown)
    targets = f"{len(shown)} {'target' if len(shown) == 1 else 'targets'}"
    yield f"{_files(there)} delivered at {targets}." if there else f"Nothing is delivered yet at {targets}."
    if trouble:
        yield f"{_files(trouble)} {'needs' if trouble == 1 else 'need'} somebody: set aside, or changed by others."
    if still:
        yield f"{_files(still)} {'is' if still == 1 else 'are'} still to be sent."
    if later:
        yield f"{_files(later)} {'waits' if later == 1 else 'wait'} for the end of an embargo."
    if there and not (trouble or later or still):
        yield "Nothing waits."


def _files(number: int) -> str:
    return f"{number:,} {'file' if number == 1 else 'files'}"


def _tiles(shown: Sequence[_Shown]) -> list[tuple[str, str, str]]:
    counts = {state: sum(each.count(state) for each in shown) for state in State}
    size = sum(each.tally.size_bytes for each in shown)
    versions = sum(each.tally.versions for each in shown)
    proved = sum(each.tally.proofs[proof] for each in shown for proof in (Proof.HASH, Proof.REREAD))
    tiles = [
        ("Delivered", f"{counts[State.DELIVERED]:,}", f"{versions:,} with more than one version"),
        ("Proved by content", f"{proved:,}", "by hash, or read again"),
        ("Waiting", f"{counts[State.WAITING]:,}", "under embargo"),
        ("Set aside", f"{counts[State.SET_ASIDE]:,}", "refused, or failed too often"),
        ("Conflicts", f"{counts[State.CONFLICT]:,}", "changed by others"),
        ("Expired", f"{counts[State.EXPIRED]:,}", "taken out of use"),
        ("Size", _size(size), "of what is delivered"),
    ]
    if counts[State.OPEN]:
        tiles.insert(2, ("Open", f"{counts[State.OPEN]:,}", "still to be sent"))
    return tiles


def _size(size: int) -> str:
    return f"{size / 1e9:,.2f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"


def _shown(own: ObjectStore, target: Target) -> _Shown:
    tally = tally_of(each_delivered(own, target.id), LISTED, ROWS_SHOWN)
    total = tally.proofs.total() or 1
    proofs = tuple(
        (proof, PROOFS[proof], tally.proofs[proof], 100 * tally.proofs[proof] / total)
        for proof in Proof
        if tally.proofs[proof]
    )
    where = where_of(target)
    link = where if where.startswith("https://") and target.kind != "webhook" else ""
    return _Shown(target=target, kind=KINDS[target.kind], where=where, link=link, tally=tally, proofs=proofs)


def where_of(target: Target) -> str:
    """Return the address of a target, for people; no secret is in it."""
    if target.kind == "folder":
        return target.folder
    if target.kind == "sftp":
        return f"{target.host}{f':{target.port}' if target.port != 22 else ''}/{target.folder.lstrip('/')}"
    if target.kind == "bucket":
        return target.address
    if target.kind == "cloudinary":
        return target.cloud_name
    return f"{target.url.rstrip('/')}{target.folder}" if target.kind == "aem" else target.url


def _rows(shown: _Shown, state: State) -> list[_Row]:
    return [_row(record) for record in shown.tally.shown.get(state, ())]


def _row(record: Delivered) -> _Row:
    receipt, slot = record.receipts[0] if record.receipts else None, record.slot
    alternative = f"alternative {slot.alternative}" if slot.alternative else ""
    part = "" if slot.part == "file" else str(slot.part)
    parts = (slot.product, slot.scene, slot.locale, slot.placement, slot.audience, alternative, part)
    return _Row(
        path=receipt.path if receipt else "",
        place=tuple(filter(None, parts)),
        proof=str(receipt.proof) if receipt else "",
        version=f"version {len(record.receipts)}" if len(record.receipts) > 1 else "",
        moment=_moment(receipt.delivered_at) if receipt else "",
        code=record.code,
        why=record.why,
        target_id=receipt.target_id if receipt else "",
    )


def _days(shown: _Shown) -> tuple[list[tuple[str, int]], int]:
    """Return the first days on which embargoes end, with their files, and how many files wait for later ones."""
    days = sorted((day, count) for day, count in shown.tally.days.counts.items() if day != OTHERS)
    first = [(_day(day), count) for day, count in days[:DAYS_SHOWN]]
    return first, shown.count(State.WAITING) - sum(count for _, count in first)


def _scopes(own: ObjectStore, shown: _Shown, root: str) -> tuple[list[tuple[str, int, str]], int]:
    """Return the largest campaigns and catalogs with their files and reports, and how many files the others have."""
    found = [(scope, count) for scope, count in shown.tally.scopes.ordered() if scope != OTHERS][:SCOPES_SHOWN]
    named = [(scope, count, _report_of(own, scope, root)) for scope, count in found]
    return named, shown.tally.files - sum(count for _, count, _ in named)


def _report_of(own: ObjectStore, scope: str, root: str) -> str:
    """Return where the report of a campaign is; "" for a catalog, or where there is none."""
    kind, _, name = scope.partition(":")
    report = f"{campaign_folder(name)}/report.html"
    return f"{root}{report}" if root and kind == "campaign" and own.exists(report) else ""


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def _day(text: str) -> str:
    day = datetime.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"
