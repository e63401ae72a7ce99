/*
 * ZMQ_RECONNECT_STOP: what stops a connecting socket from trying again, and
 * what is left of the endpoint and its pipe then. The number is a draft one,
 * but the stable build knows it.
 */
#include "../t.h"

#define RECONNECT_STOP 109

/* A bound TCP socket; with accepting, one that can be connected to. */
static int server (char endpoint[64], bool accepting)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof a;
    int fd = socket (AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    t_need (bind (fd, (struct sockaddr *) &a, size) == 0);
    t_need (getsockname (fd, (struct sockaddr *) &a, &size) == 0);
    t_need (!accepting || listen (fd, 20) == 0);
    snprintf (endpoint, 64, "tcp://127.0.0.1:%d", ntohs (a.sin_port));
    return fd;
}

static void try (void *ctx, int stop, bool accepting)
{
    void *sock = t_socket (ctx, ZMQ_DEALER);
    char endpoint[64];
    int accepted = 0, fd = server (endpoint, accepting);
    printf ("stop %d, %s\n", stop, accepting ? "closed in the handshake" : "refused");
    t_set_int (sock, ZMQ_RECONNECT_IVL, 10);
    RC (zmq_setsockopt (sock, RECONNECT_STOP, &stop, sizeof stop));
    t_need (zmq_connect (sock, endpoint) == 0);
    for (int i = 0; i < 20; i++) {
        if (accepting && t_fd_poll (fd, POLLIN, 10)) {
            close (accept (fd, NULL, NULL));
            accepted++;
        }
        t_settle (10);
    }
    if (accepting)
        printf ("tries: %s\n", accepted == 1 ? "one" : "many");
    /* after a handshake that failed for good the original may keep the pipe, or not */
    if (stop != 2 || !accepting) {
        printf ("EVENTS %d\n", t_get_int (sock, ZMQ_EVENTS));
        RC (zmq_send (sock, "x", 1, ZMQ_DONTWAIT));
    }
    RC (zmq_disconnect (sock, endpoint));
    t_set_int (sock, ZMQ_LINGER, 0);
    zmq_close (sock);
    close (fd);
}

int main (void)
{
    void *ctx;
    t_init ();
    ctx = zmq_ctx_new ();
    for (int stop = 0; stop < 3; stop++) {
        try (ctx, stop, false);
        try (ctx, stop, true);
    }
    zmq_ctx_term (ctx);
    return 0;
}
