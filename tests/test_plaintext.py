"""The plain text of a release: what a journalist pastes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.render.plaintext import plaintext_of
from tests.newsroom import release
from tests.reading import found, page

if TYPE_CHECKING:
    from tests.newsroom import Newsroom

plaintext = plaintext_of("https://contoh.example/sub")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("<p>Satu\ndua.</p>\n<p>Tiga &amp; empat &lt;b&gt;.</p>", "Satu dua.\n\nTiga & empat <b>."),
        ("<h2>Judul</h2>\n<p>Isi <strong>tebal</strong> dan <em>miring</em>.</p>", "Judul\n\nIsi tebal dan miring."),
        (
            "<p>Daftar:</p>\n<ul>\n<li>Satu</li>\n<li>\n<p>Dua</p>\n</li>\n</ul>\n<p>Lalu.</p>",
            "Daftar:\n\n- Satu\n- Dua\n\nLalu.",
        ),
        ("<ol>\n<li>Satu<ul>\n<li>Bawah</li>\n</ul>\n</li>\n</ol>", "- Satu\n\n- Bawah"),
        ("<p>Satu<br>\ndua</p>", "Satu\ndua"),
        (
            "<table>\n<tr>\n<th>A</th>\n<th>B</th>\n</tr>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</table>\n<p>Lalu.</p>",
            "A\tB\n1\t2\n\nLalu.",
        ),
        ('<p><a href="https://a.example/">Kata</a></p>', "Kata (https://a.example/)"),
        ('<p><a href="https://a.example/" rel="x">https://a.example/</a></p>', "https://a.example/"),
        (
            '<p><a href="/sub/tentang/">Kami</a>, <a href="#x">sini</a></p>',
            "Kami (https://contoh.example/sub/tentang/), sini",
        ),
        ('<p><a href="mailto:a@b.example">a@b.example</a></p>', "a@b.example"),
        ('<p>Foto <img src="/a.jpg" alt="x"> di sini.</p>', "Foto di sini."),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    """Paragraphs, headings, lists, tables and links have a form in plain text."""
    assert plaintext(markup) == text


def test_a_release_has_a_plain_text(newsroom: Newsroom) -> None:
    """Beside the page stands the same release as text: office, date, title, standfirst, body, credit, corrections."""
    body = "Isi dengan “kutipan” & [tautan](https://a.example/).\n\nAkhir."
    newsroom.release(
        "a.md",
        release(
            "Judul <b> & 'lain'",
            "2026-11-04 09:05",
            body,
            place="Kuala CONTOH",
            summary="Ringkasan.",
            credits="[aaa, bbb]",
            corrections="[{date: 2026-11-05, note: Nama dibetulkan.}]",
        ),
    )
    newsroom.build()
    assert newsroom.text("2026/11/judul-b-lain/rilis.txt") == (
        "Biro Percontohan\n\nSIARAN PERS\nRabu, 4 November 2026 pukul 09.05 WIB\n\nJudul <b> & 'lain'\n\nRingkasan.\n\n"
        "KUALA CONTOH – BIRO CONTOH. Isi dengan “kutipan” & tautan (https://a.example/).\n\nAkhir.\n\n(aaa/bbb)\n\n"
        "Koreksi\n- Kamis, 5 November 2026: Nama dibetulkan.\n\nhttps://contoh.example/2026/11/judul-b-lain/\n"
    )
    links = found(page(newsroom.files(), "/2026/11/judul-b-lain/"), "//section[@class='media']//a/@href")
    assert links == ["/2026/11/judul-b-lain/rilis.txt"]


def test_only_what_is_public_has_a_plain_text(newsroom: Newsroom) -> None:
    """Withdrawn, embargoed, expired and draft releases have none, and a page without one does not lead to it."""
    newsroom.release("a.md", release("Ditarik", withdrawn="Salah."))
    newsroom.release("b.md", release("Embargo", publish_at="2026-12-01"))
    newsroom.release("c.md", release("Habis", expires="2026-11-02"))
    newsroom.release("d.md", release("Draf", draft="true"))
    newsroom.build()
    files = newsroom.files()
    assert [file for file in files if file.endswith("rilis.txt")] == []
    assert b"rilis.txt" not in files["2026/11/ditarik/index.html"]
