"""The web server's answers: pages of the site, and the few addresses below /__adpim/ that the client asks for."""

from __future__ import annotations

import hashlib
import json
import logging
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.exceptions import HTTPException  # noqa: TID251 - this is the room for it
from werkzeug.wrappers import Request, Response  # noqa: TID251 - as above

from generator.errors import Message, message
from generator.fields import parse_moment
from generator.i18n import catalogue, say
from generator.mediatypes import media_type
from generator.preview.facts import facts
from generator.preview.guard import TOKEN
from generator.preview.libraries import Look
from generator.preview.texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse

    from generator.preview.desk import Desk, Shown
    from generator.preview.follower import Follower
    from generator.preview.guard import Guard
    from generator.preview.stream import Stream

OWN = "/__adpim/"
"""Below this stands what belongs to the preview: no slug holds an underscore."""
LOOK = "adpim-look"
"""The cookie that says how this browser looks at the site."""
CATCH_UP = 1.0
"""Seconds for which a request waits for an edit that is just being taken in."""
_READING = frozenset({"GET", "HEAD"})
_SCRIPTS = (
    "idiomorph.js",
    "parts.js",
    "head.js",
    "page.js",
    "events.js",
    "cards.js",
    "mistakes.js",
    "notes.js",
    "widths.js",
    "panels.js",
    "view.js",
    "bar.js",
    "client.js",
)
"""What the client is made of: the library that morphs pages, its pieces, and what starts them."""
_log = logging.getLogger(__name__)


class App:
    """A WSGI application. It writes nothing, and no request reaches a file that the plan does not hold."""

    def __init__(self, desk: Desk, follower: Follower, stream: Stream, guard: Guard, language: str) -> None:
        self._desk, self._follower, self._stream = desk, follower, stream
        self._guard, self._language = guard, language
        self._client = _client(language)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request. Whatever goes wrong is logged and told; the server goes on."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except HTTPException as error:
            response = Response(error.description, error.code, headers=error.get_headers(environ))
        except Exception:  # noqa: BLE001 - a press officer must never find the preview dead, whatever happens
            _log.exception("%s could not be answered", request.path)
            why = message("The preview made a mistake of its own. Its log says what it was.")
            response = self._refuse(500, why)
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Other sites' pages may not read or embed what stands here.
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        # As it was sent: the library's own path has lost the slashes at its beginning.
        path = str(request.environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")
        if path.startswith(OWN):
            return self._own(request, path.removeprefix(OWN))
        if request.method not in _READING:
            return self._refuse(405, message("The preview is only there to be looked at."))
        return self._page(request, path)

    def _refusal(self, request: Request) -> Response | None:
        """Return what to answer to those who may not ask, None for all others."""
        if not self._guard.knows(request.environ.get("HTTP_HOST", "")):
            return self._refuse(403, message("This name does not belong to the preview."))
        origin, host = request.headers.get("Origin", ""), request.headers.get("Host", "")
        if request.method not in _READING and not self._guard.trusts(origin, host):
            return self._refuse(403, message("Only a page of the preview may ask for this."))
        given = request.args.get("token", "")
        if given and self._guard.token and self._guard.admits(given):
            return self._let_in(request)
        if not self._guard.admits(request.cookies.get(_own_name(TOKEN, request), "")):
            return self._refuse(403, message("Open the preview with the whole link that it showed when it started."))
        return None

    def _let_in(self, request: Request) -> Response:
        response = Response(status=303, headers={"Location": quote(request.path)})
        response.set_cookie(_own_name(TOKEN, request), self._guard.token, httponly=True, samesite="Strict")
        return response

    def _own(self, request: Request, name: str) -> Response:
        if name == "client.js" and request.method != "POST":
            return _conditional(Response(self._client, content_type=media_type(name)), request)
        if name == "events" and request.method == "GET":
            seen = request.args.get("seen", -1, type=int)
            with self._desk.lock:  # an update is told under it
                now = self._desk.number
            events = self._stream.listen(seen, now)
            return Response(events, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})
        if name == "facts" and request.method == "GET":
            path = self._below(request.args.get("path", ""))
            look = self._look(request)
            shown = self._desk.show(look, path if path is not None else "")
            found = facts(self._desk, look, shown, self._follower.problems, self._language)
            headers = {"Cache-Control": "no-store"}
            return Response(json.dumps(found), content_type=media_type("facts.json"), headers=headers)
        if name == "look" and request.method == "POST":
            response = Response(status=204)
            wanted = request.form.get("look", "")[:40]
            response.set_cookie(_own_name(LOOK, request), wanted, httponly=True, samesite="Strict")
            return response
        return self._refuse(404, message("The preview has nothing at this address."))

    def _page(self, request: Request, path: str) -> Response:
        self._follower.catch_up(CATCH_UP)
        look, below = self._look(request), self._below(path)
        base = self._desk.site.base_path
        if below is None and path == "/":
            return Response(status=302, headers={"Location": f"{base}/"})
        number = self._desk.number
        shown = self._desk.show(look, below if below is not None else "")
        if shown.leads_to:
            return Response(status=302, headers={"Location": quote(base + shown.leads_to)})
        return self._served(request, shown, number)

    def _served(self, request: Request, shown: Shown, number: int) -> Response:
        status = 503 if shown.body is None else 200 if shown.found else 404
        body = shown.body if shown.body is not None else self._blank()
        kind = media_type(shown.file or "index.html")
        # Of the page alone: a page that has not changed is the same page after any number of updates.
        tag = hashlib.blake2b(body, digest_size=12).hexdigest()
        response = Response(with_client(body, number) if kind.startswith("text/html") else body, status)
        response.content_type = kind
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Cookie"
        if status != 200:
            return response
        # The client names the last update besides, so that equal pages may differ in a few bytes.
        response.set_etag(tag, weak=kind.startswith("text/html"))
        return _conditional(response, request)

    def _below(self, path: str) -> str | None:
        """Return a path of the server as one of the site, None where it is outside of it."""
        base = self._desk.site.base_path
        return path.removeprefix(base) if path.startswith(f"{base}/") else None

    def _look(self, request: Request) -> Look:
        wanted = request.cookies.get(_own_name(LOOK, request), "")
        if wanted == "public":
            return Look(staff=False)
        moment = parse_moment(wanted, self._desk.site.zone) if wanted else None
        return Look(staff=False, at=moment.at) if moment else Look()

    def _blank(self) -> bytes:
        title = catalogue(self._language).gettext("Preview")
        return f'<!doctype html>\n<html lang="{self._language}"><title>{title}</title><body></body></html>\n'.encode()

    def _refuse(self, status: int, why: Message) -> Response:
        return Response(f"{say(why, self._language)}\n", status, content_type=media_type("refusal.txt"))


def _own_name(cookie: str, request: Request) -> str:
    """Return a cookie's name for this server alone: browsers give a host's cookies to all its ports."""
    return f"{cookie}-{request.environ['SERVER_PORT']}"


def with_client(page: bytes, number: int) -> bytes:
    """Return a page with the client in it; ``number`` is the last update that it shows.

    It stands first, so that it sees what the page's own scripts do to it.
    """
    before, head, after = page.partition(b"<head>")
    client = b'<script src="/__adpim/client.js" data-number="%d" defer></script>' % number
    return before + head + client + after if head else page + client


def _conditional(response: Response, request: Request) -> Response:
    """Answer with what the browser does not have yet, or the part that it asks for."""
    if not response.get_etag()[0]:
        response.add_etag()
    tag, weak = response.get_etag()
    if tag is not None and weak:
        return response.make_conditional(request.environ)
    length = len(response.get_data())
    return response.make_conditional(request.environ, accept_ranges=True, complete_length=length)


def _client(language: str) -> bytes:
    """Return the client: what it says, the library that morphs pages, and itself."""
    folder = files("generator.preview") / "static"
    style, *scripts = [(folder / name).read_text("utf-8") for name in ("client.css", *_SCRIPTS)]
    given = {"ADPIM_LANGUAGE": language, "ADPIM_TEXTS": texts(language), "ADPIM_STYLE": style}
    constants = [f"const {name} = {json.dumps(value)};" for name, value in given.items()]
    # One scope of its own: nothing of this is seen by the site's scripts.
    return "\n".join(["(() => {", *constants, *scripts, "})();", ""]).encode()
