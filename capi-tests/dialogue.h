/*
 * dialogue.h: quick round trips with a peer that has a context of its own, for
 * programs that look at what comes right after them.
 *
 * A thread in such a dialogue may do the work of the I/O thread itself, for all
 * sockets of its context; whatever it does next, the others must not notice.
 * The peer is an echo in another thread; it answers every message (with no more
 * than its first 64 bytes) but those that begin with '!': "!hush" has no answer,
 * "!hold" is answered with "late" after echo_release, "!end" ends it.
 */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "t.h"

#define ROUND_TRIPS 300 /* enough for the thread to take over the work */

struct echo {
    void *ctx, *sock;
    char endpoint[256];
    int held[2]; /* a pipe: each byte lets one held answer go */
    pthread_t thread;
};

static void *echo_body (void *arg)
{
    struct echo *echo = arg;
    char part[64];
    for (;;) {
        int n = zmq_recv (echo->sock, part, sizeof part, 0);
        if (n == -1 && errno == ETERM)
            break;
        if (n > (int) sizeof part)
            n = sizeof part;
        if (n >= 4 && memcmp (part, "!end", 4) == 0)
            break;
        if (n >= 5 && memcmp (part, "!hold", 5) == 0) {
            if (read (echo->held[0], part, 1) == 1)
                zmq_send (echo->sock, "late", 4, 0);
        } else if (n >= 0 && (n == 0 || part[0] != '!'))
            zmq_send (echo->sock, part, (size_t) n, 0);
    }
    zmq_close (echo->sock);
    return NULL;
}

/* An echo of the given type behind a new endpoint. */
T_FN void echo_start (struct echo *echo, int type, const char *proto)
{
    echo->ctx = zmq_ctx_new ();
    echo->sock = zmq_socket (echo->ctx, type);
    t_need (echo->sock != NULL);
    t_set_int (echo->sock, ZMQ_LINGER, 0);
    t_need (pipe (echo->held) == 0);
    t_need (t_bind_any (echo->sock, echo->endpoint, proto) == 0);
    t_need (pthread_create (&echo->thread, NULL, echo_body, echo) == 0);
}

/* Lets the answer to "!hold" go. */
T_FN void echo_release (struct echo *echo)
{
    t_need (write (echo->held[1], "", 1) == 1);
}

/* Ends an echo. */
T_FN void echo_stop (struct echo *echo)
{
    close (echo->held[1]);
    t_need (zmq_ctx_shutdown (echo->ctx) == 0);
    pthread_join (echo->thread, NULL);
    close (echo->held[0]);
    t_need (zmq_ctx_term (echo->ctx) == 0);
}

/* A socket in the middle of talking with the echo. */
T_FN void *connect_to (void *ctx, int type, struct echo *echo)
{
    void *sock = t_socket (ctx, type);
    t_timeouts (sock, 10000);
    t_need (zmq_connect (sock, echo->endpoint) == 0);
    return sock;
}

/* n quick round trips; every third waits in zmq_poll, the others in zmq_recv. */
T_FN void talk (void *sock, int n)
{
    for (int i = 0; i < n; i++) {
        /* The first byte is no '!'. */
        uint32_t word = htonl ((uint32_t) i), back = UINT32_MAX;
        t_need (zmq_send (sock, &word, sizeof word, 0) == (int) sizeof word);
        if (i % 3 == 0)
            t_need (t_poll_in (sock, 10000) == ZMQ_POLLIN);
        t_need (zmq_recv (sock, &back, sizeof back, 0) == (int) sizeof back);
        t_need (back == word);
    }
}

/* Two more sockets of the context, a REP and a REQ, work: a question passes.
   Closes them. */
T_FN void others_work (void *rep, void *req)
{
    char endpoint[256];
    t_need (t_bind_any (rep, endpoint, "tcp") == 0);
    t_need (zmq_connect (req, endpoint) == 0);
    t_send (req, "question", (char *) NULL);
    t_recv_print (rep, "another socket");
    zmq_close (rep);
    zmq_close (req);
}

#endif
