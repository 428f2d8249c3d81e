"""Every address of the staff face, the view behind it, and what it asks of whoever opens it."""

from service.domain.permissions import Act
from service.staff import deliveries, entry, letters, opinions, own_news
from service.staff.administration import (
    absence,
    admin_contracts,
    admin_delays,
    admin_doors,
    admin_doors_endpoints,
    admin_doors_keys,
    admin_doors_provider,
    admin_log,
    admin_named,
    admin_on_call,
    admin_organisations,
    admin_people,
    admin_people_teams,
    admin_proposals,
    admin_retention,
    admin_settings,
    admin_templates,
    admin_views,
    administration,
)
from service.staff.complaint import (
    clock_forms,
    commitment_acts,
    complaint,
    compose_acts,
    contact_acts,
    contested_acts,
    files,
    mending_acts,
    passing,
    place_acts,
    secrecy_acts,
)
from service.staff.inbox import arrival, bulk, inbox, keys, live, presence, saved_views
from service.staff.incidents import incident_acts, incident_pages
from service.staff.network import network_consents, network_figures, network_objection, rising_words
from service.staff.route import Route, page, press
from service.staff.rules import rule_changes, rule_pages
from service.staff.signing_in import invitation, passkeys, provider_sign_in, sign_in
from service.staff.steering import exports, steering

SIGNING_IN = (
    Route("/connexion", sign_in.sign_in, "sign_in", Act.READ, ("GET", "POST"), is_open=True),
    Route("/connexion/code", sign_in.second_step, "second_step", Act.READ, ("GET", "POST"), is_open=True),
    press("/deconnexion", sign_in.sign_out, Act.READ),
)

_ONE = "/demandes/<uuid:complaint_id>"
COMPLAINTS = (
    page("/", inbox.inbox),
    page(_ONE, complaint.show),
    page("/demandes/nouvelle", entry.show_entry, Act.HANDLE),
    press("/demandes/nouvelle", entry.enter),
    page("/avis", opinions.show_opinions),
    page(f"{_ONE}/fichiers/<uuid:attachment_id>", files.give, name="file"),
    press(f"{_ONE}/classement", complaint.correct),
    press(f"{_ONE}/confirmation", complaint.confirm),
    press(f"{_ONE}/contestation", contested_acts.uphold),
    press(f"{_ONE}/attribution", complaint.assign),
    press(f"{_ONE}/reponse", complaint.answer),
    press(f"{_ONE}/cloture", complaint.close),
    press(f"{_ONE}/question", clock_forms.ask),
    press(f"{_ONE}/delai", clock_forms.extend),
    press(f"{_ONE}/astreinte", clock_forms.take),
    press(f"{_ONE}/transfert", passing.transfer),
    press(f"{_ONE}/refus", passing.refuse),
    press(f"{_ONE}/passage", passing.pass_on),
    # What was written to a tenant and has not left yet.
    press(f"{_ONE}/departs/<int:event_id>", mending_acts.mend),
    press(f"{_ONE}/departs/<int:event_id>/maintenant", mending_acts.send_now),
    press(f"{_ONE}/departs/<int:event_id>/retenue", mending_acts.withhold),
)

# The routing table: agents read it, supervisors change it.
_VERSION = "/regles/<uuid:version_id>"
_LINE = f"{_VERSION}/lignes/<uuid:line_id>"
RULES = (
    page("/regles", rule_pages.rules),
    press("/regles/brouillon", rule_changes.start, Act.SUPERVISE, name="rule_start"),
    page(_VERSION, rule_pages.rule_version),
    page(f"{_VERSION}/simulation", rule_pages.simulation, Act.SUPERVISE, name="rule_simulation"),
    press(f"{_VERSION}/reprise", rule_changes.start, Act.SUPERVISE, name="rule_restart"),
    press(f"{_VERSION}/suite", rule_changes.take_over, Act.SUPERVISE, name="rule_take_over"),
    press(f"{_VERSION}/publication", rule_changes.publish, Act.SUPERVISE, name="rule_publish"),
    press(f"{_VERSION}/suppression", rule_changes.discard, Act.SUPERVISE, name="rule_discard"),
    page(_LINE, rule_changes.line, Act.SUPERVISE, name="rule_line"),
    press(f"{_LINE}/enregistrement", rule_changes.save, Act.SUPERVISE, name="rule_save"),
    press(f"{_LINE}/monter", rule_changes.move_up, Act.SUPERVISE, name="rule_up"),
    press(f"{_LINE}/descendre", rule_changes.move_down, Act.SUPERVISE, name="rule_down"),
    press(f"{_LINE}/retrait", rule_changes.remove, Act.SUPERVISE, name="rule_remove"),
)

DELIVERIES = (
    page("/envois", deliveries.deliveries),
    press("/envois/<uuid:delivery_id>/renvoi", deliveries.send_again),
    press("/envois/<uuid:delivery_id>/prevenu", deliveries.told_otherwise),
    press("/envois/adresses/<uuid:endpoint_id>/renvoi", deliveries.send_all_again),
)

# What people bring to tenants: calls, printed letters; and what leaves soon.
LETTERS = (
    page("/courriers", letters.letters),
    press("/courriers/lots", letters.make_batch),
    page("/courriers/lots/<uuid:batch_id>", letters.print_batch, name="batch"),
    press("/courriers/lots/<uuid:batch_id>/poste", letters.posted, name="batch_posted"),
    press("/courriers/appels/<uuid:delivery_id>/appele", letters.called),
    press("/courriers/appels/<uuid:delivery_id>/injoignable", letters.unreached),
    press("/courriers/appels/<uuid:delivery_id>/lettre", letters.post_instead),
)

# Collective incidents.
_INCIDENT = "/incidents/<uuid:incident_id>"
INCIDENTS = (
    page("/incidents", incident_pages.incidents),
    page("/incidents/annonce", incident_pages.announcing, Act.HANDLE, name="incident_announcing"),
    press("/incidents/annonce", incident_acts.announce, name="incident_announce"),
    page(_INCIDENT, incident_pages.incident),
    press(f"{_INCIDENT}/decision", incident_acts.decide, name="incident_decide"),
    press(f"{_INCIDENT}/changement", incident_acts.change, name="incident_change"),
    press(f"{_INCIDENT}/lien", incident_acts.link, name="incident_link"),
    press(f"{_INCIDENT}/retrait", incident_acts.unlink, name="incident_unlink"),
    press(f"{_INCIDENT}/nouvelles", incident_acts.write, name="incident_write"),
    press(f"{_INCIDENT}/fin", incident_acts.resolve, name="incident_resolve"),
    press(f"{_ONE}/incident", incident_acts.report, name="incident_report"),
    press(f"{_ONE}/incident-connu", incident_acts.link_known, name="incident_link_known"),
    press(f"{_ONE}/incident-retrait", incident_acts.unlink_known, name="incident_unlink_known"),
)

# A feature with several pages keeps its addresses in a table of its own, named here.
ROUTES: tuple[Route, ...] = (
    *SIGNING_IN,
    *passkeys.ROUTES,
    *COMPLAINTS,
    *compose_acts.ROUTES,
    *commitment_acts.ROUTES,
    *place_acts.ROUTES,
    *contact_acts.ROUTES,
    *RULES,
    *DELIVERIES,
    *LETTERS,
    *INCIDENTS,
    *saved_views.ROUTES,
    *arrival.ROUTES,
    *provider_sign_in.ROUTES,
    *administration.ROUTES,
    *bulk.ROUTES,
    *keys.ROUTES,
    *own_news.ROUTES,
    *live.ROUTES,
    *presence.ROUTES,
    *admin_doors.ROUTES,
    *admin_doors_provider.ROUTES,
    *admin_doors_keys.ROUTES,
    *admin_doors_endpoints.ROUTES,
    *admin_people.ROUTES,
    *admin_people_teams.ROUTES,
    *absence.ROUTES,
    *invitation.ROUTES,
    *admin_settings.ROUTES,
    *admin_templates.ROUTES,
    *admin_delays.ROUTES,
    *admin_retention.ROUTES,
    *admin_log.ROUTES,
    *admin_named.ROUTES,
    *admin_on_call.ROUTES,
    *admin_organisations.ROUTES,
    *admin_contracts.ROUTES,
    *admin_proposals.ROUTES,
    *admin_views.ROUTES,
    *secrecy_acts.ROUTES,
    *steering.ROUTES,
    *rising_words.ROUTES,
    *network_figures.ROUTES,
    *network_consents.ROUTES,
    *network_objection.ROUTES,
    *exports.ROUTES,
)
BY_ENDPOINT = {f"staff.{route.name}": route for route in ROUTES}
