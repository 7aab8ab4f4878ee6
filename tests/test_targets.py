"""Where a site is published, as site.toml says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.config import parse_site
from generator.errors import ContentError
from generator.i18n import say
from generator.publish.host import RefusedError
from generator.publish.secrets import Secret, Secrets
from tests.newsroom import NOW, SITE, Newsroom

if TYPE_CHECKING:
    from generator.publishing import Target


def targets(*rows: str) -> tuple[Target, ...]:
    return parse_site("\n".join((SITE, *rows)).encode()).targets


def problem(*rows: str) -> tuple[int, str, str]:
    """Return line, cause and text of the one problem."""
    with pytest.raises(ContentError) as caught:
        targets(*rows)
    (found,) = caught.value.problems
    return found.line, say(found.what, "en"), found.text


def test_targets_are_read() -> None:
    """Each table [publish.NAME] is a target with its host, folder and options."""
    web, bucket, disk = targets(
        "[publish.utama]",
        'url = "sftp://adpim@web.example:2222/srv/situs%20kami/"',
        "keep = 3",
        "[publish.awan]",
        'url = "s3://ember/situs"',
        'endpoint = "https://s3.example"',
        'allow = ["google*.html"]',
        "[publish.salinan]",
        'url = "file:///srv/web"',
    )
    assert (web.name, web.user, web.host, web.port, web.path, web.keep) == (
        "utama",
        "adpim",
        "web.example",
        2222,
        "/srv/situs kami",
        3,
    )
    assert (bucket.host, bucket.path, bucket.endpoint, bucket.allow) == (
        "ember",
        "/situs",
        "https://s3.example",
        ("google*.html",),
    )
    assert (disk.path, disk.keep, disk.label) == ("/srv/web", 10, "file:///srv/web")
    assert targets("[publish.a]", 'url = "ftps://u@h:990/"')[0].implicit
    six = targets("[publish.a]", 'url = "sftp://u@[2001:db8::1]:2222/situs"')[0]
    assert (six.host, six.port, six.label) == ("2001:db8::1", 2222, "sftp://u@[2001:db8::1]:2222/situs")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('url = "https://web.example/"', '"url" must begin with one of sftp://, ftps://, ftp://, s3://, file://.'),
        ('url = "sftp://adpim:rahasia@web.example/"', "A password must not stand in site.toml."),
        ('url = "sftp:///srv"', '"url" is not the address of a host.'),
        ('url = "sftp://web.example:x/srv"', '"url" is not the address of a host.'),
        ('url = "sftp://web.example/a/../b"', '"url" is not the address of a host.'),
        ('url = "sftp://web..example/srv"', '"url" is not the address of a host.'),
        ('url = "file:///"', '"url" is not the address of a host.'),
        ('url = "ftp://web.example/"', "ftp:// sends the password and every file in the clear."),
        ('url = "sftp://h/"\nkey = "kunci/id"', '"key" must be the whole path of a file.'),
        ('url = "ftps://h/"\ncertificate = "ca.pem"', '"certificate" must be the whole path of a file.'),
        (
            'url = "s3://ember"\nendpoint = "s3.example"',
            '"endpoint" must be an address that begins with https://, without a password.',
        ),
        (
            'url = "s3://ember"\nendpoint = "https://a:rahasia@s3.example"',
            '"endpoint" must be an address that begins with https://, without a password.',
        ),
        *(
            (
                f'url = "s3://ember"\nendpoint = "https://{rest}"',
                '"endpoint" must be an address that begins with https://, without a password.',
            )
            for rest in (
                "[::1",
                "s3.example:x",
                "s3.example:99999",
                "a:rahasia[@s3.example",
                "s3 example",
                "s3.\\nexample",
                "s3.é.example",
                "s3.example/a b",
            )
        ),
        *(
            (f'url = "{url}"', '"url" is not the address of a host.')
            for url in ("s3://dua%20kata/situs", "s3://émber", "s3://ember/a%0Ab", "ftp://u%0D%0ADELE@web.example/a")
        ),
        ('url = "s3://ember"\nendpoint = "http://s3.example"', "http:// sends every file in the clear."),
        ('url = "sftp://h/"\npassword = "rahasia"', "A password must not stand in site.toml."),
        ('url = "sftp://h/"\nkata_sandi = "rahasia"', "A password must not stand in site.toml."),
        ('url = "s3://ember"\naws_secret_access_key = "rahasia"', "A password must not stand in site.toml."),
        ('url = "sftp://h/"\nkey = "rahasia"', '"key" must be the whole path of a file.'),
        ('url = "file:///srv"\ntujuan = "sftp://u:rahasia@h/"', 'Unknown key "publish.a.tujuan".'),
        ('url = "file:///srv"\nsandinya = "rahasia"', "A password must not stand in site.toml."),
        ('url = "file:///srv"\nkatakunci = "rahasia"', 'Unknown key "publish.a.katakunci".'),
        ("url = sftp://u:rahasia@h/x", "site.toml cannot be read here."),
        ('url = "sftp://u:rahasia@h/x', "site.toml cannot be read here."),
        ("sandinya = rahasia", "site.toml cannot be read here."),
        ('url = "file:///srv"\nkeep = -1', '"keep" must be a whole number from 0 to 999.'),
        ('url = "file:///srv"\nsimpan = 3', 'Unknown key "publish.a.simpan".'),
    ],
)
def test_a_target_that_cannot_be_is_a_problem(row: str, said: str) -> None:
    """A target's mistake names the line in site.toml, and a password in it is not shown again."""
    line, what, text = problem("[publish.a]", row)
    assert what == said
    assert line == SITE.count("\n") + 3 + row.count("\n")
    assert "rahasia" not in text


@pytest.mark.parametrize(
    "url",
    [
        "humas:rahasia@web.example/srv",
        "sftp:humas:rahasia@web.example/srv",
        "sftp:/humas:rahasia@web.example/srv",
        "sftp//humas:rahasia@web.example/srv",
        "sftp://humas:rahasia/1@web.example/srv",
        "sftp://humas:1/rahasia#@web.example/srv",
        "sftp://humas:rahasia[@web.example/srv",
        "sftp://humas:rahasia@[::1/srv",
    ],
)
def test_a_password_in_half_an_address_is_not_shown(url: str) -> None:
    """Where an address cannot be taken apart, what may be its password is in no part of the problem."""
    _, what, text = problem("[publish.a]", f'url = "{url}"')
    assert "rahasia" not in what + text
    assert "sftp://humas@web.example:x/srv" in problem("[publish.a]", 'url = "sftp://humas@web.example:x/srv"')[2]


def test_a_target_needs_a_name() -> None:
    """A [publish] without a name is told how to write it."""
    assert problem("[publish]", 'url = "file:///srv"')[1] == '"publish" must be groups, each with a name.'


def test_another_target_makes_no_page_anew(newsroom: Newsroom) -> None:
    """Where the site is published is in no page and in no fingerprint."""
    newsroom.release("a.md", "---\ntitle: CONTOH\ndate: 2026-11-01\n---\n\nIsi CONTOH.\n")
    newsroom.build(NOW)
    newsroom.write({"content/site.toml": SITE + '[publish.a]\nurl = "file:///srv/web"\n'})
    changes = newsroom.build(NOW).changes
    assert changes.added + changes.changed == ()


def test_a_secret_is_not_shown() -> None:
    """A password from the environment or the keyboard is in no representation of what holds it."""
    (target,) = targets("[publish.utama-2]", 'url = "sftp://u@h/"')
    asked: list[str] = []

    def ask(label: str) -> str:
        asked.append(label)
        return "rahasia"

    for secrets in (Secrets({"ADPIM_UTAMA_2_PASSWORD": "rahasia"}, None), Secrets({}, ask)):
        secret = secrets.password(target)
        assert secret.reveal() == "rahasia"
        assert secrets.password(target).reveal() == "rahasia"
        assert "rahasia" not in repr(secret) + str(secret) + repr([secret]) + f"{secret}"
    assert asked == ["sftp://u@h"]
    assert not Secret("")
    with pytest.raises(RefusedError) as caught:
        Secrets({}, None).password(target)
    assert "ADPIM_UTAMA_2_PASSWORD" in say(caught.value.problems[0].fix, "en")


@pytest.mark.parametrize("password", ["rahasia\r", "rahasia\nDELE x", "raha\udce9sia", "rahasia\0", "rahasia\x7f"])
def test_a_secret_that_no_host_can_be_told_is_refused(password: str) -> None:
    """A secret with an end of line or a broken character in it is told of by its variable's name, and not shown."""
    (target,) = targets("[publish.utama]", 'url = "sftp://u@h/"\nkey = "/a"')
    environment = {"ADPIM_UTAMA_PASSWORD": password, "ADPIM_UTAMA_PASSPHRASE": password, "AWS_SESSION_TOKEN": password}
    given = Secrets(environment, None)
    for take, name in (
        (given.password, "ADPIM_UTAMA_PASSWORD"),
        (given.passphrase, "ADPIM_UTAMA_PASSPHRASE"),
        (lambda target: given.known(target, "SESSION_TOKEN", "AWS_SESSION_TOKEN"), "AWS_SESSION_TOKEN"),
        (Secrets({}, lambda _: password).password, "ADPIM_UTAMA_PASSWORD"),
    ):
        with pytest.raises(RefusedError) as caught:
            take(target)
        (problem,) = caught.value.problems
        assert name in say(problem.what, "en")
        assert "raha" not in say(problem.what, "en") + say(problem.fix, "en") + repr(caught.value)
