/*
 * High-water marks: how many messages inproc accepts without a reader for pairs
 * of SNDHWM and RCVHWM, set before and after bind and connect, with bind and
 * with connect first; multipart messages; 0 for unlimited; how many must be read
 * before a full pipe takes more (low-water mark); each peer has its own pipe;
 * over tcp: that a reader that stops does stop the writer, and nothing is lost.
 */
#include "../wire.h"

static void *ctx;

#define ENOUGH 5000 /* what is called unlimited */

static int fill (void *push)
{
    int n = 0;
    while (n < ENOUGH && zmq_send (push, "x", 1, ZMQ_DONTWAIT) == 1)
        n++;
    return n;
}

static int drain (void *pull)
{
    int n = 0;
    while (zmq_recv (pull, NULL, 0, ZMQ_DONTWAIT) >= 0)
        n++;
    return n;
}

static void limits (bool connect_first)
{
    static const int hwm[] = {1, 2, 3, 10, 1000, 0};
    char endpoint[64];
    static int counter;
    printf ("\n== accepted over inproc, %s first\n",
            connect_first ? "connect" : "bind");
    for (unsigned s = 0; s < T_COUNT (hwm); s++)
        for (unsigned r = 0; r < T_COUNT (hwm); r++) {
            void *push = t_socket (ctx, ZMQ_PUSH);
            void *pull = t_socket (ctx, ZMQ_PULL);
            int n;
            snprintf (endpoint, sizeof endpoint, "inproc://h%d", ++counter);
            t_set_int (push, ZMQ_SNDHWM, hwm[s]);
            t_set_int (pull, ZMQ_RCVHWM, hwm[r]);
            if (connect_first) {
                t_need (zmq_connect (push, endpoint) == 0);
                n = fill (push);
                printf ("SNDHWM %d: %d before bind, ", hwm[s], n);
                t_need (zmq_bind (pull, endpoint) == 0);
                t_get_int (push, ZMQ_EVENTS); /* now it knows of the bind */
            } else {
                t_need (zmq_bind (pull, endpoint) == 0);
                t_need (zmq_connect (push, endpoint) == 0);
                printf ("SNDHWM %d, ", hwm[s]);
            }
            n = fill (push);
            printf ("RCVHWM %d: %d, events %d, ", hwm[r], n,
                    t_get_int (push, ZMQ_EVENTS));
            printf ("delivered %d\n", drain (pull));
            zmq_close (push);
            zmq_close (pull);
        }
}

/* The other two of the four options play no part. */
static void other_options (void)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    puts ("\n== a PAIR has its own limits each way");
    t_set_int (a, ZMQ_SNDHWM, 1);
    t_set_int (a, ZMQ_RCVHWM, 20);
    t_set_int (b, ZMQ_SNDHWM, 300);
    t_set_int (b, ZMQ_RCVHWM, 4);
    RC (zmq_bind (a, "inproc://pair"));
    RC (zmq_connect (b, "inproc://pair"));
    printf ("a to b: %d\n", fill (a));
    printf ("b to a: %d\n", fill (b));
    zmq_close (a);
    zmq_close (b);
}

static void late_options (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    puts ("\n== set after bind and connect");
    t_set_int (push, ZMQ_SNDHWM, 10);
    t_set_int (pull, ZMQ_RCVHWM, 10);
    RC (zmq_bind (pull, "inproc://late"));
    RC (zmq_connect (push, "inproc://late"));
    printf ("before: %d\n", fill (push));
    drain (pull);
    t_get_int (push, ZMQ_EVENTS);
    RC (t_set_int (push, ZMQ_SNDHWM, 5));
    printf ("SNDHWM 5: %d\n", fill (push));
    drain (pull);
    t_get_int (push, ZMQ_EVENTS);
    RC (t_set_int (pull, ZMQ_RCVHWM, 50));
    t_get_int (push, ZMQ_EVENTS);
    printf ("RCVHWM 50: more than 40 %d\n", fill (push) > 40);
    drain (pull);
    t_get_int (push, ZMQ_EVENTS);
    RC (t_set_int (push, ZMQ_SNDHWM, 0));
    printf ("SNDHWM 0: %d\n", fill (push));
    zmq_close (push);
    zmq_close (pull);
}

/* Fill, read one by one, and see when sending works again. */
static void low_water (int sndhwm, int rcvhwm)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    int n, read = 0, total;
    t_set_int (push, ZMQ_SNDHWM, sndhwm);
    t_set_int (pull, ZMQ_RCVHWM, rcvhwm);
    t_need (t_bind_any (pull, endpoint, "inproc") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    total = n = fill (push);
    printf ("SNDHWM %d, RCVHWM %d: %d accepted, writable after", sndhwm,
            rcvhwm, n);
    for (int round = 0; round < 3; round++) {
        read = 0;
        while (!(t_get_int (push, ZMQ_EVENTS) & ZMQ_POLLOUT)) {
            t_need (zmq_recv (pull, NULL, 0, ZMQ_DONTWAIT) == 1);
            read++;
        }
        n = fill (push);
        total += n;
        printf (" %d (then %d more)", read, n);
    }
    putchar ('\n');
    zmq_close (push);
    zmq_close (pull);
}

static void multipart (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    int whole = 0, parts = 0;
    puts ("\n== messages of five parts, limits 3 and 3");
    t_set_int (push, ZMQ_SNDHWM, 3);
    t_set_int (pull, ZMQ_RCVHWM, 3);
    RC (zmq_bind (pull, "inproc://parts"));
    RC (zmq_connect (push, "inproc://parts"));
    for (;;) {
        int i;
        for (i = 0; i < 5; i++)
            if (zmq_send (push, "x", 1,
                          ZMQ_DONTWAIT | (i < 4 ? ZMQ_SNDMORE : 0))
                == -1)
                break;
        if (i < 5) {
            printf ("refused at part %d, %s\n", i, t_errno (errno));
            break;
        }
        whole++;
    }
    parts = drain (pull);
    printf ("whole %d, parts delivered %d\n", whole, parts);
    zmq_close (push);
    zmq_close (pull);
}

/* One message of more parts than the limit. */
static void long_message (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    int sent = 0, got;
    puts ("\n== one message of 50 parts, limits 2 and 2");
    t_set_int (push, ZMQ_SNDHWM, 2);
    t_set_int (pull, ZMQ_RCVHWM, 2);
    RC (zmq_bind (pull, "inproc://long"));
    RC (zmq_connect (push, "inproc://long"));
    for (int i = 0; i < 50; i++)
        sent += zmq_send (push, "x", 1,
                          ZMQ_DONTWAIT | (i < 49 ? ZMQ_SNDMORE : 0))
                == 1;
    got = drain (pull);
    printf ("sent %d, delivered %d\n", sent, got);
    zmq_close (push);
    zmq_close (pull);
}

static void each_peer (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull[3];
    char endpoint[256];
    puts ("\n== three peers");
    t_set_int (push, ZMQ_SNDHWM, 2);
    for (int i = 0; i < 3; i++) {
        pull[i] = t_socket (ctx, ZMQ_PULL);
        t_set_int (pull[i], ZMQ_RCVHWM, 1 + i);
        t_need (t_bind_any (pull[i], endpoint, "inproc") == 0);
        t_need (zmq_connect (push, endpoint) == 0);
    }
    printf ("accepted %d\n", fill (push));
    for (int i = 0; i < 3; i++) {
        printf ("delivered %d\n", drain (pull[i]));
        zmq_close (pull[i]);
    }
    zmq_close (push);
}

/* Over tcp the kernel's buffers make the numbers vary: only the bounds count. */
static void over_tcp (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    static char body[100000];
    char endpoint[256];
    int sent = 0, got = 0;
    puts ("\n== over tcp, messages of 100 kB, limits 5 and 5");
    t_set_int (push, ZMQ_SNDHWM, 5);
    t_set_int (pull, ZMQ_RCVHWM, 5);
    t_set_int (push, ZMQ_SNDTIMEO, 200);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    while (sent < 2000 && zmq_send (push, body, sizeof body, 0) > 0)
        sent++;
    printf ("the writer is stopped: %d, %s\n", sent < 2000, t_errno (errno));
    printf ("not before 10: %d\n", sent >= 10);
    while (got < sent && zmq_recv (pull, NULL, 0, 0) == sizeof body)
        got++;
    printf ("all are delivered: %d\n", got == sent);
    t_set_int (push, ZMQ_SNDTIMEO, 2000);
    RC (t_send (push, "again", (char *) NULL));
    t_recv_print (pull, "pull");
    zmq_close (push);
    zmq_close (pull);
}

/* A connecting PUSH with nobody there queues up to its own limit. */
static void nobody_there (void)
{
    static const int hwm[] = {1, 7, 0};
    puts ("\n== connected to nobody over tcp");
    for (unsigned i = 0; i < T_COUNT (hwm); i++) {
        void *push = t_socket (ctx, ZMQ_PUSH);
        char endpoint[256];
        int fd = t_tcp_listen (endpoint);
        close (fd);
        t_set_int (push, ZMQ_SNDHWM, hwm[i]);
        t_need (zmq_connect (push, endpoint) == 0);
        printf ("SNDHWM %d: %d\n", hwm[i], fill (push));
        zmq_close (push);
    }
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    limits (false);
    limits (true);
    other_options ();
    late_options ();
    puts ("\n== low-water mark over inproc");
    low_water (1, 1);
    low_water (2, 1);
    low_water (2, 2);
    low_water (5, 5);
    low_water (10, 1);
    low_water (1, 10);
    low_water (100, 100);
    low_water (1000, 1000);
    multipart ();
    long_message ();
    each_peer ();
    over_tcp ();
    nobody_there ();
    zmq_ctx_term (ctx);
    return 0;
}
