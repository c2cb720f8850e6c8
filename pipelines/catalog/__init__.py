"""What runs for a catalog: fetching, gates, refreshes in batches, withdrawals, results, and the schedule."""
