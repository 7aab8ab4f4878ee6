"""An artificial archive of any size, to try the generator and to measure it.

Nothing here is news. The words are shuffled, every title begins with CONTOH
(Indonesian for "example") and every body says first that it is made up.

What must hold, so that two measurements can be compared:

* Release i depends on the seed and on i, never on the size of the archive: the
  archive of k releases is the first k of any larger one, and "one more release"
  is the file that an archive of k + 1 has and one of k has not.
* The same seed gives the same bytes on every platform and Python. So chance comes
  from `Random.random()` alone, the one method whose sequence Python guarantees,
  and numbers are only added, multiplied, divided and square-rooted, which IEEE 754
  rounds the same way everywhere (`pow`, `log` and `sum` are not so held).
"""

from __future__ import annotations

from bisect import bisect
from datetime import date, timedelta
from itertools import accumulate, islice
from json import dumps
from math import sqrt
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LARGEST = 100_000
"""Releases that `release_dates` has days for before November 2025."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words("""
    acara air akar anggur atap awan ayam bahan baju bakul balai bambu bangku batu bayam
    bebek bekal benang benih beras besi botol buah buku bulan bunga burung cabai cahaya
    cangkir cat cerita cermin daun desa dinding dongeng durian embun ember gambar gapura
    gelas gerobak gula gunung halaman hujan hutan ikan jagung jalan jambu jamu jembatan
    jendela kabut kacang kain kaki kamar kambing kandang kapal kapas karung katak kayu
    kebun kelapa kelas keranjang kertas kolam kopi kota kotak kuda kue kunci kursi ladang
    lagu lampu langit laut layar lemari lilin lumbung madu makanan malam mangga meja menara
    minyak musim nanas nasi padi pagar pagi papan pasar pasir payung pelangi pensil perahu
    peta pintu pisang pohon pondok rambutan rakit roda roti rumah rumput sagu saluran sapi
    sawah sayur sekolah sendok sepatu sepeda sungai taman tanah tangga tari telur tepung
    tikar topi tomat ubi udara waduk wajan warung
""")
VERBS = _words("""
    melihat membaca membagi memperbarui membawa membeli membersihkan membuat membuka
    memakai memasak memasang membangun memeriksa memilih memindahkan memperbaiki
    mempelajari menambah menanam menata mencari mencatat mencoba mencuci mendengar
    menenun mengajak mengamati mengangkat mengantar mengecat menggambar menghias
    menghitung mengikat mengikuti mengirim mengisi mengukur mengumpulkan menimbang
    menjaga menjahit menjemur menulis menunggu menutup menyapu menyebut menyiapkan
    menyimpan menyiram menyusun merakit merawat meminjam
""")
QUALITIES = _words("""
    baru bersih besar biru bulat cepat cerah dalam datar dekat dingin hangat harum hening
    hijau indah jauh jernih jingga kecil kering kuat kuning lama lapang lebar lembut lengkap
    licin luas lurus manis merah muda mudah murah panjang pendek penuh putih ramai rapi
    rendah ringan sedang segar sejuk sederhana subur tebal tenang teratur terbuka tinggi
    tua ungu utuh
""")
LINKS = _words("""
    agar atas bagi bersama dan dari dengan di hingga karena ketika lalu menuju
    oleh pada sambil sebelum sejak seperti serta sesudah supaya tentang untuk
""")
PLACES = (
    "Kota Contoh",
    "Desa Misal",
    "Kabupaten Umpama",
    "Kecamatan Andai",
    "Kelurahan Ibarat",
    "Dusun Contoh Hulu",
    "Kampung Rekaan",
)
CREDITS = ("aaa", "bbb", "ccc", "ddd", "eee")
OPENING = "Naskah ini contoh buatan, bukan berita."

SITE = """\
title = "Situs CONTOH"
tagline = "Arsip buatan untuk mencoba dan mengukur, bukan berita"
base_url = "https://contoh.example"
language = "id"
timezone = "Asia/Pontianak"
office = "Biro CONTOH"
organization = "Lembaga CONTOH"
menu = [{label = "Tentang", url = "/tentang/"}]
"""
ABOUT = """\
---
title: Tentang
---

Situs ini contoh buatan. Semua naskahnya disusun acak oleh `adpim demo` untuk
mencoba dan mengukur pembuat situs, dan tidak satu pun berisi berita.
"""


def write_demo(root: Path, count: int, *, seed: int = 1) -> int:
    """Write a site of `count` releases into `root`, absent or empty until now."""
    if not 0 <= count <= LARGEST:
        raise ValueError(f"{count} releases: a demo has 0 to {LARGEST} of them")
    if root.exists() and not (root.is_dir() and next(root.iterdir(), None) is None):
        raise FileExistsError(f"{root} is not empty; name a new folder for the demo")
    _write(root / "content/site.toml", SITE + _cards_from(count))
    _write(root / "content/halaman/tentang.md", ABOUT)
    written = 0
    for name, text in releases(count, seed=seed):
        _write(root / name, text)
        written += 1
    return written


def _cards_from(count: int) -> str:
    """Return the setting that gives about the last month of `count` releases share cards of their own."""
    last = next(islice(release_dates(), count - 1, None), None) if count else None
    return f"cards_from = {last[0] - timedelta(30)}\n" if last else ""


def releases(count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield path below the root and text of each release, oldest first."""
    for number, (day, clock) in zip(range(1, count + 1), release_dates(), strict=False):
        dice = _Dice(f"{seed}/{number}")
        subject = _subject(dice)
        slug = "-".join(subject.split()[:2])
        name = f"content/berita/{day:%Y/%m}/contoh-{number:05}-{slug}.md"
        title = f"CONTOH {number:05}: {subject[0].upper()}{subject[1:]}"
        head = _front_matter(dice, number, title, day, clock)
        yield name, f"---\n{head}\n---\n\n{_body(dice)}\n"


def _write(path: Path, text: str) -> None:
    data = text.encode()  # bytes: no platform may turn the line ends
    try:
        path.write_bytes(data)
    except FileNotFoundError:  # the first file of its month
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


class _Dice:
    """Chance for one release, from `Random.random()` alone."""

    def __init__(self, seed: str) -> None:
        self.roll = Random(seed).random  # noqa: S311 - shuffled words guard no secret

    def hit(self, chance: float) -> bool:
        return self.roll() < chance

    def between(self, low: int, high: int) -> int:
        return low + int(self.roll() * (high - low + 1))

    def pick(self, words: Sequence[str]) -> str:
        return words[int(self.roll() * len(words))]


def release_dates() -> Iterator[tuple[date, str]]:
    """Yield day and clock time ("" for a date alone) of release 1, 2, 3, ...

    The office grows: 3 releases a day in 2009, 8 by 2015, 40 by 2025, so 10,000
    releases span six years and 100,000 end in October 2025. One fixed source of
    chance, read day by day, makes a date depend on the release's number only.
    """
    dice = _Dice("calendar")
    owed = 0.0
    for age in range(366 * 17):
        day = date(2009, 1, 1) + timedelta(age)
        week = (1.25, 1.25, 1.25, 1.25, 1.25, 0.5, 0.25)[day.weekday()]
        owed += (3 + age * age / 940_000) * week * (0.5 + dice.roll())
        # A date alone means midnight, so -1 comes first in its day.
        minutes = [-1 if dice.hit(0.15) else dice.between(8 * 60, 17 * 60) for _ in range(int(owed))]
        owed -= len(minutes)
        for minute in sorted(minutes):
            yield day, "" if minute < 0 else f"{minute // 60:02}:{minute % 60:02}"


def _all_tags() -> tuple[str, ...]:
    """Two thousand tags, the one to be used most first."""
    pairs = [f"{noun} {quality}" for noun in NOUNS for quality in QUALITIES]
    dice = _Dice("tags")
    pairs = [pair for _, pair in sorted((dice.roll(), pair) for pair in pairs)]
    return (*NOUNS[::4], *pairs)[:2000]


TAGS = _all_tags()
# Zipf's law with exponent 1.25 and a blunted top: the first tag is on almost a quarter of the
# releases, and the last ones are first used in the tens of thousands.
TAG_WEIGHTS = tuple(accumulate(1 / (r * sqrt(sqrt(r))) for r in range(4, 2004)))
TAG_COUNTS = (0, 1, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 6)


def _tags(dice: _Dice) -> list[str]:
    wanted = TAG_COUNTS[dice.between(0, len(TAG_COUNTS) - 1)]
    tags: dict[str, None] = {}
    while len(tags) < wanted:
        tags[TAGS[bisect(TAG_WEIGHTS, dice.roll() * TAG_WEIGHTS[-1])]] = None
    return list(tags)


def _front_matter(dice: _Dice, number: int, title: str, day: date, clock: str) -> str:
    lines = [f"title: {_quoted(title)}", f"date: {day} {clock}".rstrip()]
    if dice.hit(0.85):
        lines.append(f"summary: {_quoted(f'Contoh buatan: {_clause(dice)}.')}")
    if tags := _tags(dice):
        lines.append(f"tags: [{', '.join(tags)}]")
    if dice.hit(0.8):
        lines.append(f"place: {dice.pick(PLACES)}")
    if dice.hit(0.6):
        first = dice.between(0, len(CREDITS) - 1)
        last = first + dice.between(1, 2)
        lines.append(f"credits: [{', '.join(CREDITS[first:last])}]")
    if dice.hit(0.01):
        lines.append(f"aliases: [/lama/{10_000 + number}/]")
    later = day + timedelta(dice.between(1, 20))
    if dice.hit(0.005):
        note = f"Contoh ralat: {dice.pick(NOUNS)}, bukan {dice.pick(NOUNS)}."
        lines += ["corrections:", f"  - date: {later}", f"    note: {_quoted(note)}"]
    if dice.hit(0.01):
        lines.append(f"updated: {later}")
    if dice.hit(0.002):
        lines.append("draft: true")
    elif dice.hit(0.001):
        lines.append(f"withdrawn: {_quoted('Contoh naskah yang ditarik.')}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A YAML string: YAML reads every JSON string as it is."""
    return dumps(text, ensure_ascii=False)


def _body(dice: _Dice) -> str:
    blocks = [f"{OPENING} {_paragraph(dice)}"]
    blocks += [_paragraph(dice) for _ in range(dice.between(4, 9))]
    if dice.hit(0.25):
        items = [f"- {_clause(dice)}" for _ in range(dice.between(3, 5))]
        blocks.insert(dice.between(1, len(blocks)), "\n".join(items))
    if dice.hit(0.15):
        at = dice.between(1, len(blocks) - 1)
        blocks.insert(at, f"## {_subject(dice).capitalize()}")
    if dice.hit(0.06):
        blocks.insert(dice.between(1, len(blocks)), _table(dice))
    return "\n\n".join(blocks)


def _paragraph(dice: _Dice) -> str:
    sentences = [_sentence(dice) for _ in range(dice.between(3, 6))]
    if dice.hit(0.3):
        sentences.append(f"“{_sentence(dice)[:-1]},” kata juru bicara contoh.")
    if dice.hit(0.2):
        noun, quality = dice.pick(NOUNS), dice.pick(QUALITIES)
        sentences.append(f"Yang dicatat ialah **{noun} {quality}** dan {_subject(dice)}.")
    if dice.hit(0.06):
        noun = dice.pick(NOUNS)
        sentences.append(f"Lihat [{noun} contoh](https://example.org/{noun}/).")
    elif dice.hit(0.03):
        sentences.append("Baca juga [tentang situs ini](/tentang/).")
    return " ".join(sentences)


def _table(dice: _Dice) -> str:
    rows = ["| Contoh | Jumlah |", "| --- | ---: |"]
    for _ in range(dice.between(2, 5)):
        label = f"{dice.pick(NOUNS)} {dice.pick(QUALITIES)}"
        rows.append(f"| {label} | {dice.between(1, 999)} |")
    return "\n".join(rows)


def _sentence(dice: _Dice) -> str:
    clause = _clause(dice)
    return f"{clause[0].upper()}{clause[1:]}."


def _clause(dice: _Dice) -> str:
    clause = _subject(dice)
    for _ in range(dice.between(0, 2)):
        clause += f" {dice.pick(LINKS)} {_subject(dice)}"
    return clause


def _subject(dice: _Dice) -> str:
    pick = dice.pick
    return f"{pick(NOUNS)} {pick(QUALITIES)} {pick(VERBS)} {pick(NOUNS)}"
