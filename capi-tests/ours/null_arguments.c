/*
 * NULL where a text or a buffer is due: the call fails with EINVAL or EFAULT,
 * the process lives on. (The original ends it in some of these.)
 */
#include "../wire.h"

/* Any of the two errnos will do. */
static void refused (const char *what, int rc)
{
    printf ("%s: %s\n", what,
            rc == -1 && (errno == EINVAL || errno == EFAULT) ? "refused"
            : rc == -1                                       ? t_errno (errno)
                                                             : "accepted");
}

int main (void)
{
    void *ctx, *pull, *push;
    char endpoint[256];
    t_init ();
    ctx = zmq_ctx_new ();
    pull = t_socket (ctx, ZMQ_PULL);
    push = t_socket (ctx, ZMQ_PUSH);
    t_need (t_bind_any (pull, endpoint, "inproc") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    refused ("zmq_bind", zmq_bind (pull, NULL));
    refused ("zmq_connect", zmq_connect (pull, NULL));
    refused ("zmq_unbind", zmq_unbind (pull, NULL));
    refused ("zmq_disconnect", zmq_disconnect (pull, NULL));
    refused ("zmq_setsockopt", zmq_setsockopt (pull, ZMQ_LINGER, NULL, 4));
    refused ("zmq_getsockopt", zmq_getsockopt (pull, ZMQ_LINGER, NULL, NULL));
    refused ("zmq_send", zmq_send (push, NULL, 5, 0));
    t_send (push, "a message", (char *) NULL);
    refused ("zmq_recv", zmq_recv (pull, NULL, 5, ZMQ_DONTWAIT));
    refused ("zmq_msg_send", zmq_msg_send (NULL, push, 0));
    refused ("zmq_msg_recv", zmq_msg_recv (NULL, pull, ZMQ_DONTWAIT));
    while (zmq_recv (pull, endpoint, 1, ZMQ_DONTWAIT) >= 0)
        ; /* whether the message above was taken is open */
    t_send (push, "still alive", (char *) NULL);
    t_recv_print (pull, "pull");
    zmq_close (pull);
    zmq_close (push);
    zmq_ctx_term (ctx);
    return 0;
}
