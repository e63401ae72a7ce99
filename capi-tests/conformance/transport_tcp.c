/*
 * tcp endpoints: what bind and connect make of every good and malformed text,
 * ZMQ_LAST_ENDPOINT, wildcards and interface names, source addresses, binding
 * twice, unbind and disconnect with good and bad texts, one socket on many
 * endpoints, re-use of a port at once, and names of unknown protocols.
 */
#include "../wire.h"

static void *ctx;

static void try_bind (const char *text)
{
    void *sock = t_socket (ctx, ZMQ_PULL);
    char last[256];
    int rc = zmq_bind (sock, text);
    printf ("   bind    %s %s\n", rc ? t_errno (errno) : "ok",
            rc ? "" : t_mask (t_last_endpoint (sock, last)));
    zmq_close (sock);
}

static void try_connect (const char *text)
{
    void *sock = t_socket (ctx, ZMQ_PULL);
    char last[256];
    int rc = zmq_connect (sock, text);
    printf ("   connect %s %s\n", rc ? t_errno (errno) : "ok",
            rc ? "" : t_last_endpoint (sock, last));
    zmq_close (sock);
}

static void texts (void)
{
    static const char *const both[] = {
      "", " ", "tcp", "tcp:", "tcp:/", "tcp://", "tcp:// ", "://", ":",
      "//127.0.0.1:0", "127.0.0.1:5555", "TCP://127.0.0.1:*",
      " tcp://127.0.0.1:*", "tcp://127.0.0.1:* ", "tcp://127.0.0.1:*x",
      "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1: ",
      "tcp://127.0.0.1:0", "tcp://127.0.0.1:!", "tcp://127.0.0.1:*",
      "tcp://127.0.0.1:abc", "tcp://:*", "tcp://*", "tcp://*:*", "tcp://*:0",
      "tcp://!:*", "tcp://0.0.0.0:*", "tcp://lo:*", "tcp://lo", "tcp://lo:!",
      "tcp://nosuchif0:*", "tcp://127.0.0.1:*:*", "tcp://127.0.0.1:*;",
      "tcp://256.1.1.1:*", "tcp://127.1:*", "tcp://127.0.0.2:*",
      "tcp://192.0.2.1:*", "tcp://localhost:*", "tcp://[127.0.0.1]:*",
      "tcp://[]:*", "tcp://[:*", "tcp://]:*", "tcp://[::1]:*",
      "tcp://::1:*", "tcp://127.0.0.1/x:*", "tcp://127.0.0.1:*/path",
      "foo://x", "foo://127.0.0.1:*", "http://127.0.0.1:*", "inproc",
      "inproc:x", "tcp//127.0.0.1:9", "tcp:127.0.0.1:9",
      "udp://127.0.0.1:*", "udp://127.0.0.1:9"};
    static const char *const only_connect[] = {
      "tcp://127.0.0.1:9", "tcp://localhost:9", "tcp://127.0.0.1:9 ",
      "tcp://a_b.example:9", "tcp://a b:9", "tcp://[127.0.0.1]:9",
      "tcp://[::1]:9", "tcp://::1:9", "tcp://[fe80::1%lo]:9",
      "tcp://:9", "tcp://*:9", "tcp://!:9", "tcp://lo:9", "tcp://-:9",
      "tcp:///127.0.0.1:9", "tcp://127.0.0.1/x:9", "tcp://127.0.0.1:9/path",
      "tcp://127.0.0.1:9;", "tcp://;127.0.0.1:9", "tcp://[]:9",
      "tcp://127.0.0.1:9:9", "tcp://x;y;z:9"};
    puts ("== texts, PULL socket");
    for (unsigned i = 0; i < T_COUNT (both); i++) {
        printf ("\"%s\"\n", both[i]);
        try_bind (both[i]);
        try_connect (both[i]);
    }
    for (unsigned i = 0; i < T_COUNT (only_connect); i++) {
        printf ("\"%s\"\n", only_connect[i]);
        try_connect (only_connect[i]);
    }
    puts ("-- no socket");
    RC (zmq_bind (NULL, "tcp://127.0.0.1:*"));
    RC (zmq_connect (NULL, "tcp://127.0.0.1:9"));
    RC (zmq_unbind (NULL, "tcp://127.0.0.1:9"));
    RC (zmq_disconnect (NULL, "tcp://127.0.0.1:9"));
}

/* The connecting side may name where it comes from. */
static void source (void)
{
    static const char *const sources[] = {
      "127.0.0.1:0", "127.0.0.2:0", "lo:0", "*:0", "127.0.0.1:*", "127.0.0.1",
      "", "192.0.2.1:0", "nosuchif0:0"};
    puts ("\n== tcp://source;destination");
    for (unsigned i = 0; i < T_COUNT (sources); i++) {
        void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
        char endpoint[256], text[300];
        int rc;
        t_need (t_bind_any (pull, endpoint, "tcp") == 0);
        snprintf (text, sizeof text, "tcp://%s;%s", sources[i], endpoint + 6);
        printf ("source \"%s\": ", sources[i]);
        rc = zmq_connect (push, text);
        if (rc == -1)
            puts (t_errno (errno));
        else {
            zmq_msg_t msg;
            char last[256];
            printf ("ok, last endpoint %s",
                    strcmp (t_last_endpoint (push, last), text)
                      ? t_mask (last)
                      : "as given");
            t_timeouts (pull, i == 5 || i == 7 || i == 8 ? 150 : 2000);
            t_send (push, "hello", (char *) NULL);
            zmq_msg_init (&msg);
            if (zmq_msg_recv (&msg, pull, 0) == 5)
                printf (", from %s\n", zmq_msg_gets (&msg, "Peer-Address"));
            else
                puts (", no message");
            zmq_msg_close (&msg);
        }
        zmq_close (push);
        zmq_close (pull);
    }
}

static void twice (void)
{
    void *a = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PULL);
    char endpoint[256], any[300], last[256];
    puts ("\n== binding twice");
    t_need (t_bind_any (a, endpoint, "tcp") == 0);
    RC (zmq_bind (a, endpoint));
    RC (zmq_bind (b, endpoint));
    snprintf (any, sizeof any, "tcp://*:%s", strrchr (endpoint, ':') + 1);
    RC (zmq_bind (b, any));
    printf ("last endpoint of a: %s\n",
            strcmp (t_last_endpoint (a, last), endpoint) ? "other" : "same");
    printf ("last endpoint of b: \"%s\"\n", t_last_endpoint (b, last));
    puts ("-- free again after unbind, close and term");
    RC (zmq_unbind (a, endpoint));
    for (int i = 0; i < 1000 && zmq_bind (b, endpoint) == -1; i++)
        t_settle (1);
    printf ("last endpoint of b: %s\n",
            strcmp (t_last_endpoint (b, last), endpoint) ? "other" : "same");
    zmq_close (b);
    for (int i = 0; i < 1000 && zmq_bind (a, endpoint) == -1; i++)
        t_settle (1);
    printf ("last endpoint of a: %s\n",
            strcmp (t_last_endpoint (a, last), endpoint) ? "other" : "same");
    zmq_close (a);
    {
        void *other = zmq_ctx_new ();
        void *sock = t_socket (other, ZMQ_PULL);
        for (int i = 0; i < 1000 && zmq_bind (sock, endpoint) == -1; i++)
            t_settle (1);
        zmq_close (sock);
        zmq_ctx_term (other);
    }
    a = t_socket (ctx, ZMQ_PULL);
    RC_AS ("bind at once after zmq_ctx_term", zmq_bind (a, endpoint));
    zmq_close (a);
}

static void unbinding (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256], other[300], last[256];
    puts ("\n== unbind and disconnect");
    RC (zmq_unbind (pull, "tcp://127.0.0.1:9"));
    RC (zmq_disconnect (pull, "tcp://127.0.0.1:9"));
    RC (zmq_unbind (pull, ""));
    RC (zmq_unbind (pull, "nonsense"));
    RC (zmq_unbind (pull, "foo://x"));
    RC (zmq_disconnect (pull, "tcp://"));
    RC (zmq_unbind (pull, "inproc://nobody"));
    RC (zmq_disconnect (pull, "inproc://nobody"));
    RC (zmq_unbind (pull, "ipc:///nowhere"));
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    snprintf (other, sizeof other, "tcp://127.0.0.1:*");
    RC (zmq_unbind (pull, other));
    snprintf (other, sizeof other, "%s ", endpoint);
    RC_AS ("unbind with a space at the end", zmq_unbind (pull, other));
    snprintf (other, sizeof other, "tcp://127.0.0.1:0%s",
              strrchr (endpoint, ':') + 1);
    RC_AS ("unbind with a leading zero", zmq_unbind (pull, other));
    RC (zmq_disconnect (pull, endpoint));
    RC (zmq_unbind (pull, endpoint));
    puts ("-- disconnect of a bound endpoint, or unbind of a connected one");
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    RC (zmq_connect (push, endpoint));
    t_send (push, "hello", (char *) NULL);
    t_recv_print (pull, "pull");
    RC (zmq_unbind (push, endpoint));
    RC_AS ("disconnect again", zmq_disconnect (push, endpoint));
    puts ("-- connected twice, disconnected three times");
    RC (zmq_connect (push, endpoint));
    RC (zmq_connect (push, endpoint));
    RC (zmq_disconnect (push, endpoint));
    RC (zmq_disconnect (push, endpoint));
    RC (zmq_disconnect (push, endpoint));
    puts ("-- unbind closes the connections that were accepted there");
    RC (zmq_connect (push, endpoint));
    t_send (push, "1", (char *) NULL);
    t_recv_print (pull, "pull");
    RC (zmq_unbind (pull, endpoint));
    RC (zmq_unbind (pull, endpoint));
    t_last_endpoint (pull, last);
    printf ("last endpoint: %s\n",
            strcmp (last, endpoint) ? t_mask (last) : "as before");
    t_send (push, "2", (char *) NULL);
    t_recv_none (pull, "pull", 100);
    zmq_close (push);
    for (int linger = 0; linger < 2; linger++) {
        int fd;
        t_need (t_bind_any (pull, endpoint, "tcp") == 0);
        t_set_int (pull, ZMQ_LINGER, linger ? -1 : 0);
        fd = w_peer (endpoint, 1, "PUSH", NULL);
        w_text (fd, 0, "raw");
        t_recv_print (pull, "pull");
        RC (zmq_unbind (pull, endpoint));
        for (int i = 0; i < 40 && !t_fd_poll (fd, POLLIN, 5); i++)
            t_get_int (pull, ZMQ_EVENTS);
        w_quiet (fd, "raw peer", 0);
        close (fd);
    }
    zmq_close (pull);
}

/* "localhost" and wildcards are bound under another text than asked for. */
static void by_other_name (void)
{
    static const char *const names[] = {"tcp://*:*", "tcp://lo:*"};
    puts ("\n== unbinding by LAST_ENDPOINT");
    for (unsigned i = 0; i < T_COUNT (names); i++) {
        void *sock = t_socket (ctx, ZMQ_PULL);
        char last[256], asked[256];
        RC (zmq_bind (sock, names[i]));
        t_last_endpoint (sock, last);
        snprintf (asked, sizeof asked, "%.*s%s",
                  (int) (strrchr (names[i], ':') + 1 - names[i]), names[i],
                  strrchr (last, ':') + 1);
        puts (t_mask (last));
        RC_AS ("unbind by the text asked for", zmq_unbind (sock, asked));
        RC_AS ("unbind by LAST_ENDPOINT", zmq_unbind (sock, last));
        zmq_close (sock);
    }
}

static void many (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    void *late = t_socket (ctx, ZMQ_PULL);
    char endpoint[8][256], extra[256];
    int got = 0;
    puts ("\n== one socket, many endpoints");
    for (int i = 0; i < 8; i++) {
        t_need (t_bind_any (pull, endpoint[i],
                            i % 3 == 0 ? "tcp" : i % 3 == 1 ? "ipc" : "inproc")
                == 0);
        t_need (zmq_connect (push, endpoint[i]) == 0);
    }
    t_need (t_bind_any (push, extra, "tcp") == 0);
    for (int i = 0; i < 80; i++)
        t_send (push, "x", (char *) NULL);
    while (got < 80 && zmq_recv (pull, NULL, 0, 0) == 1)
        got++;
    printf ("got %d\n", got);
    t_need (zmq_connect (late, extra) == 0);
    for (int i = 0; i < 8; i++)
        RC (zmq_disconnect (push, endpoint[i]));
    RC (t_send (push, "by the bound endpoint", (char *) NULL));
    t_recv_print (late, "late");
    zmq_close (push);
    zmq_close (pull);
    zmq_close (late);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    texts ();
    source ();
    twice ();
    unbinding ();
    by_other_name ();
    many ();
    zmq_ctx_term (ctx);
    return 0;
}
