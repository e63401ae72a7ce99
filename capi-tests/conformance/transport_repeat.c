/*
 * Connecting to an endpoint again: which types ignore the repeat and which make
 * another connection, over tcp, ipc and inproc; the same place written in other
 * ways; after a disconnect, with ZMQ_IMMEDIATE, when the socket is bound there,
 * when the connection is lost for good; what the monitor and ZMQ_LAST_ENDPOINT
 * show; how many connections one disconnect ends.
 *
 * Connections are counted at a raw listener. They are begun in the order of the
 * calls, so that all are there once a later one, elsewhere, has come; host names
 * may take longer.
 */
#include "../t.h"

static void *ctx;

/* A raw listener of either kind; its endpoint is put into out. */
static int listener (const char *proto, char out[256])
{
    static int counter;
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    int fd;
    if (strcmp (proto, "tcp") == 0)
        return t_tcp_listen (out);
    snprintf (addr.sun_path, sizeof addr.sun_path, "%.64s/raw%d", t_tmpdir (), ++counter);
    snprintf (out, 256, "ipc://%s", addr.sun_path);
    fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    t_need (fd >= 0 && bind (fd, (struct sockaddr *) &addr, sizeof addr) == 0 && listen (fd, 16) == 0);
    return fd;
}

/* How many connections have come once all calls on sock so far have had their
   effect; kept open in fds. The one elsewhere stays, so that nothing is retried. */
static int arrived (void *sock, int fd, int fds[16])
{
    char elsewhere[256];
    int other = t_tcp_listen (elsewhere), n = 0;
    t_need (zmq_connect (sock, elsewhere) == 0);
    t_need (t_accept (other, 5000) >= 0);
    while (n < 16 && (fds[n] = t_accept (fd, 0)) >= 0)
        n++;
    return n;
}

static void close_all (int *fds, int n)
{
    while (n > 0)
        close (fds[--n]);
}

/* Whether the peer closes a connection; it does so while its socket is used. */
static bool closes (void *sock, int fd, int rounds)
{
    while (rounds-- > 0) {
        t_get_int (sock, ZMQ_EVENTS);
        if (t_read_eof (fd, 10))
            return true;
    }
    return false;
}

/* What ends with each disconnect, until there is nothing more to end. */
static void disconnects (void *sock, const char *endpoint, int *fds, int n)
{
    for (int round = 1; zmq_disconnect (sock, endpoint) == 0; round++) {
        int ended = 0;
        for (int i = 0; i < n; i++) {
            if (fds[i] >= 0 && closes (sock, fds[i], round == 1 ? 300 : 1)) {
                ended++;
                close (fds[i]);
                fds[i] = -1;
            }
        }
        printf ("  disconnect %d ends %d\n", round, ended);
    }
    printf ("  then %s\n", t_errno (errno));
}

static void all_types (const char *proto)
{
    for (unsigned i = 0; i < T_COUNT (t_types); i++) {
        void *sock = t_socket (ctx, t_types[i]);
        char endpoint[256];
        int fds[16], n, fd = listener (proto, endpoint);
        printf ("%s %s\n", proto, t_type_name (t_types[i]));
        for (int k = 0; k < 5; k++)
            RC_AS ("  connect", zmq_connect (sock, endpoint));
        n = arrived (sock, fd, fds);
        printf ("  %d connections\n", n);
        disconnects (sock, endpoint, fds, n);
        RC_AS ("  connect after that", zmq_connect (sock, endpoint));
        n = arrived (sock, fd, fds);
        printf ("  %d connections\n", n);
        close_all (fds, n);
        zmq_close (sock);
        close (fd);
    }
}

/* Over inproc: how many disconnects succeed, before and after there is a peer. */
static void all_types_inproc (void)
{
    static const int peers[12] = {ZMQ_PAIR, ZMQ_SUB, ZMQ_PUB, ZMQ_REP, ZMQ_REQ, ZMQ_DEALER, ZMQ_DEALER,
                                  ZMQ_PUSH, ZMQ_PULL, ZMQ_XSUB, ZMQ_XPUB, 0};
    for (unsigned i = 0; i + 1 < T_COUNT (t_types); i++) {
        for (int bound_first = 0; bound_first < 2; bound_first++) {
            void *peer = t_socket (ctx, peers[i]), *sock = t_socket (ctx, t_types[i]);
            char endpoint[256];
            int ended = 0;
            snprintf (endpoint, sizeof endpoint, "inproc://twice-%u-%d", i, bound_first);
            printf ("inproc %s, %s\n", t_type_name (t_types[i]), bound_first ? "bound first" : "connected first");
            if (bound_first)
                RC_AS ("  bind", zmq_bind (peer, endpoint));
            for (int k = 0; k < 3; k++)
                RC_AS ("  connect", zmq_connect (sock, endpoint));
            if (!bound_first)
                RC_AS ("  bind", zmq_bind (peer, endpoint));
            while (zmq_disconnect (sock, endpoint) == 0)
                ended++;
            printf ("  disconnected %d times, then %s\n", ended, t_errno (errno));
            zmq_close (sock);
            zmq_close (peer);
        }
    }
}

/* Over inproc the bound side tells how many there are: a probe, a subscription for each. */
static void inproc_connections (void)
{
    void *router = t_socket (ctx, ZMQ_ROUTER), *dealer = t_socket (ctx, ZMQ_DEALER);
    void *xpub = t_socket (ctx, ZMQ_XPUB), *sub = t_socket (ctx, ZMQ_SUB);
    puts ("inproc, DEALER and SUB with three connections");
    t_set_int (dealer, ZMQ_PROBE_ROUTER, 1);
    t_need (zmq_bind (router, "inproc://counted") == 0);
    for (int k = 0; k < 3; k++)
        RC (zmq_connect (dealer, "inproc://counted"));
    for (int k = 0; k < 4 && t_poll_in (router, k < 3 ? 2000 : 0); k++) {
        char id[64];
        int size = zmq_recv (router, id, sizeof id, 0);
        printf ("  probe: name of %d bytes, then", size);
        t_recv_print (router, "");
    }
    t_set_int (xpub, ZMQ_XPUB_VERBOSE, 1);
    t_need (zmq_bind (xpub, "inproc://counted-sub") == 0);
    zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "t", 1);
    for (int k = 0; k < 3; k++)
        RC (zmq_connect (sub, "inproc://counted-sub"));
    t_need (t_send (xpub, "nobody", (char *) NULL) == 6);
    for (int k = 0; k < 3; k++)
        t_recv_flags (xpub, "  subscription", ZMQ_DONTWAIT);
    t_need (t_send (xpub, "topic", (char *) NULL) == 5);
    for (int k = 0; k < 4; k++)
        t_recv_flags (sub, "  topic", ZMQ_DONTWAIT);
    zmq_close (router);
    zmq_close (dealer);
    zmq_close (xpub);
    zmq_close (sub);
}

/* Two texts one after the other; %d is the port. */
static void written (int type, int wanted, const char *first, const char *second)
{
    void *sock = t_socket (ctx, type);
    char endpoint[256], a[256], b[256], last[256];
    int fds[32], n, fd = t_tcp_listen (endpoint), port = atoi (strrchr (endpoint, ':') + 1);
    snprintf (a, sizeof a, first, port);
    snprintf (b, sizeof b, second, port);
    printf ("%s, %s then %s\n", t_type_name (type), t_mask (a), t_mask (b));
    RC_AS ("  connect", zmq_connect (sock, a));
    printf ("  last endpoint %s\n", t_mask (t_last_endpoint (sock, last)));
    RC_AS ("  connect", zmq_connect (sock, b));
    printf ("  last endpoint %s\n", t_mask (t_last_endpoint (sock, last)));
    for (n = 0; n < wanted && (fds[n] = t_accept (fd, 5000)) >= 0; n++)
        ;
    n += arrived (sock, fd, fds + n);
    printf ("  %d connections\n", n);
    RC_AS ("  disconnect the first text", zmq_disconnect (sock, a));
    RC_AS ("  disconnect the second text", zmq_disconnect (sock, b));
    close_all (fds, n);
    zmq_close (sock);
    close (fd);
}

/* With ZMQ_IMMEDIATE, and with a change of options in between. */
static void options (void)
{
    static const int each[] = {ZMQ_IMMEDIATE, ZMQ_CONFLATE, ZMQ_SNDHWM};
    for (unsigned i = 0; i < T_COUNT (each); i++) {
        for (int when = 0; when < 2; when++) {
            void *sock = t_socket (ctx, ZMQ_DEALER);
            char endpoint[256];
            int fds[16], n, fd = t_tcp_listen (endpoint);
            printf ("option %d set %s connecting\n", each[i], when ? "after" : "before");
            if (!when)
                t_set_int (sock, each[i], 1);
            RC_AS ("  connect", zmq_connect (sock, endpoint));
            if (when)
                t_set_int (sock, each[i], 1);
            RC_AS ("  connect", zmq_connect (sock, endpoint));
            n = arrived (sock, fd, fds);
            printf ("  %d connections\n", n);
            disconnects (sock, endpoint, fds, n);
            zmq_close (sock);
            close (fd);
        }
    }
}

/* A, B, then A again. */
static void last_endpoint (int type)
{
    void *sock = t_socket (ctx, type);
    char a[256], b[256], last[256];
    int fd_a = t_tcp_listen (a), fd_b = t_tcp_listen (b);
    printf ("%s: A, B, A\n", t_type_name (type));
    RC (zmq_connect (sock, a));
    RC (zmq_connect (sock, b));
    RC (zmq_connect (sock, a));
    t_last_endpoint (sock, last);
    printf ("  last endpoint is %s\n", strcmp (last, a) == 0 ? "A" : strcmp (last, b) == 0 ? "B" : "another");
    zmq_close (sock);
    close (fd_a);
    close (fd_b);
}

/* The events of three connects. */
static void events (int type)
{
    void *sock = t_socket (ctx, type);
    void *mon = t_monitor (ctx, sock, ZMQ_EVENT_CONNECT_DELAYED | ZMQ_EVENT_CONNECTED | ZMQ_EVENT_MONITOR_STOPPED);
    char endpoint[256];
    int fds[16], n, fd = t_tcp_listen (endpoint), delayed = 0, connected = 0, event;
    for (int k = 0; k < 3; k++)
        t_need (zmq_connect (sock, endpoint) == 0);
    n = arrived (sock, fd, fds);
    while ((event = t_event (mon, 300, NULL, NULL)) != 0) {
        delayed += event == ZMQ_EVENT_CONNECT_DELAYED;
        connected += event == ZMQ_EVENT_CONNECTED;
    }
    /* One of each is that of the other listener. */
    printf ("%s, three connects: %d delayed, %d connected\n", t_type_name (type), delayed - 1, connected - 1);
    close_all (fds, n);
    close (fd);
    t_monitor_end (sock, mon);
}

/* A socket that connects to where it is bound itself. */
static void to_itself (int type, const char *proto)
{
    void *sock = t_socket (ctx, type);
    void *mon = t_monitor (ctx, sock, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_MONITOR_STOPPED);
    char endpoint[256], last[256];
    int event, accepted = 0;
    printf ("%s bound over %s, connects there\n", t_type_name (type), proto);
    t_need (t_bind_any (sock, endpoint, proto) == 0);
    RC_AS ("  connect", zmq_connect (sock, endpoint));
    while ((event = t_event (mon, 300, NULL, NULL)) != 0)
        accepted += event == ZMQ_EVENT_ACCEPTED;
    printf ("  accepted %d\n", accepted);
    RC_AS ("  disconnect", zmq_disconnect (sock, endpoint));
    RC_AS ("  disconnect", zmq_disconnect (sock, endpoint));
    RC_AS ("  unbind", zmq_unbind (sock, endpoint));
    /* The original closes its listener a moment later. */
    for (int i = 0; i < 100 && zmq_bind (sock, endpoint) != 0; i++)
        t_settle (50);
    printf ("  bound again at %s\n", t_mask (t_last_endpoint (sock, last)));
    t_monitor_end (sock, mon);
}

/* The connection is lost and shall not be made anew: is a repeat ignored then? */
static void lost (int type)
{
    void *sock = t_socket (ctx, type);
    void *mon = t_monitor (ctx, sock, ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_MONITOR_STOPPED);
    char endpoint[256];
    int fd = t_tcp_listen (endpoint), fds[16], n;
    printf ("%s, connection lost, never made anew\n", t_type_name (type));
    t_set_int (sock, ZMQ_RECONNECT_IVL, -1);
    RC_AS ("  connect", zmq_connect (sock, endpoint));
    n = arrived (sock, fd, fds);
    printf ("  %d connections\n", n);
    close_all (fds, n);
    t_event_wait (mon, ZMQ_EVENT_DISCONNECTED);
    t_settle (100);
    t_get_int (sock, ZMQ_EVENTS);
    RC_AS ("  connect", zmq_connect (sock, endpoint));
    n = arrived (sock, fd, fds);
    printf ("  %d connections\n", n);
    RC_AS ("  disconnect", zmq_disconnect (sock, endpoint));
    RC_AS ("  disconnect", zmq_disconnect (sock, endpoint));
    close_all (fds, n);
    close (fd);
    t_monitor_end (sock, mon);
}

int main (void)
{
    static const char *const texts[][2] = {
        {"tcp://127.0.0.1:%d", "tcp://localhost:%d"},
        {"tcp://localhost:%d", "tcp://localhost:%d"},
        {"tcp://localhost:%d", "tcp://127.0.0.1:%d"},
        {"tcp://127.0.0.1:%d", "tcp://127.0.0.1:0;127.0.0.1:%d"},
        {"tcp://127.0.0.1:0;127.0.0.1:%d", "tcp://127.0.0.1:%d"},
        {"tcp://127.0.0.1:0;127.0.0.1:%d", "tcp://127.0.0.1:0;127.0.0.1:%d"},
        {"tcp://127.0.0.1:%d", "tcp://127.0.0.1:0%d"},
        {"tcp://[127.0.0.1]:%d", "tcp://127.0.0.1:%d"},
    };
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    t_need (ctx != NULL);
    all_types ("tcp");
    all_types ("ipc");
    all_types_inproc ();
    inproc_connections ();
    for (unsigned i = 0; i < 2; i++) {
        int type = i ? ZMQ_PUSH : ZMQ_DEALER;
        for (unsigned k = 0; k < T_COUNT (texts); k++) {
            bool same = strcmp (texts[k][0], texts[k][1]) == 0;
            written (type, same && type == ZMQ_DEALER ? 1 : 2, texts[k][0], texts[k][1]);
        }
        last_endpoint (type);
        events (type);
        to_itself (type, "tcp");
        to_itself (type, "ipc");
        to_itself (type, "inproc");
        lost (type);
    }
    options ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
