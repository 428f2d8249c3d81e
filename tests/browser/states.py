"""Every page of the tenant face in every state it may be in, reached through the journey as people reach it.

One line of the table is one state: its name in the accessibility statement, and how it is brought about. Judged by
test_accessibility.py, weighed by test_weight.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import Flask, abort
from playwright.sync_api import Page

from service.adapters.clock import SetClock
from service.journey.closing import closing
from service.journey.delivery import answers
from service.journey.handling import handling
from service.journey.incidents import incident_opening
from service.journey.incidents.incident_opening import Announcement
from service.journey.ports import Ports
from service.journey.routing import referrals
from tests.incidents import settle_in
from tests.passing import Case
from tests.work import work_off
from tests.world import World

COLD = "Le radiateur du salon reste froid depuis dimanche soir"
GAS = "Ça sent le gaz dans l'escalier : odeur de gaz partout"
RENT = "Une question sur mon loyer du mois dernier"
MONDAY = date(2026, 11, 30)


@dataclass
class Scene:
    """The stage: an application with two members, its clock, and a browser's page in front of it."""

    app: Flask
    world: World
    ports: Ports
    clock: SetClock
    page: Page
    address: str

    @property
    def slug(self) -> str:
        return self.world.first.slug

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def press(self, selector: str) -> None:
        """Press what sends a form, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def send(self, text: str = COLD, **tenant: str) -> "Sent":
        """Send a message as an extranet does, and let the workers do what follows."""
        member = self.world.first
        body = {
            "text": text,
            "dwelling": {"reference": member.collective},
            "tenant": {"name": "Camille Inventée", "email": "camille@poste.example", **tenant},
        }
        answer = self.app.test_client().post("/api/v1/complaints", json=body, headers=member.bearer)
        assert answer.status_code == 201, answer.text
        assert answer.json
        case = Case(self.app, member, self.ports, UUID(answer.json["id"]))
        case.work_off()
        return Sent(self, case, "/suivi/" + answer.json["tracking_url"].rpartition("/")[2])


@dataclass(frozen=True)
class Sent:
    """One message that was sent, and what a member's people do with it."""

    scene: Scene
    case: Case
    path: str  # of its tracking page

    def answer(self) -> "Sent":
        words = "Un chauffagiste passe mardi matin.\nVous n'avez rien à faire."
        with self.scene.app.app_context():
            handling.answer(*self._by_agent(), text=words, seen=self.case.seen(), ports=self.case.ports)
        return self._followed()

    def ask(self) -> "Sent":
        with self.scene.app.app_context():
            handling.ask(*self._by_agent(), text="Lequel est froid ?", seen=self.case.seen(), ports=self.case.ports)
        return self._followed()

    def close(self) -> "Sent":
        with self.scene.app.app_context():
            closing.close(*self._by_agent(), outcome="solved", sentence="Réparé mardi.", ports=self.case.ports)
        return self._followed()

    def plan(self) -> "Sent":
        with self.scene.app.app_context():
            answers.plan_visit(self.case.token(), MONDAY, "morning", self.case.ports)
        return self._followed()

    def pass_on(self) -> "Sent":
        with self.scene.app.app_context():
            referrals.pass_on(
                *self._by_agent(),
                to_member_id=self.scene.world.second.id,
                reason="owner",
                words="",
                seen=self.case.seen(),
                ports=self.case.ports,
            )
            work_off(self.scene.world.second, self.case.ports)
        return self._followed()

    def wait(self, **time: float) -> "Sent":
        self.scene.clock.forward(timedelta(**time))
        return self._followed()

    def show(self, more: str = "") -> None:
        self.scene.open(f"{self.path}{more}")

    def _by_agent(self) -> tuple[UUID, UUID, UUID]:
        return self.case.member.id, self.case.id, self.case.member.agent_id

    def _followed(self) -> "Sent":
        self.case.work_off()
        return self


@dataclass(frozen=True)
class State:
    """One state of one page."""

    name: str
    reach: Callable[[Scene], None]
    sends: bool = True  # there is something to send on it


STATES: list[State] = []


def state(name: str, *, sends: bool = True) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Add a state to the table."""

    def added(reach: Callable[[Scene], None]) -> Callable[[Scene], None]:
        STATES.append(State(name, reach, sends))
        return reach

    return added


def at(name: str, path: str, *, sends: bool = True) -> None:
    """Add a state that an address alone leads to; `{slug}` stands for the member."""
    STATES.append(State(name, lambda scene: scene.open(path.format(slug=scene.slug)), sends))


# --- The door ---

at("Accueil du réseau", "/", sends=False)
at("Accueil du réseau, en arabe", "/?langue=ar", sends=False)
at("Accessibilité", "/accessibilite", sends=False)
at("Courrier de cette machine, vide", "/courrier", sends=False)


@state("Courrier de cette machine", sends=False)
def _mailbox(scene: Scene) -> None:
    scene.send().answer()
    scene.open("/courrier")


@state("Une autre langue est proposée", sends=False)
def _offered(scene: Scene) -> None:
    scene.page.set_extra_http_headers({"Accept-Language": "ar"})
    scene.open("/")


@state("Langues ouvertes", sends=False)
def _languages(scene: Scene) -> None:
    scene.open("/")
    scene.page.locator(".languages summary").click()


# --- The form ---

at("Formulaire", "/{slug}/")
at("Formulaire, facile à lire", "/{slug}/?langue=fr-falc")
at("Formulaire, en arabe", "/{slug}/?langue=ar")
at("Formulaire, en ukrainien", "/{slug}/?langue=uk")
at("Formulaire, dans la page d'un bailleur", "/{slug}/?cadre=1")


@state("Formulaire à corriger")
def _errors(scene: Scene) -> None:
    scene.open(f"/{scene.slug}/")
    scene.press("main form button.main")


@state("Formulaire, danger pendant la frappe")
def _danger_typed(scene: Scene) -> None:
    scene.open(f"/{scene.slug}/")
    scene.page.fill("#text", GAS)
    scene.page.wait_for_selector("#danger .advice")


@state("Vérifier avant d'envoyer")
def _check(scene: Scene) -> None:
    _go_on(scene, scene.world.first.collective)


@state("Vérifier avant d'envoyer, problème connu dans la résidence")
def _check_known(scene: Scene) -> None:
    _announce(scene)
    _go_on(scene, scene.world.first.collective)


@state("Vérifier avant d'envoyer, sujet inconnu, en arabe")
def _check_unknown(scene: Scene) -> None:
    _go_on(scene, "", text="Bla bla bla bla", query="?langue=ar")


@state("Vérifier avant d'envoyer, page trop ancienne", sends=False)
def _check_over(scene: Scene) -> None:
    scene.open(f"/{scene.slug}/envoi/{'a' * 43}")


at("Arrivée refusée depuis l'espace d'un bailleur", "/{slug}/arrivee?jeton=faux")
at("Page d'essai", "/{slug}/essai", sends=False)


def _go_on(scene: Scene, home: str, text: str = COLD, query: str = "") -> None:
    """Fill the form in and go on to the page that asks for a last look."""
    scene.open(f"/{scene.slug}/{query}")
    scene.page.fill("#text", text)
    if home:
        scene.page.fill("#dwelling_reference", home)
    scene.press("main form button.main")
    scene.page.wait_for_url("**/envoi/**")


@state("Demande envoyée")
def _sent(scene: Scene) -> None:
    scene.send().show("?nouveau=1")


@state("Danger envoyé")
def _danger_sent(scene: Scene) -> None:
    scene.send(GAS).show("?nouveau=1")


# --- Following ---


@state("Suivi : transmise")
def _routed(scene: Scene) -> None:
    scene.send().show()


@state("Suivi : une personne lit le message")
def _sorted(scene: Scene) -> None:
    scene.send("Bla bla").show()


@state("Suivi : en retard")
def _late(scene: Scene) -> None:
    scene.send().wait(days=9).show()


@state("Suivi : question posée, en attente")
def _paused(scene: Scene) -> None:
    scene.send(RENT).ask().show()


@state("Suivi : passage prévu")
def _planned(scene: Scene) -> None:
    scene.send().plan().show()


@state("Suivi : réponse donnée")
def _answered(scene: Scene) -> None:
    scene.send().answer().show()


@state("Suivi : terminée")
def _closed(scene: Scene) -> None:
    scene.send().answer().close().show()


@state("Suivi : rouverte")
def _reopened(scene: Scene) -> None:
    sent = scene.send().answer().close()
    answer = scene.app.test_client().post(f"{sent.path}/avis", data={"rouvrir": "1", "comment": "Encore froid."})
    assert answer.status_code == 303
    sent.show("?avis=1")


@state("Suivi : passée à un autre bailleur", sends=False)
def _passed_on(scene: Scene) -> None:
    scene.send().pass_on().show()


@state("Suivi : problème connu dans la résidence")
def _known(scene: Scene) -> None:
    _announce(scene)
    scene.send().show()


@state("Suivi : message à corriger")
def _blank_message(scene: Scene) -> None:
    scene.send().show()
    scene.press("form[action*='/messages'] button[type=submit]")


@state("Suivi : relecture demandée")
def _review_asked(scene: Scene) -> None:
    sent = scene.send().answer()
    asked = scene.app.test_client().post(f"{sent.path}/relecture", data={"raison": "Je ne suis pas d'accord."})
    assert asked.status_code == 303, asked.text
    sent.show()


@state("Suivi : retirée par le locataire")
def _withdrawn(scene: Scene) -> None:
    sent = scene.send(RENT)
    assert scene.app.test_client().post(f"{sent.path}/retrait").status_code == 303
    sent.show()


@state("Suivi, en arabe")
def _arabic(scene: Scene) -> None:
    scene.send(language="ar").answer().show()


@state("Suivi, facile à lire")
def _easy(scene: Scene) -> None:
    scene.send(language="fr-falc").answer().close().show()


def _announce(scene: Scene) -> None:
    """Announce an outage of heating in the residence of the member's first dwelling."""
    with scene.app.app_context():
        street = settle_in(scene.world.first, 0)
        now = scene.clock.now()
        incident_opening.announce(
            scene.world.first.id,
            "Rémi Sorel",
            Announcement(
                residence_id=street.residence_id,
                category="chauffage",
                title="Chauffage arrêté",
                starts_at=now - timedelta(hours=1),
                ends_at=now + timedelta(days=2),
                text="La chaudière est en panne. Une pièce arrive demain.",
                kind="outage",
            ),
            scene.ports,
        )


# --- What a tenant may do ---


def act(name: str, path: str, *, answered: bool = False) -> None:
    """Add the page on which one thing is done to a complaint."""

    def reach(scene: Scene) -> None:
        sent = scene.send()
        (sent.answer() if answered else sent).show(path)

    STATES.append(State(name, reach))


act("C'est réglé", "/regle")
act("Retirer ma demande", "/retrait")
act("Demander une relecture", "/relecture", answered=True)
act("Contester le sujet ou le destinataire", "/sujet")
act("Contester le sujet, en arabe", "/sujet?langue=ar")
act("Mes données", "/mes-donnees")
act("Comment recevoir les nouvelles", "/nouvelles")
at("Aide", "/{slug}/aide", sends=False)
at("Aide, en arabe", "/{slug}/aide?langue=ar", sends=False)
at("Lien perdu", "/{slug}/lien-perdu")


@state("Comment recevoir les nouvelles, à corriger")
def _contact_errors(scene: Scene) -> None:
    scene.send().show("/nouvelles")
    scene.page.locator("input[type=email]").first.fill("camille@")
    scene.press("main form button[type=submit]")


@state("Relecture à corriger")
def _blank_review(scene: Scene) -> None:
    scene.send().answer().show("/relecture")
    scene.press("main form button[type=submit]")


@state("Lien perdu, demandé", sends=False)
def _link_asked(scene: Scene) -> None:
    scene.open(f"/{scene.slug}/lien-perdu")
    scene.page.locator("main form input:not([type=hidden])").first.fill("camille@poste.example")
    scene.press("main form button[type=submit]")


# --- The tenant's word ---


@state("Avis")
def _feedback(scene: Scene) -> None:
    scene.send().answer().close().show("/avis")


@state("Avis, note prête à envoyer")
def _feedback_ready(scene: Scene) -> None:
    scene.send().answer().close().show("/avis?note=8")


@state("Avis, pas réglé")
def _feedback_not_solved(scene: Scene) -> None:
    scene.send().answer().close().show("/avis?regle=no")


@state("Avis sur une demande en cours", sends=False)
def _feedback_too_early(scene: Scene) -> None:
    scene.send().show("/avis")


at("Avis sur un moment : lesquels", "/{slug}/avis", sends=False)
at("Avis sur un moment : travaux", "/{slug}/avis/travaux")


@state("Avis sur un moment à corriger")
def _stage_errors(scene: Scene) -> None:
    scene.open(f"/{scene.slug}/avis/travaux")
    scene.press("main form button.main")


@state("Avis donné : merci")
def _feedback_given(scene: Scene) -> None:
    sent = scene.send().answer().close()
    given = scene.app.test_client().post(f"{sent.path}/avis", data={"note": "8"})
    assert given.status_code == 303, given.text
    scene.open(given.location)


# --- When it goes wrong ---

at("Page inconnue", "/suivi/rien", sends=False)
at("Page inconnue, en arabe", "/rien/du/tout?langue=ar", sends=False)


def fails(name: str, status: int) -> None:
    """Add the page of an error that a browser cannot bring about in a moment."""

    def reach(scene: Scene) -> None:
        scene.app.view_functions["tenant.home"] = lambda: abort(status)
        scene.open("/")

    STATES.append(State(name, reach, sends=False))


fails("Envoi trop lourd", 413)
fails("Trop d'essais", 429)
fails("Erreur de notre côté", 500)
fails("Service arrêté un moment", 503)
