/*
 * zmq_poll: sockets, raw descriptors and both; what is asked for and what is
 * not; empty and bad arrays; descriptors that are closed, broken or negative;
 * the same socket twice; more items than any small array holds.
 */
#include "../t.h"

static void *ctx;

/* Poll and print all revents; they hold garbage before the call. */
static void show (const char *what, zmq_pollitem_t *items, int count, long timeout)
{
    int rc;
    for (int i = 0; i < count; i++)
        items[i].revents = 0x55;
    errno = 0;
    rc = zmq_poll (items, count, timeout);
    printf ("%s: %d", what, rc);
    if (rc == -1)
        printf (" %s", t_errno (errno));
    else
        for (int i = 0; i < count; i++)
            printf ("%s%d", i ? " " : ", revents ", items[i].revents);
    putchar ('\n');
}

static void empty (void)
{
    zmq_pollitem_t item = {NULL, -1, ZMQ_POLLIN, 0};
    long start = t_now_ms ();
    RC (zmq_poll (NULL, 0, 0));
    RC (zmq_poll (&item, 0, 0));
    RC (zmq_poll (NULL, 0, 60));
    printf ("slept %d\n", t_now_ms () - start >= 60);
    RC (zmq_poll (NULL, 1, 0));
    RC (zmq_poll (NULL, -1, 0));
    RC (zmq_poll (&item, -1, 0));
    RC (zmq_poll (NULL, 1, -1));
}

static void sockets (void)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    zmq_pollitem_t in_out = {a, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0};
    zmq_pollitem_t both[2] = {{a, 0, ZMQ_POLLIN, 0}, {b, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0}};
    zmq_pollitem_t twice[2] = {{a, 0, ZMQ_POLLIN, 0}, {a, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0}};
    static const short asked[] = {0, ZMQ_POLLIN, ZMQ_POLLOUT, ZMQ_POLLERR, ZMQ_POLLPRI, 15, 16, -1};
    show ("no peer", &in_out, 1, 0);
    show ("no peer, 30 ms", &in_out, 1, 30);
    zmq_bind (a, "inproc://basic");
    zmq_connect (b, "inproc://basic");
    show ("peer", &in_out, 1, 0);
    show ("both", both, 2, 0);
    t_send (b, "one", (char *) NULL);
    show ("message", &in_out, 1, -1);
    show ("both", both, 2, -1);
    show ("twice", twice, 2, -1);
    for (size_t i = 0; i < T_COUNT (asked); i++) {
        zmq_pollitem_t item = {a, 12345, asked[i], 0};
        char what[32];
        snprintf (what, sizeof what, "asked for %d", asked[i]);
        show (what, &item, 1, 0);
    }
    t_recv_print (a, "a");
    show ("taken", &in_out, 1, 0);
    zmq_close (b);
    /* The original's reaper may take its time. */
    for (int i = 0; i < 200 && t_get_int (a, ZMQ_EVENTS) != 0; i++)
        t_settle (10);
    show ("peer closed", &in_out, 1, 0);
    zmq_close (a);
}

static void raw (void)
{
    int pipes[2], pair[2], fd;
    char byte = 'x';
    void *sock = t_socket (ctx, ZMQ_PULL);
    zmq_pollitem_t reader = {NULL, 0, ZMQ_POLLIN, 0}, writer = {NULL, 0, ZMQ_POLLOUT, 0};
    zmq_pollitem_t mixed[3];
    t_need (pipe (pipes) == 0 && socketpair (AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    reader.fd = pipes[0];
    writer.fd = pipes[1];
    mixed[0] = (zmq_pollitem_t){sock, 0, ZMQ_POLLIN, 0};
    mixed[1] = reader;
    mixed[2] = (zmq_pollitem_t){NULL, pair[0], ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLERR, 0};
    show ("pipe, empty", &reader, 1, 0);
    show ("pipe, to write", &writer, 1, 0);
    show ("mixed", mixed, 3, 0);
    t_need (write (pipes[1], &byte, 1) == 1);
    show ("pipe, a byte", &reader, 1, -1);
    show ("mixed", mixed, 3, -1);
    reader.events = 0;
    show ("nothing asked", &reader, 1, 0);
    reader.events = ZMQ_POLLOUT;
    show ("the other asked", &reader, 1, 0);
    reader.events = ZMQ_POLLIN | ZMQ_POLLERR;
    close (pipes[1]);
    show ("writer closed, a byte left", &reader, 1, 0);
    t_need (read (pipes[0], &byte, 1) == 1);
    show ("writer closed", &reader, 1, 0);
    reader.events = ZMQ_POLLIN;
    show ("writer closed, no POLLERR asked", &reader, 1, 0);
    close (pipes[0]);
    show ("closed descriptor", &reader, 1, 0);
    reader.fd = -1;
    show ("descriptor -1", &reader, 1, 0);
    t_need (pipe (pipes) == 0);
    close (pipes[0]);
    writer.fd = pipes[1];
    show ("reader closed", &writer, 1, 0);
    close (pipes[1]);
    close (pair[1]);
    show ("mixed, peer closed and a closed descriptor", mixed, 3, 0);
    close (pair[0]);
    fd = open ("/dev/null", O_RDWR);
    show ("/dev/null", &(zmq_pollitem_t){NULL, fd, ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLPRI, 0}, 1, 0);
    close (fd);
    zmq_close (sock);
}

/* Out-of-band data of tcp is ZMQ_POLLPRI. */
static void urgent (void)
{
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), out = t_raw_connect (endpoint);
    int in = t_accept (listener, 1000);
    zmq_pollitem_t item = {NULL, in, ZMQ_POLLIN | ZMQ_POLLPRI, 0};
    t_need (in >= 0);
    show ("no urgent byte", &item, 1, 0);
    t_need (send (out, "!", 1, MSG_OOB) == 1);
    item.events = ZMQ_POLLPRI;
    show ("urgent byte", &item, 1, 1000);
    close (in);
    close (out);
    close (listener);
}

static void many (void)
{
    enum { PAIRS = 40 };
    void *in[PAIRS], *out[PAIRS];
    zmq_pollitem_t items[2 * PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        char endpoint[32];
        snprintf (endpoint, sizeof endpoint, "inproc://many%d", i);
        in[i] = t_socket (ctx, ZMQ_PULL);
        out[i] = t_socket (ctx, ZMQ_PUSH);
        zmq_bind (in[i], endpoint);
        zmq_connect (out[i], endpoint);
        items[2 * i] = (zmq_pollitem_t){in[i], 0, ZMQ_POLLIN, 0};
        items[2 * i + 1] = (zmq_pollitem_t){out[i], 0, ZMQ_POLLIN, 0};
    }
    show ("80 items", items, 2 * PAIRS, 0);
    for (int i = 0; i < PAIRS; i += 7)
        t_send (out[i], "x", (char *) NULL);
    show ("80 items", items, 2 * PAIRS, 1000);
    for (int i = 0; i < PAIRS; i++) {
        zmq_close (in[i]);
        zmq_close (out[i]);
    }
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    empty ();
    sockets ();
    raw ();
    urgent ();
    many ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
