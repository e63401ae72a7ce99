/* The stage for the C demo programs; stage.h says what it offers. */
#define _GNU_SOURCE
#include "stage.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 8000
#define MAX_ACTORS 16
#define MAX_SOCKETS 16

static struct actor actors[MAX_ACTORS];
static int actor_count;
static const char *my_name = "director";
static void *sockets[MAX_SOCKETS];
static int socket_count;

/* Voice */

static void say_v (const char *name, const char *format, va_list args)
{
    char text[2 * WORD], line[3 * WORD];
    vsnprintf (text, sizeof text, format, args);
    int length = snprintf (line, sizeof line, "%12s: %s\n", name, text);
    if (write (STDOUT_FILENO, line, (size_t) length) < 0)
        _exit (1);
}

void say (const char *name, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    say_v (name, format, args);
    va_end (args);
}

void fail (const char *format, ...)
{
    va_list args;
    va_start (args, format);
    say_v (my_name, format, args);
    va_end (args);
    _exit (1);
}

int must (int rc, const char *call)
{
    if (rc == -1)
        fail ("FAILED %s: %s", call, zmq_strerror (zmq_errno ()));
    return rc;
}

/* Proof */

static const char *environment (const char *name)
{
    const char *value = getenv (name);
    if (!value)
        fail ("FAILED: %s is not set", name);
    return value;
}

/* The file that serves zmq_send and zmq_version must be the library under test; the driver counts the noted lines. */
void prove (const char *name)
{
    void *functions[] = {(void *) zmq_version, (void *) zmq_send};
    char ours[PATH_MAX], loaded[PATH_MAX], note[PATH_MAX];
    int major, minor, patch;

    if (!realpath (environment ("DEMO_LIBRARY"), ours))
        fail ("FAILED: DEMO_LIBRARY is not there");
    for (int i = 0; i < 2; i++) {
        Dl_info info;
        if (!dladdr (functions[i], &info) || !realpath (info.dli_fname, loaded) || strcmp (loaded, ours))
            fail ("NOT our library: %s", loaded);
    }
    zmq_version (&major, &minor, &patch);
    snprintf (note, sizeof note, "%s/proofs", environment ("DEMO_DIR"));
    FILE *proofs = fopen (note, "a");
    if (!proofs)
        fail ("FAILED: cannot note the proof");
    fprintf (proofs, "%d %s: zmq_version %d.%d.%d\n", (int) getpid (), name, major, minor, patch);
    fclose (proofs);
}

/* Director's side */

static void leave (struct me *me)
{
    while (socket_count > 0)
        MUST (zmq_close (sockets[--socket_count]));
    MUST (zmq_ctx_term (me->context));
    _exit (0);
}

struct actor start (role_fn *role, const char *name, int number, const char *address, const char *second)
{
    int line[2];
    if (actor_count == MAX_ACTORS || socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line))
        fail ("FAILED: no line to %s", name);
    struct actor actor = {name, fork (), line[0]};
    if (actor.pid == -1)
        fail ("FAILED: cannot fork %s", name);
    if (actor.pid == 0) {
        my_name = name;
        prove (name);
        struct me me = {name, {address, second}, number, zmq_ctx_new (), line[1]};
        if (!me.context)
            fail ("FAILED zmq_ctx_new: %s", zmq_strerror (zmq_errno ()));
        role (&me);
        leave (&me);
    }
    close (line[1]);
    actors[actor_count++] = actor;
    return actor;
}

void heard (const struct actor *actor, char word[WORD])
{
    struct pollfd line = {actor->line, POLLIN, 0};
    ssize_t length = poll (&line, 1, PATIENCE_MS) == 1 ? read (actor->line, word, WORD - 1) : -1;
    if (length <= 0)
        fail ("FAILED: %s tells nothing", actor->name);
    word[length] = 0;
}

void cue (const struct actor *actor)
{
    if (write (actor->line, "cue", 3) != 3)
        fail ("FAILED: no cue to %s", actor->name);
}

int finish (void)
{
    int failed = 0;
    for (int i = 0; i < actor_count; i++) {
        int status;
        if (waitpid (actors[i].pid, &status, 0) != actors[i].pid || status != 0) {
            say ("director", "%s failed, status 0x%x", actors[i].name, status);
            failed = 1;
        }
    }
    return failed;
}

/* Role's side */

void tell (struct me *me, const char *word)
{
    if (write (me->line, word, strlen (word)) < 0)
        fail ("FAILED: the director is gone");
}

int cued (const struct me *me)
{
    struct pollfd line = {me->line, POLLIN, 0};
    return poll (&line, 1, 0) > 0;
}

void *open_socket (struct me *me, int type, const char *connect_to)
{
    int linger = type == ZMQ_SUB ? 0 : 2000; /* a SUB's cancellations would wait for a publisher that is gone */
    int patience = PATIENCE_MS;
    void *socket = zmq_socket (me->context, type);
    if (!socket || socket_count == MAX_SOCKETS)
        fail ("FAILED zmq_socket: %s", zmq_strerror (zmq_errno ()));
    sockets[socket_count++] = socket;
    MUST (zmq_setsockopt (socket, ZMQ_LINGER, &linger, sizeof linger));
    MUST (zmq_setsockopt (socket, ZMQ_RCVTIMEO, &patience, sizeof patience));
    MUST (zmq_setsockopt (socket, ZMQ_SNDTIMEO, &patience, sizeof patience));
    if (connect_to)
        MUST (zmq_connect (socket, connect_to));
    return socket;
}

void *open_bound (struct me *me, int type, const char *address)
{
    char endpoint[WORD];
    size_t size = sizeof endpoint;
    void *socket = open_socket (me, type, NULL);
    MUST (zmq_bind (socket, address));
    MUST (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, endpoint, &size));
    tell (me, endpoint);
    return socket;
}

void send_text (void *socket, int flags, const char *format, ...)
{
    char text[WORD];
    va_list args;
    va_start (args, format);
    int length = vsnprintf (text, sizeof text, format, args);
    va_end (args);
    if (MUST (zmq_send (socket, text, (size_t) length, flags)) != length)
        fail ("FAILED: %d bytes sent in part", length);
}

int recv_text (void *socket, char text[WORD])
{
    int more;
    size_t size = sizeof more;
    int length = MUST (zmq_recv (socket, text, WORD - 1, 0));
    if (length >= WORD)
        fail ("FAILED: a message of %d bytes", length);
    text[length] = 0;
    MUST (zmq_getsockopt (socket, ZMQ_RCVMORE, &more, &size));
    return more;
}

void recv_expected (void *socket, const char *format, ...)
{
    char got[WORD], wanted[WORD];
    va_list args;
    va_start (args, format);
    vsnprintf (wanted, sizeof wanted, format, args);
    va_end (args);
    recv_text (socket, got);
    if (strcmp (got, wanted))
        fail ("FAILED: got '%s', wanted '%s'", got, wanted);
}
