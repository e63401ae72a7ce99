/*
 * Both ends of a pipe end it at the same moment (libzmq's process_pipe_term_ack
 * freed it twice): two threads close, disconnect, unbind and write, over inproc
 * and tcp, with messages on the way; then raw peers come and go while the socket
 * closes. Nothing to see is what is to be seen.
 */
#include "../wire.h"

#define ROUNDS 150

static void *ctx;

struct end {
    void *sock;
    const char *endpoint;
    int deed;
    pthread_barrier_t *start;
};

/* Close at once, let go of the endpoint first, or send and then close. */
static void *finish (void *arg)
{
    struct end *e = arg;
    pthread_barrier_wait (e->start);
    if (e->deed == 1) {
        zmq_disconnect (e->sock, e->endpoint);
        zmq_unbind (e->sock, e->endpoint);
    }
    if (e->deed == 2)
        for (int i = 0; i < 5; i++)
            zmq_send (e->sock, "x", 1, ZMQ_DONTWAIT);
    zmq_close (e->sock);
    return NULL;
}

static void pairs (const char *proto)
{
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_t start;
        pthread_t threads[2];
        char endpoint[256];
        struct end ends[2] = {{t_socket (ctx, ZMQ_DEALER), endpoint, round % 3, &start},
                              {t_socket (ctx, ZMQ_DEALER), endpoint, round / 3 % 3, &start}};
        pthread_barrier_init (&start, NULL, 2);
        t_need (t_bind_any (ends[0].sock, endpoint, proto) == 0);
        t_need (zmq_connect (ends[1].sock, endpoint) == 0);
        t_send (ends[1].sock, "hello", (char *) NULL);
        if (round % 2)
            t_need (zmq_recv (ends[0].sock, endpoint + 200, 10, 0) == 5);
        for (int i = 0; i < 2; i++)
            t_need (pthread_create (&threads[i], NULL, finish, &ends[i]) == 0);
        for (int i = 0; i < 2; i++)
            pthread_join (threads[i], NULL);
        pthread_barrier_destroy (&start);
    }
    printf ("%s: done\n", proto);
}

/* Two raw peers with one name, the second takes over or is refused; both leave
   as the socket does. */
static void raw_peers (bool handover)
{
    for (int round = 0; round < ROUNDS / 3; round++) {
        void *sock = t_socket (ctx, ZMQ_ROUTER);
        char endpoint[256];
        int fds[4];
        t_set_int (sock, ZMQ_ROUTER_HANDOVER, handover);
        t_need (t_bind_any (sock, endpoint, "tcp") == 0);
        for (int i = 0; i < 4; i++) {
            fds[i] = w_peer (endpoint, i % 2, "DEALER", "same");
            w_text (fds[i], W_MORE, "half");
        }
        zmq_send (sock, "same", 4, ZMQ_SNDMORE | ZMQ_DONTWAIT);
        zmq_send (sock, "x", 1, ZMQ_DONTWAIT);
        for (int i = 0; i < 2; i++)
            close (fds[i]);
        zmq_close (sock);
        for (int i = 2; i < 4; i++)
            close (fds[i]);
    }
    printf ("raw peers, handover %d: done\n", handover);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    t_need (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 2) == 0);
    pairs ("inproc");
    pairs ("tcp");
    raw_peers (false);
    raw_peers (true);
    zmq_ctx_term (ctx);
    puts ("terminated");
    return 0;
}
