"""Model cards: what a model is, where its weights are, what it draws, what it costs and who may use it.

One kind of card for all: an embedded default, a twelve-billion-parameter checkpoint, a tenant's LoRA adapter, another
vendor's API. A card is a YAML file that people read and version; nothing in it is a secret.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from foundry.names import digest
from foundry.tenant import Slug

Task = Literal["text-to-image", "text-to-video", "image-to-video", "upscale", "screen", "adapter"]
Mode = Literal["text-to-image", "image-to-image", "inpainting"]
Stage = Literal["draft", "candidate", "production", "retired"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Strict):
    """Where the weights are.

    `embedded` and `directory` name a folder relative to the card; `code` has no weights; `bucket` and `hub` are fetched
    by `foundry models pull` and by nothing else; `api` is somebody else's machine.
    """

    kind: Literal["embedded", "directory", "code", "bucket", "hub", "api"]
    folder: str = ""
    url: str = Field(default="", description="bucket: gs://bucket/prefix or file:///folder; api: the endpoint.")
    repository: str = Field(default="", description="hub: owner/name.")
    revision: str = Field(default="", description="hub: the commit; a branch name would not be reproducible.")


class Api(_Strict):
    """How another vendor's image API is spoken to; the credential itself stays in the environment."""

    protocol: Literal["openai-images", "submit-and-poll"]
    model: str = ""
    credential: EnvironmentName = Field(description="Name of the environment variable that holds the key.")
    concurrency: int = Field(default=4, ge=1, le=256)
    attempts: int = Field(default=5, ge=1, le=20, description="Tries per request, the first included.")
    timeout_s: int = Field(default=120, ge=1, description="For one HTTP exchange.")
    deadline_s: int = Field(default=600, ge=1, description="For one picture, all tries and polls together.")
    poll_s: Decimal = Field(default=Decimal("2"), gt=0, description="Between two looks at a job.")


class UnitCost(_Strict):
    """What one picture costs."""

    money: Decimal = Field(ge=0, description="US dollars.")
    accelerator_seconds: Decimal = Field(ge=0)


class Batch(_Strict):
    """Most pictures per call, by device: a hint, halved when memory runs out."""

    cpu: int = Field(default=1, ge=1)
    cuda: int = Field(default=8, ge=1)


class Scheduler(_Strict):
    """A diffusers scheduler class and the settings that replace the folder's own."""

    name: str = ""
    settings: dict[str, JsonValue] = Field(default_factory=dict)


class Optimisations(_Strict):
    """What makes the pipeline faster and may change its last bits; each is held to the parity mark."""

    compile: bool = Field(default=False, description="torch.compile, regionally where the model allows.")
    channels_last: bool = False
    quantise: Literal["none", "int8", "fp8"] = Field(default="none", description="Weights of the denoiser, by torchao.")

    @property
    def any(self) -> bool:
        """Whether anything is switched on."""
        return self.compile or self.channels_last or self.quantise != "none"


class ParityMark(_Strict):
    """How far the optimised pipeline may be from the plain one, per 8-bit level and by SSIM."""

    max_levels: int = Field(default=8, ge=0, le=255)
    mean_levels: Decimal = Field(default=Decimal("0.5"), ge=0)
    ssim: Decimal = Field(default=Decimal("0.99"), ge=0, le=1)


class Adapter(_Strict):
    """What an adapter card adds to a base: LoRA weights, a ControlNet or an IP-Adapter."""

    kind: Literal["lora", "controlnet", "ip-adapter"]
    bases: tuple[Slug, ...] = Field(min_length=1, description="Ids of the cards it fits.")
    file: str = Field(default="", description="LoRA and IP-Adapter: the weight file within the folder.")
    trigger: str = Field(default="", description="Words that call it; put before the prompt.")


class ModelCard(_Strict):
    """One model as the factory knows it; one handler serves all cards of a task."""

    id: Slug
    version: str
    title: str
    task: Task
    source: Source
    weights: dict[str, Sha256] = Field(default_factory=dict, description="File → SHA-256.")
    licence: str
    allowed_use: str
    training_data: str
    modes: tuple[Mode, ...] = Field(default=("text-to-image",), description="What a drawing card is used for.")
    staging: Literal["composite", "inpaint"] = Field(
        default="composite",
        description="composite: the product is set into a finished scene; inpaint: the scene is drawn around it.",
    )
    prompt_language: Literal["plain", "backdrop"] = "plain"
    draws_products: bool = False
    sizes: dict[str, tuple[int, int]] = Field(default_factory=dict, description="Bucket → pixels.")
    frames: int = Field(default=0, ge=0, description="Video: frames per clip.")
    frames_per_second: int = Field(default=0, ge=0, le=120)
    steps: int = Field(default=20, ge=1)
    guidance: Decimal = Decimal("5")
    scheduler: Scheduler = Scheduler()
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    optimisations: Optimisations = Optimisations()
    parity: ParityMark = ParityMark()
    takes: tuple[Literal["lora", "controlnet", "ip-adapter"], ...] = Field(default=(), description="Adapter kinds.")
    adapter: Adapter | None = None
    api: Api | None = None
    bits: Literal[8, 16] = Field(default=8, description="Upscale: bits per channel of the masters it makes.")
    batch: Batch = Batch()
    memory_mb: int = Field(default=0, ge=0, description="Device memory of the loaded model; 0 is unknown.")
    cpu_threads: int = Field(default=2, ge=1, description="Fixed, as it decides the last bits.")
    tolerance: int = Field(default=0, ge=0, le=255, description="8-bit levels, batched or alone.")
    thresholds: dict[str, Decimal] = Field(default_factory=dict)
    attempts: int = Field(default=3, ge=1, description="Drawings of a shot before it is given up.")
    unit_cost: UnitCost
    tenants: tuple[str, ...] = Field(default=(), description="Allowed tenants; empty means all.")
    stage: Stage
    path: Path = Field(default=Path("."), exclude=True, description="Where the card was read from.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> ModelCard:
        if (self.task == "adapter") != (self.adapter is not None):
            raise ValueError(
                f"card {self.id}: task 'adapter' and the section `adapter` go together; give both or neither"
            )
        if (self.source.kind == "api") != (self.api is not None):
            raise ValueError(
                f"card {self.id}: source kind 'api' and the section `api` go together; give both or neither"
            )
        return self

    @property
    def folder(self) -> Path:
        """The weights' folder, for cards whose weights lie beside them."""
        return (self.path.parent / self.source.folder).resolve()

    @property
    def name(self) -> str:
        """id@version: what people write for exactly this card."""
        return f"{self.id}@{self.version}"

    @cached_property
    def digest(self) -> str:
        """Changes with whatever changes a picture: version, weights, sizes, sampling, thresholds."""
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
        if self.api:
            content["api"] = {"protocol": self.api.protocol, "model": self.api.model, "url": self.source.url}
        return digest("card", **content)

    @cached_property
    def weights_sha256(self) -> str:
        """One hash for all weight files."""
        return digest("weights", files=self.weights) if self.weights else ""
