/*
 * A thread has had a quick dialogue over one socket, in which it may have done
 * the I/O work of the whole context itself. Now it does something else, or blocks
 * in that socket: the context's other sockets must go on as if nothing were.
 */
#include "../dialogue.h"

static void *ctx, *sock;
static struct echo echo;

/* Sleeps (no call of the library) until a descriptor is readable. */
static bool readable (void *of, int ms)
{
    int fd = t_get_int (of, ZMQ_FD);
    if (t_get_int (of, ZMQ_EVENTS) & ZMQ_POLLIN)
        return true;
    return t_fd_poll (fd, POLLIN, ms) != 0
           && (t_get_int (of, ZMQ_EVENTS) & ZMQ_POLLIN) != 0;
}

struct sender {
    char endpoint[256];
    int ms;
};

/* From a context of its own, after a while. */
static void *send_later (void *arg)
{
    struct sender *sender = arg;
    void *own = zmq_ctx_new (), *push = t_socket (own, ZMQ_PUSH);
    t_set_int (push, ZMQ_LINGER, 3000);
    t_settle (sender->ms);
    t_need (zmq_connect (push, sender->endpoint) == 0);
    t_need (zmq_send (push, "later", 5, 0) == 5);
    zmq_close (push);
    zmq_ctx_term (own);
    return NULL;
}

/* Messages for another socket while nobody is in the library. */
static void nobody_calls (bool late_fd)
{
    void *pull = t_socket (ctx, ZMQ_PULL);
    struct sender sender = {.ms = 30};
    pthread_t thread;
    printf ("-- ZMQ_FD asked for %s the dialogue\n", late_fd ? "after" : "before");
    t_need (t_bind_any (pull, sender.endpoint, "tcp") == 0);
    if (!late_fd)
        t_get_int (pull, ZMQ_FD);
    for (int i = 0; i < 4; i++) {
        bool got = false;
        sender.ms = i * 20;
        pthread_create (&thread, NULL, send_later, &sender);
        talk (sock, ROUND_TRIPS);
        for (long end = t_now_ms () + 5000; !got && t_now_ms () < end;)
            got = readable (pull, 5000);
        printf ("readable: %d\n", got);
        t_recv_flags (pull, "pull", ZMQ_DONTWAIT);
        pthread_join (thread, NULL);
    }
    zmq_close (pull);
}

/* The same, looked for without waiting. */
static void without_waiting (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL);
    struct sender sender = {.ms = 0};
    puts ("-- ZMQ_DONTWAIT after a dialogue");
    t_need (t_bind_any (pull, sender.endpoint, "tcp") == 0);
    for (int i = 0; i < 4; i++) {
        char part[16];
        pthread_t thread;
        int n;
        sender.ms = i * 10;
        pthread_create (&thread, NULL, send_later, &sender);
        talk (sock, ROUND_TRIPS);
        do
            n = zmq_recv (pull, part, sizeof part, ZMQ_DONTWAIT);
        while (n == -1 && errno == EAGAIN);
        printf ("%.*s\n", n, part);
        pthread_join (thread, NULL);
        talk (sock, ROUND_TRIPS);
        t_need (zmq_send (sock, "own", 3, 0) == 3);
        do
            n = zmq_recv (sock, part, sizeof part, ZMQ_DONTWAIT);
        while (n == -1 && errno == EAGAIN);
        printf ("%.*s\n", n, part);
    }
    zmq_close (pull);
}

static void *talk_and_block (void *arg)
{
    talk (sock, ROUND_TRIPS);
    t_need (zmq_send (sock, "!hold", 5, 0) == 5);
    return (void *) (long) zmq_recv (sock, arg, 8, 0);
}

/* Another thread uses other sockets of the context while one is blocked. */
static void beside_a_blocked_thread (void)
{
    pthread_t blocked;
    char endpoint[256], part[8] = "";
    void *rc, *rep, *req, *mon;
    puts ("-- beside a thread that is blocked after a dialogue");
    pthread_create (&blocked, NULL, talk_and_block, part);
    t_settle (300);
    rep = t_socket (ctx, ZMQ_REP);
    mon = t_monitor (ctx, rep, ZMQ_EVENT_ALL);
    t_need (t_bind_any (rep, endpoint, "tcp") == 0);
    req = t_socket (ctx, ZMQ_REQ);
    t_need (zmq_connect (req, endpoint) == 0);
    for (int i = 0; i < 3; i++) {
        t_send (req, "question", (char *) NULL);
        t_recv_print (rep, "rep");
        t_send (rep, "answer", (char *) NULL);
        printf ("readable: %d\n", readable (req, 5000));
        t_recv_print (req, "req");
    }
    t_event_print (mon, "rep's monitor");
    t_event_print (mon, "rep's monitor");
    t_event_print (mon, "rep's monitor");
    zmq_close (req);
    printf ("rep's monitor sees the end: %d\n", t_event_wait (mon, ZMQ_EVENT_DISCONNECTED));
    t_monitor_end (rep, mon);
    echo_release (&echo);
    pthread_join (blocked, &rc);
    printf ("blocked: %ld %.7s\n", (long) rc, part);
}

/* Connection, heartbeats and their end in the background, watched by a raw peer
   while nobody calls the library. */
static void deadlines (void)
{
    char endpoint[256], greeting[64];
    int listener = t_tcp_listen (endpoint), fd;
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    puts ("-- deadlines after a dialogue");
    t_set_int (dealer, ZMQ_HANDSHAKE_IVL, 200);
    t_set_int (dealer, ZMQ_RECONNECT_IVL, 20);
    talk (sock, ROUND_TRIPS);
    t_need (zmq_connect (dealer, endpoint) == 0);
    for (int i = 0; i < 3; i++) {
        fd = t_accept (listener, 5000);
        printf ("accepted: %d\n", fd >= 0);
        printf ("greeted: %d\n", t_fd_poll (fd, POLLIN, 5000) != 0
                                  && recv (fd, greeting, 10, 0) == 10);
        talk (sock, ROUND_TRIPS);
        /* The handshake takes too long, and is given up. */
        ssize_t n = 1;
        while (t_fd_poll (fd, POLLIN, 5000) && (n = recv (fd, greeting, sizeof greeting, 0)) > 0)
            ;
        printf ("given up: %d\n", n <= 0);
        close (fd);
        talk (sock, ROUND_TRIPS);
    }
    close (listener);
    zmq_close (dealer);
}

int main (void)
{
    static const char *const protos[] = {"tcp", "ipc"};
    t_init ();
    t_watchdog (60);
    for (unsigned i = 0; i < T_COUNT (protos); i++) {
        printf ("---- dialogue over %s\n", protos[i]);
        ctx = zmq_ctx_new ();
        echo_start (&echo, ZMQ_PAIR, protos[i]);
        sock = connect_to (ctx, ZMQ_PAIR, &echo);
        without_waiting ();
        deadlines ();
        nobody_calls (false);
        nobody_calls (true);
        zmq_close (sock);
        echo_stop (&echo);
        RC (zmq_ctx_term (ctx));
    }
    /* In a context where nobody has asked for ZMQ_FD. */
    ctx = zmq_ctx_new ();
    echo_start (&echo, ZMQ_PAIR, "tcp");
    sock = connect_to (ctx, ZMQ_PAIR, &echo);
    beside_a_blocked_thread ();
    zmq_close (sock);
    echo_stop (&echo);
    RC (zmq_ctx_term (ctx));
    return 0;
}
