/*
 * zmq_proxy between ROUTER and DEALER, XSUB and XPUB, PULL and PUSH, with and
 * without a capture socket; multipart messages; many messages; NULL sockets;
 * one socket at both sides; how it ends.
 */
#include "../t.h"

typedef struct {
    void *ctx, *front, *back, *capture;
    char front_at[256], back_at[256];
    int rc, error;
    pthread_t thread;
} proxy;

static void *body (void *arg)
{
    proxy *p = arg;
    p->rc = zmq_proxy (p->front, p->back, p->capture);
    p->error = errno;
    zmq_close (p->front);
    if (p->back != p->front)
        zmq_close (p->back);
    if (p->capture)
        zmq_close (p->capture);
    return NULL;
}

static void start (proxy *p, int front, int back, const char *proto, int capture)
{
    p->ctx = zmq_ctx_new ();
    p->front = t_socket (p->ctx, front);
    p->back = t_socket (p->ctx, back);
    t_need (t_bind_any (p->front, p->front_at, proto) == 0);
    t_need (t_bind_any (p->back, p->back_at, proto) == 0);
    p->capture = NULL;
    if (capture >= 0) {
        p->capture = t_socket (p->ctx, capture);
        t_need (zmq_bind (p->capture, "inproc://capture") == 0);
    }
}

static void go (proxy *p)
{
    t_need (pthread_create (&p->thread, NULL, body, p) == 0);
}

static void *peer (proxy *p, int type, const char *endpoint)
{
    void *sock = t_socket (p->ctx, type);
    t_need (zmq_connect (sock, endpoint) == 0);
    return sock;
}

static void stop (proxy *p)
{
    RC (zmq_ctx_shutdown (p->ctx));
    pthread_join (p->thread, NULL);
    printf ("zmq_proxy -> %d %s\n", p->rc, t_errno (p->error));
    RC (zmq_ctx_term (p->ctx));
}

static void queue (const char *proto)
{
    proxy p;
    void *client, *worker, *tap;
    printf ("queue over %s, captured by PAIR\n", proto);
    start (&p, ZMQ_ROUTER, ZMQ_DEALER, proto, ZMQ_PAIR);
    tap = peer (&p, ZMQ_PAIR, "inproc://capture");
    go (&p);
    client = t_socket (p.ctx, ZMQ_REQ);
    t_set_str (client, ZMQ_ROUTING_ID, "client");
    t_need (zmq_connect (client, p.front_at) == 0);
    worker = peer (&p, ZMQ_REP, p.back_at);
    RC (t_send (client, "question", "more", (char *) NULL));
    t_recv_print (worker, "worker");
    t_recv_print (tap, "captured");
    RC (t_send (worker, "answer", (char *) NULL));
    t_recv_print (client, "client");
    t_recv_print (tap, "captured");
    t_recv_none (tap, "captured", 30);
    zmq_close (client);
    zmq_close (worker);
    zmq_close (tap);
    stop (&p);
}

static void forwarder (const char *proto)
{
    proxy p;
    void *pub, *sub;
    printf ("forwarder over %s\n", proto);
    start (&p, ZMQ_XSUB, ZMQ_XPUB, proto, -1);
    go (&p);
    pub = t_socket (p.ctx, ZMQ_XPUB);
    t_need (zmq_connect (pub, p.front_at) == 0);
    sub = t_socket (p.ctx, ZMQ_SUB);
    t_set_str (sub, ZMQ_SUBSCRIBE, "topic");
    t_need (zmq_connect (sub, p.back_at) == 0);
    t_recv_print (pub, "publisher sees");
    RC (t_send (pub, "other", (char *) NULL));
    RC (t_send (pub, "topic", "body", (char *) NULL));
    t_recv_print (sub, "subscriber");
    t_set_str (sub, ZMQ_UNSUBSCRIBE, "topic");
    t_recv_print (pub, "publisher sees");
    zmq_close (pub);
    zmq_close (sub);
    stop (&p);
}

static void streamer (const char *proto)
{
    proxy p;
    void *push, *pull, *tap;
    int i, got = 0;
    printf ("streamer over %s, captured by PUB\n", proto);
    start (&p, ZMQ_PULL, ZMQ_PUSH, proto, ZMQ_XPUB);
    tap = t_socket (p.ctx, ZMQ_SUB);
    t_set_str (tap, ZMQ_SUBSCRIBE, "");
    t_set_int (tap, ZMQ_RCVHWM, 0);
    t_set_int (p.capture, ZMQ_SNDHWM, 0);
    t_need (zmq_connect (tap, "inproc://capture") == 0);
    t_recv_print (p.capture, "subscription");
    go (&p);
    push = peer (&p, ZMQ_PUSH, p.front_at);
    pull = peer (&p, ZMQ_PULL, p.back_at);
    for (i = 0; i < 3000; i++) {
        t_need (zmq_send (push, &i, sizeof i, ZMQ_SNDMORE) == sizeof i);
        t_need (zmq_send (push, "tail", 4, 0) == 4);
        if (i % 100 == 99)
            for (int back; got <= i; got++) {
                char tail[4];
                t_need (zmq_recv (pull, &back, sizeof back, 0) == sizeof back);
                t_need (back == got && t_get_int (pull, ZMQ_RCVMORE) == 1);
                t_need (zmq_recv (pull, tail, 4, 0) == 4);
            }
    }
    printf ("%d came through in order\n", got);
    for (got = 0; got < 3000; got++) {
        int back;
        t_need (zmq_recv (tap, &back, sizeof back, 0) == sizeof back && back == got);
        t_need (zmq_recv (tap, &back, sizeof back, 0) == 4);
    }
    printf ("%d captured\n", got);
    zmq_close (push);
    zmq_close (pull);
    zmq_close (tap);
    stop (&p);
}

/* One socket at both sides: an echo. */
static void echo (void)
{
    proxy p;
    void *client;
    printf ("one socket at both sides\n");
    start (&p, ZMQ_DEALER, ZMQ_PAIR, "inproc", -1);
    zmq_close (p.back);
    p.back = p.front;
    go (&p);
    client = peer (&p, ZMQ_DEALER, p.front_at);
    RC (t_send (client, "echo", "me", (char *) NULL));
    t_recv_print (client, "client");
    zmq_close (client);
    stop (&p);
}

static void errors (void)
{
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_DEALER);
    RC (zmq_proxy (NULL, NULL, NULL));
    RC (zmq_proxy (sock, NULL, NULL));
    RC (zmq_proxy (NULL, sock, sock));
    zmq_close (sock);
    RC (zmq_ctx_term (ctx));
}

int main (void)
{
    t_init ();
    queue ("inproc");
    queue ("tcp");
    forwarder ("inproc");
    forwarder ("tcp");
    streamer ("inproc");
    streamer ("tcp");
    echo ();
    errors ();
    return 0;
}
