"""What is a bucket's own: types and caching of its objects, its digests, and how its service refuses."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from botocore.auth import S3SigV4Auth  # type: ignore[import-untyped] # it ships none
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped] # as above
from botocore.credentials import Credentials  # type: ignore[import-untyped] # as above

from generator.i18n import say
from generator.publish import patience, s3, s3_store
from generator.publish.host import HostError, LostError, RefusedError
from generator.publish.opening import open_host
from generator.publish.patience import Patient
from generator.publish.repair import put_away, quarantine
from generator.publish.s3 import S3Host
from generator.publish.s3_access import access_to
from generator.publish.s3_names import signed
from generator.publish.secrets import Secrets
from tests.hosting import PASSWORD, bucket, bucket_secrets, bucket_service, bucket_target, target
from tests.hosting_ftp import certified
from tests.newsroom import Quiet
from tests.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.publishing import Target

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A bucket service with the bucket that bucket_target names."""
    with bucket_service(tmp_path_factory.mktemp("s3")) as port:
        yield port


@pytest.fixture
def objects(port: int) -> Iterator[Any]:
    """The bucket, seen from behind; it is empty at first."""
    made = bucket(port)
    yield made
    made.objects.all().delete()


@pytest.mark.parametrize(
    ("file", "kind", "cached"),
    [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("topik/contoh/atom.xml", "application/atom+xml; charset=utf-8", "no-cache"),
        ("static/style.0a1b2c3d.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("static/Lampiran.0a1b2c3d.PDF", "application/pdf", "public, max-age=31536000, immutable"),
        ("static/modul.0a1b2c3d.mjs", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("static/nama.0a1b2c3d", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("2026/11/a/kartu.0123456789ab.png", "image/png", "public, max-age=31536000, immutable"),
        ("2026/11/a/foto-960.0a1b2c3d.webp", "image/webp", "public, max-age=31536000, immutable"),
        ("lama/a.12345678.html", "text/html; charset=utf-8", "no-cache"),
        ("lama/static/a.12345678.css", "text/css; charset=utf-8", "no-cache"),
        ("2026/11/12345678/rilis.txt", "text/plain; charset=utf-8", "no-cache"),
    ],
)
def test_objects_say_what_they_are(port: int, objects: Any, file: str, kind: str, cached: str) -> None:
    """An object has its media type, and is cached for ever only where its name changes with its bytes."""
    open_host(bucket_target(port), bucket_secrets()).write(file, b"CONTOH")
    found = objects.Object(f"situs kami/{file}").get()
    assert (found["ContentType"], found["CacheControl"]) == (kind, cached)


def test_a_listing_gives_digests(port: int, objects: Any) -> None:
    """An object of any size has the MD5 of its bytes; one that came in parts by somebody else's hand has none."""
    host = open_host(bucket_target(port), bucket_secrets())
    data = b"CONTOH " * 2_000_000
    host.write("foto/besar.jpg", data)
    assert host.listing()["foto/besar.jpg"].digest == f"md5:{hashlib.md5(data).hexdigest()}"
    upload = objects.Object("situs kami/lain.bin").initiate_multipart_upload()
    part = upload.Part(1).upload(Body=b"CONTOH")
    upload.complete(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert host.listing()["lain.bin"].digest == ""


def test_a_long_listing_comes_by_folders(port: int, objects: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is more than one page of objects, each is found once, whichever folder it stands in, and no other."""
    monkeypatch.setattr("generator.publish.s3._PAGE", 3)
    files = {"index.html", "2026.html", *(f"2026/{day}/index.html" for day in range(5)), "topik/a/b/c.html", "x/y"}
    for key in (*files, "topik/", "kosong/"):
        objects.put_object(Key=f"situs kami/{key}", Body=b"" if key.endswith("/") else b"CONTOH")
    objects.put_object(Key="situs kami lain/index.html", Body=b"CONTOH")
    assert open_host(bucket_target(port), bucket_secrets()).listing().keys() == files


def test_other_prefixes_are_not_ours(port: int, objects: Any) -> None:
    """What stands beside the prefix is not listed, and a file can be moved there, but not out of the bucket."""
    objects.put_object(Key="situs kami lain/index.html", Body=b"CONTOH")
    host = open_host(bucket_target(port), bucket_secrets())
    host.write("evil.php", b"CONTOH")
    host.move("evil.php", "../karantina/evil.php")
    assert host.listing() == {}
    assert {each.key for each in objects.objects.all()} == {"situs kami lain/index.html", "karantina/evil.php"}
    whole = open_host(bucket_target(port, path=""), bucket_secrets())
    assert set(whole.listing()) == {"situs kami lain/index.html", "karantina/evil.php"}
    for goal in ("../x", "a/../../x"):
        with pytest.raises(RefusedError):
            whole.move("karantina/evil.php", goal)


def test_a_bucket_that_is_not_there_is_refused(port: int) -> None:
    """Where there is no such bucket, the service's own words are shown."""
    with pytest.raises(RefusedError) as caught:
        open_host(
            target("s3://tidak-ada", f'endpoint = "http://127.0.0.1:{port}"', "insecure = true"), bucket_secrets()
        )
    assert "NoSuchBucket" in say(caught.value.problems[0].what, "id")


class Answering(BaseHTTPRequestHandler):
    """A service that says the same to everybody."""

    code, said = 403, "SignatureDoesNotMatch"

    def do_GET(self) -> None:
        body = f"<Error><Code>{self.said}</Code><Message>CONTOH\x1b[31m</Message></Error>".encode()
        self.send_response(self.code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    ("code", "said", "kind", "words"),
    [
        (403, "SignatureDoesNotMatch", RefusedError, "does not let us in"),
        (403, "AccessDenied", RefusedError, "does not let us in"),
        (400, "InvalidRequest", RefusedError, "refuses"),
        (503, "SlowDown", LostError, "cannot be reached"),
    ],
)
def test_what_the_service_says_is_told_apart(code: int, said: str, kind: type[HostError], words: str) -> None:
    """Wrong keys, a request that is refused and a service that is tired are told apart, in the service's own words."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Told", (Answering,), {"code": code, "said": said})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(kind) as caught:
            open_host(bucket_target(server.server_port), bucket_secrets())
        server.shutdown()
    told = say(caught.value.problems[0].what, "en")
    assert words in told
    assert said in told
    assert "\x1b" not in told
    assert PASSWORD not in told


def elsewhere(port: int) -> Target:
    """Return the target of a bucket that is not there."""
    return target("s3://tidak-ada", f'endpoint = "http://127.0.0.1:{port}"', "insecure = true")


def test_nobody_there_is_lost() -> None:
    """Where nobody listens, another try may succeed."""
    with pytest.raises(LostError):
        open_host(bucket_target(free_port()), bucket_secrets())


def test_keys_are_asked_for_and_not_shown(port: int, objects: Any) -> None:
    """The secret key comes from the environment or the keyboard, and is in no error and no representation."""
    asked: list[str] = []

    def ask(label: str) -> str:
        asked.append(label)
        return PASSWORD

    host = open_host(bucket_target(port, 'region = "ap-southeast-3"'), Secrets({"ADPIM_UTAMA_ACCESS_KEY": "C"}, ask))
    assert asked == ["s3://ember-contoh/situs kami"]
    assert PASSWORD not in repr(host) + repr(vars(host))
    with pytest.raises(RefusedError) as caught:
        open_host(bucket_target(port), Secrets({}, None))
    assert "ADPIM_UTAMA_PASSWORD" in say(caught.value.problems[0].fix, "id")


def test_a_certificate_that_cannot_be_read_is_said(port: int, tmp_path: Path) -> None:
    """A certificate that is not there or no certificate is told before anything travels."""
    with pytest.raises(RefusedError) as caught:
        open_host(bucket_target(port, f'certificate = "{tmp_path.as_posix()}/x.pem"'), bucket_secrets())
    assert "x.pem" in say(caught.value.problems[0].what, "id")
    (tmp_path / "x.pem").write_text("-----BEGIN CERTIFICATE-----\nCONTOH\n-----END CERTIFICATE-----\n")
    with pytest.raises(HostError):
        open_host(bucket_target(port, f'certificate = "{tmp_path.as_posix()}/x.pem"'), bucket_secrets())


def test_a_missing_client_is_told(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without obstore the message names the command that installs it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "obstore"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with contextlib.suppress(KeyError):
        monkeypatch.delitem(sys.modules, "generator.publish.s3")
    with pytest.raises(RefusedError) as caught:
        open_host(bucket_target(port), bucket_secrets())
    assert 'pip install "obstore"' in say(caught.value.problems[0].fix, "id")


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """A service whose certificate is unknown is refused; where site.toml names the file, TLS comes about."""
    certificate = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f'endpoint = "https://localhost:{server.server_port}"'
        with pytest.raises(RefusedError) as caught:
            open_host(target("s3://ember-contoh", address), bucket_secrets())
        assert "certificate cannot be trusted: UnknownIssuer" in say(caught.value.problems[0].what, "en")
        named = f'certificate = "{certificate.as_posix()}"'
        with pytest.raises(RefusedError) as caught:
            open_host(target("s3://ember-contoh", address, named), bucket_secrets())
        assert "SignatureDoesNotMatch" in say(caught.value.problems[0].what, "en")
        server.shutdown()


def test_http_is_wanted_on_purpose(port: int) -> None:
    """An endpoint in the clear is refused unless it is wanted on purpose."""
    with pytest.raises(RefusedError, match="in the clear"):
        open_host(bucket_target(port)._replace(insecure=False), bucket_secrets())


def test_other_programs_keys_are_not_mixed_in(port: int, objects: Any) -> None:
    """A key of the target's own goes with its own password, whatever the environment holds for other programs."""
    environment = {"ADPIM_UTAMA_ACCESS_KEY": "C", "AWS_SECRET_ACCESS_KEY": "lain", "AWS_SESSION_TOKEN": "lain"}
    with pytest.raises(RefusedError, match="password is not known"):
        open_host(bucket_target(port), Secrets(environment, None))
    others = {"AWS_ACCESS_KEY_ID": "C", "AWS_SECRET_ACCESS_KEY": PASSWORD, "AWS_SESSION_TOKEN": "CONTOH"}
    open_host(bucket_target(port), Secrets(others, None)).write("a.html", b"CONTOH")


def test_digests_that_only_look_like_md5_are_not_told(port: int, objects: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the service's ETags are no MD5, as with its own keys for encryption, an object has no digest."""
    host = open_host(bucket_target(port), bucket_secrets())
    host.write("a.html", b"CONTOH")
    assert host.listing()["a.html"].digest
    monkeypatch.setattr(host, "read", lambda _: b"CONTOH yang lain")
    assert host.listing()["a.html"].digest == ""


def test_a_bucket_that_went_is_no_empty_one(port: int) -> None:
    """A bucket that was removed meanwhile is told, and not taken for one in which a file is missing."""
    host = open_host(bucket_target(port), bucket_secrets())
    made = bucket(port)
    made.delete()
    with pytest.raises(RefusedError, match="refuses"):
        host.read("a.html")
    made.create()


def test_what_the_environment_says_to_other_programs_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither another service nor another session nor leave to sign nothing comes in by the environment."""
    heard: list[dict[str, str]] = []

    class Listening(Answering):
        def do_GET(self) -> None:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            super().do_GET()

    for name, value in (
        ("AWS_SESSION_TOKEN", "lain"),
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"),
    ):
        monkeypatch.setenv(name, value)
    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        own = Secrets({"ADPIM_UTAMA_ACCESS_KEY": "C", "ADPIM_UTAMA_PASSWORD": PASSWORD}, None)
        with pytest.raises(RefusedError):
            open_host(bucket_target(server.server_port), own)
        server.shutdown()
    assert heard[0]["host"] == f"127.0.0.1:{server.server_port}"
    assert "Credential=C/" in heard[0]["authorization"]
    assert "x-amz-security-token" not in heard[0]


def test_where_no_endpoint_is_named_it_is_amazon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an endpoint the bucket is Amazon's, in the region that site.toml names."""
    made: list[dict[str, Any]] = []

    def store(_: str, *, config: dict[str, Any], **__: object) -> None:
        made.append(config)
        raise ConnectionRefusedError

    monkeypatch.setattr("obstore.store.S3Store", store)
    with pytest.raises(LostError):
        open_host(target("s3://ember-contoh/a", 'region = "ap-southeast-3"'), bucket_secrets())
    assert made[0]["endpoint"] == "https://ember-contoh.s3.ap-southeast-3.amazonaws.com"


def test_of_many_one_creates_where_no_condition_is_heeded(
    port: int, objects: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a service passes over the condition, of many that create an object at once one succeeds all the same."""
    monkeypatch.setattr(s3, "SETTLING", 0.3)
    host = open_host(bucket_target(port), bucket_secrets())
    put = S3Host._put
    monkeypatch.setattr(S3Host, "_put", lambda self, file, data, _: put(self, file, data, "overwrite"))
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda number: host.create(".adpim-lock", b"%d" % number), range(8)))
    assert made.count(True) == 1
    assert host.read(".adpim-lock") == b"%d" % made.index(True)
    assert not host.create(".adpim-lock", b"CONTOH")


def test_folders_that_a_console_made_are_no_files(port: int, objects: Any) -> None:
    """The empty objects by which consoles show folders are not listed; an empty file is, also beside its like."""
    for key in ("situs kami/", "situs kami/foto/", "situs kami/a/b/", "situs kami/c.txt", "situs kami/c.txt/"):
        objects.put_object(Key=key, Body=b"CONTOH" if key.endswith("txt") else b"")
    objects.put_object(Key="situs kami/kosong.txt", Body=b"")
    assert {name: entry.size for name, entry in open_host(bucket_target(port), bucket_secrets()).listing().items()} == {
        "c.txt": 6,
        "kosong.txt": 0,
    }


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/situs%20kami", "slot//b.php"),
        ("/situs%20kami", "slot/../b.php"),
        ("/situs%20kami", "slot/./b.php"),
        ("/situs%20kami", "/b.php"),
        ("", "slot/a+b %41//b.php"),
    ],
)
def test_a_name_that_no_file_can_have_hides_nothing(port: int, objects: Any, path: str, key: str) -> None:
    """An object that no folder could hold is listed as it is, beside all others, and nothing is done to another one."""
    prefix = "situs kami/" if path else "_"
    for file in (key, "slot/x.php", "kosong/", "a b+c.txt"):
        objects.put_object(Key=f"{prefix}{file}", Body=b"" if file.endswith("/") else b"CONTOH")
    host = open_host(bucket_target(port, path=path), bucket_secrets())
    listed = host.listing()
    prefix = "" if path else prefix
    assert set(listed) == {f"{prefix}{file}" for file in (key, "slot/x.php", "a b+c.txt")}
    assert listed[f"{prefix}slot/x.php"].digest == f"md5:{hashlib.md5(b'CONTOH').hexdigest()}"
    assert listed[f"{prefix}slot/x.php"].modified == pytest.approx(time.time(), abs=60)
    odd = f"{prefix}{key}"
    for call in (host.read, host.remove, lambda file: host.move(file, "b.txt"), lambda file: host.write(file, b"")):
        with pytest.raises(RefusedError, match="no file can have"):
            call(odd)
    assert set(host.listing()) == set(listed)


def test_a_repair_leaves_a_name_that_no_file_can_have(port: int, objects: Any, tmp_path: Path) -> None:
    """What cannot be moved for its name is told, and what stands beside it goes."""
    for file in ("a//b.php", "a/x.php"):
        objects.put_object(Key=f"situs kami/{file}", Body=b"CONTOH")
    host = open_host(bucket_target(port), bucket_secrets())
    done = put_away(host, host.listing(), quarantine("", tmp_path, "s"), Quiet())
    assert [file for file, _ in done.moved] == ["a/x.php"]
    assert [(each.file, say(each.why, "en")) for each in done.failed] == [
        ("a//b.php", "An object stands there whose name no file can have: 'a//b.php'.")
    ]


def test_names_come_page_by_page(port: int, objects: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a name that no file can have stands among more than a thousand, all pages are read."""
    for number in range(1001):
        objects.put_object(Key=f"situs kami/{number}", Body=b"CONTOH")
    objects.put_object(Key="situs kami/9//x", Body=b"CONTOH")
    host = open_host(bucket_target(port), bucket_secrets())
    assert set(host.listing()) == {*map(str, range(1001)), "9//x"}


@pytest.mark.parametrize("token", ["", "CONTOH-token/+"])
@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9000", "https://s3.example/dasar/", ""])
def test_a_question_is_signed_as_amazon_wants_it(endpoint: str, token: str) -> None:
    """The signature under a question about names is that of Amazon's own client."""
    where = bucket_target(9000)._replace(endpoint=endpoint)
    environment = {"ADPIM_UTAMA_ACCESS_KEY": "C", "ADPIM_UTAMA_PASSWORD": PASSWORD, "ADPIM_UTAMA_SESSION_TOKEN": token}
    access = access_to(where, Secrets(environment, None))
    query = {"list-type": "2", "prefix": "situs kami/é+~*", "continuation-token": "a/b="}
    url, headers = signed(access, query, "20261124T120000Z")
    request = AWSRequest("GET", url, {name: value for name, value in headers.items() if name != "authorization"})
    request.context["timestamp"] = "20261124T120000Z"
    signer = S3SigV4Auth(Credentials("C", PASSWORD, token or None), "s3", "us-east-1")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert headers["authorization"].endswith(f"Signature={signer.signature(text, request)}")


def served(say_it: Callable[[socket.socket], None]) -> int:
    """Return the port of a service that reads what it is asked, answers by ``say_it`` and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            line, _ = listener.accept()
            with line:
                line.recv(65536)
                say_it(line)

    threading.Thread(target=run, daemon=True).start()
    return int(listener.getsockname()[1])


def answer(status: str, body: str, size: int | None = None) -> Callable[[socket.socket], None]:
    """Return what says this; with ``size`` it announces so many bytes."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if size is None else size}\r\n\r\n"
    return lambda line: line.sendall(f"{head}{body}".encode())


@pytest.mark.parametrize(
    ("say_it", "words"),
    [
        (lambda _: None, "sambungan terputus"),
        (answer("200 OK", "<x", 1000), "sambungan terputus"),
        (answer("200 OK", "CONTOH"), "layanan tidak menjawab sebagaimana mestinya"),
        (lambda line: line.sendall(b"SSH-2.0-CONTOH\r\n"), "layanan tidak menjawab sebagaimana mestinya"),
        (answer("502 Bad Gateway", "CONTOH"), "HTTP 502"),
    ],
)
def test_a_service_that_dies_is_told_in_our_words(say_it: Callable[[socket.socket], None], words: str) -> None:
    """A service that hangs up, or speaks something else, is told as whoever publishes can understand it."""
    with pytest.raises(LostError) as caught:
        open_host(bucket_target(served(say_it)), bucket_secrets())
    assert say(caught.value.problems[0].what, "id") == f"Host tidak dapat dihubungi: {words}."


def test_who_is_not_there_is_told_in_our_words() -> None:
    """A service that is not there, or whose name nobody knows, is told as whoever publishes can understand it."""
    for where, words in (
        (bucket_target(1), "sambungan ditolak"),
        (target("s3://ember-contoh", 'endpoint = "https://tidak-ada.invalid"'), "nama host tidak dikenal"),
    ):
        with pytest.raises(LostError) as caught:
            open_host(where, bucket_secrets())
        assert say(caught.value.problems[0].what, "id") == f"Host tidak dapat dihubungi: {words}."


def test_a_service_that_dies_in_between_is_told_in_our_words() -> None:
    """A service that has answered once and then never again is told as a line that broke."""
    once = ["<ListBucketResult><Name>ember-contoh</Name></ListBucketResult>"]
    port = served(lambda line: answer("200 OK", once.pop())(line) if once else None)
    host = open_host(bucket_target(port), bucket_secrets())
    for call in (host.listing, lambda: host.read("a"), lambda: host.write("a", b"")):
        with pytest.raises(LostError) as caught:
            call()
        words = say(caught.value.problems[0].what, "id").removeprefix("Sambungan ke host terputus: sambungan ")
        assert words in {"terputus.", "diputus pihak seberang."}


_EMPTY = b"<ListBucketResult><Name>b</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>"


class Dawdling(BaseHTTPRequestHandler):
    """A bucket whose service takes and gives objects slowly, piece by piece; "diam…" it never answers to."""

    stored: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = _EMPTY if "list-type" in self.path else self.stored[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"CONTOH"')
        self.send_header("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT")
        self.end_headers()
        for start in range(0, len(body), 50_000):
            self.wfile.write(body[start : start + 50_000])
            time.sleep(0.2 if len(body) > 50_000 else 0)

    def do_PUT(self) -> None:
        size, pieces = int(self.headers["Content-Length"]), list[bytes]()
        while size:
            pieces.append(self.rfile.read(min(size, 50_000)))
            size -= len(pieces[-1])
            time.sleep(0.2 if size else 0)
        if "diam" in self.path:
            time.sleep(20)
            return
        self.stored[self.path] = b"".join(pieces)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("ETag", '"CONTOH"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Run a service of this kind, and return its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def test_a_slow_line_is_not_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A big file takes longer than a service may be silent, there and back, and arrives."""
    monkeypatch.setattr(s3_store, "PATIENCE", 1)
    monkeypatch.setattr(s3_store, "SLOWEST", 100_000)
    data = bytes(range(250)) * 2_000
    with serving(Dawdling) as port:
        host = open_host(bucket_target(port), bucket_secrets())
        began = time.monotonic()
        host.write("foto/besar.zip", data)
        written = time.monotonic()
        assert host.read("foto/besar.zip") == data
        assert min(written - began, time.monotonic() - written) > 1.5


def test_a_service_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a service takes a file and says nothing to it, another try may succeed."""
    monkeypatch.setattr(s3_store, "PATIENCE", 1)
    with serving(Dawdling) as port:
        host = open_host(bucket_target(port), bucket_secrets())
        began = time.monotonic()
        with pytest.raises(LostError):
            host.write("diam.html", b"CONTOH")
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("size", "seconds"), [(0, 300), (600_000, 300), (5_000_000, 4_800), (50_000_000, 38_400), (1_000_000_000, 614_400)]
)
def test_the_slowest_line_that_is_borne(port: int, monkeypatch: pytest.MonkeyPatch, size: int, seconds: int) -> None:
    """How long a file may take goes by its size, and files of about the same size share their connections."""
    made: list[dict[str, Any]] = []

    def store(*_: object, client_options: dict[str, Any], **__: object) -> object:
        made.append(client_options)
        return object()

    monkeypatch.setattr("obstore.store.S3Store", store)
    stores = s3_store.Stores(access_to(bucket_target(port), bucket_secrets()))
    assert stores.bearing(size) is stores.bearing(size + 1)
    (options,) = made
    assert options["read_timeout"] == f"{seconds}s"
    assert seconds >= size / s3_store.SLOWEST


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (400, "RequestTimeout"),
        (408, "RequestTimeout"),
        (409, "OperationAborted"),
        (425, "TooEarly"),
        (429, "TooManyRequests"),
        (429, "CONTOH"),
        (403, "SlowDown"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
    ],
)
def test_a_service_that_asks_for_another_try_gets_one(monkeypatch: pytest.MonkeyPatch, code: int, said: str) -> None:
    """Whatever the number of the answer by which a service asks for another try, it gets one, and the file arrives."""
    monkeypatch.setattr(patience, "PAUSES", (0.0,))
    asked: list[str] = []

    class Tired(Dawdling):
        def do_PUT(self) -> None:
            asked.append(self.path)
            if len(asked) == 1:
                self.rfile.read(int(self.headers["Content-Length"]))
                refuse(self, code, said)
            else:
                super().do_PUT()

    with serving(Tired) as port:
        far = open_host(bucket_target(port), bucket_secrets())
        monkeypatch.setattr(far, "read", lambda *_: None)  # by which a patient host sees whether it arrived after all
        Patient(far, lambda _: None).write("a.html", b"CONTOH")
    assert len(asked) == 2


@pytest.mark.parametrize(("code", "said"), [(403, "RequestTimeTooSkewed"), (400, "EntityTooLarge"), (404, "NoSuchKey")])
def test_a_refusal_is_final(code: int, said: str) -> None:
    """What would end the same way is not tried again."""

    class Strict(Dawdling):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            refuse(self, code, said)

    with serving(Strict) as port:
        host = open_host(bucket_target(port), bucket_secrets())
        with pytest.raises(RefusedError, match=r"refuses|let us in"):
            host.write("a.html", b"CONTOH")


def refuse(request: BaseHTTPRequestHandler, code: int, said: str) -> None:
    """Answer a request with a refusal as S3 has it."""
    body = f"<Error><Code>{said}</Code><Message>CONTOH</Message></Error>".encode()
    request.send_response(code)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def test_a_repeated_secret_is_not_shown() -> None:
    """A service that repeats the session token, however long, does not bring a part of it before anybody's eyes."""
    token = "rahasia" * 100

    class Parrot(Answering):
        said = "InvalidToken: " + token

    known = Secrets(
        {"AWS_ACCESS_KEY_ID": "CONTOH", "AWS_SECRET_ACCESS_KEY": PASSWORD, "AWS_SESSION_TOKEN": token}, None
    )
    with serving(Parrot) as port, pytest.raises(RefusedError) as caught:
        open_host(bucket_target(port), known)
    assert "InvalidToken" in say(caught.value.problems[0].what, "en")
    assert "rahasia" not in say(caught.value.problems[0].what, "en") + repr(caught.value)


@pytest.mark.parametrize(
    "name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "ADPIM_UTAMA_ACCESS_KEY"]
)
def test_what_the_client_could_not_send_is_told(port: int, name: str) -> None:
    """A value with an end of line in it is told of by its name, and never reaches a client that would break over it."""
    usual = {"AWS_ACCESS_KEY_ID": "CONTOH", "AWS_SECRET_ACCESS_KEY": PASSWORD}
    with pytest.raises(RefusedError) as caught:
        open_host(bucket_target(port), Secrets({**usual, name: "rahasia\r"}, None))
    what = say(caught.value.problems[0].what, "en")
    assert what == f"What {name} holds cannot be sent: there is an end of line in it, or a broken character."


@pytest.mark.parametrize("region", ["a b", "é", "contoh.example/a", "a\\nb"])
def test_a_region_is_a_name(port: int, region: str) -> None:
    """What cannot be part of an address is no region, wherever it is said."""
    known = {"AWS_ACCESS_KEY_ID": "CONTOH", "AWS_SECRET_ACCESS_KEY": PASSWORD, "AWS_REGION": region}
    for where, environment in (
        (bucket_target(port, f'region = "{region}"'), {**known, "AWS_REGION": ""}),
        (target("s3://ember-contoh/a"), known),
    ):
        with pytest.raises(RefusedError, match="is not the name of a region"):
            open_host(where, Secrets(environment, None))
