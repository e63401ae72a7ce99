/*
 * Where ours looks at CURVE more closely than the original: a nonce that HELLO
 * had may not come again in INITIATE (RFC 26: each is used once in a connection),
 * and the MORE flag of a frame, which nobody has signed, does not join messages
 * that their senders did not join.
 */
#include "../curve_sides.h"

#define DEALER "\xbSocket-Type\0\0\0\6" "DEALER"

static void handshake (const char *what, uint64_t hello, uint64_t initiate)
{
    struct side s;
    printf ("HELLO and INITIATE with %s\n", what);
    side_server (&s);
    t_need (cr_hello (&s.raw, hello) && cr_welcome (&s.raw));
    cr_initiate (&s.raw, initiate, DEALER, sizeof DEALER - 1);
    if (side_event (&s))
        cr_message (&s.raw, initiate + 1, 0, "hello");
    side_received (&s);
    side_still_good (&s);
    side_end (&s);
}

/* The box says that the message ends, its frame says that more follow. */
static void more_outside (void)
{
    struct side s;
    puts ("a frame that says MORE");
    side_server (&s);
    t_need (cr_hello (&s.raw, 1) && cr_welcome (&s.raw));
    cr_initiate (&s.raw, 2, DEALER, sizeof DEALER - 1);
    t_need (cr_ready (&s.raw));
    cr_box (&s.raw, W_MORE, 3, "\0one", 4);
    cr_message (&s.raw, 4, 0, "two");
    side_received (&s);
    side_end (&s);
}

int main (void)
{
    t_init ();
    cr_init ();
    ctx = zmq_ctx_new ();
    handshake ("1, 1", 1, 1);
    handshake ("5, 4", 5, 4);
    handshake ("5, 0", 5, 0);
    handshake ("2^64 - 1, 2^64 - 1", UINT64_MAX, UINT64_MAX);
    more_outside ();
    zmq_ctx_term (ctx);
    return 0;
}
