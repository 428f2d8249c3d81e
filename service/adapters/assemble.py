"""Choosing the real or the local twin of each outside part, by the settings."""

from service.adapters.clock import FrenchCalendar, SystemClock, SystemRandom
from service.adapters.documents import DrawnDocuments
from service.adapters.drop import FolderDropBox
from service.adapters.identity_provider import OidcProviders
from service.adapters.mail import FolderMailer, SmtpMailer
from service.adapters.mail_in import Maildir
from service.adapters.open311 import HttpCivicClient
from service.adapters.outgoing import Outgoing
from service.adapters.pictures import PillowPictures
from service.adapters.queue import RqWaker
from service.adapters.sealing import FernetSealer
from service.adapters.sms import FolderSms, HttpSms
from service.adapters.text_model import TrainedTextModel
from service.adapters.webhooks import HttpCaller
from service.journey.ports import Mailer, Ports
from service.settings import Settings

WAITED_FOR = 5.0  # seconds for what somebody sits in front of


def assemble(settings: Settings) -> Ports:
    """Return everything outside, as the settings say."""
    mailer: Mailer = (
        SmtpMailer(settings.smtp_url, settings.mail_from)
        if settings.smtp_url
        else FolderMailer(settings.mail_dir, settings.mail_from)
    )
    outgoing, clock = Outgoing(settings.outgoing_allowed), SystemClock()
    return Ports(
        clock=clock,
        calendar=FrenchCalendar(),
        text_model=TrainedTextModel(settings.model_dir),
        waker=RqWaker(settings.redis_url),
        mailer=mailer,
        mail_in=Maildir(settings.mail_in_dir),
        sms=HttpSms(settings.sms_url) if settings.sms_url else FolderSms(settings.sms_dir),
        caller=HttpCaller(outgoing),
        civic=HttpCivicClient(outgoing),
        # A person waits for it.
        identity_providers=OidcProviders(Outgoing(settings.outgoing_allowed, deadline=WAITED_FOR), clock),
        drop_box=FolderDropBox(settings.drop_dir),
        sealer=FernetSealer(settings.encryption_keys),
        pictures=PillowPictures(),
        documents=DrawnDocuments(),
        random=SystemRandom(),
        base_url=settings.base_url,
        secret_key=settings.secret_key,
        reply_domain=settings.reply_domain,
        operators_need_factor=settings.operators_need_factor,
    )
