"""What a template's output depends on besides its inputs: its own text, those it includes, the static files it names.

From these comes one digest for each template. Which templates a text names is read from its syntax tree once and then
known by the digest of the text.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from generator.assets import read_template
from generator.errors import ContentError, Problem, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.assets import Asset


class Names(NamedTuple):
    """What a template names: other templates and static files; None among the templates if one is not literal."""

    templates: tuple[str | None, ...]
    static: tuple[str, ...]


class Closures:
    """Digests of templates. ``known`` maps digests of texts to Names and is added to; ``used`` are those met here."""

    def __init__(self, folders: Iterable[Path], assets: Iterable[Asset], known: Mapping[bytes, Names]) -> None:
        self._folders = tuple(folders)
        self._assets = {asset.name: asset.url for asset in assets}
        self._known = known
        self._texts: dict[str, bytes] = {}
        self._digests: dict[str, bytes] = {}
        self.used: dict[bytes, Names] = {}

    def digest(self, template: str) -> bytes:
        """Return what stands for the closure of ``template``. Raises ContentError where one cannot be read."""
        if template not in self._digests:
            closure: dict[str, bytes] = {}
            self._follow(template, closure)
            parts = [name.encode() + b"\0" + digest for name, digest in sorted(closure.items())]
            self._digests[template] = hashlib.blake2b(b"\0".join(parts), digest_size=16).digest()
        return self._digests[template]

    def _follow(self, template: str, closure: dict[str, bytes]) -> None:
        if template in closure:
            return
        text = self._read(template)
        key = hashlib.blake2b(text, digest_size=16).digest()
        names = self._known.get(key) or self.used.get(key) or _names(template, text)
        self.used[key] = names
        # A static file's address carries the hash of its bytes, so the address is enough.
        urls = [self._assets.get(name, "") for name in names.static]
        closure[template] = hashlib.blake2b(key + "\0".join(urls).encode(), digest_size=16).digest()
        for name in names.templates:
            for each in self._all() if name is None else [name]:
                self._follow(each, closure)

    def _read(self, template: str) -> bytes:
        if template not in self._texts:
            file = next((folder / template for folder in self._folders if (folder / template).is_file()), None)
            if file is None:
                what = message('The template "{name}" does not exist.', name=template)
                fix = message("Check the name in include, extends or import.")
                raise ContentError([Problem(f"templates/{template}", 0, what, fix)])
            self._texts[template] = read_template(file, template)
        return self._texts[template]

    def _all(self) -> list[str]:
        names = set()
        for folder in self._folders:
            files = (f.relative_to(folder) for f in folder.rglob("*") if f.suffix in {".html", ".xml", ".txt"})
            names |= {f.as_posix() for f in files if f.parts[0] != "static"}
        return sorted(names)


def _names(template: str, text: bytes) -> Names:
    """Read a template's syntax tree. One that cannot be parsed names nothing: rendering it will say what is wrong."""
    import jinja2  # noqa: PLC0415, TID251 - only a template that is new needs its 40 ms; this is the room for it
    from jinja2 import meta, nodes  # noqa: PLC0415, TID251 - as above

    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    try:
        tree = environment.parse(text.decode(), template)
    except (jinja2.TemplateSyntaxError, UnicodeDecodeError):
        return Names((), ())
    static = []
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "static" and call.args:
            argument = call.args[0]
            if isinstance(argument, nodes.Const):
                static.append(str(argument.value))
    return Names(tuple(meta.find_referenced_templates(tree)), tuple(static))
