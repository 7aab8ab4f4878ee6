"""Tests: each reads as a fact about the newsroom."""
