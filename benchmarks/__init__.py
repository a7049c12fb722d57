"""Side-by-side measurements against peers and limits: `python -m benchmarks` runs all. Not tests."""
