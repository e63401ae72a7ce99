/*
 * zmq_proxy_steerable: PAUSE, RESUME, STATISTICS, TERMINATE over PAIR and REP
 * control sockets; what is counted; without a control socket; zmq_device.
 */
#include "../t.h"

typedef struct {
    void *ctx, *front, *back, *control;
    int device; /* or -1 for the steerable proxy */
    int rc, error;
    pthread_t thread;
} proxy;

static void *body (void *arg)
{
    proxy *p = arg;
    errno = 0;
    if (p->device >= 0)
        p->rc = zmq_device (p->device, p->front, p->back);
    else
        p->rc = zmq_proxy_steerable (p->front, p->back, NULL, p->control);
    p->error = errno;
    zmq_close (p->front);
    zmq_close (p->back);
    if (p->control)
        zmq_close (p->control);
    return NULL;
}

static void end (proxy *p)
{
    pthread_join (p->thread, NULL);
    printf ("returned %d %s\n", p->rc, p->rc == -1 ? t_errno (p->error) : "");
    RC (zmq_ctx_term (p->ctx));
}

static void start (proxy *p, int front, int back, int control, int device)
{
    p->ctx = zmq_ctx_new ();
    p->front = t_socket (p->ctx, front);
    p->back = t_socket (p->ctx, back);
    p->device = device;
    t_need (zmq_bind (p->front, "inproc://front") == 0);
    t_need (zmq_bind (p->back, "inproc://back") == 0);
    p->control = NULL;
    if (control >= 0) {
        p->control = t_socket (p->ctx, control);
        t_need (zmq_bind (p->control, "inproc://control") == 0);
    }
    t_need (pthread_create (&p->thread, NULL, body, p) == 0);
}

static void *peer (proxy *p, int type, const char *endpoint)
{
    void *sock = t_socket (p->ctx, type);
    t_need (zmq_connect (sock, endpoint) == 0);
    return sock;
}

/* The sockets around a proxy from PUSH to PULL. */
static void *push, *pull, *control;

static void line_start (proxy *p, int control_type, int device)
{
    start (p, ZMQ_PULL, ZMQ_PUSH, control_type, device);
    if (control_type >= 0)
        control = peer (p, control_type == ZMQ_REP ? ZMQ_REQ : control_type, "inproc://control");
    push = peer (p, ZMQ_PUSH, "inproc://front");
    pull = peer (p, ZMQ_PULL, "inproc://back");
}

static void line_close (void)
{
    zmq_close (push);
    zmq_close (pull);
}

static void command (void *control, const char *text)
{
    RC_AS (text, t_send (control, text, (char *) NULL));
}

static void statistics (void *control)
{
    int more = 1;
    printf ("STATISTICS:");
    t_need (t_send (control, "STATISTICS", (char *) NULL) == 10);
    while (more) {
        uint64_t value = 0;
        int size = zmq_recv (control, &value, sizeof value, 0);
        if (size != sizeof value) {
            printf (" size %d %s", size, size == -1 ? t_errno (errno) : "");
            if (size == -1)
                break;
        } else
            printf (" %llu", (unsigned long long) value);
        more = t_get_int (control, ZMQ_RCVMORE);
    }
    putchar ('\n');
}

static void steer (void)
{
    proxy p;
    printf ("control PAIR\n");
    line_start (&p, ZMQ_PAIR, -1);
    statistics (control);
    RC (t_send (push, "one", (char *) NULL));
    RC (t_send (push, "two", "parts", (char *) NULL));
    t_recv_print (pull, "pull");
    t_recv_print (pull, "pull");
    statistics (control);
    command (control, "PAUSE");
    statistics (control);
    RC (t_send (push, "paused", (char *) NULL));
    t_recv_none (pull, "pull", 50);
    command (control, "RESUME");
    t_recv_print (pull, "pull");
    command (control, "RESUME");
    command (control, "PAUSE");
    command (control, "PAUSE");
    command (control, "RESUME");
    statistics (control);
    command (control, "TERMINATE");
    line_close ();
    zmq_close (control);
    end (&p);
}

/* A REP control socket answers STATISTICS (and no other command). */
static void request_reply (void)
{
    proxy p;
    printf ("control REP\n");
    line_start (&p, ZMQ_REP, -1);
    statistics (control);
    RC (t_send (push, "one", "", "three", (char *) NULL));
    t_recv_print (pull, "pull");
    statistics (control);
    command (control, "TERMINATE");
    line_close ();
    zmq_close (control);
    end (&p);
}

static void both_ways (void)
{
    proxy p;
    void *client, *worker, *control;
    printf ("both ways\n");
    start (&p, ZMQ_ROUTER, ZMQ_DEALER, ZMQ_PAIR, -1);
    control = peer (&p, ZMQ_PAIR, "inproc://control");
    client = t_socket (p.ctx, ZMQ_REQ);
    t_set_str (client, ZMQ_ROUTING_ID, "client");
    t_need (zmq_connect (client, "inproc://front") == 0);
    worker = peer (&p, ZMQ_REP, "inproc://back");
    RC (t_send (client, "12345", "678", (char *) NULL));
    t_recv_print (worker, "worker");
    statistics (control);
    RC (t_send (worker, "1234567890", (char *) NULL));
    t_recv_print (client, "client");
    statistics (control);
    command (control, "TERMINATE");
    zmq_close (client);
    zmq_close (worker);
    zmq_close (control);
    end (&p);
}

static void without_control (void)
{
    proxy p;
    printf ("no control socket\n");
    line_start (&p, -1, -1);
    RC (t_send (push, "through", (char *) NULL));
    t_recv_print (pull, "pull");
    line_close ();
    RC (zmq_ctx_shutdown (p.ctx));
    end (&p);
}

/* Shutdown while it is paused. */
static void paused_end (void)
{
    proxy p;
    void *control;
    printf ("shutdown while paused\n");
    start (&p, ZMQ_PULL, ZMQ_PUSH, ZMQ_PAIR, -1);
    control = peer (&p, ZMQ_PAIR, "inproc://control");
    command (control, "PAUSE");
    t_settle (20);
    zmq_close (control);
    RC (zmq_ctx_shutdown (p.ctx));
    end (&p);
}

static void device (int type, const char *name)
{
    proxy p;
    printf ("device %s\n", name);
    line_start (&p, -1, type);
    RC (t_send (push, "a", "b", (char *) NULL));
    t_recv_print (pull, "pull");
    line_close ();
    RC (zmq_ctx_shutdown (p.ctx));
    end (&p);
}

int main (void)
{
    t_init ();
    steer ();
    request_reply ();
    both_ways ();
    without_control ();
    paused_end ();
    device (ZMQ_STREAMER, "STREAMER");
    device (ZMQ_FORWARDER, "FORWARDER");
    device (ZMQ_QUEUE, "QUEUE");
    device (99, "99");
    return 0;
}
