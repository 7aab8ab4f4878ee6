"""Benchmarks: run on purpose, never by pytest."""
