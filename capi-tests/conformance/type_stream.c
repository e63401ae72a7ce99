/*
 * STREAM (raw TCP): connect and disconnect notifications and ZMQ_STREAM_NOTIFY,
 * both directions, closing a peer with an empty message, sending to the
 * unknown, CONNECT_ROUTING_ID, an outgoing connection, two STREAMs facing each
 * other, large data, other transports than tcp, multipart and wrong calls.
 */
#include "../wire.h"

static void *ctx;

static void no_peer (void)
{
    void *stream = t_socket (ctx, ZMQ_STREAM);
    puts ("== no peer");
    RC (t_get_int (stream, ZMQ_EVENTS));
    RC (zmq_recv (stream, NULL, 0, ZMQ_DONTWAIT));
    RC (zmq_send (stream, "who", 3, ZMQ_SNDMORE));
    RC (zmq_send (stream, "who", 3, 0));
    RC (zmq_send (stream, "", 0, ZMQ_SNDMORE));
    RC (zmq_bind (stream, "inproc://stream"));
    RC (zmq_connect (stream, "inproc://stream"));
    RC (t_set_int (stream, ZMQ_STREAM_NOTIFY, 2));
    RC (t_set_int (stream, ZMQ_STREAM_NOTIFY, -1));
    RC (t_get_int (stream, ZMQ_STREAM_NOTIFY));
    RC (t_set_str (stream, ZMQ_CONNECT_ROUTING_ID, ""));
    RC (t_set_str (stream, ZMQ_ROUTING_ID, "own"));
    zmq_close (stream);
}

/* Receive id and data; the id must be the one known, if any is. */
static void take (void *stream, unsigned char id[5], bool is_new)
{
    unsigned char got[16];
    int n = zmq_recv (stream, got, sizeof got, 0);
    if (n != 5) {
        RC (n);
        return;
    }
    if (is_new) {
        memcpy (id, got, 5);
        printf ("new id, first byte %02x, ", id[0]);
    } else
        printf ("%s id, ", memcmp (id, got, 5) ? "another" : "same");
    printf ("more %d, ", t_get_int (stream, ZMQ_RCVMORE));
    t_recv_print (stream, "data");
}

static void say (void *stream, const unsigned char id[5], const char *text)
{
    RC (zmq_send (stream, id, 5, ZMQ_SNDMORE));
    RC (zmq_send (stream, text, strlen (text), 0));
}

static void hear (int fd, size_t len)
{
    char bytes[64];
    printf ("peer: ");
    t_bytes (bytes, t_read (fd, bytes, len, T_TIMEOUT_MS));
    putchar ('\n');
}

static void accepted (int notify)
{
    void *stream = t_socket (ctx, ZMQ_STREAM);
    unsigned char id[5];
    int fd;
    printf ("\n== accepted, NOTIFY %d\n", notify);
    RC (t_set_int (stream, ZMQ_STREAM_NOTIFY, notify));
    fd = w_dial (stream);
    if (notify)
        take (stream, id, true);
    t_write (fd, "hello", 5);
    take (stream, id, !notify);
    say (stream, id, "world");
    hear (fd, 5);
    puts ("-- SNDMORE on the data means nothing");
    RC (zmq_send (stream, id, 5, ZMQ_SNDMORE));
    RC (zmq_send (stream, "ab", 2, ZMQ_SNDMORE));
    RC (zmq_send (stream, id, 5, ZMQ_SNDMORE));
    RC (zmq_send (stream, "cd", 2, 0));
    hear (fd, 4);
    puts ("-- the peer closes");
    close (fd);
    if (notify)
        take (stream, id, false);
    else
        t_recv_none (stream, "stream", 50);
    for (int i = 0; i < 1000; i++) {
        t_get_int (stream, ZMQ_EVENTS);
        if (zmq_send (stream, id, 5, ZMQ_SNDMORE) == -1)
            break;
        zmq_send (stream, "x", 1, 0);
        t_settle (1);
    }
    RC (zmq_send (stream, id, 5, ZMQ_SNDMORE));
    zmq_close (stream);
}

static void close_peer (void)
{
    void *stream = t_socket (ctx, ZMQ_STREAM);
    unsigned char id[5];
    char endpoint[256];
    int fd;
    puts ("\n== an empty message closes the peer");
    t_need (t_bind_any (stream, endpoint, "tcp") == 0);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    take (stream, id, true);
    say (stream, id, "bye");
    say (stream, id, "");
    hear (fd, 3);
    while (!t_fd_poll (fd, POLLIN, 5))
        t_get_int (stream, ZMQ_EVENTS); /* the closing needs this thread */
    RC (t_read_eof (fd, T_TIMEOUT_MS));
    RC (zmq_send (stream, id, 5, ZMQ_SNDMORE));
    t_recv_none (stream, "stream", 50);
    close (fd);
    puts ("-- closing the socket closes its peers");
    fd = t_raw_connect (endpoint);
    take (stream, id, true);
    zmq_close (stream);
    RC (t_read_eof (fd, T_TIMEOUT_MS));
    close (fd);
}

static void outgoing (void)
{
    void *stream = t_socket (ctx, ZMQ_STREAM);
    unsigned char id[5];
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), fd;
    puts ("\n== outgoing");
    t_need (zmq_connect (stream, endpoint) == 0);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (fd >= 0);
    take (stream, id, true);
    w_quiet (fd, "peer", 20);
    say (stream, id, "GET /");
    hear (fd, 5);
    t_write (fd, "200", 3);
    take (stream, id, false);
    close (fd);
    take (stream, id, false);
    zmq_close (stream);

    puts ("-- with CONNECT_ROUTING_ID");
    stream = t_socket (ctx, ZMQ_STREAM);
    RC (t_set_str (stream, ZMQ_CONNECT_ROUTING_ID, "server"));
    t_need (zmq_connect (stream, endpoint) == 0);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (fd >= 0);
    t_recv_print (stream, "stream");
    RC (zmq_send (stream, "server", 6, ZMQ_SNDMORE));
    RC (zmq_send (stream, "hi", 2, 0));
    hear (fd, 2);
    close (fd);
    t_recv_print (stream, "stream");
    close (listener);
    zmq_close (stream);
}

static void stream_to_stream (void)
{
    void *a = t_socket (ctx, ZMQ_STREAM), *b = t_socket (ctx, ZMQ_STREAM);
    unsigned char at_a[5], at_b[5];
    char endpoint[256];
    puts ("\n== STREAM to STREAM");
    t_need (t_bind_any (a, endpoint, "tcp") == 0);
    t_need (zmq_connect (b, endpoint) == 0);
    take (a, at_a, true);
    take (b, at_b, true);
    say (a, at_a, "from a");
    take (b, at_b, false);
    say (b, at_b, "from b");
    take (a, at_a, false);
    RC (zmq_disconnect (b, endpoint));
    while (!(t_poll_in (a, 5) & ZMQ_POLLIN))
        t_get_int (b, ZMQ_EVENTS);
    take (a, at_a, false);
    zmq_close (a);
    zmq_close (b);
}

/* 200000 bytes both ways; how they are cut into messages is not shown. */
static void volume (void)
{
    void *stream = t_socket (ctx, ZMQ_STREAM);
    static char data[200000], back[200000];
    unsigned char id[16];
    size_t got = 0;
    int fd;
    puts ("\n== volume");
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char) (i % 251);
    fd = w_dial (stream);
    t_need (zmq_recv (stream, id, sizeof id, 0) == 5);
    t_need (zmq_recv (stream, back, 1, 0) == 0);
    t_write (fd, data, sizeof data);
    while (got < sizeof data) {
        int n;
        t_need (zmq_recv (stream, id, sizeof id, 0) == 5);
        n = zmq_recv (stream, back + got, sizeof back - got, 0);
        t_need (n > 0 && got + (size_t) n <= sizeof back);
        got += (size_t) n;
    }
    printf ("in: %s\n", memcmp (data, back, sizeof data) ? "differs" : "same");
    zmq_send (stream, id, 5, ZMQ_SNDMORE);
    RC (zmq_send (stream, data, sizeof data, 0));
    memset (back, 0, sizeof back);
    got = t_read (fd, back, sizeof back, T_TIMEOUT_MS);
    printf ("out: %zu, %s\n", got,
            memcmp (data, back, sizeof data) ? "differs" : "same");
    close (fd);
    zmq_close (stream);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    no_peer ();
    accepted (1);
    accepted (0);
    close_peer ();
    outgoing ();
    stream_to_stream ();
    volume ();
    zmq_ctx_term (ctx);
    return 0;
}
