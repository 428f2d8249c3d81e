"""What the domain refuses, in the words of the staff pages. One table."""

from collections.abc import Callable
from typing import Any

from service.domain.errors import NotAllowed, Refusal
from service.domain.status import EventKind
from service.domain.submission import MAX_REASON, MAX_TEXT
from service.domain.templates import VARIABLES, Unfilled
from service.journey.handling.obstacles import Ended, SaidAlready
from service.journey.steering.exports import FAILURES
from service.journey.submission.cleaning import FileRefused
from service.staff import file_refusals, wording
from service.staff.complaint.timeline import ACTORS
from service.staff.inbox.bulk_wording import hour

SENTENCES = {
    "blank": "Écrivez au moins un mot.",
    "nothing_chosen": "Cochez d'abord des demandes dans la liste.",
    "too_many_chosen": "C'est trop à la fois : 200 demandes au plus. Décochez-en.",
    "too_long": f"C'est trop long : {MAX_TEXT:,} caractères au plus.".replace(",", "\u202f"),
    "unstorable": "Ce texte contient un caractère qui ne peut pas être gardé. Retirez-le.",
    "unknown_value": "Choisissez une réponse dans la liste.",
    "staff": "Cette personne ne fait plus partie de votre équipe. Choisissez-en une autre.",
    "sends_away": "Le locataire lira ces mots. Dites qui peut agir et pourquoi, pas que ce n'est pas à vous.",
    "already_there": "La demande y est déjà. Choisissez quelqu'un d'autre.",
    "recipient": "Ce destinataire n'existe plus. Choisissez-en un autre.",
    "not_a_taker": "Ce bailleur ne reçoit pas de demandes par le réseau. Choisissez-en un autre.",
    "not_a_number_of_days": "Donnez un nombre de jours, de 1 à 10.",
    "too_long_a_period": "Choisissez une période de trois ans au plus.",
    "not_a_day": "Donnez une date comme 01/12/2026.",
    "ends_before_it_starts": "Cette date est avant la date de début.",
    "not_of_family": "Ce sujet n'est pas de ce thème. Choisissez l'un ou l'autre.",
    "agency_needs_place": "L'agence dépend du logement : cochez cette case, ou choisissez une autre équipe.",
    "danger_needs_team": "Un danger ne dépend jamais d'un contrat. Choisissez une équipe, ou un organisme par son nom.",
    "too_many_lines": "La table est pleine : 200 règles au plus. Retirez-en d'abord.",
    "not_a_rank": "Donnez un rang comme 1, 2 ou 3.",
    "which_residence": "Plusieurs résidences ont ce nom. Ajoutez la ville, par exemple « Les Tilleuls, Amiens ».",
    "unknown_residence": "Aucune résidence n'a ce nom. Choisissez-la dans la liste proposée.",
    "not_a_moment": "Donnez une date et une heure, par exemple 01/12/2026 09:00.",
    "in_the_past": "Ce moment est déjà passé. Donnez-en un à venir.",
    "unknown_blank": "Entre accolades, seuls {logement} et {reference} peuvent être remplis. Corrigez les autres.",
    "already_that_day": "C'est le jour déjà promis. Choisissez-en un autre, ou laissez vide.",
    "day_passed": "Ce jour est déjà passé. Choisissez aujourd'hui ou un jour à venir.",
    "day_too_far": "C'est trop loin : un an au plus.",
    "name_taken": "Un autre modèle porte déjà ce nom. Choisissez-en un autre.",
    "unknown_reference": "Aucune de vos demandes n'a cette référence.",
    "itself": "C'est la référence de cette demande. Donnez celle de l'autre.",
    "not_going_on": "Cette demande est terminée elle aussi. Donnez celle qui continue.",
    "not_a_phone": "Donnez un numéro de téléphone, par exemple 03 22 00 00 00.",
    "not_a_time": "Donnez une heure, par exemple 08:30.",
    "not_a_colour": "Écrivez la couleur comme #1d5b43 : un dièse, puis six signes.",
    "not_minutes": "Ce nombre de minutes ne convient pas. Restez dans les limites indiquées.",
    "closes_before_opening": "L'heure de fermeture est avant celle d'ouverture.",
    "not_a_delay": "Donnez un nombre entier : 120 jours ouvrés ou 744 heures au plus.",
    "danger_in_days": "Un danger se compte en heures : il n'attend ni la nuit ni le lundi.",
    "not_a_share": "Donnez une confiance de 1 à 100, sans virgule, ou rien du tout.",
    "not_months": "Donnez un nombre de mois, de 1 à 120.",
    "reason_missing": "Dites pourquoi : la personne qui doit accepter le lira.",
    "absence_is_over": "Cette absence est déjà finie. Donnez une date à venir.",
    "substitute_is_away": "Cette personne est absente elle aussi. Choisissez quelqu'un de présent.",
    "substitute_only_reads": "Cette personne ne fait que lire. Choisissez quelqu'un qui peut répondre.",
    "substitutes_in_a_circle": "Cette personne est déjà remplacée par celle qui part. Choisissez-en une autre.",
    "name_too_long": "Ce nom est trop long : 120 caractères au plus.",
    "name_reserved": "Ce nom est déjà pris par Sève dans l'historique. Écrivez le nom autrement.",
    "not_an_email": "Donnez une adresse comme prenom.nom@exemple.fr.",
    "email_taken": "Cette adresse a déjà un compte. Vérifiez-la, ou choisissez-en une autre.",
    "team_name_taken": "Une autre équipe porte déjà ce nom. Choisissez-en un autre.",
    "nothing_ticked": "Cochez au moins une résidence.",
    "unreachable": "Donnez un téléphone ou une adresse : sans l'un des deux, personne n'est appelé.",
    "organisation_name_taken": "Un autre organisme porte déjà ce nom. Choisissez-en un autre.",
    "agency_missing": "Une équipe d'agence a besoin de son agence. Choisissez-la dans la liste.",
    "not_an_issuer": "Donnez l'émetteur comme https://connexion.exemple.fr, sans la fin « /.well-known/… ».",
    "not_https": "Cette adresse doit commencer par https://.",
    "not_a_domain": "Donnez des domaines comme « exemple.fr, siege.exemple.fr ».",
    "too_many_domains": "C'est trop : 20 domaines au plus.",
    "secret_missing": "Donnez le secret de client, ou cochez « Sans secret ». Un autre émetteur veut un autre secret.",
    "wrong_key": "HS256 se passe de clé publique. Les autres en demandent une au format PEM, de leur algorithme.",
    "not_an_origin": "Donnez un site comme https://extranet.exemple.fr, sans rien après.",
    "not_http": "L'adresse doit commencer par https://.",
    "has_password": "L'adresse ne peut pas porter de nom ni de mot de passe.",
    "not_an_address": "Cette adresse est mal écrite.",
    "not_a_folder": "Un dossier se nomme en minuscules, chiffres, - et _ : par exemple « gmao ».",
    "not_a_service": "Écrivez un code par ligne, comme « chauffage = 12 », avec un code de sujet qui existe.",
    "too_many_words": "Cette recherche est trop longue : 100 signes au plus. Gardez les mots les plus rares.",
    "view_name_taken": "Vous avez déjà une vue de ce nom. Donnez-en un autre.",
    "too_many_views": "Vous avez déjà 30 vues. Supprimez-en une d'abord.",
    "not_a_place": "Choisissez un lieu de la liste. S'il n'y est plus, cherchez-le encore.",
    "needs_email": "Pour des e-mails, écrivez l'adresse.",
    "needs_mobile": "Pour des SMS, écrivez un numéro de portable. Il commence par 06 ou 07.",
    "needs_phone": "Pour appeler la personne, écrivez son numéro.",
    "needs_place": "Pour des lettres, donnez d'abord le lieu de la demande.",
    "not_rising": "Ce mot ne monte pas dans vos demandes : seuls ceux de la liste se proposent.",
    "not_a_reference": "Cette référence n'existe pas : un signe manque ou est faux. Relisez-la, par exemple K7M4-AXH2.",
}
NOT_ALLOWED = (
    "La demande a changé entre-temps : elle est terminée, ou n'est pas encore arrivée à une équipe. "
    "Rien n'a été enregistré."
)
NOT_ALLOWED_BY_CODE = {
    "too_many_addresses": "Cinq adresses ont déjà été essayées aujourd'hui pour cette demande. Réessayez demain.",
    "sharing": "Seuls les responsables partagent une vue. Gardez-la pour vous.",
    "extension": "Ce délai ne peut pas être prolongé : il l'a déjà été, ou c'est un danger ou un service essentiel.",
    "incident_ended": "Cet incident a changé entre-temps : il n'est pas ouvert. Rien n'a été enregistré.",
    "complaint_closed": "Cette demande est terminée : elle ne peut plus être liée. Rien n'a été enregistré.",
    "no_place": "Le lieu de cette demande n'est pas retrouvé : un incident a besoin d'une résidence.",
    "no_subject": "Le sujet de cette demande ne peut pas être un incident collectif. Corrigez d'abord son sujet.",
    "already_left": "Ce message est déjà parti, ou il part en ce moment. Rien n'a été changé.",
    "already_withheld": "Un collègue a déjà retenu ce message : il ne partira pas.",
    "too_late_to_undo": "Il est trop tard pour annuler : c'était possible pendant 30 minutes.",
    "mended_meanwhile": "Un collègue a changé ce message entre-temps. Relisez-le avant de le changer encore.",
    "may_not_mark": "Seuls la personne qui suit la demande et les responsables peuvent la réserver.",
    "named_only": "Seules les personnes nommées peuvent décider de qui voit cette demande.",
    "sensitive_by_subject": "Cette demande est sensible à cause de son sujet. Corrigez d'abord le sujet s'il est faux.",
    "export_changed": FAILURES["changed"],
    "not_sensitive": "Cette demande n'est pas réservée : tous les collègues la voient déjà.",
    "follows_it": "Cette personne suit la demande. Donnez-la d'abord à quelqu'un d'autre.",
    "already_so": "C'est déjà le cas : il n'y a rien à changer.",
    "second_person": "Une autre personne que vous doit accepter.",
    "led_lately": "La personne qui propose vous a fait venir ou promouvoir il y a peu, ou vous êtes responsable depuis "
    "moins longtemps que la proposition. Un autre responsable doit accepter.",
    "brought_asker": "Vous avez fait venir ou promouvoir la personne qui propose, il y a moins de trente jours. Un "
    "autre responsable doit accepter.",
    "not_seen": "Cette demande est réservée : pour accepter, il faut la voir. Une personne nommée peut la confier à un "
    "responsable, qui accepte ensuite.",
    "last_named": "C'est la seule personne nommée pour les demandes réservées. Nommez-en d'abord une autre.",
    "proposal_decided": "Cette proposition a déjà été décidée, ou elle a expiré. Rien n'a été changé.",
    "person_left": "Cette personne est partie entre-temps. Rien n'a été changé.",
    "under_review": "Le locataire demande qu'une autre personne relise votre réponse. Un collègue doit répondre ou "
    "terminer. Rien n'a été enregistré.",
    "not_erasable": "Cette demande ne peut pas être effacée : elle n'est pas terminée, ou l'est déjà.",
    "held": "Cette demande est à garder. Levez d'abord la garde.",
    "nothing_stopped": "L'effacement n'est pas arrêté. Rien n'a été demandé.",
    "review_by_another": "Le locataire conteste la réponse de cette personne. Choisissez quelqu'un d'autre.",
    "written_meanwhile": "Quelqu'un a écrit ou agi depuis que vous avez ouvert cette page. Relisez, puis envoyez "
    "encore une fois : vos mots sont gardés.",
    "no_organisation": "Aucun organisme n'a plus cette demande. Votre message n'est pas parti.",
    "organisation_without_email": "Cet organisme n'a pas d'adresse e-mail. Appelez-le, puis gardez une note.",
    "commitment_ended": "Cet engagement est déjà tenu ou retiré. Rien n'a été enregistré.",
    "own_role": "Vous ne pouvez pas changer votre propre rôle. Demandez à un autre administrateur.",
    "own_account": "Vous ne pouvez pas fermer votre propre compte. Demandez à un autre administrateur.",
    "last_administrator": "C'est la seule personne qui administre et qui peut se connecter. Donnez d'abord ce rôle à "
    "quelqu'un d'autre.",
    "administrators_only": "Seuls les administrateurs peuvent le faire. Rien n'a été changé.",
    "has_come": "Cette personne est déjà venue, ou elle est partie. Aucun lien n'est envoyé.",
    "team_in_use": "Cette équipe a servi : une demande, une règle ou une personne la connaît. Vous pouvez la renommer.",
    "level_empty": "Personne d'autre n'est nommé à ce niveau, à ces heures. Ajoutez d'abord quelqu'un.",
    "contact_changed": "Cette personne n'est plus appelée comme au moment de la proposition. Refusez-la, puis proposez "
    "de nouveau.",
    "contract_ended": "Ce contrat est déjà fini, ou il a changé entre-temps. Rien n'a été enregistré.",
    "last_sorting": "C'est la seule équipe qui trie. Ouvrez-en d'abord une autre du même genre.",
    "not_their_absence": "Seuls la personne et ses responsables notent une absence.",
    "too_many_exports": "Cinq de vos exports attendent déjà. Laissez-les se terminer, puis recommencez.",
    "supervisors_only": "Seuls les responsables changent les règles.",
    "draft_of_another": "Ce brouillon est celui d'un collègue. Rien n'a été enregistré.",
    "domain_taken": "Un autre bailleur du réseau a déjà ce domaine. Retirez-le.",
    "no_household": "Le logement de cette demande n'est pas retrouvé : elle ne compte dans aucun chiffre du réseau.",
    "nothing_changed": "Vous n'avez rien changé : il n'y a rien à enregistrer.",
    "provider_changed": "Le fournisseur a changé entre-temps. Refusez cette proposition, puis proposez de nouveau.",
    "seal_broken": "La clé proposée ne se lit plus : la clé de chiffrement a changé. Proposez-la de nouveau.",
    "key_waits": "Une clé de ce nom attend déjà. Si vous ne l'avez pas copiée, retirez la proposition dans « À "
    "valider », puis recommencez.",
    "key_known": "Une clé en service porte déjà ce nom. Choisissez-en un autre, ou révoquez-la d'abord.",
    "known": "Ce nom ou cette adresse sert déjà, ou a déjà servi. Choisissez-en un autre.",
    "no_secret": "Un dossier d'échange n'a pas de secret.",
    "no_test": "Seul un appel vers un logiciel, en service, peut être essayé.",
    "secret_changed": "Le secret a déjà été changé. Rien n'a été fait une seconde fois.",
    "too_many_origins": "La liste est pleine : 20 sites au plus. Retirez-en un d'abord.",
    "draft_exists": "Vous avez déjà un brouillon. Publiez-le ou supprimez-le d'abord.",
    "published": "Cette version est publiée : elle ne change plus. Reprenez-la dans un brouillon.",
    "too_many_hops": "Cette demande a déjà changé de mains deux fois. Un responsable, ou la personne à qui il l'a "
    "confiée, décide maintenant. Rien n'a été enregistré.",
}
# Fields of 300 characters.
SHORT = (
    "reason", "secrecy_reason", "note", "explanation", "title", "extension_reason", "what", "why_dropped",
)  # fmt: skip


def in_french(refusal: Refusal) -> str:
    """Return what was wrong and how to mend it."""
    if refusal.code == "too_long" and refusal.field in SHORT:
        return f"C'est trop long : {MAX_REASON} caractères au plus."
    own = next((words for kind, words in OWN_WORDS.items() if isinstance(refusal, kind)), None)
    if own:
        return own(refusal)
    if isinstance(refusal, NotAllowed):
        return NOT_ALLOWED_BY_CODE.get(refusal.code, NOT_ALLOWED)
    return SENTENCES.get(refusal.code, SENTENCES["unknown_value"])


def unfilled(refusal: Unfilled) -> str:
    """Return what still stands in braces, and what to do about each."""
    return " ".join(_left_open(name, refusal.field) for name in refusal.names)


def _left_open(name: str, field: str | None) -> str:
    known = VARIABLES.get(name)
    if known and field != "body":
        return f"« {{{name}}} » n'a pas de valeur ici : {known.what}. Écrivez-la, ou retirez la phrase."
    return f"« {{{name}}} » n'est pas un mot à remplir. Corrigez-le, ou retirez les accolades."


def said_already(refusal: SaidAlready) -> str:
    """Return when the same words were said, and how to say them again."""
    once_more = "Pour le refaire, cochez la case sous vos mots."
    if refusal.leaves_at:
        return f"Ce message est déjà écrit : il part à {hour(refusal.leaves_at)}. {once_more}"
    what = "gardé cette note" if refusal.kind == EventKind.NOTED else "envoyé ces mots"
    return f"Vous avez déjà {what} le {wording.moment_in_words(refusal.at)}. {once_more}"


def ended(refusal: Ended) -> str:
    """Return who ended it and when, and where the words are that came too late."""
    by, at = ACTORS.get(refusal.by, refusal.by), wording.moment_in_words(refusal.at)
    return f"{by} a terminé cette demande le {at}. Rien n'est parti : vos mots sont dans la note interne."


# What is said of these depends on more than their code.
OWN_WORDS: dict[type[Refusal], Callable[[Any], str]] = {
    FileRefused: file_refusals.in_french,
    Unfilled: unfilled,
    SaidAlready: said_already,
    Ended: ended,
}


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of the page that says it."""
    return 409 if isinstance(refusal, NotAllowed) else 422
