<?php
/* The stage for the PHP demo programs: one forked process per role, each proving its library.
 *
 * A play calls start('name', function) per role and leaves with finish(). Contexts are made after the fork, by context().
 * A role that throws ends its process with exit code 1, and finish() then ends the play with 1.
 */

const PATIENCE_MS = 8000;
const ROLE_WIDTH = 12;

$actors = [];
$role = 'director';

function say(string $text): void
{
    fwrite(STDOUT, sprintf("%" . ROLE_WIDTH . "s: %s\n", $GLOBALS['role'], $text));
}

function expect(string $what, $got, $wanted): void
{
    if ($got !== $wanted) {
        throw new Exception("$what: got " . json_encode($got) . ', wanted ' . json_encode($wanted));
    }
}

function setting(string $name): string
{
    $value = getenv($name);
    if ($value === false) {
        throw new Exception("$name is not set");
    }
    return $value;
}

/* The only libzmq in this process must be the library under test; the driver counts the noted lines. */
function prove(): void
{
    $ours = realpath(setting('DEMO_LIBRARY'));
    $loaded = [];
    foreach (file('/proc/self/maps', FILE_IGNORE_NEW_LINES) as $line) {
        $path = preg_split('/\s+/', $line, 6)[5] ?? '';
        if ($path === $ours || strpos(basename($path), 'libzmq') === 0) {
            $loaded[realpath($path)] = true;
        }
    }
    if (array_keys($loaded) !== [$ours]) {
        throw new Exception('NOT our library: ' . implode(', ', array_keys($loaded)));
    }
    $note = sprintf("%d %s: mapped %s\n", getmypid(), $GLOBALS['role'], basename($ours));
    file_put_contents(setting('DEMO_DIR') . '/proofs', $note, FILE_APPEND);
}

/* Proves, plays, and turns what was thrown into an exit code. */
function perform(string $name, callable $play): int
{
    $GLOBALS['role'] = $name;
    try {
        prove();
        $play();
        return 0;
    } catch (Throwable $error) {
        say('FAILED ' . $error->getMessage());
        return 1;
    }
}

function start(string $name, callable $play): void
{
    global $actors;
    $pid = pcntl_fork();
    if ($pid === 0) {
        exit(perform($name, $play));
    }
    $actors[$pid] = $name;
}

/* Waits for all roles; never returns. */
function finish(): void
{
    global $actors;
    $code = 0;
    foreach ($actors as $pid => $name) {
        pcntl_waitpid($pid, $status);
        if ($status !== 0) {
            say("$name failed");
            $code = 1;
        }
    }
    exit($code);
}

function context(): ZMQContext
{
    static $context;
    return $context ??= new ZMQContext(1, false);
}

function socket(int $type): ZMQSocket
{
    $socket = context()->getSocket($type);
    // A SUB has nothing to deliver but its cancellations, which would wait for a publisher that is gone.
    $socket->setSockOpt(ZMQ::SOCKOPT_LINGER, $type === ZMQ::SOCKET_SUB ? 0 : 2000);
    $socket->setSockOpt(ZMQ::SOCKOPT_RCVTIMEO, PATIENCE_MS);
    $socket->setSockOpt(ZMQ::SOCKOPT_SNDTIMEO, PATIENCE_MS);
    return $socket;
}

function connected(int $type, string $endpoint): ZMQSocket
{
    return socket($type)->connect($endpoint);
}

function bound(int $type, string $endpoint): ZMQSocket
{
    return socket($type)->bind($endpoint);
}

/* recv() and recvMulti() give false when the time is up: here that is an error. */
function recv(ZMQSocket $socket): string
{
    $text = $socket->recv();
    if ($text === false) {
        throw new Exception('no message came in time');
    }
    return $text;
}

function recv_parts(ZMQSocket $socket): array
{
    $parts = $socket->recvMulti();
    if ($parts === false) {
        throw new Exception('no message came in time');
    }
    return $parts;
}

/* An ipc endpoint that both sides of this play know. */
function ipc(string $name): string
{
    return 'ipc://' . setting('DEMO_DIR') . "/$name";
}
