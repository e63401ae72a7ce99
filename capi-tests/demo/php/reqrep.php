<?php
/* Request and reply in PHP over tcp: the server binds a wildcard port and notes its endpoint in a file. */

require __DIR__ . '/stage.php';

const REQUESTS = 50;

$note = setting('DEMO_DIR') . '/endpoint';

start('server', function () use ($note) {
    $rep = bound(ZMQ::SOCKET_REP, 'tcp://127.0.0.1:*');
    file_put_contents("$note.new", rtrim($rep->getSockOpt(ZMQ::SOCKOPT_LAST_ENDPOINT), "\0"));
    rename("$note.new", $note);
    for ($number = 0; $number < REQUESTS; $number++) {
        $rep->send('server had ' . recv($rep));
    }
});

start('client', function () use ($note) {
    for ($tries = 0; !file_exists($note) && $tries < 500; $tries++) {
        usleep(10000);
    }
    $req = connected(ZMQ::SOCKET_REQ, file_get_contents($note));
    for ($number = 0; $number < REQUESTS; $number++) {
        $req->send("question $number");
        expect('reply', recv($req), "server had question $number");
    }
    say(REQUESTS . ' replies');
});

finish();
