/*
 * zmq_timers_*: adding, cancelling, changing and executing; the order of
 * timers that are due together; timers that are missed; bad ids; what a
 * handler may do; the time until the next one.
 */
#include "../t.h"

static void *timers;
static int inner = -1;

static void handler (int id, void *arg)
{
    printf ("  timer %d \"%s\"\n", id, (char *) arg);
}

static void cancels_itself (int id, void *arg)
{
    handler (id, arg);
    RC (zmq_timers_cancel (timers, id));
}

static void adds (int id, void *arg)
{
    handler (id, arg);
    inner = zmq_timers_add (timers, 1000, handler, "inner");
    printf ("  added %d\n", inner);
    RC (zmq_timers_cancel (timers, id));
}

static void in_range (long value, long low, long high)
{
    if (value >= low && value <= high)
        printf ("timeout in %ld..%ld\n", low, high);
    else
        printf ("timeout %ld not in %ld..%ld\n", value, low, high);
}

int main (void)
{
    int a, b, c;
    void *copy;
    t_init ();
    timers = RP (zmq_timers_new ());
    RC (zmq_timers_timeout (timers));
    RC (zmq_timers_execute (timers));
    RC (zmq_timers_add (timers, 10, NULL, NULL));
    a = (int) RC (zmq_timers_add (timers, 50, handler, "a"));
    b = (int) RC (zmq_timers_add (timers, 100, handler, "b"));
    in_range (zmq_timers_timeout (timers), 20, 50);
    printf ("too early\n");
    RC (zmq_timers_execute (timers));
    t_settle (60);
    RC (zmq_timers_timeout (timers));
    printf ("a is due\n");
    RC (zmq_timers_execute (timers));
    printf ("done\n");
    RC (zmq_timers_execute (timers));
    printf ("a and b are due, a was missed once\n");
    t_settle (130);
    RC (zmq_timers_execute (timers));
    printf ("done\n");
    RC (zmq_timers_execute (timers));

    printf ("bad ids\n");
    RC (zmq_timers_cancel (timers, 0));
    RC (zmq_timers_cancel (timers, -1));
    RC (zmq_timers_cancel (timers, 99));
    RC (zmq_timers_reset (timers, 99));
    RC (zmq_timers_set_interval (timers, 99, 10));

    printf ("cancel\n");
    RC (zmq_timers_cancel (timers, a));
    RC (zmq_timers_cancel (timers, a));
    RC (zmq_timers_reset (timers, a));
    RC (zmq_timers_set_interval (timers, a, 10));

    printf ("set_interval, reset\n");
    RC (zmq_timers_set_interval (timers, b, 5000));
    in_range (zmq_timers_timeout (timers), 4000, 5000);
    RC (zmq_timers_set_interval (timers, b, 40));
    in_range (zmq_timers_timeout (timers), 1, 40);
    t_settle (30);
    RC (zmq_timers_reset (timers, b));
    t_settle (20);
    printf ("reset: not due\n");
    RC (zmq_timers_execute (timers));
    t_settle (30);
    printf ("due\n");
    RC (zmq_timers_execute (timers));
    RC (zmq_timers_cancel (timers, b));
    RC (zmq_timers_timeout (timers));

    printf ("due together, in order of expiry\n");
    a = (int) RC (zmq_timers_add (timers, 30, handler, "thirty"));
    b = (int) RC (zmq_timers_add (timers, 10, handler, "ten"));
    c = (int) RC (zmq_timers_add (timers, 20, handler, "twenty"));
    t_settle (40);
    RC (zmq_timers_execute (timers));
    RC (zmq_timers_cancel (timers, a));
    RC (zmq_timers_cancel (timers, b));
    RC (zmq_timers_cancel (timers, c));

    printf ("handlers that change timers\n");
    RC (zmq_timers_add (timers, 1, cancels_itself, "once"));
    RC (zmq_timers_add (timers, 3, adds, "adds"));
    t_settle (10);
    RC (zmq_timers_execute (timers));
    RC (zmq_timers_execute (timers));
    in_range (zmq_timers_timeout (timers), 500, 1000);
    RC (zmq_timers_cancel (timers, inner));

    printf ("interval 0 (executing it would never end)\n");
    a = (int) RC (zmq_timers_add (timers, 0, handler, "zero"));
    RC (zmq_timers_timeout (timers));
    RC (zmq_timers_cancel (timers, a));
    RC (zmq_timers_timeout (timers));

    copy = timers;
    RC (zmq_timers_destroy (&timers));
    printf ("pointer %s, before %s\n", t_ptr (timers), t_ptr (copy));
    RC (zmq_timers_destroy (&timers));
    return 0;
}
