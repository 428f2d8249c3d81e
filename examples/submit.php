<?php
// Envoie le message d'un locataire. PHP 7.4 ou plus récent, sans bibliothèque.

$message = [
    'text' => 'Bonjour, plus de chauffage depuis dimanche soir, nous sommes quatre.',
    'dwelling' => ['reference' => getenv('SEVE_LOGEMENT')],
    'tenant' => ['reference' => 'BAIL-77', 'name' => 'Marie Durand', 'email' => 'marie.durand@exemple.fr'],
];
$answer = file_get_contents(getenv('SEVE_URL') . '/api/v1/complaints', false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => [
        'Authorization: Bearer ' . getenv('SEVE_KEY'),
        'Content-Type: application/json',
        // Le numéro du message chez vous : renvoyé après une coupure, il ne fait pas une deuxième demande.
        'Idempotency-Key: extranet-message-1041',
    ],
    'content' => json_encode($message),
    'timeout' => 15,
    'ignore_errors' => true, // Pour lire aussi les refus : ils disent quel champ corriger.
]]));
if ($answer === false || strpos($http_response_header[0], ' 201 ') === false) {
    fwrite(STDERR, $answer === false ? "Pas de réponse\n" : $answer);
    exit(1);
}

// À montrer au locataire : la référence, la date promise, les consignes de sécurité, le lien de suivi.
echo $answer;
