"""Model cards: model, weights, sizes, cost and permitted users of each model.

Everything has the same kind of card: an embedded default, a twelve-billion-parameter checkpoint, a tenant's LoRA
adapter, another vendor's API. A card is a YAML file that people read and version; nothing in it is secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints, model_validator

from foundry.errors import Unusable
from foundry.names import CardName, Slug, digest
from foundry.strict_model import StrictModel

Task = Literal["text-to-image", "text-to-video", "image-to-video", "upscale", "screen", "adapter", "read"]
Mode = Literal["text-to-image", "image-to-image", "inpainting"]
Stage = Literal["draft", "candidate", "production", "retired"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]
AnswerPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$")]
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$")]
# A plain path below the weights' folder: no root, no back-slash, no part that is `.` or `..`.
RelativeFile = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+ -]*(/[A-Za-z0-9_][A-Za-z0-9_.+ -]*)*$")
]
PULLED = ("bucket", "hub")


class Source(StrictModel):
    """The place of the weights.

    `embedded` and `directory` name a folder relative to the card; `code` has no weights; `bucket` and `hub` are fetched
    by `foundry models pull` and by nothing else; `api` is a vendor's machine.
    """

    kind: Literal["embedded", "directory", "code", "bucket", "hub", "api"] = Field(description="Who keeps the weights.")
    folder: str = Field(default="", description="embedded, directory: the weights' folder, relative to the card.")
    url: str = Field(default="", description="bucket: gs://bucket/prefix or file:///folder; api: the endpoint.")
    repository: str = Field(default="", description="hub: owner/name.")
    revision: str = Field(default="", description="hub: the commit; a branch name would not be reproducible.")

    @model_validator(mode="after")
    def _says_where(self) -> Source:
        if self.kind == "hub" and not re.fullmatch(r"[\w.-]+/[\w.-]+", self.repository):
            raise ValueError(f"source: repository {self.repository!r} is not owner/name; write the hub's name of it")
        if self.kind == "hub" and not re.fullmatch(r"[0-9a-f]{40}", self.revision):
            raise ValueError(
                f"source: revision {self.revision!r} is not a commit of 40 hex digits; a branch would move, "
                "copy the commit from the hub's history"
            )
        if self.kind == "bucket" and not re.match(r"gs://[^/]+|file:///", self.url):
            raise ValueError(f"source: url {self.url!r} is no bucket; write gs://bucket/prefix or file:///folder")
        return self


class Api(StrictModel):
    """The protocol and limits of another vendor's API; the credential itself stays in the environment."""

    protocol: Literal["openai-images", "submit-and-poll", "openai-chat"] = Field(
        description="How the vendor is spoken to."
    )
    model: str = Field(default="", description="The vendor's name of the model.")
    credential: EnvironmentName = Field(description="Name of the environment variable that holds the key.")
    client: EnvironmentName | None = Field(
        default=None, description="Variable with the client's id, sent as x-api-key."
    )
    hosts: tuple[str, ...] = Field(default=(), description="Further hosts of the vendor that may see the credential.")
    concurrency: int = Field(default=4, ge=1, le=256, description="Requests at once.")
    attempts: int = Field(default=5, ge=1, le=20, description="Tries per request, the first included.")
    timeout_s: int = Field(default=120, ge=1, description="For one HTTP exchange.")
    deadline_s: int = Field(default=600, ge=1, description="For one picture or question, all tries and polls together.")
    poll_s: Decimal = Field(default=Decimal(2), gt=0, description="Between two looks at a job.")
    charges: dict[AnswerPath, Annotated[Decimal, Field(ge=0)]] = Field(
        default_factory=dict,
        description="Path of a count in the vendor's answer, such as `usage.output_tokens` → US dollars for one. An "
        "answer that counts none of them costs `unit_cost.money`.",
    )


class UnitCost(StrictModel):
    """The cost of one picture, of one clip of the card's `frames`, or of one question."""

    money: Decimal = Field(ge=0, description="In US dollars.")
    accelerator_seconds: Decimal = Field(ge=0, description="Of the machine that the price was worked out for.")


class Batch(StrictModel):
    """The most pictures per call, by device; a hint, halved when memory runs out."""

    cpu: int = Field(default=1, ge=1, description="Pictures per call on a processor.")
    cuda: int = Field(default=8, ge=1, description="Pictures per call on a CUDA device.")


class Scheduler(StrictModel):
    """A diffusers scheduler class, and the settings that replace the folder's own."""

    name: str = Field(default="", description="Class name; empty keeps the folder's own.")
    settings: dict[str, JsonValue] = Field(default_factory=dict, description="Arguments of its configuration.")


class Optimisations(StrictModel):
    """Switches that make the pipeline faster and may change its last bits; each is held to the parity mark."""

    compile: bool = Field(default=False, description="torch.compile, regionally where the model allows.")
    channels_last: bool = Field(default=False, description="Memory order that convolutions like.")
    quantise: Literal["none", "int8", "fp8"] = Field(default="none", description="Weights of the denoiser, by torchao.")

    @property
    def any(self) -> bool:
        """True if any optimisation is switched on."""
        return self.compile or self.channels_last or self.quantise != "none"


class ParityMark(StrictModel):
    """The largest permitted difference of the optimised pipeline from the plain one, in 8-bit levels and SSIM."""

    max_levels: int = Field(default=8, ge=0, le=255, description="Largest difference of any pixel.")
    mean_levels: Decimal = Field(default=Decimal("0.5"), ge=0, description="Mean difference.")
    ssim: Decimal = Field(default=Decimal("0.99"), ge=0, le=1, description="Structural similarity, at least.")


class SetCard(StrictModel):
    """How a card renders sets: its quality as stills and as film."""

    samples: int = Field(default=32, ge=1, le=4_096, description="Light paths for each pixel of a still.")
    depth: int = Field(default=8, ge=1, le=64, description="Reflections of a light path.")
    denoise: bool = Field(default=True, description="Whether the noise that is left is removed.")
    film_samples: int = Field(default=16, ge=1, le=4_096, description="Light paths for each pixel of a frame.")
    film_sizes: dict[str, tuple[int, int]] = Field(
        default_factory=dict, description="Aspect bucket → pixels of a frame; without one, that of its stills."
    )


class Adapter(StrictModel):
    """The addition that an adapter card makes to a base: LoRA weights, a ControlNet or an IP-Adapter."""

    kind: Literal["lora", "controlnet", "ip-adapter"] = Field(description="What is added; the base must take it.")
    bases: tuple[Slug, ...] = Field(min_length=1, description="Ids of the cards it fits.")
    file: str = Field(default="", description="LoRA and IP-Adapter: the weight file within the folder.")
    trigger: str = Field(default="", description="Words that call it; put before the prompt.")


class ModelCard(StrictModel):
    """One model. One handler serves all cards of a task."""

    id: Slug = Field(description="What a tenant's file names; shared by all versions of the model.")
    version: Version = Field(description="Of this card; a changed card is another version.")
    title: str = Field(description="One line for people.")
    task: Task = Field(description="What it does; one handler serves all cards of a task.")
    source: Source = Field(description="Where the weights are.")
    weights: dict[RelativeFile, Sha256] = Field(default_factory=dict, description="File → SHA-256.")
    licence: str = Field(description="Of the weights: an SPDX name, or the vendor's.")
    allowed_use: str = Field(description="What the licence and its owner let us make with it.")
    training_data: str = Field(description="What it was trained on, and whose that is.")
    modes: tuple[Mode, ...] = Field(default=("text-to-image",), description="What a drawing card is used for.")
    staging: Literal["composite", "inpaint", "set"] = Field(
        default="composite",
        description="composite: the product is set into a finished scene; inpaint: the scene is drawn around it; set: "
        "the product stands in a set, which is rendered with it.",
    )
    set: SetCard | None = Field(default=None, description="Cards that render sets: how well.")
    upscale: CardName | None = Field(
        default=None,
        description="The upscale card that suits its drawings; it enlarges them in place of the tenant's.",
    )
    prompt_language: Literal["plain", "backdrop"] = Field(default="plain", description="Who compiles its prompts.")
    draws_products: bool = Field(default=False, description="Whether it can draw a product from words.")
    prompt_tokens: int = Field(
        default=0, ge=0, description="Most tokens of a prompt that it reads; 0: as its tokenizer says, if one is here."
    )
    prompt_characters: int = Field(
        default=0, ge=0, description="Most characters of a prompt that a vendor reads; 0: no limit is known."
    )
    sizes: dict[str, tuple[int, int]] = Field(
        default_factory=dict,
        description="Bucket → pixels. Upscale: of the masters; without them, those of templates/compositions.yaml.",
    )
    frames: int = Field(default=0, ge=0, description="Video: frames per clip.")
    frames_per_second: int = Field(default=0, ge=0, le=120, description="Video: its speed.")
    frame_step: int = Field(
        default=0,
        ge=0,
        description="Video: shorter clips are filmed too, of this many frames times a whole number, and one more; "
        "0: always `frames`.",
    )
    steps: int = Field(default=20, ge=1, description="Sampling steps of a drawing.")
    guidance: Decimal = Field(default=Decimal(5), description="Classifier-free guidance scale.")
    scheduler: Scheduler = Field(default=Scheduler(), description="Sampler that replaces the folder's own.")
    precision: Literal["float32", "bfloat16", "float16"] = Field(
        default="float32", description="Of the loaded weights on an accelerator; processors use float32."
    )
    optimisations: Optimisations = Field(default=Optimisations(), description="Held to the parity mark.")
    parity: ParityMark = Field(default=ParityMark(), description="How far optimised pictures may be from plain ones.")
    takes: tuple[Literal["lora", "controlnet", "ip-adapter"], ...] = Field(default=(), description="Adapter kinds.")
    adapter: Adapter | None = Field(default=None, description="Adapter cards: what it adds, and to which bases.")
    api: Api | None = Field(default=None, description="API cards: how the vendor is spoken to.")
    smooth: Decimal | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Upscale: tiles in which no channel bends more than this from pixel to pixel are enlarged without "
        "the network. It changes pixels within the card's tolerance, so it is not in the card's digest.",
    )
    bits: Literal[8, 16] = Field(default=8, description="Upscale: bits per channel of the masters it makes.")
    batch: Batch = Field(default=Batch(), description="Most pictures per call.")
    memory_mb: int = Field(default=0, ge=0, description="Device memory of the loaded model; 0 is unknown.")
    cpu_threads: int = Field(default=2, ge=1, description="Fixed, as it decides the last bits.")
    tolerance: int = Field(default=0, ge=0, le=255, description="8-bit levels, batched or alone.")
    thresholds: dict[str, Decimal] = Field(default_factory=dict, description="Screens: check → limit.")
    attempts: int = Field(default=3, ge=1, description="Drawings of a shot before it is given up.")
    unit_cost: UnitCost = Field(description="Money and accelerator time of one picture or clip.")
    tenants: tuple[str, ...] = Field(default=(), description="Allowed tenants; empty means all.")
    stage: Stage = Field(description="Where the card starts; the promotion ledger has the last word.")
    path: Path = Field(default=Path(), exclude=True, description="Where the card was read from.")
    home: Path | None = Field(default=None, exclude=True, description="Where pulled weights live.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> ModelCard:
        if (self.task == "adapter") != (self.adapter is not None):
            raise ValueError(
                f"card {self.id}: task 'adapter' and the section `adapter` go together; give both or neither"
            )
        if (self.task == "read") != (self.api is not None and self.api.protocol == "openai-chat"):
            raise ValueError(
                f"card {self.id}: task 'read' and the protocol 'openai-chat' go together; give both or neither"
            )
        if self.frame_step and self.frames % self.frame_step != 1 % self.frame_step:
            near = max(1, round((self.frames - 1) / self.frame_step)) * self.frame_step + 1
            raise ValueError(
                f"card {self.id}: frames {self.frames} are not {self.frame_step} times a whole number and one more; "
                f"write {near}, or leave frame_step out"
            )
        if (self.staging == "set") != (self.set is not None):
            raise ValueError(f"card {self.id}: staging 'set' and the section `set` go together; give both or neither")
        if self.set and (self.task, self.source.kind, self.prompt_language) != ("text-to-image", "code", "backdrop"):
            raise ValueError(
                f"card {self.id}: a card that renders sets has task 'text-to-image', source kind 'code' and prompt "
                "language 'backdrop'; write those, or leave `set` out"
            )
        if (self.source.kind == "api") != (self.api is not None):
            raise ValueError(
                f"card {self.id}: source kind 'api' and the section `api` go together; give both or neither"
            )
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> ModelCard:
        """Return a changed copy, whose digests are computed anew."""
        copied = super().model_copy(update=update, deep=deep)
        for cached in ("digest", "weights_sha256"):
            copied.__dict__.pop(cached, None)
        return copied

    @property
    def folder(self) -> Path:
        """The weights' folder: beside the card, or for pulled weights `<home>/<id>/<version>`."""
        if self.source.kind in PULLED:
            if self.home is None:
                raise ValueError(f"card {self.name} was not read from a registry, so its weights have no home")
            return self.home / self.id / self.version
        return (self.path.parent / self.source.folder).resolve()

    @property
    def has_weights(self) -> bool:
        """False for algorithms and for other vendors' machines."""
        return self.source.kind not in ("code", "api")

    @property
    def present(self) -> bool:
        """True if every weight file exists; content is not read."""
        return not self.has_weights or (self.folder.is_dir() and all((self.folder / f).is_file() for f in self.weights))

    def objection(self, tenant: str) -> Unusable | None:
        """Return the reason why this tenant must not use the card now; None if it may.

        `stage` must be the effective one, as the registry returns it.
        """
        if self.tenants and tenant not in self.tenants:
            remedy = "choose another card, or let its owner add the tenant to the card"
            return Unusable(self.name, "is not for this tenant", remedy)
        if self.stage in ("draft", "retired"):
            return Unusable(self.name, f"is {self.stage}", "choose a production card; `foundry models list` shows them")
        if self.has_weights and not self.weights:
            remedy = f"stamp them with `foundry models add {self.path}`"
            return Unusable(self.name, "has no hashes of its weights", remedy)
        return None

    @property
    def name(self) -> str:
        """The name of exactly this card: id@version."""
        return f"{self.id}@{self.version}"

    @cached_property
    def digest(self) -> str:
        """A hash of everything that changes a picture: version, weights, sizes, sampling, thresholds."""
        deciding = {
            "id",
            "version",
            "task",
            "weights",
            "prompt_language",
            "draws_products",
            "sizes",
            "steps",
            "guidance",
        }
        deciding |= {"precision", "cpu_threads", "thresholds", "attempts", "scheduler", "optimisations", "staging"}
        deciding |= {"adapter", "frames", "frames_per_second", "bits"}
        content: dict[str, Any] = self.model_dump(mode="json", include=deciding)
        if self.set:
            content["set"] = self.set.model_dump(mode="json")
        if self.api:
            content["api"] = {"protocol": self.api.protocol, "model": self.api.model, "url": self.source.url}
        return digest("card", **content)

    @cached_property
    def weights_sha256(self) -> str:
        """One hash of all weight files."""
        return digest("weights", files=self.weights) if self.weights else ""


def card_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of card files."""
    schema = ModelCard.model_json_schema(mode="validation")
    for place in ("path", "home"):
        del schema["properties"][place]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:campaign-foundry:card"}
    return {**head, **schema}


def card_as_json(card: ModelCard) -> dict[str, Any]:
    """Return a card as plain values, for scripts."""
    return {**card.model_dump(mode="json"), "digest": card.digest, "present": card.present}
