/*
 * pthread_cancel of a thread that talks, or that is blocked after a dialogue, or
 * waits for room, or polls descriptors as well. The thread ends at its next call
 * (one that is blocked when the call has returned; the original's ends at once),
 * its cleanup handlers run, and the socket and the context work on: the thread
 * had neither locks nor the I/O loop in hand.
 */
#include "../dialogue.h"

struct victim {
    void *sock;
    int what, cleaned;
};

enum { TALK, BLOCK_IN_RECV, BLOCK_IN_POLL, POLL_DESCRIPTOR_TOO, SEND };

static void clean (void *arg)
{
    ((struct victim *) arg)->cleaned = 1;
}

static void *live (void *arg)
{
    struct victim *victim = arg;
    zmq_pollitem_t items[2] = {{victim->sock, 0, ZMQ_POLLIN, 0}, {NULL, 0, 0, 0}};
    char part[8];
    pthread_cleanup_push (clean, victim);
    talk (victim->sock, ROUND_TRIPS);
    if (victim->what == TALK)
        for (;;)
            talk (victim->sock, 1);
    if (victim->what == SEND)
        for (;;)
            zmq_send (victim->sock, "!hush", 5, 0);
    t_need (zmq_send (victim->sock, "!hold", 5, 0) == 5);
    if (victim->what != BLOCK_IN_RECV)
        zmq_poll (items, victim->what == POLL_DESCRIPTOR_TOO ? 2 : 1, -1);
    for (;;)
        zmq_recv (victim->sock, part, sizeof part, 0);
    pthread_cleanup_pop (0);
    return NULL;
}

static void run (const char *name, int what)
{
    void *ctx = zmq_ctx_new (), *rep = t_socket (ctx, ZMQ_REP), *req = t_socket (ctx, ZMQ_REQ);
    struct echo echo;
    struct victim victim = {NULL, what, 0};
    pthread_t thread;
    void *result = NULL;
    echo_start (&echo, ZMQ_PAIR, "tcp");
    victim.sock = connect_to (ctx, ZMQ_PAIR, &echo);
    t_timeouts (victim.sock, -1);
    pthread_create (&thread, NULL, live, &victim);
    t_settle (300);
    pthread_cancel (thread);
    echo_release (&echo);
    pthread_join (thread, &result);
    printf ("%s: cancelled %d, cleaned up %d\n", name, result == PTHREAD_CANCELED, victim.cleaned);
    others_work (rep, req);
    /* An answer may be on its way still. */
    t_timeouts (victim.sock, 5000);
    t_need (zmq_send (victim.sock, "last", 4, 0) == 4);
    for (char part[8] = ""; memcmp (part, "last", 4) != 0;)
        t_need (zmq_recv (victim.sock, part, sizeof part, 0) == 4);
    puts ("the same socket works on");
    zmq_close (victim.sock);
    echo_stop (&echo);
    RC (zmq_ctx_term (ctx));
}

int main (void)
{
    t_init ();
    run ("talking", TALK);
    run ("blocked in zmq_recv", BLOCK_IN_RECV);
    run ("blocked in zmq_poll", BLOCK_IN_POLL);
    run ("blocked in zmq_poll with a descriptor", POLL_DESCRIPTOR_TOO);
    run ("sending", SEND);
    return 0;
}
