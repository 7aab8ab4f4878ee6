"""The way back: what a host holds once its last publish is taken back, as far as its bytes can still be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.publish.changes import in_form
from generator.publish.manifest import File
from generator.publish.order import is_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.publish.history import Step
    from generator.publish.standing import Standing


class WayBack(NamedTuple):
    """What leads back.

    ``files`` are those that the host will hold, ``there`` those that are taken as standing there, and ``lacking`` those
    that cannot be brought back, which stay as they are.
    """

    files: Mapping[str, File]
    there: Mapping[str, File]
    lacking: tuple[str, ...]


def way_back(step: Step, standing: Standing, has: Callable[[str, File], bool]) -> WayBack:
    """Return the way back behind ``step`` on a host where all is as ``standing`` says.

    ``has`` says whether the bytes of a file can be had on this machine.
    """
    stands = {**_said(standing), **standing.files}  # what a cut publish has put there is in no manifest
    files, lacking, still = _said(standing), list[str](), dict[str, File]()
    for file, before in step.before.items():
        if before is None:
            files.pop(file, None)
        elif (there := standing.files.get(file)) is not None and there.content == before.content:
            files[file] = there  # a cut publish had not come to replacing it
        elif has(file, before):
            files[file] = before
        elif file in standing.manifest.leaving and _stands(standing, file, before):
            files[file] = still[file] = before  # a cut publish had not come to removing it
        else:
            lacking.append(file)
            if file in stands:
                files[file] = stands[file]
    if any(is_page(file) and file in files for file in lacking):
        files |= _what_came(step, stands)
    # What is not to be changed was looked at by name and size alone; what cannot be mended from here stays.
    same = {file: each for file, each in files.items() if file not in {**standing.files, **still}}
    unknown = {file: each for file, each in same.items() if not has(file, each)}
    return WayBack(files, {**standing.files, **still, **unknown}, tuple(sorted({*lacking, *unknown})))


def _said(standing: Standing) -> dict[str, File]:
    """Return the files of the manifest, each in the form in which it stands there."""
    return {file: in_form(each, standing.files.get(file)) for file, each in standing.manifest.files.items()}


def _what_came(step: Step, stands: Mapping[str, File]) -> dict[str, File]:
    """Return the pictures and styles that came with the publish: a page that stays as it is needs them."""
    came = (file for file, before in step.before.items() if before is None and file in stands)
    return {file: stands[file] for file in came if not is_page(file) and file not in step.lists}


def _stands(standing: Standing, file: str, each: File) -> bool:
    entry = standing.listing.get(file)
    return entry is not None and entry.size == each.size
