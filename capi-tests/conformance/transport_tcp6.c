/*
 * tcp over IPv6: endpoints with and without brackets and scope, with and
 * without ZMQ_IPV6 (and its inverse ZMQ_IPV4ONLY), what LAST_ENDPOINT says,
 * and which pairs of address families reach each other.
 */
#include "../wire.h"

static void *ctx;

static void try_text (int ipv6, const char *text)
{
    void *b = t_socket (ctx, ZMQ_PULL), *c = t_socket (ctx, ZMQ_PULL);
    char last[256];
    int rc;
    t_set_int (b, ZMQ_IPV6, ipv6);
    t_set_int (c, ZMQ_IPV6, ipv6);
    rc = zmq_bind (b, text);
    printf ("\"%s\": bind %s %s", text, rc ? t_errno (errno) : "ok",
            rc ? "" : t_mask (t_last_endpoint (b, last)));
    rc = zmq_connect (c, text);
    printf (", connect %s\n", rc ? t_errno (errno) : "ok");
    zmq_close (b);
    zmq_close (c);
}

static void texts (int ipv6)
{
    static const char *const all[] = {
      "tcp://[::1]:*", "tcp://::1:*", "tcp://[::]:*", "tcp://:::*",
      "tcp://*:*", "tcp://lo:*", "tcp://127.0.0.1:*", "tcp://[127.0.0.1]:*",
      "tcp://[::1%lo]:*", "tcp://[::1%1]:*", "tcp://[::1%nosuchif]:*",
      "tcp://[::1]", "tcp://[::1]:", "tcp://[::1", "tcp://::1]:*",
      "tcp://[::ffff:127.0.0.1]:*", "tcp://[0:0:0:0:0:0:0:1]:*",
      "tcp://[::1]:0", "tcp://[2001:db8::1]:*", "tcp://[::g]:*"};
    printf ("\n== texts, IPV6 %d\n", ipv6);
    for (unsigned i = 0; i < T_COUNT (all); i++)
        try_text (ipv6, all[i]);
}

static void options (void)
{
    void *sock = t_socket (ctx, ZMQ_PULL);
    puts ("== ZMQ_IPV6 and ZMQ_IPV4ONLY");
    printf ("%d %d\n", t_get_int (sock, ZMQ_IPV6),
            t_get_int (sock, ZMQ_IPV4ONLY));
    RC (t_set_int (sock, ZMQ_IPV4ONLY, 0));
    printf ("%d %d\n", t_get_int (sock, ZMQ_IPV6),
            t_get_int (sock, ZMQ_IPV4ONLY));
    RC (t_set_int (sock, ZMQ_IPV6, 0));
    RC (t_set_int (sock, ZMQ_IPV6, 2));
    RC (t_set_int (sock, ZMQ_IPV4ONLY, 2));
    printf ("%d %d\n", t_get_int (sock, ZMQ_IPV6),
            t_get_int (sock, ZMQ_IPV4ONLY));
    zmq_close (sock);
}

/* host is "*" or an address; the connecting side names an address. */
static void reach (int pull6, const char *host, int push6, const char *address)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    char text[128], last[256];
    zmq_msg_t msg;
    t_set_int (pull, ZMQ_IPV6, pull6);
    t_set_int (push, ZMQ_IPV6, push6);
    snprintf (text, sizeof text, "tcp://%s:*", host);
    t_need (zmq_bind (pull, text) == 0);
    t_last_endpoint (pull, last);
    printf ("bound %s (IPV6 %d), ", t_mask (last), pull6);
    snprintf (text, sizeof text, "tcp://%s:%s", address,
              strrchr (last, ':') + 1);
    printf ("connecting %s (IPV6 %d): ", t_mask (text), push6);
    if (zmq_connect (push, text) == -1)
        puts (t_errno (errno));
    else {
        t_send (push, "hello", (char *) NULL);
        zmq_msg_init (&msg);
        if ((t_poll_in (pull, 300) & ZMQ_POLLIN)
            && zmq_msg_recv (&msg, pull, 0) == 5)
            printf ("peer %s\n", zmq_msg_gets (&msg, "Peer-Address"));
        else
            puts ("nothing");
        zmq_msg_close (&msg);
    }
    zmq_close (push);
    zmq_close (pull);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    options ();
    texts (1);
    texts (0);
    puts ("\n== who reaches whom");
    reach (1, "[::1]", 1, "[::1]");
    reach (1, "[::1]", 1, "::1");
    reach (1, "[::1]", 0, "[::1]");
    reach (1, "*", 1, "[::1]");
    reach (1, "*", 1, "127.0.0.1");
    reach (1, "*", 0, "127.0.0.1");
    reach (0, "*", 1, "127.0.0.1");
    reach (0, "*", 1, "[::1]");
    reach (1, "127.0.0.1", 1, "127.0.0.1");
    reach (1, "[::]", 1, "[::1]");
    reach (1, "[::1]", 1, "[::1%lo]");
    zmq_ctx_term (ctx);
    return 0;
}
