/*
 * zmq_socket_monitor itself: bad addresses, the event mask, stopping with NULL,
 * a second monitor, two sockets with one address, nobody who reads, a
 * reader that comes first, every socket type, the slots it takes of
 * ZMQ_MAX_SOCKETS. (Events while nobody reads are left out: the original blocks.)
 */
#include "../t.h"

static void *ctx;

static void *reader (const char *endpoint)
{
    void *sock = t_socket (ctx, ZMQ_PAIR);
    t_need (zmq_connect (sock, endpoint) == 0);
    return sock;
}

/* Make one LISTENING event. */
static void make_event (void *sock)
{
    char endpoint[256];
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
}

static void none (void *mon, const char *label)
{
    if (t_poll_in (mon, 50) & ZMQ_POLLIN)
        t_event_print (mon, label);
    else
        printf ("%s: no event\n", label);
}

static void addresses (void)
{
    void *sock = t_socket (ctx, ZMQ_PULL);
    RC (zmq_socket_monitor (sock, "tcp://127.0.0.1:*", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, "ipc:///tmp/never-made", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, "nonsense://x", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, "nonsense", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, "", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, "inproc://", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, "://x", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, NULL, ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, NULL, 0));
    zmq_close (sock);
}

static void masks (void)
{
    static const int list[] = {0, ZMQ_EVENT_LISTENING, ZMQ_EVENT_ALL & ~ZMQ_EVENT_LISTENING, -1,
                               ZMQ_EVENT_MONITOR_STOPPED, 0x10000};
    for (size_t i = 0; i < T_COUNT (list); i++) {
        void *sock = t_socket (ctx, ZMQ_PULL), *mon;
        char endpoint[32];
        snprintf (endpoint, sizeof endpoint, "inproc://mask%zu", i);
        printf ("mask 0x%x\n", (unsigned) list[i]);
        RC (zmq_socket_monitor (sock, endpoint, list[i]));
        mon = reader (endpoint);
        make_event (sock);
        none (mon, "  after bind");
        zmq_close (sock);
        none (mon, "  after close");
        none (mon, "  after that");
        none (mon, "  after that");
        zmq_close (mon);
    }
}

static void stop_and_again (void)
{
    void *sock = t_socket (ctx, ZMQ_PULL), *mon, *second;
    printf ("stop\n");
    RC (zmq_socket_monitor (sock, "inproc://stop", ZMQ_EVENT_ALL));
    mon = reader ("inproc://stop");
    make_event (sock);
    RC (zmq_socket_monitor (sock, NULL, 0));
    make_event (sock);
    none (mon, "mon");
    none (mon, "mon");
    none (mon, "mon");
    RC (zmq_socket_monitor (sock, NULL, 0));
    printf ("again, at another address\n");
    RC (zmq_socket_monitor (sock, "inproc://stop2", ZMQ_EVENT_ALL));
    second = reader ("inproc://stop2");
    make_event (sock);
    none (second, "second");
    none (mon, "mon");
    printf ("a third one while the second runs\n");
    RC (zmq_socket_monitor (sock, "inproc://stop3", ZMQ_EVENT_ALL));
    zmq_close (mon);
    mon = reader ("inproc://stop3");
    make_event (sock);
    none (second, "second");
    none (second, "second");
    none (mon, "third");
    zmq_close (sock);
    none (mon, "third");
    none (second, "second");
    zmq_close (mon);
    zmq_close (second);
}

static void same_address (void)
{
    void *a = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PULL), *mon;
    printf ("two sockets, one address\n");
    RC (zmq_socket_monitor (a, "inproc://same", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (b, "inproc://same", ZMQ_EVENT_ALL));
    mon = reader ("inproc://same");
    make_event (b);
    none (mon, "b bound");
    make_event (a);
    none (mon, "a bound");
    zmq_close (b);
    t_monitor_end (a, mon);
}

/* A monitor without any event needs no reader. */
static void nobody (void)
{
    void *sock = t_socket (ctx, ZMQ_PULL), *out = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    printf ("nobody reads, no event comes\n");
    RC (zmq_socket_monitor (sock, "inproc://nobody", ZMQ_EVENT_CLOSE_FAILED));
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    RC (t_send (out, "works", (char *) NULL));
    t_recv_print (sock, "sock");
    zmq_close (sock);
    zmq_close (out);
}

/* The reader connects first: the address is bound later. */
static void reader_first (void)
{
    void *mon = reader ("inproc://first"), *sock = t_socket (ctx, ZMQ_PULL);
    printf ("the reader comes first\n");
    RC (zmq_socket_monitor (sock, "inproc://first", ZMQ_EVENT_ALL));
    make_event (sock);
    none (mon, "mon");
    zmq_close (sock);
    none (mon, "mon");
    none (mon, "mon");
    zmq_close (mon);
}

static void types (void)
{
    for (int type = 0; type < 12; type++) {
        void *sock = t_socket (ctx, type), *mon = t_monitor (ctx, sock, ZMQ_EVENT_LISTENING | ZMQ_EVENT_MONITOR_STOPPED);
        char endpoint[256];
        printf ("%s\n", t_type_name (type));
        t_need (t_bind_any (sock, endpoint, "tcp") == 0);
        none (mon, "mon");
        t_monitor_end (sock, mon);
    }
}

static void slots (void)
{
    void *small = zmq_ctx_new (), *sock;
    printf ("slots\n");
    zmq_ctx_set (small, ZMQ_MAX_SOCKETS, 2);
    sock = zmq_socket (small, ZMQ_PULL);
    RC (zmq_socket_monitor (sock, "inproc://slots", ZMQ_EVENT_LISTENING));
    RP (zmq_socket (small, ZMQ_PAIR));
    zmq_close (sock);
    RC (zmq_ctx_term (small));
    small = zmq_ctx_new ();
    zmq_ctx_set (small, ZMQ_MAX_SOCKETS, 1);
    sock = zmq_socket (small, ZMQ_PULL);
    RC (zmq_socket_monitor (sock, "inproc://slots", ZMQ_EVENT_LISTENING));
    zmq_close (sock);
    RC (zmq_ctx_term (small));
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    addresses ();
    masks ();
    stop_and_again ();
    same_address ();
    nobody ();
    reader_first ();
    types ();
    slots ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
