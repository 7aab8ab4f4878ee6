"""An FTP server of a few lines, for what no real one does on demand: odd commands, refusals, lines that break."""

from __future__ import annotations

import posixpath
import socket
import socketserver
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType


class FakeServer:
    """A server in the clear on loopback, with its files in memory.

    ``answers`` are replies to commands, by the first word or by the whole line, that stand instead of its own; "" hangs
    up. ``cut`` is the number of bytes of an upload after which it hangs up, on the line of the transfer only where it
    is ``quiet``: as a network that breaks without TLS may look like.
    """

    def __init__(self, **answers: str) -> None:
        self.files: dict[str, bytes] = {}
        self.folders = {"/"}
        self.answers = answers
        self.cut: int | None = None
        self.quiet = False
        self.features = " SIZE\r\n UTF8\r\n MLST type*;size*;\r\n"
        self.forms = "-rw-r--r-- 1 0 0 {size} Nov 24 12:27 {name}", "drwxr-xr-x 1 0 0 0 Nov 24 12:27 {name}"
        """How LIST writes a file and a folder."""
        self.replaces = True
        """Whether a rename may take the place of another file."""
        self.renames: list[str] = []
        """What the next renames are answered, "" for what would be said anyway."""
        self.most = 99
        """Lines that it bears at once."""
        self.reads: int | None = None
        """Bytes of commands that it takes at a time, None for all; what comes with them is lost."""
        self.at_once = 0
        """The most commands that were there to be read together, where it reads so."""
        self.open = 0
        self.asked: list[str] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.open += 1
                session = _Session(outer, self.request)
                try:
                    session.run()
                except OSError:
                    pass  # whoever asked has gone
                finally:
                    session.close()
                    outer.open -= 1

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 16

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Session:
    """What one client says and is answered."""

    def __init__(self, server: FakeServer, line: socket.socket) -> None:
        self._server = server
        self._line = line
        self._at = "/"
        self._renamed = ""
        self._waiting: socket.socket | None = None

    def run(self) -> None:
        if self._server.open > self._server.most:
            return self._say("421 CONTOH too many connections")
        self._say("220 CONTOH")
        for line in self._lines():
            asked = line.rstrip("\r\n")
            self._server.asked.append(asked)
            word, _, rest = asked.partition(" ")
            answers = self._server.answers
            answer = answers.get(asked, answers.get(word))
            if answer == "":
                return None
            if answer is None:
                answer = self._answer(word, rest)
            if answer == "":
                return None
            self._say(answer)
        return None

    def _lines(self) -> Iterator[str]:
        if self._server.reads is None:
            with self._line.makefile("r", encoding="utf-8", newline="\n") as lines:
                yield from lines
            return
        while data := self._line.recv(65536):
            *commands, _ = data[: self._server.reads].decode().split("\n")
            self._server.at_once = max(self._server.at_once, len(commands))
            yield from commands

    def close(self) -> None:
        if self._waiting is not None:
            self._waiting.close()

    def _say(self, text: str) -> None:
        self._line.sendall(f"{text}\r\n".encode())

    def _answer(self, word: str, rest: str) -> str:
        fixed = {"USER": "331 ?", "PASS": "230 .", "TYPE": "200 .", "OPTS": "200 .", "NOOP": "200 .", "QUIT": "221 ."}
        if word in fixed:
            return fixed[word]
        command = getattr(type(self), f"_{word.lower()}", None)
        return "502 ?" if command is None else str(command(self, posixpath.join(self._at, rest)))

    def _feat(self, _: str) -> str:
        return f"211-\r\n{self._server.features}211 End"

    def _pwd(self, _: str) -> str:
        return f'257 "{self._at}"'

    def _pasv(self, _: str) -> str:
        if self._waiting is not None:
            self._waiting.close()
        self._waiting = socket.create_server(("127.0.0.1", 0))
        high, low = divmod(self._waiting.getsockname()[1], 256)
        return f"227 (127,0,0,1,{high},{low})"

    def _cwd(self, path: str) -> str:
        if path not in self._server.folders:
            return "550 no such folder"
        self._at = path
        return "250 ."

    def _mkd(self, path: str) -> str:
        if path in self._server.folders or posixpath.dirname(path) not in self._server.folders:
            return "550 no"
        self._server.folders.add(path)
        return "257 ."

    def _rmd(self, path: str) -> str:
        if any(other.startswith(f"{path}/") for other in [*self._server.files, *self._server.folders]):
            return "550 not empty"
        self._server.folders.discard(path)
        return "250 ."

    def _size(self, path: str) -> str:
        found = self._server.files.get(path)
        return "550 no such file" if found is None else f"213 {len(found)}"

    def _dele(self, path: str) -> str:
        return "550 no such file" if self._server.files.pop(path, None) is None else "250 ."

    def _rnfr(self, path: str) -> str:
        self._renamed = path
        return "350 ?" if path in self._server.files else "550 no such file"

    def _rnto(self, path: str) -> str:
        if self._server.renames and (answer := self._server.renames.pop(0)):
            return answer
        if path in self._server.files and not self._server.replaces:
            return "550 file exists"
        self._server.files[path] = self._server.files.pop(self._renamed)
        return "250 ."

    def _stor(self, path: str) -> str:
        server = self._server
        if posixpath.dirname(path) not in server.folders:
            return "553 no such folder"
        data = b""
        with self._transfer() as line:
            while block := line.recv(65536 if server.cut is None else max(1, server.cut - len(data))):
                data += block
                if server.cut is not None and len(data) >= server.cut:
                    break
        server.files[path] = data
        return "" if server.cut is not None and not server.quiet else "226 ."

    def _retr(self, path: str) -> str:
        found = self._server.files.get(path)
        if found is None:
            return "550 no such file"
        with self._transfer(f" ({len(found)} bytes)") as line:
            line.sendall(found[: self._server.cut])
        return "226 ."

    def _mlsd(self, path: str) -> str:
        return self._list(path, ("type=file;size={size}; {name}", "type=dir; {name}"))

    def _list(self, path: str, forms: tuple[str, str] | None = None) -> str:
        """List a folder. It does not know "-a", and takes it for the name of a folder in which nothing stands."""
        here = self._at if forms else path
        file, folder = forms or self._server.forms
        rows = [
            file.format(size=len(data), name=posixpath.basename(name))
            for name, data in self._server.files.items()
            if posixpath.dirname(name) == here.rstrip("/") or (here == "/" and name.count("/") == 1)
        ]
        rows += [
            folder.format(name=posixpath.basename(name))
            for name in sorted(self._server.folders - {"/"})
            if posixpath.dirname(name) == (here.rstrip("/") or "/")
        ]
        with self._transfer() as line:
            line.sendall("".join(f"{row}\r\n" for row in rows).encode())
        return "226 ."

    def _transfer(self, more: str = "") -> socket.socket:
        assert self._waiting is not None
        self._say(f"150 .{more}")
        with self._waiting as waiting:
            line, _ = waiting.accept()
        self._waiting = None
        return line
