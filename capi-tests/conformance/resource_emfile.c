/*
 * No free descriptor: zmq_socket in an old and in a new context works or fails
 * with EMFILE, as a library needs; connect succeeds and is carried out when
 * descriptors are free again; a client that cannot be accepted waits, while the
 * connected ones are served; and all works again afterwards.
 */
#include "../limit.h"

static void sockets (void)
{
    void *ctx = zmq_ctx_new (), *old = t_socket (ctx, ZMQ_PULL), *sock;
    void *fresh = zmq_ctx_new (), *late;
    puts ("== zmq_ctx_new and zmq_socket");
    no_more (0);
    errno = 0;
    sock = zmq_socket (ctx, ZMQ_PULL);
    printf ("old context: %s\n", limit_result (sock, errno));
    if (sock)
        zmq_close (sock);
    errno = 0;
    late = zmq_ctx_new ();
    printf ("zmq_ctx_new: %s\n", limit_result (late, errno));
    if (late)
        zmq_ctx_term (late);
    errno = 0;
    sock = zmq_socket (fresh, ZMQ_PULL);
    printf ("new context: %s\n", limit_result (sock, errno));
    if (sock)
        zmq_close (sock);
    enough_again ();
    sock = RP (zmq_socket (fresh, ZMQ_PULL));
    RC (zmq_close (sock));
    RC (zmq_ctx_term (fresh));
    sock = RP (zmq_socket (ctx, ZMQ_PULL));
    RC (zmq_close (sock));
    RC (zmq_close (old));
    RC (zmq_ctx_term (ctx));
}

static void connecting (void)
{
    void *ctx = zmq_ctx_new ();
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    puts ("\n== connect");
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    no_more (0);
    RC (zmq_connect (push, endpoint));
    RC (t_send (push, "patience", (char *) NULL));
    t_recv_none (pull, "pull", 50);
    enough_again ();
    t_recv_print (pull, "pull");
    zmq_close (push);
    zmq_close (pull);
    RC (zmq_ctx_term (ctx));
}

static void accepting (void)
{
    void *ctx = zmq_ctx_new (), *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    int good, late, i;
    puts ("\n== accept");
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    good = w_peer (endpoint, 1, "PUSH", NULL);
    w_text (good, 0, "before");
    t_recv_print (pull, "pull");
    no_more (1); /* for our own end */
    late = t_raw_connect (endpoint);
    t_need (late >= 0);
    for (i = 0; i < 3; i++) {
        w_text (good, 0, "meanwhile");
        t_recv_print (pull, "pull");
    }
    printf ("nothing for the late one yet: %d\n", !t_fd_poll (late, POLLIN, 30));
    enough_again ();
    w_handshake (late, 1, "PUSH", NULL);
    w_text (late, 0, "late");
    t_recv_print (pull, "pull");
    close (good);
    close (late);
    zmq_close (pull);
    RC (zmq_ctx_term (ctx));
}

int main (void)
{
    t_init ();
    sockets ();
    connecting ();
    accepting ();
    return 0;
}
