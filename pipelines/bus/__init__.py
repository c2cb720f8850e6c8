"""Briefs and events on Kafka: connection, topics, messages, dead letters. `kafka` is imported inside functions."""
