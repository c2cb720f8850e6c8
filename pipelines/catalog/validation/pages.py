"""Data Docs: the pages that Great Expectations makes of results, in a view that asks nothing of any network.

The contents are those of Great Expectations' own renderers. Its view loads scripts and styles from other hosts, and
writes texts of the data into pages as they are; this one has its style in the page, no script, and escapes everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

import templates
from foundry.catalog.expected_columns import shown_column
from pipelines.catalog.validation.expectation import Suite

LEFT_OUT, TABLE = ("Overview", "Run Info"), "Table-Level Expectations"
ALL_MET = "hide-succeeded-validations-column-section-target-child"
"""The class of a column all of whose expectations are met."""
MOST_LETTERS = 240
"""Of a parameter, such as a pattern."""
TEMPLATES = Path(templates.__file__).parent / "data_docs"


class SafeView(DefaultJinjaPageView):  # type: ignore[misc]
    """Great Expectations' view of a page, with our page around it and every text escaped."""

    def __init__(self) -> None:
        super().__init__()
        self.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), self.env.loader])
        self.env.autoescape = True
        self.env.filters["render_content_block"] = self._block
        self.env.filters["render_string_template"] = self._text
        self.env.filters["render_styling"] = self._styling
        self.env.filters["render_styling_from_string_template"] = self._styling_of
        self.env.filters["attributes_dict_to_html_string"] = _no_attributes

    @pass_context
    def _block(self, context: Context, block: Any, index: Any = None, content_block_id: Any = None) -> Markup:
        """Return a part of a page, which may be text, a number, a list of parts, or a component of its own template."""
        if block is None:
            return Markup()
        if isinstance(block, list | tuple):
            between = Markup(", ") if all(isinstance(each, str | int | float) for each in block) else Markup()
            return between.join(Markup("<span>{}</span>").format(self._block(context, each)) for each in block)
        if not isinstance(block, Mapping) or "content_block_type" not in block:
            return escape(block)
        template = self._get_template(f"{block['content_block_type']}.j2")
        named = {"content_block_id": content_block_id} if content_block_id else {}
        return Markup(template.render(context, content_block=block, index=index, **named))  # noqa: S704 - it escapes

    def _text(self, template: Any) -> Markup:
        """Return a text with its parameters. The words and the parameters are escaped, whatever they come from."""
        if not isinstance(template, dict):
            return escape(template)
        words = str(escape(template.get("template", ""))).replace("&lt;br&gt;", "<br>")
        styled = template.get("styling") or {"default": {}}
        params = {key: _plain(value) for key, value in (template.get("params") or {}).items()}
        safe = {"tag": _tag(template), "template": words, "params": params, "styling": _safe_styling(styled)}
        return Markup(self.render_string_template(safe))  # noqa: S704 - escaped above and there

    def _styling(self, styling: Mapping[str, Any]) -> Markup:
        return Markup(self.render_styling(_safe_styling(styling)))  # noqa: S704

    def _styling_of(self, template: Any) -> Markup:
        styled = isinstance(template, Mapping) and "styling" in template
        return self._styling(template["styling"]) if styled else Markup()


def _no_attributes(_: Any, prefix: str = "") -> str:  # noqa: ARG001 - options of a script's tables, of which there is none
    return ""


def _tag(template: Mapping[str, Any]) -> str:
    tag = template.get("tag", "span")
    return tag if tag in {"span", "div", "p", "h5", "h6", "strong", "code", "pre"} else "span"


def _plain(value: Any) -> Any:
    """Return a parameter as it is shown: a number, or text of which the beginning is enough."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _safe_styling(styling: Mapping[str, Any]) -> dict[str, Any]:
    """Return a styling with its classes alone: no attributes, links or styles, some of which hold texts of the data."""
    safe: dict[str, Any] = {}
    if isinstance(styling.get("classes"), list):
        safe["classes"] = [str(escape(each)) for each in styling["classes"]]
    for part in ("default", "parent", "header", "body", "subheader"):
        if isinstance(styling.get(part), Mapping):
            safe[part] = _safe_styling(styling[part])
    if isinstance(styling.get("params"), Mapping):
        safe["params"] = {key: _safe_styling(each) for key, each in styling["params"].items()}
    return safe


def write_page(suite: Suite, result: ExpectationSuiteValidationResult, facts: Sequence[str], path: Path) -> None:
    """Write the page of one result: what is not met comes first."""
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(result).to_json_dict()
    parts = [_part(suite, each) for each in document["sections"] if each["section_name"] not in LEFT_OUT]
    parts.sort(key=lambda part: bool(part["met"]))
    page = SafeView().env.get_template("page.html.j2")
    written = page.render(suite=suite, result=result, facts=facts, parts=parts, statistics=result.statistics)
    path.write_text(written, encoding="utf-8")


def _part(suite: Suite, section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a page on one column, or on the whole table."""
    blocks = [each for each in section["content_blocks"] if each["content_block_type"] != "header"]
    met = [ALL_MET in (each.get("styling") or {}).get("classes", ()) for each in blocks]
    name = section["section_name"]
    notes = [each.notes for each in suite.expectations if each.notes and each.kwargs.get("column", TABLE) == name]
    shown = "The whole table" if name == TABLE else shown_column(name)
    return {"name": shown, "blocks": blocks, "met": all(met), "notes": notes}
