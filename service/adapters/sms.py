"""Text messages: through a gateway, or into a folder."""

import json
from pathlib import Path

from service.journey.parcels import Sms
from service.journey.ports import OutsideFailed


class FolderSms:
    """The local twin: one file for each message; sending the same message again replaces it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def send(self, sms: Sms) -> None:
        """Write the message."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            words = json.dumps({"to": sms.to, "text": sms.text}, ensure_ascii=False)
            (self._directory / f"{sms.key}.json").write_text(words, encoding="utf-8")
        except OSError as failure:
            raise OutsideFailed(f"folder {type(failure).__name__}") from failure
