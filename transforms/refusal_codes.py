"""The codes under which refusals are counted: a fixed set, since a vendor's answer may carry any word as its code."""

from __future__ import annotations

OTHER = "other"
"""All codes that are not in the set."""
COUNTED = frozenset({
    "adapter_refused", "bad_input", "bug", "cannot_film", "cannot_join", "cannot_read", "checks_failed",
    "clip_refused", "content_policy", "copy_does_not_fit", "declined", "does_not_fit", "encoder_missing",
    "film_below_floor", "film_rate_too_low", "film_too_large", "foreign_name", "guide_refused", "impossible_clip",
    "job_failed", "logo_does_not_fit", "no_clip", "no_first_frame", "no_master", "no_such_object", "no_timeline",
    "refused", "refused_input", "render_refused", "shot_refused", "slots_overlap", "subtitle_does_not_fit",
    "too_large", "too_many_bytes", "unreadable", "unreadable_line", "unreadable_sound", "unsafe_address",
    "unsupported_guide", "unusable", "vendor_refused", "weights_refused", "wrong_size",
})  # fmt: skip


def bounded_code(code: str) -> str:
    """Return a refusal's code if it is one of the counted ones, else `other`."""
    return code if code in COUNTED else OTHER
