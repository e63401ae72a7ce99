/*
 * zmq_sendiov and zmq_recviov: the buffers are parts of one message only with
 * ZMQ_SNDMORE; more and fewer parts than buffers; what comes back in count; a
 * count of zero.
 */
#include "../t.h"

static void *in, *out;

static void show (struct iovec *iov, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf ("  ");
        t_bytes (iov[i].iov_base, iov[i].iov_len);
        putchar ('\n');
        free (iov[i].iov_base);
    }
}

static void receive (size_t room, int flags)
{
    struct iovec iov[8];
    size_t count = room;
    memset (iov, 0, sizeof iov);
    printf ("room for %zu\n", room);
    RC (zmq_recviov (in, iov, &count, flags));
    printf ("  count %zu, RCVMORE %d\n", count, t_get_int (in, ZMQ_RCVMORE));
    if (count <= 8)
        show (iov, count);
}

static void round_trip (size_t parts, size_t room, int flags)
{
    static char texts[3][48] = {"first", "", "the third part, which is longer than inline"};
    struct iovec iov[3];
    for (int i = 0; i < 3; i++) {
        iov[i].iov_base = texts[i];
        iov[i].iov_len = i == 2 ? sizeof texts[2] : strlen (texts[i]);
    }
    printf ("%zu parts, flags %d\n", parts, flags);
    RC (zmq_sendiov (out, iov, parts, flags));
    receive (room, 0);
    while (t_recv_flags (in, "left", ZMQ_DONTWAIT) > 0)
        ;
}

int main (void)
{
    void *ctx;
    struct iovec iov[1] = {{(void *) "x", 1}};
    size_t count = 0;
    t_init ();
    ctx = zmq_ctx_new ();
    in = t_socket (ctx, ZMQ_PAIR);
    out = t_socket (ctx, ZMQ_PAIR);
    zmq_bind (in, "inproc://iov");
    zmq_connect (out, "inproc://iov");

    for (int flags = 0; flags <= ZMQ_SNDMORE; flags += ZMQ_SNDMORE) {
        round_trip (1, 1, flags);
        round_trip (2, 2, flags);
        round_trip (3, 3, flags);
        round_trip (3, 8, flags);
        round_trip (3, 2, flags);
        round_trip (3, 1, flags);
    }
    printf ("nothing there\n");
    receive (2, ZMQ_DONTWAIT);
    printf ("odd counts\n");
    RC (zmq_sendiov (out, iov, 0, 0));
    t_recv_flags (in, "sent", ZMQ_DONTWAIT);
    RC (zmq_send (out, "y", 1, 0));
    RC (zmq_recviov (in, iov, &count, 0));
    t_recv_flags (in, "still there", ZMQ_DONTWAIT);
    RC (zmq_sendiov (in, iov, 1, ZMQ_DONTWAIT));
    t_recv_flags (out, "sent", ZMQ_DONTWAIT);
    RC (zmq_sendiov (NULL, iov, 1, 0));
    count = 1;
    RC (zmq_recviov (NULL, iov, &count, 0));
    zmq_close (in);
    zmq_close (out);
    RC (zmq_ctx_term (ctx));
    return 0;
}
