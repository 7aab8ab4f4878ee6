"""The command line: parse arguments, call, print, choose the exit code. The only room that prints."""

from generator.cli.app import main

__all__ = ["main"]
