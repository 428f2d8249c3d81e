"""Envoie le message d'un locataire, avec la seule bibliothèque standard de Python 3."""

import json
import os
import urllib.error
import urllib.request

message = {
    "text": "Bonjour, plus de chauffage depuis dimanche soir, nous sommes quatre.",
    "dwelling": {"reference": os.environ["SEVE_LOGEMENT"]},
    "tenant": {"reference": "BAIL-77", "name": "Marie Durand", "email": "marie.durand@exemple.fr"},
}
request = urllib.request.Request(
    os.environ["SEVE_URL"] + "/api/v1/complaints",
    data=json.dumps(message).encode(),
    headers={
        "Authorization": "Bearer " + os.environ["SEVE_KEY"],
        "Content-Type": "application/json",
        # Le numéro du message chez vous : renvoyé après une coupure, il ne fait pas une deuxième demande.
        "Idempotency-Key": "extranet-message-1041",
    },
)
try:
    with urllib.request.urlopen(request, timeout=15) as response:
        answer = json.load(response)
except urllib.error.HTTPError as refusal:
    # Le refus dit quel champ corriger, en français et en anglais.
    raise SystemExit(refusal.read().decode()) from refusal

# À montrer au locataire : la référence, la date promise, les consignes de sécurité, le lien de suivi.
print(json.dumps(answer, ensure_ascii=False, indent=2))
