"""What draws and judges: model cards and registry, one handler a file, weights, training."""
