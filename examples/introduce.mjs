// Signe la présentation d'un locataire. Node 18 ou plus récent, sans bibliothèque. Écrit le jeton.
import { createHmac, randomUUID } from "node:crypto";

const base64url = (text) => Buffer.from(text).toString("base64url");

// Un jeton neuf à chaque affichage du bouton : il ne sert qu'une fois.
function introduce(tenant) {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: "HS256", typ: "JWT", kid: process.env.SEVE_KEY_NAME };
  const claims = {
    ...tenant,
    iss: process.env.SEVE_BAILLEUR,
    aud: `${process.env.SEVE_URL}/${process.env.SEVE_BAILLEUR}`,
    iat: now,
    exp: now + 120,
    jti: randomUUID(),
  };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  const signature = createHmac("sha256", process.env.SEVE_SECRET).update(signed).digest("base64url");
  return `${signed}.${signature}`;
}

console.log(
  introduce({
    sub: "BAIL-77",
    dwelling: process.env.SEVE_LOGEMENT,
    name: "Marie Durand",
    email: "marie.durand@exemple.fr",
    phone: "06 12 34 56 78",
  }),
);
