/*
 * Handles that are closed, NULL or no handles at all: ENOTSOCK for sockets,
 * EFAULT for contexts, however often and long after; new sockets are not
 * mistaken for old ones.
 */
#include "../wire.h"

static void sockets (const char *what, void *sock)
{
    char buffer[64] = "";
    size_t size = sizeof buffer;
    zmq_msg_t msg;
    zmq_pollitem_t item = {sock, 0, ZMQ_POLLIN, 0};
    printf ("\n== %s\n", what);
    zmq_msg_init (&msg);
    RC (zmq_close (sock));
    RC (zmq_bind (sock, "inproc://x"));
    RC (zmq_connect (sock, "inproc://x"));
    RC (zmq_unbind (sock, "inproc://x"));
    RC (zmq_disconnect (sock, "inproc://x"));
    RC (zmq_send (sock, "x", 1, 0));
    RC (zmq_recv (sock, buffer, size, 0));
    RC (zmq_msg_send (&msg, sock, 0));
    RC (zmq_msg_recv (&msg, sock, 0));
    RC (zmq_setsockopt (sock, ZMQ_LINGER, &(int){0}, sizeof (int)));
    RC (zmq_getsockopt (sock, ZMQ_LAST_ENDPOINT, buffer, &size));
    RC (zmq_socket_monitor (sock, "inproc://m", ZMQ_EVENT_ALL));
    if (sock) /* NULL means the descriptor of the item */
        RC (zmq_poll (&item, 1, 0));
    zmq_msg_close (&msg);
}

int main (void)
{
    static char nonsense[4096];
    void *ctx, *sock, *others[200];
    t_init ();
    ctx = zmq_ctx_new ();
    sock = t_socket (ctx, ZMQ_PAIR);
    RC (zmq_close (sock));
    sockets ("closed a moment ago", sock);
    t_settle (50);
    sockets ("closed a while ago", sock);
    for (int i = 0; i < 200; i++)
        others[i] = t_socket (ctx, ZMQ_PAIR);
    for (int i = 0; i < 200; i++)
        if (others[i] == sock)
            puts ("the handle has been used again");
    sockets ("closed, and others have been opened", sock);
    for (int i = 0; i < 200; i++)
        zmq_close (others[i]);
    sockets ("NULL", NULL);
    sockets ("zeros", nonsense + 64);
    memset (nonsense, 0xa5, sizeof nonsense);
    sockets ("noise", nonsense + 64);
    sockets ("a context", ctx);
    RC (zmq_ctx_term (ctx));
    sockets ("closed, its context is gone", sock);

    puts ("\n== contexts");
    RC (zmq_ctx_term (ctx));
    RC (zmq_ctx_shutdown (ctx));
    RC (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 1));
    RC (zmq_ctx_get (ctx, ZMQ_IO_THREADS));
    RP (zmq_socket (ctx, ZMQ_PAIR));
    RC (zmq_ctx_term (NULL));
    RP (zmq_socket (NULL, ZMQ_PAIR));
    RC (zmq_ctx_term (nonsense + 64));
    RP (zmq_socket (nonsense + 64, ZMQ_PAIR));
    return 0;
}
