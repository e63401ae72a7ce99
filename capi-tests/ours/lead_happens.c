/*
 * In a quick dialogue the waiting thread does the I/O thread's work, so that the
 * latter is not woken for each message: it really happens, in zmq_recv and in
 * zmq_poll, over tcp and ipc, however busy the machine is (the dialogue is
 * repeated until it has happened); and the background thread is back afterwards.
 * Only epoll lets two threads wait at a time: other backends do not lend the work.
 */
#include "../dialogue.h"

/* The number of times that the I/O thread `index` (in order of birth) slept. */
static long sleeps_of (int index)
{
    char line[256];
    long sleeps = -1;
    bool found = false;
    FILE *text = popen ("grep -hE '^Name:.*ZMQbg/IO|^voluntary' /proc/$PPID/task/*/status", "r");
    t_need (text != NULL);
    while (fgets (line, sizeof line, text)) {
        if (line[0] == 'N')
            found = index-- == 0;
        else if (found && sleeps < 0)
            sleeps = strtol (line + strcspn (line, "0123456789"), NULL, 10);
    }
    pclose (text);
    t_need (sleeps >= 0);
    return sleeps;
}

/* Whether the I/O threads of this build use epoll. */
static bool uses_epoll (void)
{
    return system ("ls -l /proc/$PPID/fd | grep -q 'anon_inode:.*eventpoll'") == 0;
}

/* Whether the I/O thread slept less than once in five round trips. */
static bool happened (void *sock, bool polls)
{
    enum { TRIPS = 3000 };
    long before = sleeps_of (0);
    for (int i = 0; i < TRIPS; i++) {
        char part[8];
        t_need (zmq_send (sock, "ping", 4, 0) == 4);
        if (polls)
            t_need (t_poll_in (sock, 10000) == ZMQ_POLLIN);
        t_need (zmq_recv (sock, part, sizeof part, 0) == 4);
    }
    return sleeps_of (0) - before < TRIPS / 5;
}

int main (void)
{
    static const char *const protos[] = {"tcp", "ipc"};
    t_init ();
    t_watchdog (60);
    for (unsigned i = 0; i < T_COUNT (protos); i++)
        for (int polls = 0; polls < 2; polls++) {
            void *ctx = zmq_ctx_new ();
            void *sock = t_socket (ctx, ZMQ_PAIR), *pull = t_socket (ctx, ZMQ_PULL);
            struct echo echo;
            char endpoint[256];
            int fd, tries = 0;
            /* Our I/O thread is the first one; the echo's comes after it. */
            echo_start (&echo, ZMQ_PAIR, protos[i]);
            t_timeouts (sock, 10000);
            t_need (zmq_connect (sock, echo.endpoint) == 0);
            while (uses_epoll () && !happened (sock, polls) && ++tries < 100)
                ;
            printf ("%s, %s: happened %d\n", protos[i], polls ? "zmq_poll" : "zmq_recv", tries < 100);
            /* A raw peer is accepted and greeted while nobody is in the library. */
            t_need (t_bind_any (pull, endpoint, "tcp") == 0);
            talk (sock, ROUND_TRIPS);
            fd = t_raw_connect (endpoint);
            printf ("background thread back: %d\n", t_fd_poll (fd, POLLIN, 10000) == POLLIN);
            close (fd);
            zmq_close (sock);
            zmq_close (pull);
            echo_stop (&echo);
            RC (zmq_ctx_term (ctx));
        }
    return 0;
}
