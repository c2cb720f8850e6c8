"""Fonts that a tenant of a test brings (Noto Sans, OFL-1.1), and a tenant that brings them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from foundry.tenant import Tenant, load_tenant
from tests.support.briefs import EXAMPLES

FONTS = Path(__file__).parent / "fonts"
KHMER, KHMER_BOLD = FONTS / "NotoSansKhmer-Regular.woff", FONTS / "NotoSansKhmer-Bold.woff"
TAMIL = FONTS / "NotoSansTamil-Regular.woff"
KHMER_FAMILY = {"name": "Khmer", "regular": "fonts/k.woff", "bold": "fonts/kb.woff", "licence": "OFL-1.1"}


def tenant_with_fonts(tenants: Path, fonts: dict[str, Path | bytes], **brand_fonts: Any) -> Tenant:
    """Return the example tenant aurelle, from its folder in `tenants`, with font files and `brand.fonts`."""
    home = tenants / "aurelle"
    shutil.copytree(EXAMPLES / "tenants" / "aurelle", home, dirs_exist_ok=True)
    (home / "fonts").mkdir(exist_ok=True)
    for name, content in fonts.items():
        (home / "fonts" / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    raw = yaml.safe_load((home / "tenant.yaml").read_text(encoding="utf-8"))
    raw["brand"]["fonts"] = {**raw["brand"]["fonts"], **brand_fonts}
    raw["models"] = {"upscale": "lanczos", "screen": "measured"}
    (home / "tenant.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    return load_tenant(tenants, "aurelle")


def khmer_tenant(tenants: Path) -> Tenant:
    """Return a tenant that sets its display text in a Khmer family that it brings."""
    return tenant_with_fonts(
        tenants, {"k.woff": KHMER, "kb.woff": KHMER_BOLD}, display="Khmer", families=[KHMER_FAMILY]
    )
