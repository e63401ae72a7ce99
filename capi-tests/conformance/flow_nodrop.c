/*
 * XPUB that drops nothing, and subscribers that are slower: small messages,
 * then large ones, then small ones, all of them, in order, to each.
 */
#include "../t.h"
#include <pthread.h>

enum { PEERS = 3, SMALL = 1000, LARGE = 50000, FEW = 200, MANY = 6000, COUNT = MANY + FEW + MANY };

static size_t size_of (int number)
{
    return number >= MANY && number < MANY + FEW ? LARGE : SMALL;
}

/* One thread reads from all, so that each is waited for. */
static void *read_all (void *sockets)
{
    static char body[LARGE];
    static int got[PEERS];
    for (int number = 0; number < COUNT; number++)
        for (int i = 0; i < PEERS; i++) {
            int told = -1, size = zmq_recv (((void **) sockets)[i], body, sizeof body, 0);
            memcpy (&told, body, sizeof told);
            got[i] += size == (int) size_of (number) && told == number && body[size - 1] == (char) number;
        }
    return got;
}

int main (void)
{
    static char body[LARGE];
    void *here = zmq_ctx_new (), *there = zmq_ctx_new (), *sockets[PEERS], *result;
    int one = 1;
    char endpoint[256];
    pthread_t reader;
    t_init ();
    t_watchdog (60);
    void *xpub = t_socket (here, ZMQ_XPUB);
    t_need (zmq_setsockopt (xpub, ZMQ_XPUB_NODROP, &one, sizeof one) == 0);
    t_need (zmq_setsockopt (xpub, ZMQ_XPUB_VERBOSE, &one, sizeof one) == 0);
    t_set_int (xpub, ZMQ_SNDTIMEO, 20000);
    t_need (t_bind_any (xpub, endpoint, "tcp") == 0);
    for (int i = 0; i < PEERS; i++) {
        sockets[i] = t_socket (there, ZMQ_SUB);
        t_set_int (sockets[i], ZMQ_RCVTIMEO, 20000);
        t_need (zmq_setsockopt (sockets[i], ZMQ_SUBSCRIBE, "", 0) == 0);
        t_need (zmq_connect (sockets[i], endpoint) == 0);
        t_need (zmq_recv (xpub, body, sizeof body, 0) == 1);
    }
    t_need (pthread_create (&reader, NULL, read_all, sockets) == 0);
    int sent = 0;
    for (; sent < COUNT; sent++) {
        memcpy (body, &sent, sizeof sent);
        body[size_of (sent) - 1] = (char) sent;
        if (zmq_send (xpub, body, size_of (sent), 0) < 0)
            break;
        body[size_of (sent) - 1] = 0;
    }
    t_need (pthread_join (reader, &result) == 0);
    printf ("%d sent\n", sent);
    for (int i = 0; i < PEERS; i++) {
        printf ("%d of %d came in order\n", ((int *) result)[i], COUNT);
        zmq_close (sockets[i]);
    }
    zmq_close (xpub);
    zmq_ctx_term (here);
    zmq_ctx_term (there);
    return 0;
}
