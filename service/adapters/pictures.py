"""Pictures, made anew with Pillow: what is kept is what was seen, and nothing that hid behind it."""

import io
import threading

from PIL import Image

from service.domain.errors import BadInput
from service.journey.ports import Picture

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 1600  # pixels of the longer side that is kept
Image.MAX_IMAGE_PIXELS = None  # We count them ourselves, more strictly, before anything is decoded.
AT_ONCE = 2  # pictures decoded at the same time by one process: each may take 300 MB for an instant
_TURN = 2.0  # seconds to wait for one's turn: one picture takes less than one
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")
_HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_ORIENTATION = 0x0112  # the one thing that is read of what goes with a picture
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PillowPictures:
    """Decodes each picture and draws it again, smaller and upright, without anything that went with it."""

    def __init__(self, turn: float = _TURN) -> None:
        self._turn = turn
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def clean(self, content: bytes) -> Picture:
        """Return the picture made anew, or raise BadInput; the code says why.

        The code `files_busy` says nothing of the picture: too many are being decoded at this moment.
        """
        if len(content) > MAX_BYTES:
            raise BadInput("picture_too_heavy", "photos")
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
            raise BadInput("picture_heic", "photos")
        if not self._places.acquire(timeout=self._turn):
            raise BadInput("files_busy", "photos")
        try:
            return _redrawn(content)
        except BadInput:
            raise
        except MemoryError as bomb:
            raise BadInput("picture_too_large", "photos") from bomb
        except Exception as broken:  # Decoders raise anything on files that lie about themselves.
            raise BadInput("not_a_picture", "photos") from broken
        finally:
            self._places.release()


def _redrawn(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:  # Said by the first bytes; nothing is decoded yet.
            raise BadInput("picture_too_large", "photos")
        is_png = opened.format == "PNG"
        opened.draft("RGB", (SIDE, SIDE))  # A large photograph is decoded small at once.
        opened.load()
        turn = _TURNS.get(_orientation(opened))
        opened.thumbnail((SIDE, SIDE))
        drawn = _bare(opened if turn is None else opened.transpose(turn), keeps_holes=is_png)
    written = io.BytesIO()
    if is_png:
        drawn.save(written, "PNG")
    else:
        drawn.save(written, "JPEG", quality=_QUALITY)
    return Picture("image/png" if is_png else "image/jpeg", written.getvalue(), *drawn.size)


def _orientation(image: Image.Image) -> int:
    """Return how the picture lies. A false word about it costs the turn, never the picture."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001  What goes with a picture may be anything, and so may what reading it raises.
        return 1


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
