/*
 * How long zmq_poll, zmq_recv and zmq_send wait: timeouts of each kind, a
 * message that comes while they wait, room that comes while a send waits, and
 * raw descriptors that become ready. Times are shown as ranges, far enough from
 * each other that a busy machine does not lead from one into the next.
 */
#include "../t.h"

static void *ctx;

static const char *range (long ms)
{
    return ms < 100 ? "at once" : ms < 2000 ? "waited" : "too long";
}

typedef struct {
    void *sock;
    int fd;
} later;

/* 200 ms later: a message, or a byte. */
static void *send_later (void *arg)
{
    later *self = arg;
    t_settle (200);
    if (self->sock)
        zmq_send (self->sock, "late", 4, 0);
    else if (write (self->fd, "x", 1) != 1)
        perror ("write");
    return NULL;
}

static void *receive_later (void *arg)
{
    later *self = arg;
    t_settle (200);
    while (t_poll_in (self->sock, 0) & ZMQ_POLLIN) {
        char drop[8];
        zmq_recv (self->sock, drop, sizeof drop, 0);
    }
    return NULL;
}

#define TIMED(what, expr)                                                    \
    do {                                                                     \
        long start = t_now_ms ();                                            \
        int rc_, e_;                                                         \
        errno = 0;                                                           \
        rc_ = (expr);                                                        \
        e_ = errno;                                                          \
        printf ("%s: %d%s%s, %s\n", what, rc_, rc_ == -1 ? " " : "",         \
                rc_ == -1 ? t_errno (e_) : "", range (t_now_ms () - start)); \
    } while (0)

static void timeouts (void *sock)
{
    char buffer[8];
    zmq_pollitem_t item = {sock, 0, ZMQ_POLLIN, 0};
    zmq_msg_t msg;
    zmq_msg_init (&msg);
    TIMED ("poll 0", zmq_poll (&item, 1, 0));
    TIMED ("poll 1", zmq_poll (&item, 1, 1) * 0);
    TIMED ("poll 150", zmq_poll (&item, 1, 150));
    t_set_int (sock, ZMQ_RCVTIMEO, 0);
    TIMED ("recv, RCVTIMEO 0", zmq_recv (sock, buffer, 8, 0));
    t_set_int (sock, ZMQ_RCVTIMEO, 150);
    TIMED ("recv, RCVTIMEO 150", zmq_recv (sock, buffer, 8, 0));
    TIMED ("recv, RCVTIMEO 150, DONTWAIT", zmq_recv (sock, buffer, 8, ZMQ_DONTWAIT));
    TIMED ("msg_recv, RCVTIMEO 150", zmq_msg_recv (&msg, sock, 0));
    t_set_int (sock, ZMQ_RCVTIMEO, -1);
    TIMED ("recv, RCVTIMEO -1, DONTWAIT", zmq_recv (sock, buffer, 8, ZMQ_DONTWAIT));
    zmq_msg_close (&msg);
}

static void send_timeouts (void)
{
    void *sock = t_socket (ctx, ZMQ_PUSH);
    t_set_int (sock, ZMQ_SNDTIMEO, 0);
    TIMED ("send, SNDTIMEO 0", zmq_send (sock, "x", 1, 0));
    t_set_int (sock, ZMQ_SNDTIMEO, 150);
    TIMED ("send, SNDTIMEO 150", zmq_send (sock, "x", 1, 0));
    TIMED ("send, SNDTIMEO 150, DONTWAIT", zmq_send (sock, "x", 1, ZMQ_DONTWAIT));
    zmq_close (sock);
}

static void arrives (const char *proto)
{
    void *in = t_socket (ctx, ZMQ_PULL), *out = t_socket (ctx, ZMQ_PUSH);
    later work = {out, -1};
    char endpoint[256], buffer[8];
    pthread_t thread;
    zmq_pollitem_t item = {in, 0, ZMQ_POLLIN, 0};
    printf ("%s\n", proto);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    timeouts (in);
    for (int how = 0; how < 3; how++) {
        pthread_create (&thread, NULL, send_later, &work);
        if (how == 0) {
            TIMED ("recv", zmq_recv (in, buffer, 8, 0));
        } else {
            TIMED ("poll", zmq_poll (&item, 1, how == 1 ? -1 : 4000));
            TIMED ("recv after poll", zmq_recv (in, buffer, 8, ZMQ_DONTWAIT));
        }
        pthread_join (thread, NULL);
    }
    zmq_close (in);
    zmq_close (out);
}

/* A descriptor becomes ready while sockets do not. */
static void descriptor (void)
{
    void *sock = t_socket (ctx, ZMQ_PULL);
    int pipes[2];
    later work = {NULL, -1};
    pthread_t thread;
    t_need (pipe (pipes) == 0);
    work.fd = pipes[1];
    zmq_pollitem_t items[2] = {{sock, 0, ZMQ_POLLIN, 0}, {NULL, pipes[0], ZMQ_POLLIN, 0}};
    pthread_create (&thread, NULL, send_later, &work);
    TIMED ("poll, socket and pipe", zmq_poll (items, 2, -1));
    printf ("revents %d %d\n", items[0].revents, items[1].revents);
    pthread_join (thread, NULL);
    close (pipes[0]);
    close (pipes[1]);
    zmq_close (sock);
}

static void room (void)
{
    void *in = t_socket (ctx, ZMQ_PULL), *out = t_socket (ctx, ZMQ_PUSH);
    later work = {in, -1};
    pthread_t thread;
    int sent = 0;
    t_set_int (in, ZMQ_RCVHWM, 2);
    t_set_int (out, ZMQ_SNDHWM, 2);
    zmq_bind (in, "inproc://room");
    zmq_connect (out, "inproc://room");
    while (zmq_send (out, "x", 1, ZMQ_DONTWAIT) == 1)
        sent++;
    printf ("sent %d, POLLOUT %d\n", sent, t_poll_for (out, ZMQ_POLLOUT, 0));
    pthread_create (&thread, NULL, receive_later, &work);
    TIMED ("send", zmq_send (out, "y", 1, 0));
    pthread_join (thread, NULL);
    zmq_close (in);
    zmq_close (out);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    arrives ("inproc");
    arrives ("tcp");
    arrives ("ipc");
    send_timeouts ();
    descriptor ();
    room ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
