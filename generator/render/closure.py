"""What a template's output depends on besides its inputs: its own text, those it includes, the static files it names.

From these comes one digest for each template. Which templates a text names is read from its syntax tree once and then
known by the digest of the text.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from generator.assets import read_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.assets import Asset


class Names(NamedTuple):
    """What a template names: other templates and static files; None among them where a name is not literal."""

    templates: tuple[str | None, ...]
    static: tuple[str | None, ...]


class Closures:
    """Digests of templates. ``known`` maps digests of texts to Names and is added to; ``used`` are those met here."""

    def __init__(self, folders: Iterable[Path], assets: Iterable[Asset], known: Mapping[bytes, Names]) -> None:
        self._folders = tuple(folders)
        self._assets = {asset.name: asset.url for asset in assets}
        self._known = known
        self._texts: dict[str, bytes | None] = {}
        self._digests: dict[str, bytes] = {}
        self.used: dict[bytes, Names] = {}
        self.learned = False
        """Whether a text was met that was not known."""

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
        if text is None:
            # It may be allowed to be missing, and another thing when it comes; rendering knows.
            closure[template] = b""
            return
        key = hashlib.blake2b(text, digest_size=16).digest()
        names = self._known.get(key) or self.used.get(key)
        if names is None:
            names = _names(template, text)
            self.learned = True
        self.used[key] = names
        # A static file's address carries the hash of its bytes, so the address is enough.
        urls = [
            url
            for name in names.static
            for url in (self._assets.values() if name is None else [self._assets.get(name, "")])
        ]
        closure[template] = hashlib.blake2b(key + "\0".join(urls).encode(), digest_size=16).digest()
        for name in names.templates:
            for each in self._all() if name is None else [name]:
                self._follow(each, closure)

    def _read(self, template: str) -> bytes | None:
        if template not in self._texts:
            file = next((folder / template for folder in self._folders if (folder / template).is_file()), None)
            self._texts[template] = None if file is None else read_template(file, template)
        return self._texts[template]

    def _all(self) -> list[str]:
        names = set()
        for folder in self._folders:
            files = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
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
    literal: dict[int, str] = {}
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and len(call.args) == 1 and not (call.kwargs or call.dyn_args):
            argument = call.args[0]
            if isinstance(argument, nodes.Const):
                literal[id(call.node)] = str(argument.value)
    # Under another name, as a filter's argument or with a name made at run time: then it may be any of them.
    static = [literal.get(id(name)) for name in tree.find_all(nodes.Name) if name.name == "static"]
    return Names(tuple(meta.find_referenced_templates(tree)), tuple(static))
