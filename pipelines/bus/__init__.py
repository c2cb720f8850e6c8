"""Briefs and events on Kafka: connection, topics, messages, dead messages, progress.

Imports foundry. kafka-python is imported inside functions, so that commands without Kafka start without it.
"""
