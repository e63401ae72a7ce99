/*
 * Several threads of one context in quick dialogues: two at a time, a socket that
 * wanders from thread to thread, dialogues in contexts with no, two and four I/O
 * threads, with an affinity, and with inproc beside tcp; then the memory's free
 * function that uses the library itself, and a child process.
 */
#include "../dialogue.h"

static void *talk_much (void *sock)
{
    talk (sock, 2000);
    return NULL;
}

static void two_at_a_time (void)
{
    void *ctx = zmq_ctx_new (), *socks[3];
    struct echo echoes[3];
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        echo_start (&echoes[i], ZMQ_DEALER, i % 2 ? "ipc" : "tcp");
        socks[i] = connect_to (ctx, ZMQ_DEALER, &echoes[i]);
        pthread_create (&threads[i], NULL, talk_much, socks[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join (threads[i], NULL);
        zmq_close (socks[i]);
        echo_stop (&echoes[i]);
    }
    RC_AS ("two at a time, then term", zmq_ctx_term (ctx));
}

/* Each thread talks for a while and gives the socket on; some block before. */
struct baton {
    void *sock;
    struct echo *echo;
    int left;
};

static void *carry (void *arg)
{
    struct baton *baton = arg;
    char part[8];
    pthread_t next;
    talk (baton->sock, 100 + baton->left % 7);
    if (baton->left % 3 == 0) {
        t_need (zmq_send (baton->sock, "!hold", 5, 0) == 5);
        if (baton->left % 2)
            t_settle (5);
        echo_release (baton->echo);
        t_need (zmq_recv (baton->sock, part, sizeof part, 0) == 4);
    }
    if (baton->left-- > 0) {
        t_need (pthread_create (&next, NULL, carry, baton) == 0);
        pthread_join (next, NULL);
    }
    return NULL;
}

static void migration (void)
{
    void *ctx = zmq_ctx_new ();
    struct echo echo;
    struct baton baton = {NULL, &echo, 30};
    echo_start (&echo, ZMQ_PAIR, "tcp");
    baton.sock = connect_to (ctx, ZMQ_PAIR, &echo);
    carry (&baton);
    zmq_close (baton.sock);
    echo_stop (&echo);
    RC_AS ("migration, then term", zmq_ctx_term (ctx));
}

static void io_threads (int count, uint64_t affinity)
{
    void *ctx = zmq_ctx_new (), *rep, *req;
    struct echo echoes[3];
    void *socks[3];
    char endpoint[256];
    pthread_t threads[3];
    printf ("-- %d I/O threads, affinity %d\n", count, (int) affinity);
    zmq_ctx_set (ctx, ZMQ_IO_THREADS, count);
    for (int i = 0; i < 3; i++) {
        echo_start (&echoes[i], ZMQ_DEALER, "tcp");
        socks[i] = t_socket (ctx, ZMQ_DEALER);
        t_timeouts (socks[i], 10000);
        zmq_setsockopt (socks[i], ZMQ_AFFINITY, &affinity, sizeof affinity);
        if (zmq_connect (socks[i], echoes[i].endpoint) == -1)
            printf ("connect: %s\n", t_errno (errno));
        else
            pthread_create (&threads[i], NULL, talk_much, socks[i]);
    }
    for (int i = 0; i < 3; i++)
        if (count > 0)
            pthread_join (threads[i], NULL);
    /* Bound on all loops, or between threads only. */
    rep = t_socket (ctx, ZMQ_REP);
    req = t_socket (ctx, ZMQ_REQ);
    t_need (t_bind_any (rep, endpoint, count > 0 ? "tcp" : "inproc") == 0);
    t_need (zmq_connect (req, endpoint) == 0);
    for (int i = 0; i < ROUND_TRIPS; i++) {
        char part[8];
        t_need (zmq_send (req, "ping", 4, 0) == 4 && zmq_recv (rep, part, 8, 0) == 4);
        t_need (zmq_send (rep, "pong", 4, 0) == 4 && zmq_recv (req, part, 8, 0) == 4);
    }
    zmq_close (rep);
    zmq_close (req);
    for (int i = 0; i < 3; i++) {
        zmq_close (socks[i]);
        echo_stop (&echoes[i]);
    }
    RC (zmq_ctx_term (ctx));
}

static void *poke (void *ctx)
{
    void *pair = t_socket (ctx, ZMQ_DEALER);
    t_settle (200);
    t_need (zmq_connect (pair, "inproc://beside") == 0);
    t_need (zmq_send (pair, "inproc", 6, 0) == 6);
    t_settle (200);
    zmq_close (pair);
    return NULL;
}

/* The socket has an inproc endpoint too, from the start or since later. */
static void inproc_beside (bool late)
{
    void *ctx = zmq_ctx_new (), *sock;
    struct echo echo;
    pthread_t thread;
    printf ("-- inproc beside tcp%s\n", late ? ", later" : "");
    echo_start (&echo, ZMQ_DEALER, "tcp");
    sock = connect_to (ctx, ZMQ_DEALER, &echo);
    if (!late)
        t_need (zmq_bind (sock, "inproc://beside") == 0);
    talk (sock, ROUND_TRIPS);
    if (late)
        t_need (zmq_bind (sock, "inproc://beside") == 0);
    pthread_create (&thread, NULL, poke, ctx);
    t_recv_print (sock, "beside");
    pthread_join (thread, NULL);
    talk (sock, ROUND_TRIPS);
    zmq_close (sock);
    echo_stop (&echo);
    RC (zmq_ctx_term (ctx));
}

/* A body whose free function sends on another socket. */
static void *freeing;

static void free_and_tell (void *data, void *hint)
{
    (void) data;
    (void) hint;
    zmq_send (freeing, "freed", 5, ZMQ_DONTWAIT);
}

static void free_functions (void)
{
    static char body[4000];
    void *ctx = zmq_ctx_new (), *sock, *sink = t_socket (ctx, ZMQ_PULL);
    struct echo echo;
    int freed = 0;
    char part[64];
    freeing = t_socket (ctx, ZMQ_PUSH);
    t_need (zmq_bind (sink, "inproc://freed") == 0);
    t_need (zmq_connect (freeing, "inproc://freed") == 0);
    echo_start (&echo, ZMQ_PAIR, "tcp");
    sock = connect_to (ctx, ZMQ_PAIR, &echo);
    for (int i = 0; i < 200; i++) {
        zmq_msg_t msg;
        talk (sock, 10);
        zmq_msg_init_data (&msg, body, sizeof body, free_and_tell, NULL);
        t_need (zmq_msg_send (&msg, sock, 0) == (int) sizeof body);
        if (i % 2)
            t_need (t_poll_in (sock, 5000) == ZMQ_POLLIN);
        /* The echo cuts it off. */
        t_need (zmq_recv (sock, part, sizeof part, 0) == (int) sizeof part);
    }
    while (freed < 200 && zmq_recv (sink, part, sizeof part, 0) == 5)
        freed++;
    printf ("freed: %d\n", freed);
    zmq_close (sock);
    echo_stop (&echo);
    zmq_close (freeing);
    zmq_close (sink);
    RC (zmq_ctx_term (ctx));
}

static void *talk_and_hold (void *arg)
{
    struct baton *baton = arg;
    char part[8] = "";
    talk (baton->sock, ROUND_TRIPS);
    t_need (zmq_send (baton->sock, "!hold", 5, 0) == 5);
    return (void *) (long) zmq_recv (baton->sock, part, sizeof part, 0);
}

/* A child is made while a thread of this process is in a dialogue or blocked after
   one; it has a context of its own, and the parent's goes on. */
static void child (int ms)
{
    void *ctx = zmq_ctx_new (), *rc;
    struct echo echo;
    struct baton baton = {NULL, &echo, 0};
    pthread_t thread;
    int status = -1;
    pid_t pid;
    echo_start (&echo, ZMQ_PAIR, "tcp");
    baton.sock = connect_to (ctx, ZMQ_PAIR, &echo);
    pthread_create (&thread, NULL, talk_and_hold, &baton);
    t_settle (ms);
    fflush (stdout);
    if ((pid = fork ()) == 0) {
        void *own = zmq_ctx_new (), *sock;
        struct echo echo2;
        alarm (10);
        echo_start (&echo2, ZMQ_PAIR, "tcp");
        sock = connect_to (own, ZMQ_PAIR, &echo2);
        talk (sock, ROUND_TRIPS);
        zmq_close (sock);
        echo_stop (&echo2);
        _exit (zmq_ctx_term (own) == 0 ? 0 : 1);
    }
    waitpid (pid, &status, 0);
    printf ("child: %d\n", WIFEXITED (status) ? WEXITSTATUS (status) : -1);
    echo_release (&echo);
    pthread_join (thread, &rc);
    printf ("parent: %ld\n", (long) rc);
    talk (baton.sock, ROUND_TRIPS);
    zmq_close (baton.sock);
    echo_stop (&echo);
    RC (zmq_ctx_term (ctx));
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    two_at_a_time ();
    migration ();
    io_threads (0, 0);
    io_threads (2, 0);
    io_threads (2, 2);
    io_threads (4, 5);
    inproc_beside (false);
    inproc_beside (true);
    free_functions ();
    child (5);
    child (300);
    return 0;
}
