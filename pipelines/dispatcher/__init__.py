"""The service that makes campaigns from briefs on Kafka: admits them, orders them fairly, makes them, commits offsets.

Imports foundry, models, transforms and, of pipelines, bus, planning, campaign and engines.
"""
