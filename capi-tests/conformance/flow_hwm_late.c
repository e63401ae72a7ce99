/*
 * High-water marks set while messages have passed already, over inproc: after
 * the reader has read everything the writer has room again, whatever the marks
 * were before.
 */
#include "../t.h"

static void *ctx;

static int fill (void *out)
{
    int n = 0;
    while (n < 100000 && zmq_send (out, "x", 1, ZMQ_DONTWAIT) == 1)
        n++;
    return n;
}

static int drain (void *in)
{
    char byte;
    int n = 0;
    while (zmq_recv (in, &byte, 1, ZMQ_DONTWAIT) == 1)
        n++;
    return n;
}

/* Some messages pass; then the mark changes, the writer fills the pipe, and the
   reader reads what there is. */
static void late (int out_type, int in_type, int option, int mark, int before)
{
    static int counter;
    void *out = t_socket (ctx, out_type), *in = t_socket (ctx, in_type);
    char endpoint[64];
    int sent;
    snprintf (endpoint, sizeof endpoint, "inproc://late-%d", ++counter);
    t_need (zmq_bind (in, endpoint) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    for (int i = 0; i < before; i++)
        t_need (t_send (out, "y", (char *) NULL) == 1);
    t_need (drain (in) == before);
    printf ("%s to %s, %d messages, then %s %d\n", t_type_name (out_type), t_type_name (in_type), before,
            option == ZMQ_SNDHWM ? "SNDHWM" : "RCVHWM", mark);
    RC_AS ("  set", t_set_int (option == ZMQ_SNDHWM ? out : in, option, mark));
    sent = fill (out);
    printf ("  full: %d, room: %d\n", sent < 100000, (t_poll_for (out, ZMQ_POLLOUT, 0) & ZMQ_POLLOUT) != 0);
    printf ("  all read: %d\n", drain (in) == sent);
    printf ("  room: %d\n", (t_poll_for (out, ZMQ_POLLOUT, 2000) & ZMQ_POLLOUT) != 0);
    printf ("  one more: %d\n", zmq_send (out, "x", 1, ZMQ_DONTWAIT));
    zmq_close (out);
    zmq_close (in);
}

int main (void)
{
    static const int marks[] = {1, 2, 7, 500, 1500}, before[] = {0, 1, 20, 333, 400};
    t_init ();
    ctx = zmq_ctx_new ();
    t_need (ctx != NULL);
    for (unsigned m = 0; m < T_COUNT (marks); m++) {
        for (unsigned b = 0; b < T_COUNT (before); b++) {
            late (ZMQ_PAIR, ZMQ_PAIR, ZMQ_SNDHWM, marks[m], before[b]);
            late (ZMQ_PUSH, ZMQ_PULL, ZMQ_SNDHWM, marks[m], before[b]);
            late (ZMQ_PUSH, ZMQ_PULL, ZMQ_RCVHWM, marks[m], before[b]);
        }
    }
    RC (zmq_ctx_term (ctx));
    return 0;
}
