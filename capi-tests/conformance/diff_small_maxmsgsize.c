/*
 * ZMQ_MAXMSGSIZE below the size of a READY command: the original refuses every
 * peer then; ours limits messages, and the handshake has a limit of its own.
 */
#include "../wire.h"

int main (void)
{
    int64_t limit = 25;
    void *ctx, *pull;
    char endpoint[256];
    int fd;
    t_init ();
    ctx = zmq_ctx_new ();
    pull = t_socket (ctx, ZMQ_PULL);
    RC (zmq_setsockopt (pull, ZMQ_MAXMSGSIZE, &limit, sizeof limit));
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    fd = t_raw_connect (endpoint);
    t_need (w_greet (fd, 1, "NULL"));
    w_print (fd, "its own");
    w_ready (fd, "PUSH", NULL);
    w_closed (fd, "answer", 200);
    close (fd);
    zmq_close (pull);
    zmq_ctx_term (ctx);
    return 0;
}
