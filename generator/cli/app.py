"""The command ``adpim`` and its commands.

Help texts are made when the language is known, so commands are made by functions. What a command needs is imported
inside it: ``adpim --help`` must answer at once.
"""

from __future__ import annotations

import contextlib
import gc
import gettext
import os
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator import __version__
from generator.cli import options, show
from generator.cli.asking import is_terminal
from generator.cli.publishing import publish
from generator.cli.rollback import rollback
from generator.cli.verify import verify
from generator.cli.whereabouts import PROBLEMS, WRONG_USAGE, read_clock, site_root, speaking
from generator.errors import NewsroomError, OutputError, Problem, UsageError, message
from generator.i18n import LANGUAGES, LOCALE_DIR, catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``adpim`` with ``arguments`` (those of the process if None) and exit: 0 well, 1 problems, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    language = choose_language(words, os.environ.get("ADPIM_LANG", ""))
    _let_click_speak(language)
    _be_told_of_children()
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show a sign of ours shows another in its place; it never stops a build.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        commands(language).main(words, prog_name="adpim")
    except NewsroomError as error:
        show.problems(error.problems, language)
        raise SystemExit(WRONG_USAGE if isinstance(error, UsageError) else PROBLEMS) from None
    except Exception as error:  # noqa: BLE001 - a press officer must never meet a traceback, whatever happens
        show.crash(error, language, traceback.format_exc())
        raise SystemExit(PROBLEMS) from None


def choose_language(words: Sequence[str], environment: str) -> str:
    """Return the language to speak: that of ``--lang`` among ``words``, else of the environment, else ``id``."""
    for index, word in enumerate(words):
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang" and index + 1 < len(words):
            value = words[index + 1]
        if value in LANGUAGES:
            return value
    return environment if environment in LANGUAGES else LANGUAGES[0]


def _let_click_speak(language: str) -> None:
    """Click takes its own texts from the process's gettext domain; ours holds them."""
    gettext.bindtextdomain("click", str(LOCALE_DIR))
    gettext.textdomain("click")
    os.environ["LANGUAGE"] = language


def _be_told_of_children() -> None:
    """Some schedulers start programs with the word that nobody asks how their children end; a build asks."""
    # Windows has no such word; and only the main thread may say it.
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def commands(language: str) -> click.Group:
    """Return the command line, speaking ``language``."""
    _ = catalogue(language).gettext
    root = click.Option(
        ["--root"], metavar=_("DIR"), help=_("The site's folder (else this one, or the nearest above).")
    )
    lang = click.Option(["--lang"], type=click.Choice(LANGUAGES), help=_("Language of messages (else ADPIM_LANG)."))
    about = _("Turns press releases in content/ into a site in output/.")
    epilog = _("Exit codes: 0 well, 1 problems in the content or the build, 2 wrong usage.")
    group = click.Group("adpim", help=about, epilog=epilog, params=[root, lang], callback=lambda **_: None)
    group.subcommand_metavar = _("COMMAND [ARGS]...")
    click.version_option(__version__, message="%(version)s", help=_("Show the version."))(group)
    for make in (_build, _serve, publish, rollback, verify, _new, _demo):
        command = make(language)
        # Both may stand before or behind the command's name.
        command.params += [root, lang]
        group.add_command(command)
    for command in (group, *group.commands.values()):
        command.options_metavar = _("[OPTIONS]")
    return group


def _whole(language: str, kind: click.types.IntParamType) -> click.types.IntParamType:
    """Return the type of a whole number with its name in ``language``: click has it in refusals, in English."""
    kind.name = catalogue(language).gettext("whole number")
    return kind


def _build(language: str) -> click.Command:
    _ = catalogue(language).gettext

    def run(*, output: str | None, now: str | None, as_json: bool, clean: bool, jobs: int | None, **__: object) -> None:
        from generator.build import build  # noqa: PLC0415 - late, as everything that `--help` does not need
        from generator.cli.progress import Bar  # noqa: PLC0415 - as above
        from generator.config import read_site  # noqa: PLC0415 - as above
        from generator.gather import Order  # noqa: PLC0415 - as above

        started = time.monotonic()
        # A build makes few circles of objects and ends with the process: looking for them costs it a fifth of its time.
        gc.disable()
        try:
            with speaking(language, as_json=as_json):
                root = site_root()
                site, wrong = read_site(root)
                moment = read_clock(now, site)
                where = Path(output) if output is not None else None
                with Bar(language, watched=is_terminal(sys.stderr) and not as_json) as bar:
                    report = build(Order(root, site, moment, wrong, where, clean, jobs), bar)
        finally:
            gc.freeze()
            gc.enable()
        seconds = time.monotonic() - started
        (show.report_json if as_json else show.report)(report, language, seconds)

    return click.Command("build", help=_("Build the site."), callback=run, params=_build_options(language))


def _build_options(language: str) -> list[click.Parameter]:
    _ = catalogue(language).gettext
    return [
        click.Option(["--output"], metavar=_("DIR"), help=_("Where the site is written (else output/).")),
        click.Option(["--now"], metavar=_("WHEN"), help=_('Build as if it were this moment: "2026-12-04 08:00".')),
        options.as_json(language),
        click.Option(["--clean"], is_flag=True, help=_("Make everything anew, whatever is remembered.")),
        click.Option(
            ["--jobs"],
            type=_whole(language, click.IntRange(1, 64)),
            metavar=_("NUMBER"),
            help=_("How many processes work (else one per core)."),
        ),
    ]


def _serve(language: str) -> click.Command:
    _ = catalogue(language).gettext

    def run(*, port: int, host: str, no_open: bool, poll: bool, now: str | None, **__: object) -> None:
        import threading  # noqa: PLC0415 - late, as everything that `--help` does not need
        import webbrowser  # noqa: PLC0415 - as above

        from generator.cli.progress import Bar  # noqa: PLC0415 - as above
        from generator.preview.serve import LOG, Preview, Wish  # noqa: PLC0415 - as above

        root = site_root()
        watched = is_terminal(sys.stdout)
        with Bar(language, watched=is_terminal(sys.stderr)) as bar:
            preview = Preview(Wish(root, partial(read_clock, now), host, port, poll, language), bar)
        show.keep_log(root / LOG)
        show.serving(preview.link, preview.notes, language)
        if watched and not no_open:
            threading.Timer(0.2, webbrowser.open, [preview.local]).start()
        # Ctrl-C ends the serving; a second one only hurries it.
        with contextlib.suppress(KeyboardInterrupt):
            preview.run()
        show.served(language)

    return click.Command(
        "serve",
        help=_("Show the site as it will be, following every save, in a browser."),
        callback=run,
        params=[
            click.Option(
                ["--port"],
                type=_whole(language, click.IntRange(0, 65535)),
                default=8000,
                metavar=_("NUMBER"),
                help=_("Where the browser finds it (else 8000, or the next port that is free)."),
            ),
            click.Option(
                ["--host"],
                default="127.0.0.1",
                metavar=_("ADDRESS"),
                help=_("Who can reach it (else only this machine)."),
            ),
            click.Option(["--no-open"], is_flag=True, help=_("Do not open the browser.")),
            click.Option(["--poll"], is_flag=True, help=_("Look at the files once a second: for network drives.")),
            click.Option(
                ["--now"], metavar=_("WHEN"), help=_('Show the site as if it were this moment: "2026-12-04 08:00".')
            ),
        ],
    )


def _new(language: str) -> click.Command:
    _ = catalogue(language).gettext

    def run(*, title: str, date: str | None, tag: tuple[str, ...], **__: object) -> None:
        from generator.config import load_site  # noqa: PLC0415 - late, as everything that `--help` does not need
        from generator.intake.new import new_release  # noqa: PLC0415 - as above

        root = site_root()
        site = load_site(root)
        file = new_release(root, title, date or f"{read_clock(None, site):%Y-%m-%d %H:%M}", tag, site)
        show.created(file, root, language)

    return click.Command(
        "new",
        help=_("Make the file of a new release, ready to fill in."),
        callback=run,
        params=[
            click.Argument(["title"], metavar=_("TITLE")),
            click.Option(["--date"], metavar=_("WHEN"), help=_("Its date (else now): 2026-12-04, or with a time.")),
            click.Option(["--tag"], multiple=True, metavar=_("TAG"), help=_("A topic; may be given several times.")),
        ],
    )


def _demo(language: str) -> click.Command:
    _ = catalogue(language).gettext

    def run(*, count: int, folder: str, seed: int, **__: object) -> None:
        from generator.intake.demo import write_demo  # noqa: PLC0415 - late, as everything that `--help` does not need

        try:
            written = write_demo(Path(folder), count, seed=seed)
        except FileExistsError:
            what = message("This folder is not empty, and this program did not make it.")
            raise UsageError([Problem(folder, 0, what, message("Name a folder that is new or empty."))]) from None
        except OSError as error:
            what = message("The demo cannot be written: {error}.", error=error.strerror or error)
            raise OutputError([Problem(folder, 0, what, message("Check free space and permissions."))]) from None
        show.demo(written, Path(folder), language)

    return click.Command(
        "demo",
        help=_("Make a site with N artificial releases, each labelled CONTOH."),
        callback=run,
        params=[
            click.Argument(["count"], metavar="N", type=_whole(language, click.IntRange(0, 100_000))),
            click.Argument(["folder"], metavar=_("DIR")),
            click.Option(
                ["--seed"],
                type=_whole(language, click.types.IntParamType()),
                default=1,
                metavar=_("NUMBER"),
                help=_("The same seed gives the same releases."),
            ),
        ],
    )
