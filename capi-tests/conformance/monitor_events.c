/*
 * Socket monitor: the events of ordinary lives over tcp and ipc, in order, each
 * as its exact two frames: a 16-bit number with a 32-bit value, and an address.
 * Values that are descriptors or intervals are only said to be so. An address
 * equal to the listener's is printed as LISTENER.
 */
#include "../t.h"

static void *ctx;
static char listener[256];

static const char *value_text (int event, uint32_t value)
{
    static char text[32];
    switch (event) {
        case ZMQ_EVENT_CONNECTED:
        case ZMQ_EVENT_LISTENING:
        case ZMQ_EVENT_ACCEPTED:
        case ZMQ_EVENT_CLOSED:
        case ZMQ_EVENT_DISCONNECTED:
            return value > 2 && value < 1000 ? "fd" : "no fd";
        case ZMQ_EVENT_CONNECT_RETRIED:
            return "interval";
        case ZMQ_EVENT_CONNECT_DELAYED:
            return t_errno ((int) value);
    }
    snprintf (text, sizeof text, "%u", value);
    return text;
}

/* Print the next event; false after 150 ms of silence or the last event. */
static bool next (void *mon, const char *label)
{
    unsigned char head[16] = {0};
    char address[256];
    uint32_t value;
    uint16_t event;
    int head_size, size, more;
    if (!(t_poll_in (mon, 150) & ZMQ_POLLIN))
        return false;
    head_size = zmq_recv (mon, head, sizeof head, 0);
    more = t_get_int (mon, ZMQ_RCVMORE);
    size = zmq_recv (mon, address, sizeof address - 1, 0);
    t_need (size >= 0 && size < (int) sizeof address);
    address[size] = 0;
    memcpy (&event, head, 2);
    memcpy (&value, head + 2, 4);
    printf ("%s: [%d] %02x%02x %s, value %s, more %d, ", label, head_size, head[0], head[1],
            t_event_name (event), value_text (event, value), more);
    printf ("\"%s\", more %d\n", strcmp (address, listener) == 0 ? "LISTENER" : t_mask (address),
            t_get_int (mon, ZMQ_RCVMORE));
    return event != ZMQ_EVENT_MONITOR_STOPPED;
}

static void rest (void *mon, const char *label)
{
    while (next (mon, label))
        ;
}

/* Bind, connect, exchange, disconnect, unbind, close. */
static void whole_life (const char *proto)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
    void *server_mon = t_monitor (ctx, server, ZMQ_EVENT_ALL);
    void *client_mon = t_monitor (ctx, client, ZMQ_EVENT_ALL);
    printf ("%s\n", proto);
    listener[0] = 0;
    t_need (t_bind_any (server, listener, proto) == 0);
    t_need (zmq_connect (client, listener) == 0);
    t_need (t_send (client, "hello", (char *) NULL) == 5);
    t_recv_print (server, "server");
    for (int i = 0; i < 3; i++)
        next (server_mon, "server");
    for (int i = 0; i < 3; i++)
        next (client_mon, "client");
    RC (zmq_disconnect (client, listener));
    for (int i = 0; i < 100 && !(t_poll_in (server_mon, 10) & ZMQ_POLLIN); i++)
        t_get_int (client, ZMQ_EVENTS); /* a socket works only when it is used */
    next (server_mon, "server");
    RC (zmq_unbind (server, listener));
    next (server_mon, "server");
    zmq_close (client);
    zmq_close (server);
    rest (server_mon, "server");
    rest (client_mon, "client");
    zmq_close (server_mon);
    zmq_close (client_mon);
}

/* The server goes away; the client must not retry for ever. */
static void server_closes (const char *proto)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
    void *client_mon = t_monitor (ctx, client, ZMQ_EVENT_ALL);
    printf ("%s, server closes\n", proto);
    t_set_int (client, ZMQ_RECONNECT_IVL, -1);
    t_need (t_bind_any (server, listener, proto) == 0);
    t_need (zmq_connect (client, listener) == 0);
    for (int i = 0; i < 3; i++)
        next (client_mon, "client");
    zmq_close (server);
    rest (client_mon, "client");
    zmq_close (client);
    rest (client_mon, "client");
    zmq_close (client_mon);
}

/* Nobody listens: the first rounds of retrying. */
static void retries (void)
{
    void *client = t_socket (ctx, ZMQ_DEALER);
    void *mon = t_monitor (ctx, client, ZMQ_EVENT_ALL);
    int fd = t_tcp_listen (listener);
    close (fd);
    printf ("tcp, nobody listens\n");
    t_set_int (client, ZMQ_RECONNECT_IVL, 30);
    t_need (zmq_connect (client, listener) == 0);
    for (int i = 0; i < 6; i++)
        next (mon, "client");
    t_monitor_end (client, mon);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    whole_life ("tcp");
    whole_life ("ipc");
    server_closes ("tcp");
    server_closes ("ipc");
    retries ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
