"""Measurements that print ratios, side by side in one run. They are no tests: `make bench`."""
