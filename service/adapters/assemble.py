"""Choosing the real or the local twin of each outside part, by the settings."""

from service.adapters.clock import FrenchCalendar, SystemClock, SystemRandom
from service.adapters.mail import FolderMailer, SmtpMailer
from service.adapters.queue import RqWaker
from service.adapters.text_model import TrainedTextModel
from service.adapters.webhooks import HttpCaller
from service.journey.ports import Mailer, Ports
from service.settings import Settings


def assemble(settings: Settings) -> Ports:
    """Return everything outside, as the settings say."""
    mailer: Mailer = (
        SmtpMailer(settings.smtp_url, settings.mail_from)
        if settings.smtp_url
        else FolderMailer(settings.mail_dir, settings.mail_from)
    )
    return Ports(
        clock=SystemClock(),
        calendar=FrenchCalendar(),
        text_model=TrainedTextModel(settings.model_dir),
        waker=RqWaker(settings.redis_url),
        mailer=mailer,
        caller=HttpCaller(),
        random=SystemRandom(),
        base_url=settings.base_url,
    )
