/*
 * Misuse: two threads hammer one socket without any lock, and a third one closes
 * sockets under their hands. What the calls answer is free; the process must
 * live, and other sockets of the context must work afterwards.
 */
#include "../wire.h"

#include <stdatomic.h>

static void *ctx;
static void *shared;
static atomic_bool stop;

static void *hammer (void *arg)
{
    unsigned seed = (unsigned) (size_t) arg;
    char buffer[256] = "";
    while (!stop) {
        size_t size = sizeof buffer;
        zmq_msg_t msg;
        switch (rand_r (&seed) % 6) {
            case 0:
                zmq_send (shared, buffer, rand_r (&seed) % 200, ZMQ_DONTWAIT);
                break;
            case 1:
                zmq_send (shared, buffer, 5, ZMQ_DONTWAIT | ZMQ_SNDMORE);
                break;
            case 2:
                zmq_recv (shared, buffer, size, ZMQ_DONTWAIT);
                break;
            case 3:
                zmq_msg_init (&msg);
                if (zmq_msg_recv (&msg, shared, ZMQ_DONTWAIT) == -1
                    || zmq_msg_send (&msg, shared, ZMQ_DONTWAIT) == -1)
                    zmq_msg_close (&msg);
                break;
            case 4:
                zmq_getsockopt (shared, ZMQ_LAST_ENDPOINT, buffer, &size);
                t_get_int (shared, ZMQ_EVENTS);
                break;
            case 5:
                t_poll_for (shared, ZMQ_POLLIN | ZMQ_POLLOUT, 0);
                break;
        }
    }
    return NULL;
}

static void run (int type, int peer_type, const char *proto, bool close_it)
{
    void *peer = t_socket (ctx, peer_type);
    char endpoint[256];
    pthread_t threads[2];
    long end = t_now_ms () + 150;
    shared = t_socket (ctx, type);
    stop = false;
    t_need (t_bind_any (peer, endpoint, proto) == 0);
    t_need (zmq_connect (shared, endpoint) == 0);
    for (size_t i = 0; i < 2; i++)
        pthread_create (&threads[i], NULL, hammer, (void *) (i + 1));
    while (t_now_ms () < end) {
        char buffer[256];
        int n = zmq_recv (peer, buffer, sizeof buffer, ZMQ_DONTWAIT);
        if (n >= 0 && !t_get_int (peer, ZMQ_RCVMORE))
            zmq_send (peer, buffer, 5, ZMQ_DONTWAIT);
    }
    if (close_it)
        zmq_close (shared);
    t_settle (20);
    stop = true;
    for (int i = 0; i < 2; i++)
        pthread_join (threads[i], NULL);
    if (!close_it)
        zmq_close (shared);
    zmq_close (peer);
    printf ("%s and %s over %s%s: alive\n", t_type_name (type),
            t_type_name (peer_type), proto, close_it ? ", closed" : "");
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp", "ipc"};
    t_init ();
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < T_COUNT (protos); i++)
        for (int close_it = 0; close_it < 2; close_it++) {
            run (ZMQ_DEALER, ZMQ_DEALER, protos[i], close_it);
            run (ZMQ_DEALER, ZMQ_ROUTER, protos[i], close_it);
            run (ZMQ_PAIR, ZMQ_PAIR, protos[i], close_it);
            run (ZMQ_REQ, ZMQ_REP, protos[i], close_it);
            run (ZMQ_XSUB, ZMQ_XPUB, protos[i], close_it);
        }
    {
        void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
        char endpoint[256];
        t_need (t_bind_any (a, endpoint, "tcp") == 0);
        t_need (zmq_connect (b, endpoint) == 0);
        t_send (b, "fine", (char *) NULL);
        t_recv_print (a, "another pair");
        zmq_close (a);
        zmq_close (b);
    }
    RC (zmq_ctx_term (ctx));
    return 0;
}
