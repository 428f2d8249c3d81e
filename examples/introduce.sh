#!/usr/bin/env bash
# Signe la présentation d'un locataire avec openssl, pour essayer. Écrit le jeton.
set -euo pipefail

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

now=$(date +%s)
header=$(printf '{"alg":"HS256","typ":"JWT","kid":"%s"}' "$SEVE_KEY_NAME" | base64url)
claims=$(base64url <<JSON
{
  "iss": "$SEVE_BAILLEUR", "aud": "$SEVE_URL/$SEVE_BAILLEUR",
  "iat": $now, "exp": $((now + 120)), "jti": "$(openssl rand -hex 16)",
  "sub": "BAIL-77", "dwelling": "$SEVE_LOGEMENT",
  "name": "Marie Durand", "email": "marie.durand@exemple.fr", "phone": "06 12 34 56 78"
}
JSON
)
signature=$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha256 -hmac "$SEVE_SECRET" -binary | base64url)
printf '%s.%s.%s\n' "$header" "$claims" "$signature"
