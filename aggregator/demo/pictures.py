"""Pictures drawn by code: a soft sky, a sun, hills and a river in a palette that the seed chooses, as indexed PNG.

An indexed image lets every pixel be one byte: columns are put together from runs and turned into rows by ``zip``,
some 20 ms a picture. Format: PNG specification (ISO/IEC 15948), colour type 3.
"""

import math
import struct
import zlib
from functools import lru_cache
from random import Random

WIDTH, HEIGHT = 800, 450
_SKY_TINTS = 160
_LAYERS = 4
_SUN = _SKY_TINTS
_HILLS = _SUN + 1

Colour = tuple[int, int, int]
# top of the sky, bottom of the sky, sun, farthest hill, nearest hill
_PALETTES: tuple[tuple[Colour, Colour, Colour, Colour, Colour], ...] = (
    ((74, 144, 196), (253, 226, 190), (255, 243, 205), (122, 160, 170), (27, 94, 74)),
    ((250, 150, 110), (255, 226, 170), (255, 250, 220), (196, 120, 110), (92, 46, 72)),
    ((60, 120, 140), (214, 240, 226), (255, 255, 240), (110, 170, 150), (20, 80, 70)),
    ((110, 90, 160), (250, 200, 200), (255, 236, 214), (150, 120, 170), (54, 40, 92)),
    ((120, 190, 220), (240, 250, 235), (255, 236, 150), (150, 200, 130), (52, 120, 50)),
    ((236, 180, 90), (255, 240, 200), (255, 252, 236), (206, 170, 90), (110, 96, 30)),
)


@lru_cache(maxsize=256)
def draw_picture(seed: str) -> bytes:
    """A PNG of 800×450 that ``seed`` alone decides."""
    random = Random(f"picture/{seed}")
    top, bottom, sun, far, near = random.choice(_PALETTES)
    palette = [_mixed(top, bottom, step / (_SKY_TINTS - 1)) for step in range(_SKY_TINTS)]
    palette.append(sun)
    palette += [_mixed(far, near, layer / (_LAYERS - 1)) for layer in range(_LAYERS)]
    rows = zip(*_columns(random), strict=True)
    raw = b"".join(b"\x00" + bytes(row) for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes(value for colour in palette for value in colour))
        + _chunk(b"IDAT", zlib.compress(raw, 6))
        + _chunk(b"IEND", b"")
    )


def _columns(random: Random) -> list[bytes]:
    sky = bytes(min(_SKY_TINTS - 1, y * _SKY_TINTS // HEIGHT) for y in range(HEIGHT))
    centre, level, radius = (
        random.uniform(0.2, 0.8) * WIDTH,
        random.uniform(0.22, 0.38) * HEIGHT,
        random.uniform(34, 52),
    )
    ridges = [_ridge(random, layer) for layer in range(_LAYERS)]
    columns = []
    for x in range(WIDTH):
        column = bytearray(sky)
        half = math.sqrt(max(0.0, radius**2 - (x - centre) ** 2))
        if half:
            column[int(level - half) : int(level + half)] = bytes([_SUN]) * (int(level + half) - int(level - half))
        for layer, ridge in enumerate(ridges):
            height = ridge[x]
            column[height:] = bytes([_HILLS + layer]) * (HEIGHT - height)
        columns.append(bytes(column))
    return columns


def _ridge(random: Random, layer: int) -> list[int]:
    """Where a layer of hills begins, for each column; near layers are lower and gentler."""
    waves = [
        (random.uniform(0.6, 1.6) * (step + 1), random.uniform(0, math.tau), random.uniform(0.5, 1) / (step + 1))
        for step in range(3)
    ]
    base, swing = HEIGHT * (0.52 + 0.13 * layer), HEIGHT * (0.10 - 0.018 * layer)
    return [
        int(
            base
            + swing * sum(size * math.sin(pace * math.tau * x / WIDTH + shift) for pace, shift, size in waves) / 1.6
        )
        for x in range(WIDTH)
    ]


def _mixed(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
