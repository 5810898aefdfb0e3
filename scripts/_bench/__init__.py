"""Measures the product's write path beside a plain program: docs/performance.md says how to read it."""
