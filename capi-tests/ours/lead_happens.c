/*
 * In a quick dialogue the waiting thread does the I/O thread's work, so that the
 * latter is not woken for each message: it really happens, in zmq_recv and in
 * zmq_poll, over tcp and ipc, however busy the machine is (the dialogue is
 * repeated until it has happened); and the background thread is back afterwards.
 * Only epoll lets two threads wait at a time: other backends do not lend the work.
 */
#include "../dialogue.h"

#define PREFIX 7 /* begins the names of our context's threads: the echo has an I/O thread as well */

/* The number of times that our I/O thread slept, -1 if no thread has its name (a thread names itself as it starts). */
static long sleeps_if_named (void)
{
    char line[256], command[128];
    long sleeps = -1;
    bool found = false;
    snprintf (command, sizeof command, "grep -hsE '^Name:\\s%d/ZMQbg/IO|^voluntary' /proc/$PPID/task/*/status", PREFIX);
    FILE *text = popen (command, "r");
    t_need (text != NULL);
    while (fgets (line, sizeof line, text)) {
        if (line[0] == 'N')
            found = true;
        else if (found && sleeps < 0)
            sleeps = strtol (line + strcspn (line, "0123456789"), NULL, 10);
    }
    pclose (text);
    return sleeps;
}

static long sleeps_so_far (void)
{
    long sleeps = -1;
    for (int i = 0; i < 1000 && (sleeps = sleeps_if_named ()) < 0; i++)
        t_settle (10);
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
    long before = sleeps_so_far ();
    for (int i = 0; i < TRIPS; i++) {
        char part[8];
        t_need (zmq_send (sock, "ping", 4, 0) == 4);
        if (polls)
            t_need (t_poll_in (sock, 10000) == ZMQ_POLLIN);
        t_need (zmq_recv (sock, part, sizeof part, 0) == 4);
    }
    return sleeps_so_far () - before < TRIPS / 5;
}

int main (void)
{
    static const char *const protos[] = {"tcp", "ipc"};
    t_init ();
    t_watchdog (60);
    for (unsigned i = 0; i < T_COUNT (protos); i++)
        for (int polls = 0; polls < 2; polls++) {
            void *ctx = zmq_ctx_new (), *sock, *pull;
            struct echo echo;
            char endpoint[256];
            int fd, tries = 0;
            t_need (zmq_ctx_set (ctx, ZMQ_THREAD_NAME_PREFIX, PREFIX) == 0);
            sock = t_socket (ctx, ZMQ_PAIR);
            pull = t_socket (ctx, ZMQ_PULL);
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
