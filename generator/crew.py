"""Many hands for big work: a pool of processes, started when the first big work comes and not at all for small work.

Tasks are functions of a module with arguments that can be pickled, so they run the same whether processes are forked or
spawned. Results come in the order of the tasks, so the number of hands changes no byte.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Self, TypeVar

from generator.errors import OutputError, Problem, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.context import BaseContext

MANY = 300
"""Items of work from which on starting processes pays: about a fifth of a second's work for one."""
PIECE = 50
"""Items that a process is given at once."""

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew:
    """Does tasks with ``jobs`` processes (as many as there are cores if None). Use as a context."""

    def __init__(self, jobs: int | None) -> None:
        self.jobs = jobs or cores()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._pool is None:
            return
        import multiprocessing  # noqa: PLC0415 - as below

        if kind is not None:
            # Whoever pressed Ctrl-C, or has seen an error, waits for nothing.
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def do(self, work: Sequence[T], here: Callable[[T], R], away: Callable[[Sequence[T]], list[R]]) -> Iterator[R]:
        """Yield the result of each item of ``work``, in its order.

        Few items are done by ``here`` in this process, many by ``away`` in others, a piece at a time.
        """
        if len(work) < MANY or self.jobs == 1:
            yield from map(here, work)
            return
        # Processes cost 10 ms of imports, which a build with little work saves.
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - as above
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - as above

        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.jobs, _context(), initializer=_prepare_hand)
        pieces = [work[start : start + PIECE] for start in range(0, len(work), PIECE)]
        with _deaf():
            all_results = self._pool.map(away, pieces)
        try:
            for results in all_results:
                yield from results
        except BrokenProcessPool:
            what = message("A process of the build was ended from outside.")
            fix = message("Is there enough memory? Try again with --jobs 1.")
            raise OutputError([Problem("adpim", 0, what, fix)]) from None


def _context() -> BaseContext:
    import multiprocessing  # noqa: PLC0415 - as above

    # Forking is ten times faster where it is sound: on Linux, before this process has threads of its own.
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, for them too: until it is prepared, a hand would print a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield  # Windows: a hand that was just then spawned may still complain
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_hand() -> None:
    """Let a hand end without a word on Ctrl-C, and not outlive the build that started it."""
    import multiprocessing  # noqa: PLC0415 - as above

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    from multiprocessing.connection import wait  # noqa: PLC0415 - as above

    with contextlib.suppress(OSError):
        wait([sentinel])
    os._exit(1)
