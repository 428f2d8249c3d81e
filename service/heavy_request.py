"""A request that is larger than its address takes: read to its end all the same, for its sender to get an answer."""

from flask import request

MEGABYTE = 1024 * 1024
WHOLE_FORM = 64 * MEGABYTE  # of a form with its files: room to name the one that is too heavy
_NO_FURTHER = 256 * MEGABYTE


def read_to_the_end() -> None:
    """Read what is still on its way: a browser cut off while it sends shows no answer at all."""
    left, stream = min(_NO_FURTHER, request.content_length or 0), request.environ["wsgi.input"]
    while left > 0 and (some := stream.read(min(left, MEGABYTE))):
        left -= len(some)
