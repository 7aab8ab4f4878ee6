"""Processes beside the build: what they bring, and what is told when they cannot."""

from __future__ import annotations

import errno
import multiprocessing
import os
import select
import signal
import time
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any, cast

import pytest

from generator import crew as crews
from generator.crew import ASIDE, MANY, PIECE, Crew
from generator.errors import OutputError, Problem, message
from generator.hand import packed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from multiprocessing.connection import Connection

WORK = list(range(MANY + 7))


def double(number: int) -> int:
    return 2 * number


def double_all(numbers: Sequence[int]) -> list[int]:
    return [double(number) for number in numbers]


def fail(_: object) -> list[int]:
    raise OutputError([Problem("x", 0, message("The file is empty."), message("Keep one of the two lines."))])


def vanish(_: object) -> list[int]:
    os._exit(3)


@pytest.fixture(params=["fork", "spawn"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Processes are started in this way."""
    monkeypatch.setattr(crews, "_context", lambda: multiprocessing.get_context(request.param))
    return str(request.param)


@pytest.mark.usefixtures("start")
def test_results_come_in_the_order_of_the_work() -> None:
    """Whatever process brings it, each result stands where its item stood, in a second work too."""
    with Crew(2) as crew:
        assert list(crew.do(WORK, double, double_all)) == double_all(WORK)
        assert list(crew.do(WORK[::-1], double, double_all)) == double_all(WORK[::-1])


def test_hands_that_were_spawned_serve_a_second_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a process could be forked by now, those that were spawned for the first work are told all of the second."""
    with Crew(2) as crew:
        for start in ("spawn", "fork"):
            monkeypatch.setattr(crews, "_context", lambda start=start: multiprocessing.get_context(start))
            assert list(crew.do(WORK, double, double_all)) == double_all(WORK)


def who(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return [(number, os.getpid()) for number in numbers]


@pytest.mark.usefixtures("start")
def test_near_work_is_shared_in_parts() -> None:
    """Each item is done once, and the second half of the work is begun by another process than the first."""
    work = list(range(40 * PIECE))
    with Crew(2) as crew:
        done = dict(crew.do(work, lambda number: (number, 0), who, near=True))
    assert sorted(done) == work
    assert done[0] != done[20 * PIECE]


def test_whoever_is_done_with_its_part_helps_from_the_end() -> None:
    """A hand takes its own part from the front, then the last piece of the longest part that is left."""
    fast, slow = Noted(), Noted()
    parts: dict[Any, deque[object]] = {fast: deque(["a"]), slow: deque(["d", "e", "f"])}
    given = [crews._give(cast("Connection", pipe), parts) for pipe in (slow, fast, fast, fast, slow)]
    assert (fast.sent, slow.sent) == (["a", "f", "e"], ["d"])
    assert given == [True, True, True, True, False]


class Noted:
    """A pipe that notes what is sent through it."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    def send(self, errand: object) -> None:
        self.sent.append(errand)


@pytest.mark.usefixtures("start")
def test_what_a_process_raises_is_raised_here() -> None:
    """An error of a task is that of the whole work."""
    with Crew(2) as crew, pytest.raises(OutputError) as caught:
        list(crew.do(WORK, double, fail))
    assert caught.value.problems[0].path == "x"


class OddError(Exception):
    """An error that cannot be put together again from what it says."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def stumble(_: object) -> list[int]:
    raise OddError("CON", "TOH")


@pytest.mark.usefixtures("start")
def test_a_mistake_of_the_program_says_where_it_arose(capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever a task raises is raised here with the place where it arose, for the makers; nothing is printed there."""
    with Crew(2) as crew:
        works: list[Callable[[], object]] = [
            lambda: list(crew.do(WORK, double, stumble)),
            crew.aside(stumble, 1, items=ASIDE),
        ]
        for work in works:
            with pytest.raises((RuntimeError, OddError), match="CONTOH") as caught:
                work()
            assert "in stumble" in "".join(traceback.format_exception(caught.value))
    assert capfd.readouterr().err == ""


def test_an_error_is_packed_for_its_way() -> None:
    """An error stays what it is if it can be pickled, and goes in words if not, with a note of where it arose."""
    told = OutputError([Problem("x", 0, message("CONTOH"), message("CONTOH"))])
    assert packed(told) is told
    lost = KeyError("CONTOH")
    assert packed(lost) is lost
    odd = packed(OddError("CON", "TOH"))
    assert (type(odd), str(odd)) == (RuntimeError, "OddError: CONTOH")
    assert [len(error.__notes__) for error in (lost, odd)] == [1, 1]


@pytest.mark.usefixtures("start")
def test_a_process_that_is_ended_from_outside_is_told() -> None:
    """Where a process vanishes, the build says so and does not wait for it."""
    with Crew(2) as crew, pytest.raises(OutputError) as caught:
        list(crew.do(WORK, double, vanish))
    assert "ended from outside" in caught.value.problems[0].what.msgid


@pytest.mark.usefixtures("start")
def test_work_that_is_given_up_leaves_no_process() -> None:
    """Whoever stops in the middle waits for nothing, no process stays, and the next work is none the worse."""
    with Crew(2) as crew:
        given_up = cast("Generator[int]", crew.do(WORK, double, double_all))
        assert next(given_up) == 0
        given_up.close()
        assert multiprocessing.active_children() == []
        assert list(crew.do(WORK, double, double_all)) == double_all(WORK)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("items", [ASIDE, 1])
def test_a_task_aside_brings_its_result(items: int) -> None:
    """Done beside the build or when it is asked for, a task gives the same."""
    with Crew(2) as crew:
        assert crew.aside(double, 21, items=items)() == 42


def test_a_task_aside_may_fail() -> None:
    """Its error is raised where its result is asked for; if its process vanishes, that is told."""
    with Crew(2) as crew:
        with pytest.raises(OutputError, match="empty"):
            crew.aside(fail, 1, items=ASIDE)()
        with pytest.raises(OutputError, match="outside"):
            crew.aside(vanish, 1, items=ASIDE)()


def test_a_task_aside_that_is_ended_while_it_answers_is_told() -> None:
    """An answer larger than a pipe holds waits to be read: of one whose process vanishes meanwhile nothing is taken."""
    with Crew(2) as crew:
        result = crew.aside(repeat, 1 << 20, items=ASIDE)
        ((process_id, pipe_end),) = crew._aside.items()
        select.select([pipe_end], [], [])
        os.kill(process_id, signal.SIGKILL)
        with pytest.raises(OutputError, match="outside"):
            result()


def test_a_task_aside_is_done_here_where_no_process_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no room for one process more, a task is done when it is asked for, and no pipe is left."""

    def fork() -> int:
        raise OSError(errno.EAGAIN, "CONTOH")

    monkeypatch.setattr(os, "fork", fork)
    reading, writing = os.pipe()
    monkeypatch.setattr(os, "pipe", lambda: (reading, writing))
    with Crew(2) as crew:
        assert crew.aside(double, 21, items=ASIDE)() == 42
    for end in (reading, writing):
        with pytest.raises(OSError, match="descriptor"):
            os.fstat(end)


def test_a_task_aside_that_nobody_waits_for_is_ended() -> None:
    """A build that breaks off leaves no process behind."""
    with Crew(2) as crew:
        crew.aside(double, 1, items=ASIDE)
        (process_id,) = crew._aside
    with pytest.raises(ChildProcessError):
        os.waitpid(process_id, os.WNOHANG)


def test_a_task_aside_is_ended_where_its_wait_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while its result is waited for leaves no process behind either."""
    with Crew(2) as crew:
        result = crew.aside(time.sleep, 20, items=ASIDE)
        (process_id,) = crew._aside
        with monkeypatch.context() as broken:
            broken.setattr(os, "fdopen", interrupted)
            with pytest.raises(KeyboardInterrupt):
                result()
    with pytest.raises(ChildProcessError):
        os.waitpid(process_id, os.WNOHANG)


def repeat(count: int) -> bytes:
    return b"x" * count


def interrupted(*_: object, **__: object) -> object:
    raise KeyboardInterrupt
