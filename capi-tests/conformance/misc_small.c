/*
 * The small helpers: atomic counters, stopwatches, threads, zmq_sleep,
 * zmq_errno, zmq_has and the version without its patch number.
 */
#include "../t.h"

static void *counter;

static void *increase (void *arg)
{
    for (int i = 0; i < 10000; i++)
        zmq_atomic_counter_inc (counter);
    return arg;
}

static void atomic (void)
{
    pthread_t threads[2];
    void *copy;
    counter = RP (zmq_atomic_counter_new ());
    RC (zmq_atomic_counter_value (counter));
    RC (zmq_atomic_counter_inc (counter));
    RC (zmq_atomic_counter_inc (counter));
    RC (zmq_atomic_counter_inc (counter));
    RC (zmq_atomic_counter_value (counter));
    RC (zmq_atomic_counter_dec (counter));
    RC (zmq_atomic_counter_dec (counter));
    RC (zmq_atomic_counter_dec (counter));
    RC (zmq_atomic_counter_value (counter));
    RC (zmq_atomic_counter_dec (counter));
    RC (zmq_atomic_counter_value (counter));
    zmq_atomic_counter_set (counter, INT_MAX);
    RC (zmq_atomic_counter_value (counter));
    RC (zmq_atomic_counter_inc (counter));
    RC (zmq_atomic_counter_value (counter));
    zmq_atomic_counter_set (counter, -5);
    RC (zmq_atomic_counter_value (counter));
    RC (zmq_atomic_counter_inc (counter));
    RC (zmq_atomic_counter_dec (counter));
    zmq_atomic_counter_set (counter, 0);
    for (int i = 0; i < 2; i++)
        pthread_create (&threads[i], NULL, increase, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join (threads[i], NULL);
    RC (zmq_atomic_counter_value (counter));
    copy = counter;
    zmq_atomic_counter_destroy (&counter);
    printf ("pointer %s, before %s\n", t_ptr (counter), t_ptr (copy));
}

static void stopwatch (void)
{
    long start = t_now_ms (), passed;
    void *watch = RP (zmq_stopwatch_start ());
    unsigned long first, second, last;
    t_settle (20);
    first = zmq_stopwatch_intermediate (watch);
    passed = t_now_ms () - start + 1;
    t_settle (5);
    second = zmq_stopwatch_intermediate (watch);
    last = zmq_stopwatch_stop (watch);
    printf ("microseconds: %d %d %d\n", first >= 20000 && first <= (unsigned long) passed * 1000, second >= first + 5000,
            last >= second);
    start = t_now_ms ();
    zmq_sleep (0);
    printf ("sleep 0: %d\n", t_now_ms () - start < 1000);
    start = t_now_ms ();
    zmq_sleep (1);
    printf ("sleep 1: %d\n", t_now_ms () - start >= 999);
}

static const char *thread_argument;

static void thread_body (void *arg)
{
    thread_argument = arg;
}

static void threads (void)
{
    void *thread = RP (zmq_threadstart (thread_body, "argument"));
    zmq_threadclose (thread);
    printf ("joined, argument \"%s\"\n", thread_argument);
}

static void has (void)
{
    static const char *const names[] = {"ipc", "curve", "draft", "vmci", "tcp", "inproc", "IPC",
                                        "",    "nonsense", "ipc ", "epgm", "plain"};
    for (size_t i = 0; i < T_COUNT (names); i++)
        printf ("zmq_has \"%s\": %d\n", names[i], zmq_has (names[i]));
}

static void errors (void)
{
    int major = -1, minor = -1, patch = -1;
    errno = ENOENT;
    printf ("zmq_errno %s\n", t_errno (zmq_errno ()));
    zmq_close (NULL);
    printf ("zmq_errno %s, errno %s\n", t_errno (zmq_errno ()), t_errno (errno));
    errno = EFSM;
    printf ("zmq_errno %s\n", t_errno (zmq_errno ()));
    errno = EAGAIN;
    zmq_version (&major, &minor, &patch);
    zmq_strerror (EFSM);
    printf ("zmq_errno %s\n", t_errno (zmq_errno ()));
    printf ("version %d.%d, patch set %d\n", major, minor, patch >= 0);
}

int main (void)
{
    t_init ();
    atomic ();
    stopwatch ();
    threads ();
    has ();
    errors ();
    return 0;
}
