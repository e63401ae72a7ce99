/*
 * ZMQ_REQ_CORRELATE and ZMQ_REQ_RELAXED, alone and together: the frames that a
 * ROUTER sees, a second request before the reply, replies of an older request,
 * replies with a wrong or missing id, and the peer lost in between.
 */
#include "../t.h"

static void *ctx;

typedef struct {
    void *req, *router;
    char endpoint[256];
    zmq_msg_t id[8]; /* the request ids in the order of arrival */
    int ids;
} pair_t;

static void open_pair (pair_t *p, const char *proto, int correlate,
                       int relaxed)
{
    printf ("\n== %s correlate %d relaxed %d\n", proto, correlate, relaxed);
    p->ids = 0;
    p->req = t_socket (ctx, ZMQ_REQ);
    p->router = t_socket (ctx, ZMQ_ROUTER);
    zmq_setsockopt (p->req, ZMQ_ROUTING_ID, "R", 1);
    RC (t_set_int (p->req, ZMQ_REQ_CORRELATE, correlate));
    RC (t_set_int (p->req, ZMQ_REQ_RELAXED, relaxed));
    t_need (t_bind_any (p->router, p->endpoint, proto) == 0);
    t_need (zmq_connect (p->req, p->endpoint) == 0);
}

static void close_pair (pair_t *p)
{
    for (int i = 0; i < p->ids; i++)
        zmq_msg_close (&p->id[i]);
    zmq_close (p->req);
    zmq_close (p->router);
}

/* Receive a request at the ROUTER; a 4-byte second frame is kept as its id
   and printed only by its difference to the first. */
static void request (pair_t *p)
{
    int more = 1, index = 0;
    printf ("router:");
    while (more) {
        zmq_msg_t msg;
        zmq_msg_init (&msg);
        if (zmq_msg_recv (&msg, p->router, 0) == -1) {
            printf (" %s", t_errno (errno));
            break;
        }
        more = zmq_msg_more (&msg);
        if (index++ == 1 && zmq_msg_size (&msg) == 4) {
            uint32_t first, now;
            zmq_msg_init (&p->id[p->ids]);
            zmq_msg_copy (&p->id[p->ids], &msg);
            memcpy (&first, zmq_msg_data (&p->id[0]), 4);
            memcpy (&now, zmq_msg_data (&msg), 4);
            printf (" id+%u", now - first);
            p->ids++;
        } else {
            putchar (' ');
            t_bytes (zmq_msg_data (&msg), zmq_msg_size (&msg));
        }
        zmq_msg_close (&msg);
    }
    putchar ('\n');
}

/* Reply with the id of request number n. */
static void reply (pair_t *p, int n, const char *text)
{
    zmq_send (p->router, "R", 1, ZMQ_SNDMORE);
    if (n >= 0)
        zmq_send (p->router, zmq_msg_data (&p->id[n]), 4, ZMQ_SNDMORE);
    t_send (p->router, "", text, (char *) NULL);
}

static void correlate_only (const char *proto)
{
    pair_t p;
    open_pair (&p, proto, 1, 0);
    RC (t_send (p.req, "one", "two", (char *) NULL));
    RC (t_send (p.req, "early", (char *) NULL));
    request (&p);
    reply (&p, 0, "right");
    t_recv_print (p.req, "req");
    RC (t_send (p.req, "second", (char *) NULL));
    request (&p);
    puts ("the id of the first request, then the right one");
    reply (&p, 0, "stale");
    reply (&p, 1, "right");
    t_recv_print (p.req, "req");
    close_pair (&p);
}

static void relaxed_only (const char *proto)
{
    pair_t p;
    open_pair (&p, proto, 0, 1);
    RC (zmq_recv (p.req, NULL, 0, 0));
    RC (t_send (p.req, "one", (char *) NULL));
    request (&p);
    RC (t_send (p.req, "two", (char *) NULL));
    request (&p);
    puts ("the connection was not kept: the ROUTER knows R again");
    RC (zmq_send (p.router, "R", 1, ZMQ_SNDMORE));
    t_send (p.router, "", "two's reply", (char *) NULL);
    t_recv_print (p.req, "req");
    RC (zmq_recv (p.req, NULL, 0, 0));
    RC (zmq_send (p.req, "half", 4, ZMQ_SNDMORE));
    RC (zmq_recv (p.req, NULL, 0, 0));
    RC (zmq_send (p.req, "end", 3, 0));
    request (&p);
    close_pair (&p);
}

static void both (const char *proto)
{
    pair_t p;
    open_pair (&p, proto, 1, 1);
    t_set_int (p.router, ZMQ_ROUTER_HANDOVER, 1);
    RC (t_send (p.req, "one", (char *) NULL));
    request (&p);
    RC (t_send (p.req, "two", (char *) NULL));
    request (&p);
    puts ("reply to the first, then to the second");
    reply (&p, 0, "stale");
    reply (&p, 1, "right");
    t_recv_print (p.req, "req");
    RC (zmq_recv (p.req, NULL, 0, 0));
    close_pair (&p);
}

/* Two servers: relaxed REQ goes on to the next one without a reply. */
static void two_servers (const char *proto)
{
    void *req = t_socket (ctx, ZMQ_REQ), *rep[2];
    char endpoint[256];
    printf ("\n== relaxed with two servers over %s\n", proto);
    t_set_int (req, ZMQ_REQ_RELAXED, 1);
    t_set_int (req, ZMQ_REQ_CORRELATE, 1);
    for (int i = 0; i < 2; i++) {
        rep[i] = t_socket (ctx, ZMQ_REP);
        t_need (t_bind_any (rep[i], endpoint, proto) == 0);
        t_need (zmq_connect (req, endpoint) == 0);
    }
    RC (t_send (req, "one", (char *) NULL));
    t_recv_print (rep[0], "rep 0");
    RC (t_send (req, "two", (char *) NULL));
    t_recv_print (rep[1], "rep 1");
    t_send (rep[0], "reply one", (char *) NULL);
    t_send (rep[1], "reply two", (char *) NULL);
    t_recv_print (req, "req");
    zmq_close (rep[0]);
    zmq_close (rep[1]);
    zmq_close (req);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    for (int i = 0; i < 2; i++) {
        correlate_only (protos[i]);
        relaxed_only (protos[i]);
        both (protos[i]);
        two_servers (protos[i]);
    }
    zmq_ctx_term (ctx);
    return 0;
}
