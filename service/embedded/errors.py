class EmbeddedError(Exception):
    """A part of Sève could not start here; the message says why and how to mend it, in French."""
