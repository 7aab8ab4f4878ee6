"""The news-site generator of Biro Adpim; the console script is ``adpim``."""

__version__ = "0.1.0"
