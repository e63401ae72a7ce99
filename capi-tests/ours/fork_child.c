/*
 * A context inherited by fork: in the child every call on it answers ETERM (or
 * ENOTSOCK on a handle that is closed), close and term return at once, and a new
 * context works; in the parent nothing has changed.
 */
#include "../wire.h"

static void *ctx, *rep, *req;
static char endpoint[256];

static void child (void)
{
    char part[8];
    long start = t_now_ms ();
    zmq_pollitem_t item = {req, 0, ZMQ_POLLIN, 0};
    puts ("-- in the child");
    RC (zmq_send (req, "x", 1, 0));
    RC (zmq_recv (rep, part, sizeof part, 0));
    RC (zmq_bind (rep, "inproc://child"));
    RC (zmq_connect (req, "inproc://child"));
    RC (t_set_int (req, ZMQ_LINGER, 0));
    RC (zmq_poll (&item, 1, 1000));
    RP (zmq_socket (ctx, ZMQ_PUB));
    RC (zmq_close (req));
    RC (zmq_close (rep));
    RC (zmq_ctx_term (ctx));
    printf ("at once: %d\n", t_now_ms () - start < 500);
    {
        void *own = zmq_ctx_new ();
        void *a = t_socket (own, ZMQ_REP), *b = t_socket (own, ZMQ_REQ);
        char where[256];
        t_need (t_bind_any (a, where, "tcp") == 0);
        t_need (zmq_connect (b, where) == 0);
        t_send (b, "question", (char *) NULL);
        t_recv_print (a, "a new context's rep");
        t_send (a, "answer", (char *) NULL);
        t_recv_print (b, "a new context's req");
        zmq_close (a);
        zmq_close (b);
        RC (zmq_ctx_term (own));
    }
    puts ("-- end of the child");
    fflush (stdout);
    _exit (0);
}

static void exchange (const char *text)
{
    t_send (req, text, (char *) NULL);
    t_recv_print (rep, "rep");
    t_send (rep, "reply", (char *) NULL);
    t_recv_print (req, "req");
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    rep = t_socket (ctx, ZMQ_REP);
    req = t_socket (ctx, ZMQ_REQ);
    t_need (t_bind_any (rep, endpoint, "tcp") == 0);
    t_need (zmq_connect (req, endpoint) == 0);
    exchange ("before");
    for (int i = 0; i < 2; i++) {
        pid_t pid;
        int status = 0;
        fflush (stdout);
        pid = fork ();
        t_need (pid >= 0);
        if (pid == 0)
            child ();
        while (waitpid (pid, &status, 0) == -1 && errno == EINTR)
            ;
        printf ("the child ended with %d\n", status);
        exchange ("after");
    }
    puts ("-- a child that does nothing and leaves by exit()");
    fflush (stdout);
    {
        pid_t pid = fork ();
        int status = 0;
        if (pid == 0)
            exit (0);
        while (waitpid (pid, &status, 0) == -1 && errno == EINTR)
            ;
        printf ("the child ended with %d\n", status);
    }
    exchange ("after");
    zmq_close (req);
    zmq_close (rep);
    RC (zmq_ctx_term (ctx));
    return 0;
}
