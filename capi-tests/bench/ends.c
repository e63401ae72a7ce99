/* The two ends of a case: starting them as processes or threads, and the sockets through which they meet.
 *
 * ipc endpoints are abstract names, so nothing is left in the file system however a run ends.
 */
#include "bench.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* Sockets */

static void *new_socket (struct end *end, int type, int binds)
{
    void *socket = zmq_socket (end->context, type);
    must (socket != NULL, "zmq_socket");
    if (end->row->arrange)
        end->row->arrange (socket, binds);
    return socket;
}

void *bound (struct end *end, int type, int place)
{
    struct place *at = &end->shared->places[place];
    const char *transport = end->row->transport;
    void *socket = new_socket (end, type, 1);
    option (socket, ZMQ_BACKLOG, 4096); /* many may come at once */
    size_t size = sizeof at->endpoint;
    if (!strcmp (transport, "tcp")) {
        must (zmq_bind (socket, "tcp://127.0.0.1:*") == 0, "zmq_bind");
        must (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, at->endpoint, &size) == 0, "ZMQ_LAST_ENDPOINT");
    } else {
        snprintf (at->endpoint, size, "%s://%sbench-%d-%d", transport, strcmp (transport, "ipc") ? "" : "@", getpid (), place);
        must (zmq_bind (socket, at->endpoint) == 0, "zmq_bind");
    }
    atomic_store (&at->bound, 1);
    return socket;
}

void *connected (struct end *end, int type, int place)
{
    struct place *at = &end->shared->places[place];
    void *socket = new_socket (end, type, 0);
    while (!atomic_load (&at->bound))
        usleep (500);
    must (zmq_connect (socket, at->endpoint) == 0, "zmq_connect");
    return socket;
}

void **all_connected (struct end *end, int type)
{
    void **sockets = calloc ((size_t) end->row->count, sizeof *sockets);
    must (sockets != NULL, "calloc");
    for (int i = 0; i < end->row->count; i++)
        sockets[i] = connected (end, type, 0);
    return sockets;
}

void finish (void *socket)
{
    must (zmq_close (socket) == 0, "zmq_close");
}

void finish_all (struct end *end, void **sockets)
{
    for (int i = 0; i < end->row->count; i++)
        finish (sockets[i]);
    free (sockets);
}

int stopped (const struct end *end)
{
    return atomic_load_explicit (&end->shared->stop, memory_order_relaxed);
}

void option (void *socket, int name, int value)
{
    must (zmq_setsockopt (socket, name, &value, sizeof value) == 0, "zmq_setsockopt");
}

/* Running */

static int is_floor (const struct bench_case *row)
{
    return row->floor[0] == 0;
}

static void *new_context (void)
{
    void *context = zmq_ctx_new ();
    must (context && zmq_ctx_set (context, ZMQ_MAX_SOCKETS, 10000) == 0, "zmq_ctx_new");
    return context;
}

static void *peer_thread (void *arg)
{
    struct end *end = arg;
    end->row->peer (end);
    return NULL;
}

static void run_threads (struct end *subject, struct end *peer)
{
    pthread_t thread;
    if (!is_floor (subject->row))
        subject->context = peer->context = new_context ();
    must (pthread_create (&thread, NULL, peer_thread, peer) == 0, "pthread_create");
    subject->row->subject (subject);
    pthread_join (thread, NULL);
    if (subject->context)
        zmq_ctx_term (subject->context);
}

static void run_end (struct end *end, void life (struct end *))
{
    if (!is_floor (end->row))
        end->context = new_context ();
    life (end);
    if (end->context)
        zmq_ctx_term (end->context);
}

static void run_processes (struct end *subject, struct end *peer)
{
    int status;
    subject->peer = fork ();
    must (subject->peer >= 0, "fork");
    if (subject->peer == 0) {
        prctl (PR_SET_PDEATHSIG, SIGKILL);
        if (is_floor (peer->row))
            close (subject->fd[0]);
        run_end (peer, peer->row->peer);
        _exit (0);
    }
    if (is_floor (peer->row))
        close (peer->fd[0]);
    run_end (subject, subject->row->subject);
    must (waitpid (subject->peer, &status, 0) == subject->peer && status == 0, "the peer's end");
}

void run (const struct bench_case *row, double seconds)
{
    struct shared *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must (shared != MAP_FAILED, "mmap");
    struct end subject = {.row = row, .shared = shared, .seconds = seconds}, peer = subject;
    if (is_floor (row))
        connect_raw (&subject, &peer);
    (strcmp (row->transport, "inproc") ? run_processes : run_threads) (&subject, &peer);
}
