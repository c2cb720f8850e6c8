"""The same renditions by other means: what `benchmarks.rendering` runs side by side with ours."""
