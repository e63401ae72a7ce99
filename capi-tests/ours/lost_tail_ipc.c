/*
 * Two million messages of 10 bytes over ipc to a slow PULL that its own limit
 * holds back; the PUSH closes and ends its context at once, with the default
 * linger: all of them arrive. (The original loses some thousand at the end.)
 */
#include "../wire.h"

#define COUNT 2000000

static void *write_all (void *endpoint)
{
    void *ctx = zmq_ctx_new (), *push = zmq_socket (ctx, ZMQ_PUSH);
    zmq_connect (push, endpoint);
    for (int i = 0; i < COUNT; i++) {
        char body[10] = "";
        memcpy (body, &i, sizeof i);
        zmq_send (push, body, sizeof body, 0);
    }
    zmq_close (push);
    zmq_ctx_term (ctx);
    return NULL;
}

int main (void)
{
    void *ctx, *pull;
    char endpoint[256];
    pthread_t thread;
    int got = 0, wrong = 0;
    t_init ();
    t_watchdog (35);
    ctx = zmq_ctx_new ();
    pull = t_socket (ctx, ZMQ_PULL);
    t_set_int (pull, ZMQ_RCVHWM, 100);
    t_need (t_bind_any (pull, endpoint, "ipc") == 0);
    pthread_create (&thread, NULL, write_all, endpoint);
    for (; got < COUNT; got++) {
        char body[10];
        int number;
        if (zmq_recv (pull, body, sizeof body, 0) != sizeof body)
            break;
        memcpy (&number, body, sizeof number);
        wrong += number != got;
        if (got > COUNT - 200000 && got % 2000 == 0)
            t_settle (2); /* slow, towards the end */
    }
    pthread_join (thread, NULL);
    printf ("got %d, %d out of order\n", got, wrong);
    zmq_close (pull);
    zmq_ctx_term (ctx);
    return 0;
}
