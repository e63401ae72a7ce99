/*
 * A big message that arrives slowly while heartbeats are on: RFC 37 counts any
 * traffic as a sign of life, the original counts whole messages only and cuts
 * the connection in the middle; ours lets it through.
 */
#include "../wire.h"

int main (void)
{
    void *ctx, *pull;
    char endpoint[256], part[100];
    int fd;
    t_init ();
    ctx = zmq_ctx_new ();
    pull = t_socket (ctx, ZMQ_PULL);
    t_set_int (pull, ZMQ_HEARTBEAT_IVL, 150);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    memset (part, 'p', sizeof part);
    W_LITERAL (fd, "\x02\0\0\0\0\0\0\x0f\xa0"); /* 4000 bytes */
    for (int i = 0; i < 40; i++) {
        t_write (fd, part, sizeof part);
        t_settle (20);
    }
    t_timeouts (pull, 200);
    t_recv_print (pull, "pull");
    close (fd);
    zmq_close (pull);
    zmq_ctx_term (ctx);
    return 0;
}
