<?php
// Signe la présentation d'un locataire. PHP 7.4 ou plus récent, sans bibliothèque. Écrit le jeton.

function base64url(string $data): string
{
    return rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
}

// Un jeton neuf à chaque affichage du bouton : il ne sert qu'une fois.
function introduce(array $tenant): string
{
    $now = time();
    $header = ['alg' => 'HS256', 'typ' => 'JWT', 'kid' => getenv('SEVE_KEY_NAME')];
    $claims = [
        'iss' => getenv('SEVE_BAILLEUR'),
        'aud' => getenv('SEVE_URL') . '/' . getenv('SEVE_BAILLEUR'),
        'iat' => $now,
        'exp' => $now + 120,
        'jti' => bin2hex(random_bytes(16)),
    ] + $tenant;
    $signed = base64url(json_encode($header)) . '.' . base64url(json_encode($claims));
    return $signed . '.' . base64url(hash_hmac('sha256', $signed, getenv('SEVE_SECRET'), true));
}

echo introduce([
    'sub' => 'BAIL-77',
    'dwelling' => getenv('SEVE_LOGEMENT'),
    'name' => 'Marie Durand',
    'email' => 'marie.durand@exemple.fr',
    'phone' => '06 12 34 56 78',
]), "\n";
