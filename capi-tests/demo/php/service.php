<?php
/* A REP service of the mixed play. Usage: service.php ENDPOINT COUNT */

require __DIR__ . '/stage.php';

exit(perform('php', function () use ($argv) {
    [, $endpoint, $count] = $argv;
    $rep = connected(ZMQ::SOCKET_REP, $endpoint);
    for ($served = 0; $served < (int) $count; $served++) {
        $rep->send('php had ' . recv($rep));
    }
    say("served $served requests");
}));
