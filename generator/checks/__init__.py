"""Checks of the whole site: what no single file can know."""
