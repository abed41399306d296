"""Benchmarks: each prints ours beside a reference measured in the same run, as a ratio."""
