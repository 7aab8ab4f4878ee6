"""A site that shows everything: every page type, every setting, and the extremes that a layout must bear.

Made up throughout and labelled CONTOH. The pictures are drawn here. Tests look at it in a browser and weigh it;
``tests/screens.py`` takes its screenshots.
"""

from __future__ import annotations

from io import BytesIO
from math import sin
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from generator.intake.demo import write_demo
from tests.newsroom import Newsroom, release

if TYPE_CHECKING:
    from pathlib import Path

SITE = """\
title = "Kabar CONTOH"
tagline = "Siaran pers CONTOH, untuk mencoba tampilan; tidak satu pun berisi berita."
base_url = "https://contoh.example"
language = "id"
cards_from = 2026-11-01
office = "Biro CONTOH"
organization = "Biro Administrasi Pimpinan CONTOH Sekretariat Daerah Provinsi CONTOH"
parent = "Pemerintah Provinsi CONTOH"
address = "Jalan CONTOH Nomor 1, Kota CONTOH 00000"
phone = "(0000) 000000"
whatsapp = "0800-0000-0000"
email = "kantor@contoh.example"
map = "https://peta.example/contoh"
social = [
    { label = "Instagram CONTOH", url = "https://instagram.example/contoh" },
    { label = "YouTube CONTOH", url = "https://youtube.example/contoh" },
]
channels = [
    { label = "PPID CONTOH", url = "https://ppid.example/" },
    { label = "SP4N-LAPOR! (CONTOH)", url = "https://lapor.example/" },
]
menu = [
    { label = "Tentang", url = "/tentang/" },
    { label = "Layanan", items = [
        { label = "Panduan CONTOH", url = "/panduan/" },
        { label = "Koreksi", url = "/koreksi/" },
    ] },
]

[press]
name = "Meja Pers CONTOH"
hours = "Senin–Jumat, 08.00–16.00 WIB"
phone = "0000-000000"
email = "pers@contoh.example"

[[announcement]]
text = "CONTOH: kantor tutup pada hari libur bersama, layanan pers tetap berjalan."
url = "/tentang/"
start = "2015-01-01"
"""
NOW = "2026-11-24 10:00"

PAGES = {
    "beranda": "/",
    "rilis": "/2026/11/contoh-rilis-lengkap-dengan-foto-koreksi-dan-pembaruan/",
    "rilis-galeri": "/2026/11/contoh-galeri-foto/",
    "rilis-polos": "/2026/11/contoh-polos/",
    "rilis-ditarik": "/2026/11/contoh-ditarik/",
    "rilis-40-topik": "/2026/08/contoh-dengan-empat-puluh-topik/",
    "rilis-judul-panjang": "/2026/11/contoh-judul-dua-ratus-huruf/",
    "topik": "/topik/sosial/",
    "topik-bernomor": "/topik/sosial/halaman/1/",
    "semua-topik": "/topik/",
    "huruf": "/arsip/topik/b/",
    "arsip": "/arsip/",
    "tahun": "/2009/",
    "bulan": "/2009/05/",
    "bulan-bernomor": "/2009/05/halaman/1/",
    "hari": "/2009/05/04/",
    "koreksi": "/koreksi/",
    "halaman": "/tentang/",
    "tidak-ditemukan": "/404.html",
}
"""Each page type, by a name for files, with the address of one."""

SUBJECTS = (
    "Pelatihan Menulis Rilis Digelar bagi Pegawai",
    "Jalan Kampung Selesai Diperbaiki Bersama Warga",
    "Layanan Perpustakaan Keliling Singgah",
    "Lomba Kebersihan Antar-RT Dimulai",
    "Pasar Tani Dibuka Setiap Sabtu",
    "Posyandu Remaja Dikenalkan",
    "Bibit Pohon Dibagikan Gratis",
)
PLACES = ("Kecamatan Andai", "Desa Misal", "Kelurahan Ibarat", "Kampung Rekaan")
SUMMARIES = (
    "kegiatan ini terbuka untuk umum dan tidak dipungut biaya.",
    "warga dapat mendaftar di kantor desa sampai akhir pekan.",
    "peserta diminta membawa perlengkapan sendiri, sedangkan bahan disediakan panitia CONTOH di tempat acara.",
)
LONG = (
    "CONTOH judul dua ratus huruf yang menceritakan semuanya sekaligus agar tata letak diuji sampai batasnya, "
    "lengkap dengan anak kalimat, keterangan tempat, keterangan waktu, dan akhir yang panjang"
).ljust(200, "x")
TEXT = """\
Naskah ini CONTOH buatan, bukan berita. Paragraf pertama menjawab siapa, apa, kapan, dan di mana, dalam dua atau tiga
kalimat yang enak dibaca di ponsel.

“Kutipan CONTOH ditulis dengan tanda kutip lengkung,” ujar juru bicara CONTOH. Lihat [tentang situs ini](/tentang/) dan
[peta CONTOH](https://peta.example/).

## Subjudul CONTOH

- Butir pertama CONTOH
- Butir kedua CONTOH, yang sedikit lebih panjang daripada butir pertama agar barisnya patah di ponsel

> Kutipan panjang CONTOH berdiri sendiri di dalam naskah.

| Kegiatan CONTOH | Jumlah |
| --- | ---: |
| Pelatihan CONTOH | 12 |
| Kunjungan CONTOH | 7 |

Paragraf terakhir CONTOH menutup naskah.
"""


SHAPES = ((2400, 1600), (1600, 1200), (1200, 1800), (1600, 900), (3000, 1000), (1600, 1067), (400, 300), (1600, 1600))
"""Sizes of a gallery's photos: as cameras and phones take them, upright, a panorama, small, and square."""


def photo(width: int, height: int, seed: int = 0) -> bytes:
    """Return a JPEG of hills in the mist above a river, in shapes that ``seed`` shifts."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        part = y / height
        draw.line([(0, y), (width, y)], (int(246 - 40 * part), int(226 - 24 * part), int(188 + 30 * part)))
    sun, radius = width * (0.3 + 0.2 * seed), height * 0.09
    draw.ellipse((sun - radius, height * 0.16, sun + radius, height * 0.16 + 2 * radius), (252, 240, 208))
    for number in range(5):
        crest = [
            (x, height * (0.4 + 0.11 * number + _wave(x / width, number + 5 * seed))) for x in range(0, width + 8, 8)
        ]
        fade = 1 - number / 5
        shade = (int(20 + 140 * fade), int(62 + 112 * fade), int(50 + 118 * fade))
        draw.polygon([(0, height), *crest, (width, height)], shade)
    river = [(width * 0.52, height * 0.8), (width * 0.58, height * 0.8), (width * 0.8, height), (width * 0.2, height)]
    draw.polygon(river, (196, 206, 190))
    data = BytesIO()
    image.save(data, "JPEG", quality=82)
    return data.getvalue()


def _wave(x: float, number: int) -> float:
    """Return the height of a hill's crest at ``x``, 0 to 1 across the picture, as part of its height."""
    return 0.05 * sin(5 * x + 2.1 * number) + 0.025 * sin(13 * x + 1.3 * number) + 0.008 * sin(41 * x + number)


def write_showcase(root: Path, count: int = 500) -> Newsroom:
    """Write the site into the empty folder ``root``, on top of a demo of ``count`` releases, and return it unbuilt."""
    write_demo(root, count)
    newsroom = Newsroom(root)
    pictures = {f"content/foto/contoh-{n}.jpg": photo(1600, 1067, n) for n in range(3)}
    pictures |= {f"content/foto/galeri-{n}.jpg": photo(*size, n) for n, size in enumerate(SHAPES)}
    page = "---\ntitle: Panduan CONTOH\n---\n\n## Bagian CONTOH\n\nTeks CONTOH.\n"
    newsroom.write({"content/site.toml": SITE, "content/halaman/panduan.md": page, **pictures})
    for name, text in _releases().items():
        newsroom.release(f"{name}.md", text)
    return newsroom


def _releases() -> dict[str, str]:
    photos = (
        '[{file: contoh-0.jpg, caption: "CONTOH keterangan foto: perbukitan di atas air.", alt: Perbukitan, '
        'credit: Juru Foto CONTOH}, {file: contoh-1.jpg, caption: "CONTOH foto kedua.", alt: Perbukitan lain}]'
    )
    summary = "CONTOH ringkasan yang menceritakan isi rilis dalam satu kalimat utuh."
    common = {"place": "Kota CONTOH", "summary": summary}
    gallery = [
        f'{{file: galeri-{n}.jpg, caption: "CONTOH keterangan foto ke-{n + 1}, Senin (23/11/2026).", '
        f"alt: Perbukitan dilihat dari tempat ke-{n + 1}, credit: Juru Foto CONTOH}}"
        for n in range(len(SHAPES))
    ]
    texts = {
        "galeri": release(
            "CONTOH Galeri Foto",
            "2026-11-23 17:30",
            f'{TEXT}\n![Perbukitan di tengah naskah](contoh-1.jpg "CONTOH foto di tengah naskah.")\n',
            tags="[Pendidikan]",
            photos=f"[{', '.join(gallery)}]",
            **common,
        ),
        "lengkap": release(
            "CONTOH Rilis Lengkap dengan Foto, Koreksi, dan Pembaruan",
            "2026-11-24 09:05",
            TEXT,
            tags="[Sosial, Pendidikan, Bimbingan Teknis]",
            photos=photos,
            credits="[aaa, bbb]",
            updated="2026-11-24 09:40",
            corrections="[{date: 2026-11-24 09:30, note: CONTOH angka peserta dibetulkan dari 12 menjadi 21.}]",
            **common,
        ),
        "polos": release("CONTOH Polos", "2026-11-20", "Satu kalimat CONTOH."),
        "ditarik": release("CONTOH Ditarik", "2026-11-19 08:00", TEXT, withdrawn="CONTOH acara dibatalkan."),
        "topik": release(
            "CONTOH dengan Empat Puluh Topik",
            "2026-08-03 13:10",
            TEXT,
            tags=f"[{', '.join(f'Topik CONTOH {n}' for n in range(1, 41))}]",
            **common,
        ),
        "panjang": release(
            LONG, "2026-11-21 16:00", TEXT, tags="[Sosial]", slug="contoh-judul-dua-ratus-huruf", **common
        ),
        "jembatan": release(
            "CONTOH Jembatan Desa Diresmikan Warga Bersama Perangkat Kecamatan",
            "2026-11-23 08:15",
            TEXT,
            tags="[Infrastruktur, Desa]",
            photo="contoh-2.jpg",
            alt="Perbukitan",
            **common,
        ),
    }
    for number in range(45):
        title = f"CONTOH {SUBJECTS[number % len(SUBJECTS)]} di {PLACES[number % len(PLACES)]}"
        at = f"2026-11-{23 - number // 3:02} {16 - number % 3 * 3:02}:{number * 7 % 60:02}"
        own = {"place": "Kota CONTOH", "summary": f"CONTOH ringkasan: {SUMMARIES[number % len(SUMMARIES)]}".join('""')}
        slug = f"contoh-kegiatan-{number + 1}"
        texts[slug] = release(title, at, TEXT, tags="[Sosial, Desa]", slug=slug, **own)
    for year in range(2010, 2026):
        for month in range(1 + year % 3, 13, 2):
            title, day = f"CONTOH Catatan Bulan {month} Tahun {year}", f"{year}-{month:02}-{1 + month * 2:02}"
            texts[f"arsip-{year}-{month}"] = release(title, day, TEXT, tags="[Desa]")
    return texts
