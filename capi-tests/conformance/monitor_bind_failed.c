/*
 * Socket monitor: the events of binds that fail, for an address in use, one
 * that is not ours, and a path without directory; and of inproc, which has no
 * events.
 */
#include "../t.h"

static void try (void *ctx, const char *what, const char *endpoint)
{
    void *sock = t_socket (ctx, ZMQ_PULL), *mon = t_monitor (ctx, sock, ZMQ_EVENT_ALL);
    printf ("%s\n", what);
    RC (zmq_bind (sock, endpoint));
    while (t_poll_in (mon, 50) & ZMQ_POLLIN)
        t_event_print (mon, "  event");
    t_monitor_end (sock, mon);
}

int main (void)
{
    char taken[256];
    void *ctx, *first;
    t_init ();
    ctx = zmq_ctx_new ();
    first = t_socket (ctx, ZMQ_PULL);
    t_need (t_bind_any (first, taken, "tcp") == 0);
    try (ctx, "in use", taken);
    try (ctx, "not our address", "tcp://192.0.2.1:9");
    try (ctx, "no such directory", "ipc:///no/such/directory/x");
    try (ctx, "no such transport", "nonsense://x");
    try (ctx, "inproc", "inproc://bound");
    zmq_close (first);
    RC (zmq_ctx_term (ctx));
    return 0;
}
