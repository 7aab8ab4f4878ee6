"""The one orchestration: read, plan, check, make what is stale, write, remember, report."""

from __future__ import annotations

import contextlib
import os
from datetime import timedelta
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from generator.checks.addresses import check_addresses
from generator.checks.dates import check_dates
from generator.clock import Appointment, Change, View, next_change, timetable
from generator.crew import Crew
from generator.due import LastBuild, Sources, plan_changes
from generator.errors import ContentError, DamagedError, OutputError, Problem, message
from generator.gather import Order, Progress, gather, look_ahead
from generator.ledger import Ledger, Made, digested, fingerprint
from generator.library import Library
from generator.output import MANIFEST, PICTURES, WORK_FOLDER, Changes, Folder, Survey, choose_folder, leftovers, survey
from generator.photo import Rendition
from generator.picture_cache import PictureCache
from generator.plan import Output, plan
from generator.program import program_digest
from generator.sharing import ShareCard
from generator.signature import signature
from generator.workshop import Done, Kit, Task, Workshop, compile_templates, make_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.content import Content
    from generator.signature import Signature


class Report(NamedTuple):
    """What a build did: counts of what is public, what changed in the folder, and what the clock will change next.

    ``lists`` are the files of lists and feeds, which lead to the others; ``timetable`` says when releases go out, of
    those that did a moment ago or have yet to.
    """

    folder: Path
    releases: int
    topics: int
    changes: Changes
    next_change: Change | None
    warnings: tuple[Problem, ...]
    lists: frozenset[str]
    timetable: tuple[Appointment, ...]


ENOUGH = 20
"""Problems of templates after which a build makes no more pages: a frame that fails does so on every one."""
KEPT_PICTURES = 1_000_000_000
"""Bytes of finished pictures that are kept although no page shows them any more."""
PRUNING = timedelta(days=1)
_NOWHERE: Signature = (-1, 0, 0, 0)
"""The signature of no file."""
_STAGES = {"asset": 0, "page": 1, "list": 2}


def build(order: Order, progress: Progress) -> Report:
    """Build a site. Raises ContentError with every problem, OutputError or UsageError: then no page has changed."""
    target = choose_folder(order.root, order.output)
    try:
        return _build(order, target, progress)
    except DamagedError:
        # What the ledger kept is only what content/ says anyway: begin without it.
        return _build(order._replace(clean=True), target, progress)
    except MemoryError:
        what = message("There is not enough memory.")
        raise OutputError([Problem("adpim", 0, what, message("Close other programs, then try --jobs 1."))]) from None


def _build(order: Order, target: Path, progress: Progress) -> Report:
    program = program_digest(order.site.zone)
    with Ledger(order.root / WORK_FOLDER, program, forget=order.clean) as ledger, Crew(order.jobs) as crew:
        finding = look_ahead(order.root, ledger, crew)
        made = ledger.made(target)
        # Looking at 30,000 files takes as long as reading and planning: it is waited for when it is needed.
        looking = cache(crew.aside(partial(survey, left=made), target, items=len(made)))
        sources = gather(order, (ledger, crew, progress), finding)
        last: LastBuild | None = ledger.recall(f"last {target}", None)
        if last is not None and _holds(last, sources, order) and _stands(target, last, made, looking(), order):
            foreign = tuple(sorted(looking().others.keys() - {MANIFEST}))
            changes = Changes((), (), (), len(made), foreign)
        else:
            last, changes = _renew(order, target, sources, (ledger, crew, progress), (made, looking))
    dates = timetable(sources.content.articles, order.now)
    counts = (last.releases, last.topics)
    return Report(target, *counts, changes, last.next_change, last.warnings, last.lists, dates)


def _holds(last: LastBuild, sources: Sources, order: Order) -> bool:
    """Say whether a build would plan what the last one planned."""
    return not _mistakes(sources.content) and last.holds(sources.basis(last.templates), order.now)


def _stands(target: Path, last: LastBuild, made: dict[str, Made], there: Survey, order: Order) -> bool:
    """Say whether all that the last build made stands in the output folder as it was left."""
    return (
        there.others.get(MANIFEST) == last.manifest
        and not leftovers(target, order.root / WORK_FOLDER)
        and not there.gone
        and made.keys().isdisjoint(there.others)
    )


def _renew(
    order: Order,
    target: Path,
    sources: Sources,
    hands: tuple[Ledger, Crew, Progress],
    before: tuple[dict[str, Made], Callable[[], Survey]],
) -> tuple[LastBuild, Changes]:
    """Plan, check, make what is stale, write it, and remember.

    ``before`` is what was made, and a function that says what stands there.
    """
    (ledger, crew, _), content = hands, sources.content
    made, looking = before
    work = order.root / WORK_FOLDER
    if not made:
        # Planning leaves the other cores idle; each hand would compile the templates for itself, 0.2 s of its time.
        compile_ = partial(compile_templates, order.site, sources.folders, sources.assets)
        crew.aside(compile_, work / "templates", items=sum(1 for _ in content.articles))
    library = Library(order.site, content.articles, content.pages, View(order.now), sources.pictures)
    outputs = list(plan(library, sources.assets))
    # Fingerprints are taken beside what comes next; where nothing was made before, they are for the next build alone.
    prints = cache(_fingerprinting(outputs, made, sources, ledger, crew))
    _stop_at_errors(content, outputs, order.now)
    last, planned = _last_build(order, sources, library, outputs), {output.file for output in outputs}
    with Folder(target, work, made) as folder:
        kit = Kit(order.root, order.site, sources.folders, sources.assets, work, ledger.file, folder.staging)
        workshop = Workshop(kit, ledger.body)
        stale = _stale(outputs, made, prints, looking)
        # Closed here: where the build is broken off, nobody writes any more when what was staged is thrown away.
        with contextlib.closing(_make(stale, workshop, *hands[1:])) as making:
            brought = {done.file: done.staged for done in making}
        staged = {output.file: brought[output.file] for output in stale if brought[output.file]}
        changes = folder.publish(staged, planned, looking())
        seen = dict(_look(target, [MANIFEST, *(output.file for output in stale)]))
    changed: dict[str, Made | None] = dict.fromkeys(made.keys() - planned)
    for file in (output.file for output in stale):
        changed[file] = Made(prints().get(file) or made[file].fingerprint, seen[file])
    ledger.keep_made(target, made, changed, last._replace(manifest=seen[MANIFEST]))
    _prune(order, ledger, outputs)
    return last, changes


def _prune(order: Order, ledger: Ledger, outputs: list[Output]) -> None:
    """Remove finished pictures that are long unused, once a day: to look at all of them takes a while.

    Nothing is unused when all is made for the first time.
    """
    last: datetime | None = ledger.recall("pruned", None)
    if last is not None and last <= order.now < last + PRUNING:
        return
    if last is not None:
        from generator.photos import key_of  # noqa: PLC0415 - once a day, as all that this function does
        from generator.sharecards import card_key, words_on  # noqa: PLC0415 - as above

        renditions = (key_of(r) for o in outputs if isinstance(r := o.inputs.get("rendition"), Rendition))
        drawings = (card_key(words_on(d)) for o in outputs if isinstance(d := o.inputs.get("drawing"), ShareCard))
        PictureCache(order.root / PICTURES).prune(KEPT_PICTURES, chain(renditions, drawings))
    ledger.keep("pruned", order.now)


def _last_build(order: Order, sources: Sources, library: Library, outputs: list[Output]) -> LastBuild:
    templates = tuple(sorted({output.template for output in outputs if output.template}))
    articles, announcements = [*sources.content.articles], order.site.announcements
    return LastBuild(
        basis=sources.basis(templates),
        since=order.now,
        until=plan_changes(articles, announcements, order.now),
        templates=templates,
        manifest=None,
        releases=len(library.releases),
        topics=len(library.topics),
        next_change=next_change(articles, announcements, order.now),
        warnings=tuple(sources.content.problems),
        lists=frozenset(output.file for output in outputs if output.stage == "list"),
    )


def _stop_at_errors(content: Content, outputs: list[Output], now: datetime) -> None:
    site_files = [output.file for output in outputs if not output.source]
    articles = [*content.articles, *content.unfinished]
    content.problems.extend(check_dates(articles, now))
    content.problems.extend(check_addresses(articles, content.pages, site_files, now))
    content.problems.sort(key=lambda p: (p.severity, p.path, p.line))
    if _mistakes(content):
        raise ContentError(content.problems)


def _mistakes(content: Content) -> bool:
    return any(problem.severity == "error" for problem in content.problems)


def _fingerprinting(
    outputs: list[Output], made: dict[str, Made], sources: Sources, ledger: Ledger, crew: Crew
) -> Callable[[], dict[str, bytes]]:
    """Begin to take fingerprints; return a function that gives those that differ from what was ``made``, by file."""
    closures, about = sources.closures, repr(sources.site.in_templates).encode()
    templates = {name: digested(closures.digest(name) + about) for name in {o.template for o in outputs} if name}
    if closures.learned:
        ledger.keep("names", closures.used)
    take, cut = partial(_fingerprints, templates, made), len(outputs) * 4 // 5 if made else len(outputs)
    # The other process takes as long for four fifths as this one for the last, after what it does in between.
    taken = crew.aside(take, outputs[:cut], items=len(outputs))
    return lambda: {file: print_ for part in (take(outputs[cut:]), taken()) for file, print_ in part}


def _fingerprints(templates: dict[str, bytes], made: dict[str, Made], outputs: list[Output]) -> list[tuple[str, bytes]]:
    """Return the files of ``outputs`` whose fingerprints differ from what was ``made``, with these."""
    prints = [(output.file, fingerprint(output, templates.get(output.template, b""))) for output in outputs]
    return [each for each in prints if (known := made.get(each[0])) is None or known.fingerprint != each[1]]


def _look(target: Path, files: list[str]) -> Iterator[tuple[str, Signature]]:
    """Yield the signatures of what was just made; what somebody took away since is remembered as nothing's."""
    folder = str(target)
    for file in files:
        try:
            yield file, signature(os.lstat(f"{folder}/{file}"))  # a Path would take twice the time, 27,000 times
        except OSError:
            yield file, _NOWHERE


def _stale(
    outputs: list[Output], made: dict[str, Made], prints: Callable[[], dict[str, bytes]], looking: Callable[[], Survey]
) -> list[Output]:
    """Return the Outputs that are to be made, in the order in which they are to be written."""
    if made:
        wanted = prints().keys() | looking().others.keys() | looking().gone
        outputs = [output for output in outputs if output.file in wanted]
    return sorted(outputs, key=lambda output: (_STAGES[output.stage], output.file))


def _make(stale: list[Output], workshop: Workshop, crew: Crew, progress: Progress) -> Generator[Done, None, None]:
    """Make the stale Outputs."""
    progress.stage(message("Writing"), len(stale))
    tasks = [Task(number, output) for number, output in enumerate(stale)]
    if not tasks:
        return
    # Cards and entries of feeds are made once by whoever needs them: with neighbours together, 0.6 s of 7.5 less.
    problems: dict[Problem, str] = {}
    for done in crew.do(tasks, workshop.make, partial(make_piece, workshop.kit), near=True):
        progress.step()
        for problem in done.problems:
            problems.setdefault(problem, done.file)
        if len(problems) >= ENOUGH:
            break
        yield done
    if problems:
        place = {output.file: number for number, output in enumerate(stale)}
        raise ContentError(sorted(problems, key=lambda problem: place[problems[problem]]))
