<?php
/* A configuration push centre: it publishes only when all listed subscribers have reported over REP.
 *
 * Until then it greets under "~"; a subscriber reports when it has heard the greeting, so nobody misses the first setting.
 * A stranger that reports too is turned away.
 */

require __DIR__ . '/stage.php';

const SETTINGS = [
    'all' => ['log' => 'info', 'zone' => 'UTC'],
    'web' => ['port' => '8080'],
    'mail' => ['port' => '25', 'queue' => '1000'],
];
const LISTED = ['web', 'mail', 'batch'];

/* The settings that a subscriber must end up with. */
function settings_of(string $name): array
{
    return SETTINGS['all'] + (SETTINGS[$name] ?? []);
}

function report(string $name): string
{
    $req = connected(ZMQ::SOCKET_REQ, ipc('reports'));
    $req->send($name);
    return recv($req);
}

/* Greets, and takes reports, until every listed subscriber has reported. */
function gather(ZMQSocket $pub, ZMQSocket $rep): void
{
    $missing = array_flip(LISTED);
    $strangers = 0;
    $poll = new ZMQPoll();
    $poll->add($rep, ZMQ::POLL_IN);
    while ($missing || !$strangers) {
        $pub->send('~hello');
        $readable = $writable = [];
        if ($poll->poll($readable, $writable, 10) > 0) {
            $name = recv($rep);
            $known = in_array($name, LISTED, true);
            $strangers += $known ? 0 : 1;
            unset($missing[$name]);
            $rep->send($known ? 'welcome' : 'unknown');
        }
    }
    say(count(LISTED) . ' subscribers have reported, ' . $strangers . ' stranger was turned away');
}

start('centre', function () {
    $pub = bound(ZMQ::SOCKET_PUB, ipc('settings'));
    gather($pub, bound(ZMQ::SOCKET_REP, ipc('reports')));
    foreach (SETTINGS as $group => $settings) {
        foreach ($settings as $key => $value) {
            $pub->sendMulti(["/$group/$key", $value]);
        }
    }
    $pub->send('~end');
});

foreach (LISTED as $name) {
    start($name, function () use ($name) {
        $sub = connected(ZMQ::SOCKET_SUB, ipc('settings'));
        foreach (['/all/', "/$name/", '~'] as $prefix) {
            $sub->setSockOpt(ZMQ::SOCKOPT_SUBSCRIBE, $prefix);
        }
        expect('greeting', recv($sub), '~hello');
        expect('answer to the report', report($name), 'welcome');
        $applied = [];
        while (($message = recv_parts($sub)) !== ['~end']) {
            if ($message !== ['~hello']) {
                $applied[basename($message[0])] = $message[1];
            }
        }
        expect('settings', $applied, settings_of($name));
        say('applied ' . json_encode($applied));
    });
}

start('stranger', function () {
    expect('answer to the report', report('stranger'), 'unknown');
});

finish();
