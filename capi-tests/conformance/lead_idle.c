/*
 * After quick dialogues nothing happens any more: with a thread blocked in the
 * library, with nobody there, and with a thread that polls; the process then
 * uses (nearly) no processor time. And one that only sometimes says something.
 */
#include "../dialogue.h"

#include <sys/resource.h>

static long used_ms (void)
{
    struct rusage usage;
    getrusage (RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
           + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static void *sock;
static bool polls;

static void *talk_and_block (void *arg)
{
    char part[8];
    (void) arg;
    talk (sock, 2000);
    t_need (zmq_send (sock, "!hold", 5, 0) == 5);
    if (polls)
        t_need (t_poll_in (sock, 15000) == ZMQ_POLLIN);
    t_need (zmq_recv (sock, part, sizeof part, 0) == 4);
    return NULL;
}

static void is_idle (const char *when)
{
    long before;
    t_settle (500);
    before = used_ms ();
    t_settle (2000);
    printf ("%s: idle %d\n", when, used_ms () - before < 20);
}

int main (void)
{
    void *ctx = zmq_ctx_new ();
    struct echo echo;
    pthread_t thread;
    t_init ();
    t_watchdog (60);
    echo_start (&echo, ZMQ_PAIR, "tcp");
    sock = connect_to (ctx, ZMQ_PAIR, &echo);
    t_timeouts (sock, 15000);
    for (int i = 0; i < 2; i++) {
        polls = i == 1;
        pthread_create (&thread, NULL, talk_and_block, NULL);
        /* Until it is blocked, whatever the machine does. */
        t_settle (1000);
        is_idle (polls ? "a thread in zmq_poll" : "a thread in zmq_recv");
        echo_release (&echo);
        pthread_join (thread, NULL);
        is_idle ("nobody waits");
    }
    /* A second wait after a long one. */
    talk (sock, 20);
    pthread_create (&thread, NULL, talk_and_block, NULL);
    t_settle (1500);
    echo_release (&echo);
    pthread_join (thread, NULL);
    talk (sock, 20);
    is_idle ("after short and long waits");
    zmq_close (sock);
    echo_stop (&echo);
    RC (zmq_ctx_term (ctx));
    return 0;
}
