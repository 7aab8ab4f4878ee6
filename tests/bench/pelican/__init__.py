"""Pelican's site for the benchmarks: the same addresses and parts as templates/ gives adpim.

It has no pages of years (Pelican would page them too), no redirects, and one page of corrections.
"""
