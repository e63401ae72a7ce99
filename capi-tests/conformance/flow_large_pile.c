/*
 * Large messages that nobody reads yet: blocking sends, which may take their
 * time, still take as many as the limits say, and all arrive in order when the
 * reader begins. Over tcp and ipc the kernel takes some more.
 */
#include "../t.h"

enum { SIZE = 1 << 20, LIMIT = 40 };

static char body[SIZE];

static int pour (void *push, int limit)
{
    int sent = 0;
    for (; sent < limit; sent++) {
        memcpy (body, &sent, sizeof sent);
        memcpy (body + SIZE - sizeof sent, &sent, sizeof sent);
        if (zmq_send (push, body, SIZE, 0) != SIZE)
            break;
    }
    return sent;
}

static int drain (void *pull, int count)
{
    int got = 0, head, tail;
    for (; got < count && zmq_recv (pull, body, SIZE, 0) == SIZE; got++) {
        memcpy (&head, body, sizeof head);
        memcpy (&tail, body + SIZE - sizeof tail, sizeof tail);
        if (head != got || tail != got)
            break;
    }
    return got;
}

static void run (const char *proto, int sender, int receiver)
{
    void *ctx = zmq_ctx_new (), *pull = t_socket (ctx, receiver), *push = t_socket (ctx, sender);
    char endpoint[256];
    int sent;
    printf ("%s, socket types %d and %d\n", proto, sender, receiver);
    t_set_int (pull, ZMQ_RCVHWM, 1);
    t_set_int (push, ZMQ_SNDHWM, LIMIT);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    sent = pour (push, LIMIT);
    printf ("  taken: %d of %d\n", sent, LIMIT);
    printf ("  in order: %d\n", drain (pull, sent));
    t_set_int (push, ZMQ_SNDTIMEO, 100);
    sent = pour (push, 100 * LIMIT);
    printf ("  more than the limit, with a timeout: %d, %s\n", sent >= LIMIT && sent < 100 * LIMIT, t_errno (errno));
    printf ("  in order: %d\n", drain (pull, sent) == sent);
    zmq_close (push);
    zmq_close (pull);
    zmq_ctx_term (ctx);
}

int main (void)
{
    static const char *const protos[] = {"tcp", "ipc", "inproc"};
    t_init ();
    for (unsigned i = 0; i < T_COUNT (protos); i++)
        run (protos[i], ZMQ_PUSH, ZMQ_PULL);
    run ("tcp", ZMQ_DEALER, ZMQ_DEALER);
    run ("ipc", ZMQ_PAIR, ZMQ_PAIR);
    return 0;
}
