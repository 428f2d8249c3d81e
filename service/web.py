"""What the web server loads: the application, with the text model read once before the processes fork."""

import gc
import logging

from service.app import create_app
from service.journey.ports import TextModelDown
from service.logs import configure_logging

configure_logging()
app = create_app()

try:
    app.extensions["seve"].ports.text_model.read("bonjour")
except TextModelDown as reason:
    logging.getLogger(__name__).warning("text_model_down: %s", reason)

# What is loaded stays: looking through all of it for what is no longer used would hold up a page now and then.
gc.collect()
gc.freeze()
