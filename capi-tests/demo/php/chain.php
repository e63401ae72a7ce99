<?php
/* A chain of three forked processes over ipc PAIR: a signal runs down the chain, each adds its name, and the answer runs back. */

require __DIR__ . '/stage.php';

const ROUNDS = 50;

start('first', function () {
    $next = bound(ZMQ::SOCKET_PAIR, ipc('first-second'));
    for ($round = 0; $round < ROUNDS; $round++) {
        $next->sendMulti(["round $round", 'first']);
        expect('answer', recv_parts($next), ["round $round", 'first', 'second', 'third', 'second']);
    }
    say(ROUNDS . ' signals went down the chain and came back');
});

start('second', function () {
    $before = connected(ZMQ::SOCKET_PAIR, ipc('first-second'));
    $next = bound(ZMQ::SOCKET_PAIR, ipc('second-third'));
    for ($round = 0; $round < ROUNDS; $round++) {
        $next->sendMulti([...recv_parts($before), 'second']);
        $before->sendMulti([...recv_parts($next), 'second']);
    }
});

start('third', function () {
    $before = connected(ZMQ::SOCKET_PAIR, ipc('second-third'));
    for ($round = 0; $round < ROUNDS; $round++) {
        $signal = recv_parts($before);
        expect('signal', $signal, ["round $round", 'first', 'second']);
        $before->sendMulti([...$signal, 'third']);
    }
    say(ROUNDS . ' signals reached the end');
});

finish();
