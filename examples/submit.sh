#!/usr/bin/env bash
# Envoie le message d'un locataire. Les valeurs viennent de l'environnement.
set -euo pipefail

curl --silent --show-error --fail-with-body "$SEVE_URL/api/v1/complaints" \
  --header "Authorization: Bearer $SEVE_KEY" \
  --header "Content-Type: application/json" \
  --header "Idempotency-Key: extranet-message-1041" \
  --data @- <<JSON
{
  "text": "Bonjour, plus de chauffage depuis dimanche soir, nous sommes quatre.",
  "dwelling": {"reference": "$SEVE_LOGEMENT"},
  "tenant": {"reference": "BAIL-77", "name": "Marie Durand", "email": "marie.durand@exemple.fr"}
}
JSON
