/*
 * zmq_send, zmq_recv and their relatives: truncation and what is returned then,
 * empty and NULL buffers, multipart flags and ZMQ_RCVMORE, odd flags, the old
 * names zmq_sendmsg and zmq_recvmsg, every size through every transport.
 */
#include "../t.h"

static void *ctx;

static void truncated (void *in, void *out)
{
    static const size_t rooms[] = {0, 1, 9, 10, 11, 64};
    for (size_t i = 0; i < T_COUNT (rooms); i++) {
        char buffer[65];
        int rc;
        memset (buffer, '.', sizeof buffer);
        buffer[64] = 0;
        t_need (zmq_send (out, "0123456789", 10, 0) == 10);
        rc = zmq_recv (in, buffer, rooms[i], 0);
        printf ("10 bytes, room %zu: %d \"%.14s\"\n", rooms[i], rc, buffer);
    }
    t_need (zmq_send (out, "lost", 4, 0) == 4);
    RC (zmq_recv (in, NULL, 0, 0));
    RC (zmq_send (out, NULL, 0, 0));
    RC (zmq_recv (in, NULL, 0, 0));
    RC (zmq_send (out, "", 0, 0));
    t_recv_print (in, "empty");
    RC (zmq_recv (in, NULL, 0, ZMQ_DONTWAIT));
}

static void parts (void *in, void *out)
{
    char buffer[8];
    RC (zmq_send (out, "a", 1, ZMQ_SNDMORE));
    RC (zmq_recv (in, buffer, sizeof buffer, ZMQ_DONTWAIT));
    RC (zmq_send (out, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    RC (zmq_send (out, "c", 1, 0));
    for (int i = 0; i < 3; i++) {
        RC (zmq_recv (in, buffer, sizeof buffer, 0));
        printf ("RCVMORE %d\n", t_get_int (in, ZMQ_RCVMORE));
    }
    RC (zmq_recv (in, buffer, sizeof buffer, ZMQ_DONTWAIT));
    printf ("RCVMORE %d\n", t_get_int (in, ZMQ_RCVMORE));
}

static void flags (void *in, void *out)
{
    static const int wild[] = {4, 8, 16, 32, 64, 128, 256, 0x7ffffffc, -4};
    char buffer[8];
    for (size_t i = 0; i < T_COUNT (wild); i++) {
        printf ("flags %d\n", wild[i]);
        RC (zmq_send (out, "f", 1, wild[i]));
        RC (zmq_recv (in, buffer, sizeof buffer, wild[i] | ZMQ_DONTWAIT));
    }
    RC (zmq_send (out, "g", 1, 0));
    RC (zmq_recv (in, buffer, sizeof buffer, ZMQ_SNDMORE));
    RC (zmq_recv (in, buffer, sizeof buffer, ZMQ_SNDMORE | ZMQ_DONTWAIT));
}

static void old_names (void *in, void *out)
{
    zmq_msg_t msg;
    zmq_msg_init_size (&msg, 5);
    memcpy (zmq_msg_data (&msg), "hello", 5);
    RC (zmq_sendmsg (out, &msg, ZMQ_SNDMORE));
    printf ("size %zu\n", zmq_msg_size (&msg));
    RC (zmq_sendmsg (out, &msg, 0));
    RC (zmq_recvmsg (in, &msg, 0));
    printf ("size %zu more %d\n", zmq_msg_size (&msg), zmq_msg_more (&msg));
    RC (zmq_recvmsg (in, &msg, 0));
    printf ("size %zu more %d\n", zmq_msg_size (&msg), zmq_msg_more (&msg));
    RC (zmq_recvmsg (in, &msg, ZMQ_DONTWAIT));
    RC (zmq_msg_close (&msg));
}

/* A received part still has its MORE flag when it is sent on, but the flag of
   the send decides. */
static void more_flag (void *in, void *out)
{
    zmq_msg_t msg;
    RC (t_send (out, "x", "y", (char *) NULL));
    zmq_msg_init (&msg);
    RC (zmq_msg_recv (&msg, in, 0));
    printf ("more %d\n", zmq_msg_more (&msg));
    t_recv_print (in, "rest");
    RC (zmq_msg_send (&msg, out, 0));
    t_recv_print (in, "sent on");
}

static void every_size (const char *proto)
{
    static const size_t sizes[] = {0,   1,   29,  30,  31,   32,   33,   34,    64,     253,    254,
                                   255, 256, 257, 511, 8191, 8192, 8193, 65535, 100000, 1 << 20};
    void *in = t_socket (ctx, ZMQ_PAIR), *out = t_socket (ctx, ZMQ_PAIR);
    char endpoint[256], *data = malloc (1 << 20);
    t_need (data != NULL);
    for (size_t i = 0; i < 1 << 20; i++)
        data[i] = (char) (i * 7 + i / 251);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    for (size_t i = 0; i < T_COUNT (sizes); i++) {
        zmq_send (out, data, sizes[i], i % 2 ? ZMQ_SNDMORE : 0);
        if (i % 2)
            zmq_send (out, "tail", 4, 0);
        t_recv_print (in, proto);
    }
    free (data);
    zmq_close (in);
    zmq_close (out);
}

int main (void)
{
    void *in, *out;
    t_init ();
    ctx = zmq_ctx_new ();
    in = t_socket (ctx, ZMQ_PAIR);
    out = t_socket (ctx, ZMQ_PAIR);
    zmq_bind (in, "inproc://pair");
    zmq_connect (out, "inproc://pair");
    truncated (in, out);
    parts (in, out);
    flags (in, out);
    old_names (in, out);
    more_flag (in, out);
    zmq_close (in);
    zmq_close (out);
    every_size ("inproc");
    every_size ("tcp");
    every_size ("ipc");
    RC (zmq_ctx_term (ctx));
    return 0;
}
