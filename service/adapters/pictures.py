"""Pictures, made anew with Pillow: what is kept is what was seen, and nothing that hid behind it."""

import io
import threading

from PIL import Image, ImageOps, UnidentifiedImageError

from service.domain.errors import BadInput
from service.journey.ports import Picture

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 1600  # pixels of the longer side that is kept
Image.MAX_IMAGE_PIXELS = None  # We count them ourselves, more strictly, before anything is decoded.
AT_ONCE = 2  # pictures decoded at the same time by one process: each may take 300 MB for an instant
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")
_HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
# What decoders raise on files that lie about themselves.
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)


class PillowPictures:
    """Decodes each picture and draws it again, smaller and upright, without anything that went with it."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def clean(self, content: bytes) -> Picture:
        """Return the picture made anew, or raise BadInput; the code says why."""
        if len(content) > MAX_BYTES:
            raise BadInput("picture_too_heavy", "photos")
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
            raise BadInput("picture_heic", "photos")
        try:
            with self._places:
                return _redrawn(content)
        except MemoryError as bomb:
            raise BadInput("picture_too_large", "photos") from bomb
        except _BROKEN as broken:
            raise BadInput("not_a_picture", "photos") from broken


def _redrawn(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:  # Said by the first bytes; nothing is decoded yet.
            raise BadInput("picture_too_large", "photos")
        is_png = opened.format == "PNG"
        opened.draft("RGB", (SIDE, SIDE))  # A large photograph is decoded small at once.
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((SIDE, SIDE))
        drawn = _bare(upright, keeps_holes=is_png)
    written = io.BytesIO()
    if is_png:
        drawn.save(written, "PNG")
    else:
        drawn.save(written, "JPEG", quality=_QUALITY)
    return Picture("image/png" if is_png else "image/jpeg", written.getvalue(), *drawn.size)


def _bare(image: Image.Image, *, keeps_holes: bool) -> Image.Image:
    """Return the pixels alone: position, camera, comments and profiles stay behind."""
    has_holes = "A" in image.getbands() or "transparency" in image.info
    pixels = image.convert("RGBA" if has_holes else "RGB")
    if has_holes and not keeps_holes:
        paper = Image.new("RGBA", pixels.size, "white")
        pixels = Image.alpha_composite(paper, pixels).convert("RGB")
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    return fresh
