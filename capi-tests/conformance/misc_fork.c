/*
 * fork: a child with a context of its own talks to its parent over ipc, while
 * the parent's sockets, made before the fork, go on working; a child that
 * leaves at once disturbs nobody.
 */
#include "../t.h"

static pid_t child_of (void (*body) (const char *endpoint), const char *endpoint)
{
    pid_t child;
    fflush (stdout);
    child = fork ();
    t_need (child >= 0);
    if (child == 0) {
        body (endpoint);
        fflush (stdout);
        _exit (0);
    }
    return child;
}

static void wait_for (pid_t child)
{
    int status;
    t_need (waitpid (child, &status, 0) == child);
    printf ("child ended with %d\n", WIFEXITED (status) ? WEXITSTATUS (status) : -1);
}

static void leave (const char *endpoint)
{
    (void) endpoint;
}

static void talk (const char *endpoint)
{
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_REQ);
    RC (zmq_connect (sock, endpoint));
    RC (t_send (sock, "from the child", (char *) NULL));
    t_recv_print (sock, "child");
    zmq_close (sock);
    RC (zmq_ctx_term (ctx));
}

int main (void)
{
    void *ctx, *server, *a, *b;
    char endpoint[256], other[256], buffer[64];
    pid_t child;
    t_init ();
    ctx = zmq_ctx_new ();
    server = t_socket (ctx, ZMQ_REP);
    a = t_socket (ctx, ZMQ_PAIR);
    b = t_socket (ctx, ZMQ_PAIR);
    t_need (t_bind_any (server, endpoint, "ipc") == 0);
    t_need (t_bind_any (a, other, "tcp") == 0);
    t_need (zmq_connect (b, other) == 0);
    RC (t_send (b, "before", (char *) NULL));
    t_recv_print (a, "a");

    wait_for (child_of (leave, endpoint));
    RC (t_send (b, "after a child came and went", (char *) NULL));
    t_recv_print (a, "a");

    child = child_of (talk, endpoint);
    t_need (zmq_recv (server, buffer, sizeof buffer, 0) == 14);
    t_need (t_send (server, "from the parent", (char *) NULL) == 15);
    wait_for (child);
    RC (t_send (a, "both ways", (char *) NULL));
    t_recv_print (b, "b");
    zmq_close (a);
    zmq_close (b);
    zmq_close (server);
    RC (zmq_ctx_term (ctx));
    return 0;
}
