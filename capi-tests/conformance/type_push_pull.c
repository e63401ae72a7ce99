/*
 * PUSH and PULL (RFC 30) over inproc and tcp: what is refused, no peer, round
 * robin over the pullers, fair queueing over the pushers, multipart messages
 * kept together, a full puller being passed over, a puller that leaves.
 */
#include "../wire.h"

static void *ctx;

static void refusals (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    puts ("== refusals and no peer");
    RC (zmq_recv (push, NULL, 0, ZMQ_DONTWAIT));
    RC (zmq_send (pull, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE));
    RC (zmq_recv (pull, NULL, 0, ZMQ_DONTWAIT));
    t_timeouts (push, 20);
    t_timeouts (pull, 20);
    RC (zmq_send (push, "x", 1, 0));
    RC (zmq_recv (pull, NULL, 0, 0));
    RC (t_get_int (push, ZMQ_EVENTS));
    RC (t_get_int (pull, ZMQ_EVENTS));
    puts ("-- a bound PUSH without peer is as blocked as any");
    t_need (t_bind_any (push, endpoint, "tcp") == 0);
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT));
    RC (t_get_int (push, ZMQ_EVENTS));
    zmq_close (push);
    zmq_close (pull);
}

static void round_robin (const char *proto)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull[3];
    char endpoint[256], text[16];
    printf ("\n== round robin over %s\n", proto);
    for (int i = 0; i < 3; i++) {
        pull[i] = t_socket (ctx, ZMQ_PULL);
        t_need (t_bind_any (pull[i], endpoint, proto) == 0);
        t_need (zmq_connect (push, endpoint) == 0);
    }
    for (int n = 0; n < 9; n++) {
        snprintf (text, sizeof text, "%d", n);
        if (n % 2)
            t_send (push, text, "second", "third", (char *) NULL);
        else
            t_send (push, text, (char *) NULL);
    }
    for (int i = 0; i < 3; i++)
        for (int n = 0; n < 3; n++) {
            snprintf (text, sizeof text, "pull %d", i);
            t_recv_print (pull[i], text);
        }
    puts ("-- the second one is disconnected");
    t_last_endpoint (pull[1], endpoint);
    RC (zmq_disconnect (push, endpoint));
    for (int n = 0; n < 4; n++)
        t_send (push, n < 2 ? "early" : "late", (char *) NULL);
    for (int n = 0; n < 2; n++) {
        t_recv_print (pull[0], "pull 0");
        t_recv_print (pull[2], "pull 2");
    }
    for (int i = 0; i < 3; i++)
        zmq_close (pull[i]);
    zmq_close (push);
}

/* Three pushers have 20 messages each under way. */
static void fair (const char *proto)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push[3];
    char endpoint[256], text[16];
    int count[3] = {0};
    printf ("\n== fair queueing over %s\n", proto);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    for (int i = 0; i < 3; i++) {
        push[i] = t_socket (ctx, ZMQ_PUSH);
        t_need (zmq_connect (push[i], endpoint) == 0);
        t_send (push[i], "ready", (char *) NULL);
        t_recv_print (pull, "pull");
    }
    for (int i = 0; i < 3; i++)
        for (int n = 0; n < 20; n++) {
            snprintf (text, sizeof text, "%d", i);
            t_send (push[i], text, "tail", (char *) NULL);
        }
    if (strcmp (proto, "tcp") == 0)
        t_settle (150);
    t_get_int (pull, ZMQ_EVENTS); /* now it knows that all have something */
    for (int n = 0; n < 60; n++) {
        char c = '0', tail[4];
        t_need (zmq_recv (pull, &c, 1, 0) == 1);
        t_need (zmq_recv (pull, tail, 4, 0) == 4);
        t_need (memcmp (tail, "tail", 4) == 0);
        if (n < 30)
            count[c - '0']++;
    }
    printf ("of the first 30: %d %d %d\n", count[0], count[1], count[2]);
    for (int i = 0; i < 3; i++)
        zmq_close (push[i]);
    zmq_close (pull);
}

/* Two pullers of which one never reads: the other gets all the rest. */
static void full_peer (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull[2];
    char endpoint[256];
    int sent = 0, got[2] = {0};
    puts ("\n== a full puller over inproc");
    t_set_int (push, ZMQ_SNDHWM, 2);
    for (int i = 0; i < 2; i++) {
        pull[i] = t_socket (ctx, ZMQ_PULL);
        t_set_int (pull[i], ZMQ_RCVHWM, i ? 20 : 2);
        t_need (t_bind_any (pull[i], endpoint, "inproc") == 0);
        t_need (zmq_connect (push, endpoint) == 0);
    }
    while (zmq_send (push, "x", 1, ZMQ_DONTWAIT) == 1)
        sent++;
    printf ("sent %d, then %s, events %d\n", sent, t_errno (errno),
            t_get_int (push, ZMQ_EVENTS));
    for (int i = 0; i < 2; i++)
        while (zmq_recv (pull[i], NULL, 0, ZMQ_DONTWAIT) == 1)
            got[i]++;
    printf ("got %d and %d, events %d\n", got[0], got[1],
            t_get_int (push, ZMQ_EVENTS));
    for (int i = 0; i < 2; i++)
        zmq_close (pull[i]);
    zmq_close (push);
}

/* Multipart: a half-sent message stays invisible; the parts go one way. */
static void half (const char *proto)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull[2];
    char endpoint[256];
    printf ("\n== half-sent messages over %s\n", proto);
    for (int i = 0; i < 2; i++) {
        pull[i] = t_socket (ctx, ZMQ_PULL);
        t_need (t_bind_any (pull[i], endpoint, proto) == 0);
        t_need (zmq_connect (push, endpoint) == 0);
    }
    RC (zmq_send (push, "a", 1, ZMQ_SNDMORE));
    t_recv_none (pull[0], "pull 0", 30);
    RC (t_get_int (push, ZMQ_EVENTS));
    RC (zmq_send (push, "b", 1, ZMQ_SNDMORE));
    RC (zmq_send (push, "c", 1, 0));
    t_recv_print (pull[0], "pull 0");
    t_send (push, "d", (char *) NULL);
    t_recv_print (pull[1], "pull 1");
    puts ("-- closed in the middle: nothing arrives");
    t_set_int (push, ZMQ_LINGER, 500);
    RC (zmq_send (push, "whole", 5, 0));
    RC (zmq_send (push, "half", 4, ZMQ_SNDMORE));
    zmq_close (push);
    t_recv_print (pull[0], "pull 0");
    t_recv_none (pull[1], "pull 1", 50);
    zmq_close (pull[0]);
    zmq_close (pull[1]);
}

/* The puller leaves with messages unread; the next one gets new ones only. */
static void leave (const char *proto)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    printf ("\n== a connected puller leaves over %s\n", proto);
    t_need (t_bind_any (push, endpoint, proto) == 0);
    t_need (zmq_connect (pull, endpoint) == 0);
    t_send (push, "1", (char *) NULL);
    t_recv_print (pull, "first");
    zmq_close (pull);
    for (int i = 0; i < 1000 && t_get_int (push, ZMQ_EVENTS) != 0; i++)
        t_settle (1);
    RC (zmq_send (push, "2", 1, ZMQ_DONTWAIT));
    pull = t_socket (ctx, ZMQ_PULL);
    t_need (zmq_connect (pull, endpoint) == 0);
    RC (zmq_send (push, "3", 1, 0));
    t_recv_print (pull, "second");
    zmq_close (pull);
    zmq_close (push);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    refusals ();
    for (int i = 0; i < 2; i++) {
        round_robin (protos[i]);
        fair (protos[i]);
        half (protos[i]);
        leave (protos[i]);
    }
    full_peer ();
    zmq_ctx_term (ctx);
    return 0;
}
