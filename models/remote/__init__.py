"""Other vendors' machines: their connection and its limits, one handler that draws, one small module per protocol."""
