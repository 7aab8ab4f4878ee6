"""What a process of a Crew does: errands until there are no more, and an end without a word.

It knows nothing of the build that sends it; whatever happens in it comes home as an answer, or as silence.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import threading
import traceback
from typing import TYPE_CHECKING, NoReturn, TypeVar

from generator.errors import NewsroomError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")


def do_errands(pipe: Connection, held: tuple[Callable[[Sequence[T]], list[R]], Sequence[T]] | None) -> None:
    """Do errands until the pipe closes: this is all that a hand does.

    An errand is a piece of the work that the hand holds, or else a task and what to do it with.
    """
    _prepare()
    with contextlib.suppress(EOFError, OSError):
        while True:
            errand = pipe.recv()
            task, piece = (held[0], held[1][errand]) if held else errand
            try:
                results = task(piece)
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever gave the errand
                pipe.send((packed(error), None))
            else:
                pipe.send((None, results))


def bring(task: Callable[[T], R], argument: T, pipe_end: int) -> NoReturn:
    """In a forked process: do ``task``, write what came of it, and end without any of the parent's business."""
    try:
        _hear_ctrl_c()
        try:
            answer: tuple[Exception | None, R | None] = (None, task(argument))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever gave the errand
            answer = (packed(error), None)
        with os.fdopen(pipe_end, "wb") as pipe:
            pipe.write(pickle.dumps(answer, protocol=5))
    finally:
        # Whatever happens, nothing of what the parent does next is done here as well.
        os._exit(0)


def packed(error: Exception) -> Exception:
    """Return an error as it travels: with a note of where it arose, and in words if it cannot be pickled."""
    if isinstance(error, NewsroomError):
        return error
    note = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - from this line
    except Exception:  # noqa: BLE001 - a class may raise whatever it likes when it is taken apart or put together
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(note)
    return error


def _prepare() -> None:
    """Let a hand end without a word on Ctrl-C, and not outlive the build that started it."""
    import multiprocessing  # noqa: PLC0415 - as in crew.py

    # A hand ends with the build, so that its garbage may wait; looking for it costs a tenth of its time.
    gc.set_threshold(100_000, 50, 50)
    _hear_ctrl_c()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _hear_ctrl_c() -> None:
    """End at once and without a word on Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _follow(sentinel: int) -> None:
    from multiprocessing.connection import wait  # noqa: PLC0415 - as above

    with contextlib.suppress(OSError):
        wait([sentinel])
    os._exit(1)
