"""Ratios against hand-written references; run `python -m tests.benchmarks` at the project's root."""
