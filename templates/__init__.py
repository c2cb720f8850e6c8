"""Data that designers edit: layouts, channel specifications, film templates, fonts, the report page.

Imports nothing.
"""

from pathlib import Path

TEMPLATES = Path(__file__).parent
"""The folder that holds the data."""
