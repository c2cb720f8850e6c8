"""Alert rules against the series of a service."""
