"""What runs: one module per flow, and the engines."""
