"""Strict reading of every YAML and JSON that comes from outside.

Nothing else in the project parses such text. Imports foundry.errors alone.
"""

from foundry.documents.json_text import load_json
from foundry.documents.limits import DocumentLimits
from foundry.documents.reading import read_bytes, read_document, read_json, read_yaml
from foundry.documents.yaml_text import load_yaml

__all__ = ["DocumentLimits", "load_json", "load_yaml", "read_bytes", "read_document", "read_json", "read_yaml"]
