/*
 * Application metadata: option 95 (ZMQ_METADATA, not in the stable header) of a
 * connecting or binding socket, read at the other end with zmq_msg_gets.
 */
#include "../t.h"

enum { METADATA = 95 };

static void *ctx;

static void exchange (const char *proto, bool set_by_bound)
{
    static const char *const names[] = {"X-one", "X-two", "X-empty", "x-one", "X-none"};
    void *in = t_socket (ctx, ZMQ_PULL), *out = t_socket (ctx, ZMQ_PUSH);
    void *bound = set_by_bound ? out : in, *other = set_by_bound ? in : out;
    char endpoint[256];
    zmq_msg_t msg;
    printf ("%s, sender %s\n", proto, set_by_bound ? "binds" : "connects");
    RC (t_set_str (out, METADATA, "X-one:first"));
    RC (t_set_str (out, METADATA, "X-two:a:b c"));
    RC (t_set_str (out, METADATA, "X-one:again"));
    t_need (t_bind_any (bound, endpoint, proto) == 0);
    t_need (zmq_connect (other, endpoint) == 0);
    RC (t_send (out, "message", (char *) NULL));
    zmq_msg_init (&msg);
    RC (zmq_msg_recv (&msg, in, 0));
    for (size_t i = 0; i < T_COUNT (names); i++) {
        const char *value = zmq_msg_gets (&msg, names[i]);
        printf ("  %s = %s\n", names[i], value ? value : "NULL");
    }
    zmq_msg_close (&msg);
    zmq_close (in);
    zmq_close (out);
}

static void forms (void)
{
    static const char *const texts[] = {"X-a:b", "X-a:", "X-:b", ":b", "X-a", "a:b", "Xa:b",
                                        "x-a:b", "X-a:b:c", "", "X-", "Identity:x"};
    void *sock = t_socket (ctx, ZMQ_PUSH);
    for (size_t i = 0; i < T_COUNT (texts); i++)
        RC_AS (texts[i], t_set_str (sock, METADATA, texts[i]));
    zmq_close (sock);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    forms ();
    exchange ("tcp", false);
    exchange ("tcp", true);
    exchange ("ipc", false);
    RC (zmq_ctx_term (ctx));
    return 0;
}
