"""What operating systems and SQLite say when they refuse.

They say it in English, whoever asks, so that the catalogues must know these texts.
A Problem keeps a reason as the system gave it, as its value ``error``; it is translated where all of it is shown.
"""

from __future__ import annotations

from generator.errors import message

UNEXPECTED = message("the service does not answer as expected").msgid
"""Our own reason, where a library tells its makers more than people."""

REASONS = frozenset(
    reason.msgid
    for reason in (
        # POSIX, on Linux and macOS
        message("Permission denied"),
        message("Operation not permitted"),
        message("No such file or directory"),
        message("File exists"),
        message("Not a directory"),
        message("Is a directory"),
        message("Directory not empty"),
        message("No space left on device"),
        message("Disk quota exceeded"),
        message("File too large"),
        message("Read-only file system"),
        message("Input/output error"),
        message("Too many open files"),
        message("Too many levels of symbolic links"),
        message("File name too long"),
        message("Device or resource busy"),
        message("Text file busy"),
        message("Invalid cross-device link"),
        message("Stale file handle"),
        message("Cannot allocate memory"),
        # SQLite, in which the ledger lies
        message("database or disk is full"),
        message("disk I/O error"),
        message("attempt to write a readonly database"),
        message("unable to open database file"),
        message("database is locked"),
        message("locking protocol"),
        message("access permission denied"),
        message("out of memory"),
        # Of the network
        message("Connection refused"),
        message("Connection reset by peer"),
        message("Connection timed out"),
        message("Connection lost"),
        message("Broken pipe"),
        message("Network is unreachable"),
        message("No route to host"),
        message("Name or service not known"),
        message("Temporary failure in name resolution"),
        message("the service does not answer as expected"),
        # Windows, where it speaks English
        message("Access is denied"),
        message("The system cannot find the file specified"),
        message("The system cannot find the path specified"),
        message("The process cannot access the file because it is being used by another process"),
        message("There is not enough space on the disk"),
        message("The directory is not empty"),
    )
)
