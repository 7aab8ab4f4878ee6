"""Many hands for big work: some processes, started when the first big work comes and not at all for small work.

Tasks are functions of a module with arguments that can be pickled, so they run the same whether processes are forked,
anew for each work, or spawned once, and the number of hands changes no byte. Each hand has a pipe of its own and is
given a piece when it has brought the last one: no threads, no queue that could hang, and never more results underway
than there are hands.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from generator.errors import OutputError, Problem, message
from generator.hand import bring, do_errands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

MANY = 300
"""Items of work from which on starting processes pays: about a fifth of a second's work for one."""
PIECE = 50
"""Items that a process is given at once."""
ASIDE = 3000
"""Items from which on one process more pays for a single task: a few hundredths of a second's work."""

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
        self._hands: dict[Connection, BaseProcess] = {}
        self._aside: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._send_home()
        for process_id, pipe_end in self._aside.items():
            os.close(pipe_end)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGTERM)
            os.waitpid(process_id, 0)
        self._aside = {}

    def _send_home(self) -> None:
        """End the hands. None has anything left that is wanted, also where the work broke off."""
        for pipe, process in self._hands.items():
            pipe.close()
            process.terminate()
        for process in self._hands.values():
            process.join()
            process.close()
        self._hands = {}

    def forks(self, items: int) -> bool:
        """Say whether a task of so many ``items`` is done ``aside``, and not when it is asked for."""
        return items >= ASIDE and self.jobs > 1 and _can_fork()

    def aside(self, task: Callable[[T], R], argument: T, *, items: int) -> Callable[[], R]:
        """Begin ``task`` beside what this process does next, and return a function that waits for its result.

        With fewer than ASIDE ``items`` of work, or where a process cannot be forked, it is done when it is asked for.
        """
        if not self.forks(items):
            return lambda: task(argument)
        reading, writing = os.pipe()
        with _deaf():
            try:
                process_id = os.fork()
            except OSError:  # no memory, or too many processes
                os.close(reading)
                os.close(writing)
                return lambda: task(argument)
            if process_id == 0:
                # With this end open here too, a result that no one is left to read would hold this process for ever.
                os.close(reading)
                bring(task, argument, writing)
        os.close(writing)
        self._aside[process_id] = reading

        def result() -> R:
            # Until it has answered it is this crew's to end, also after Ctrl-C.
            with os.fdopen(self._aside[process_id], "rb", closefd=False) as pipe:
                data = pipe.read()
            os.close(self._aside.pop(process_id))
            os.waitpid(process_id, 0)
            try:
                error, value = pickle.loads(data)  # noqa: S301 - from this program's own process
            except (EOFError, pickle.UnpicklingError):
                raise _gone() from None  # nothing, or half of an answer
            if error is not None:
                raise error
            return cast("R", value)

        return result

    def do(
        self,
        work: Sequence[T],
        here: Callable[[T], R],
        away: Callable[[Sequence[T]], list[R]],
        *,
        near: bool = False,
        heavy: bool = False,
    ) -> Iterator[R]:
        """Yield the result of each item of ``work``, in its order.

        Few items are done by ``here`` in this process, many by ``away`` in others, a piece at a time; two are many, and
        one is a piece, where each is ``heavy``. What ``away`` raises is raised here. With ``near``, each hand does what
        stands together in ``work``, since what it has made for one item serves the next; results then come as they are
        ready.
        """
        many, size = (2, 1) if heavy else (MANY, PIECE)
        if len(work) < many or self.jobs == 1:
            yield from map(here, work)
            return
        context = _context()
        # A forked hand holds the whole work already and is sent numbers: half a second's pickling with 17,000 pages.
        # Hands that are there were spawned, when this process had threads, and are told all.
        held = (away, work) if context.get_start_method() == "fork" and not self._hands else None
        if not self._hands:
            self._start(context, held)
        pieces = [slice(start, start + size) for start in range(0, len(work), size)]
        try:
            errands = [piece if held else (away, work[piece]) for piece in pieces]
            # Waiting for the next errand costs a hand a tenth of its time, so it has one more; only what is small fits
            # into a pipe whose other end may be full too, and what is heavy is left for whoever is free first.
            ahead = 2 if held and not heavy else 1
            yield from (self._part if near else self._share_out)(errands, ahead)
        except BaseException:
            # Nothing is done any more once this ends: what was made may be cleared away, and the next work begins anew.
            self._send_home()
            raise
        if held:
            self._send_home()

    def _start(self, context: BaseContext, held: object) -> None:
        # Processes cost 10 ms of imports, which a build with little work saves.
        with _deaf():
            for _ in range(self.jobs):
                ours, theirs = context.Pipe()
                process = context.Process(target=do_errands, args=(theirs, held), daemon=True)  # type: ignore[attr-defined] # every context has it
                process.start()
                theirs.close()
                self._hands[ours] = process

    def _share_out(self, errands: Sequence[object], ahead: int) -> Iterator[Any]:
        """Yield each result of ``errands``, in their order; a hand has up to ``ahead`` of them at a time."""
        from multiprocessing.connection import wait  # noqa: PLC0415 - as above

        brought: dict[int, list[Any]] = {}
        busy: dict[Any, deque[int]] = {pipe: deque() for pipe in self._hands}
        idle, given, wanted = list(self._hands) * ahead, 0, 0
        while wanted < len(errands):
            # A hand that is far ahead waits, so that results do not pile up behind a slow piece.
            while idle and given < min(len(errands), wanted + 4 * self.jobs):
                pipe = idle.pop()
                busy[pipe].append(given)
                _send(pipe, errands[given])
                given += 1
            for ready in wait([pipe for pipe, numbers in busy.items() if numbers]):
                brought[busy[ready].popleft()] = _receive(ready)
                idle.append(cast("Connection", ready))
            while wanted in brought:
                yield from brought.pop(wanted)
                wanted += 1

    def _part(self, errands: Sequence[object], ahead: int) -> Iterator[Any]:
        """Yield each result of ``errands`` as it comes; each hand has a part of them, then helps where most is left."""
        from multiprocessing.connection import wait  # noqa: PLC0415 - as above

        size = -(-len(errands) // len(self._hands))
        parts = {pipe: deque(errands[size * k : size * (k + 1)]) for k, pipe in enumerate(self._hands)}
        busy = Counter(pipe for _ in range(ahead) for pipe in parts if _give(pipe, parts))
        while +busy:
            for ready in cast("list[Connection]", wait([*+busy])):
                results = _receive(ready)
                if not _give(ready, parts):
                    busy[ready] -= 1
                yield from results


def _give(pipe: Connection, parts: Mapping[Connection, deque[object]]) -> bool:
    """Send a hand the next errand of its part, or else the last of the longest; return False if none is left."""
    longest = max(parts.values(), key=len)
    if not longest:
        return False
    _send(pipe, parts[pipe].popleft() if parts[pipe] else longest.pop())
    return True


def _send(pipe: Connection, errand: object) -> None:
    try:
        pipe.send(errand)
    except OSError:
        raise _gone() from None


def _receive(pipe: Any) -> Any:  # noqa: ANN401 - what ``wait`` gives, and whatever the task returned
    try:
        error, results = pipe.recv()
    except (EOFError, OSError):
        raise _gone() from None
    if error is not None:
        raise error
    return results


def _gone() -> OutputError:
    what = message("A process of the build was ended from outside.")
    fix = message("Is there enough memory? Try again with --jobs 1.")
    return OutputError([Problem("adpim", 0, what, fix)])


def _context() -> BaseContext:
    import multiprocessing  # noqa: PLC0415 - as above

    return multiprocessing.get_context("fork" if _can_fork() else "spawn")


def _can_fork() -> bool:
    """Forking is ten times faster than spawning where it is sound: on Linux, before this process has threads."""
    return sys.platform == "linux" and threading.active_count() == 1


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
