"""Data that designers edit: layouts, channel specifications, fonts, the report page."""
