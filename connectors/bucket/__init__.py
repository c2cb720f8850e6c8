"""Delivery into buckets of Google Cloud Storage."""
