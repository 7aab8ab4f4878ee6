"""Looking at pictures and making their renditions: each picture is decoded once, each rendition is made once.

What was made is kept by all that it is made of, without the words that it will carry: those are put in when it is
published, so that a new caption costs no new picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.photo import CENTRE, VERSION, About, Rendition, renditions
from generator.photos.darkroom import develop, dominant_colour, is_lossless
from generator.photos.facts import Facts, digest_of, picture_of, recall, remember
from generator.photos.labels import label, origin_of
from generator.photos.opening import Refusal, RefusedError, opened, read_file, unreadable
from generator.photos.printing import avif_works, print_all, print_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import IO

    from generator.photo import Bundle, PhotoRef
    from generator.photo_settings import PhotoSettings
    from generator.photos.darkroom import Developed
    from generator.picture_cache import PictureCache


class Errand(NamedTuple):
    """A picture's file to be looked at, and how releases use it (how each names it, and whether it is its lead)."""

    file: str
    uses: tuple[tuple[PhotoRef, bool], ...]

    @property
    def name(self) -> str:
        """How releases name it."""
        return self.uses[0][0].name


class Studio(NamedTuple):
    """Where pictures are looked at and made; it can be handed to other processes."""

    root: Path
    cache: PictureCache
    settings: PhotoSettings

    def refusal(self) -> Refusal | None:
        """Return why nothing can be made with these settings at all, or None."""
        if not self.settings.avif or avif_works():
            return None
        what = message("AVIF pictures cannot be written on this machine.")
        return Refusal(what, message('Delete "avif = true" below [photos].'))

    def look(self, errand: Errand, *, make: bool = False) -> Facts | Refusal:
        """Return what there is to know of a picture, or why it cannot be published.

        With ``make``, every rendition that is not kept yet is made at the same time.
        """
        try:
            return self._look(errand, make=make)
        except RefusedError as error:
            return error.refusal
        except OSError as error:
            return unreadable(errand.name, error)

    def look_and_make(self, errand: Errand) -> Facts | Refusal:
        """Do both."""
        return self.look(errand, make=True)

    def _look(self, errand: Errand, *, make: bool) -> Facts | Refusal:
        picture = read_file(self.root / errand.file, errand.name)
        digest = digest_of(picture)
        facts = recall(self.cache, digest)
        if facts is not None and facts.serve(self.settings) and not (make and self._missing(errand, facts)):
            return facts
        with opened(picture, errand.name) as source:
            lossless = is_lossless(source)
            developed = develop(source, whole=self.settings.downloads and not lossless)
            facts = Facts(digest, source.width, source.height, "", origin_of(source.picture), -1, lossless)
            core = source.anatomy.core if lossless and source.anatomy else b""
        facts = facts._replace(colour=dominant_colour(developed.print))
        if self.settings.downloads:
            facts = facts._replace(download_size=len(core) if lossless else self._download(facts, developed))
        remember(self.cache, facts)
        for rendition, data in print_all(self._missing(errand, facts) if make else (), developed):
            self.cache.put(key_of(rendition), data)
        return facts

    def _download(self, facts: Facts, developed: Developed) -> int:
        """Return the size of a download that must be encoded: pages tell it, so it is made now, and kept."""
        nothing = About("", "", "", "")
        size = facts.width, facts.height
        rendition = Rendition("", facts.digest, "download", "jpg", *size, CENTRE, nothing)
        data = print_out(rendition, developed)
        self.cache.put(key_of(rendition), data)
        return len(data)

    def _missing(self, errand: Errand, facts: Facts) -> list[Rendition]:
        """Return the renditions that are not kept; a download of the very data that came in never is."""
        missing: dict[str, Rendition] = {}
        for ref, lead in errand.uses:
            picture = picture_of(ref, facts, ("/", errand.file, lead), self.settings)
            wanted = (r for _, r in renditions(picture) if r.kind != "download" or not facts.lossless)
            missing.update((key_of(rendition), rendition) for rendition in wanted)
        return [rendition for key, rendition in missing.items() if not self.cache.file(key).exists()]


def look_at_piece(studio: Studio, errands: Sequence[Errand]) -> list[Facts | Refusal]:
    """Look at some pictures and make what is missing of them, in a process that does nothing else."""
    return [studio.look_and_make(errand) for errand in errands]


def key_of(rendition: Rendition) -> str:
    """Return by what a rendition is kept: all that its bytes are made from but the words that are put in later."""
    around = rendition.focus if rendition.kind in {"crop", "share"} else ""
    about = rendition.about if rendition.ending == "avif" else ""
    made_from = (rendition.kind, rendition.ending, rendition.width, rendition.height, around, about)
    return f"photo {VERSION} {rendition.digest.hex()} {made_from!r}"


class Counter:
    """Hands out the bytes of renditions: what is kept, or else made now; the picture made last stays at hand."""

    def __init__(self, root: Path, cache: PictureCache) -> None:
        self._root, self._cache = root, cache
        self._last: tuple[bytes, Developed] | None = None

    def bytes_of(self, rendition: Rendition) -> bytes:
        """Return the bytes of a rendition with what it says of itself. Raises RefusedError."""
        data = self._cache.get(key_of(rendition))
        if data is None:
            data = self._make(rendition)
        return label(data, rendition.ending, rendition.about)

    def write(self, bundle: Bundle, target: IO[bytes]) -> None:
        """Write a ZIP into ``target``, a photo at a time; the same photos give the same bytes. Raises RefusedError."""
        import zipfile  # noqa: PLC0415 - 5 ms that most builds need not pay

        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, rendition in bundle.members:
                # A date that never changes, as a file of Unix that anybody may read.
                member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                member.create_system, member.external_attr = 3, 0o100644 << 16
                archive.writestr(member, self.bytes_of(rendition))

    def _make(self, rendition: Rendition) -> bytes:
        last, download = self._last, rendition.kind == "download"
        if last is not None and last[0] == rendition.digest and not download:
            return self._keep(rendition, last[1])
        name = rendition.file.rpartition("/")[2]
        try:
            data = read_file(self._root / rendition.file, name)
        except OSError as error:
            raise RefusedError(*unreadable(name, error)) from None
        if digest_of(data) != rendition.digest:
            raise RefusedError(
                message('The picture "{name}" changed while it was being published.', name=name),
                message("Build again."),
            )
        with opened(data, name) as source:
            lossless = is_lossless(source)
            if download and lossless and source.anatomy:
                return source.anatomy.core
            developed = develop(source, whole=download)
        if not download:
            self._last = rendition.digest, developed
        return self._keep(rendition, developed)

    def _keep(self, rendition: Rendition, developed: Developed) -> bytes:
        data = print_out(rendition, developed)
        self._cache.put(key_of(rendition), data)
        return data
