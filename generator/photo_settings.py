"""How the site serves photos: the table ``[photos]`` of site.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from generator.fields import Fields


class PhotoSettings(NamedTuple):
    """Whether photos are served as AVIF too, and whether the media may download the originals."""

    avif: bool = False
    downloads: bool = True

    @property
    def formats(self) -> tuple[str, ...]:
        """The endings of a photo's renditions, best first."""
        return ("avif", "webp", "jpg") if self.avif else ("webp", "jpg")


SYNONYMS = {"unduhan": "downloads", "unduh": "downloads", "download": "downloads"}


def read_photo_settings(fields: Fields) -> PhotoSettings:
    """Return what ``[photos]`` says, with defaults for the rest; what is wrong is noted in ``fields``."""
    groups = fields.groups("photos", bare="downloads")
    if not groups:
        return PhotoSettings()
    group = groups[0]
    settings = PhotoSettings(
        avif=group.flag("avif"), downloads=group.flag("downloads") if group.has("downloads") else True
    )
    group.finish(SYNONYMS)
    return settings
