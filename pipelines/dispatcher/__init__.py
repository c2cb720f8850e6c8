"""Briefs on Kafka become finished campaigns: admitted, ordered fairly, made in rounds, told of, committed."""
