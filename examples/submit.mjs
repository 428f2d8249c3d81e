// Envoie le message d'un locataire. Node 18 ou plus récent, sans bibliothèque.

const message = {
  text: "Bonjour, plus de chauffage depuis dimanche soir, nous sommes quatre.",
  dwelling: { reference: process.env.SEVE_LOGEMENT },
  tenant: { reference: "BAIL-77", name: "Marie Durand", email: "marie.durand@exemple.fr" },
};
const response = await fetch(`${process.env.SEVE_URL}/api/v1/complaints`, {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.SEVE_KEY}`,
    "Content-Type": "application/json",
    // Le numéro du message chez vous : renvoyé après une coupure, il ne fait pas une deuxième demande.
    "Idempotency-Key": "extranet-message-1041",
  },
  body: JSON.stringify(message),
  signal: AbortSignal.timeout(15_000),
});
const answer = await response.json();
if (!response.ok) {
  // Le refus dit quel champ corriger, en français et en anglais.
  console.error(answer);
  process.exit(1);
}

// À montrer au locataire : la référence, la date promise, les consignes de sécurité, le lien de suivi.
console.log(JSON.stringify(answer, null, 2));
