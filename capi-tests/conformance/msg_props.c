/*
 * Properties of received messages: zmq_msg_gets for each known name (and
 * unknown ones) over inproc, tcp and ipc, SRCFD, SHARED; what copies, forwarded
 * messages and the parts of a multipart message keep of them.
 */
#include "../t.h"

static void *ctx;

static const char *const names[] = {"Socket-Type", "Identity",  "Routing-Id", "Peer-Address",
                                    "User-Id",     "Resource",  "socket-type", "SOCKET-TYPE",
                                    "X-none",      ""};

/* The peer's address over ipc is its user, group and process id. */
static const char *masked (const char *value)
{
    static char text[300];
    char ids[64];
    snprintf (ids, sizeof ids, "localhost:%u:%u:%d", getuid (), getgid (), getpid ());
    if (strcmp (value, ids) == 0)
        value = "localhost:UID:GID:PID";
    snprintf (text, sizeof text, "\"%s\"", value);
    return text;
}

static void look (const char *label, zmq_msg_t *msg)
{
    int absent = 0;
    int fd = zmq_msg_get (msg, ZMQ_SRCFD);
    printf ("%s ", label);
    t_bytes (zmq_msg_data (msg), zmq_msg_size (msg));
    printf (": SHARED %d, SRCFD %s\n", zmq_msg_get (msg, ZMQ_SHARED),
            fd == -1 ? "-1" : fcntl (fd, F_GETFD) != -1 ? "open" : "not open");
    for (size_t i = 0; i < T_COUNT (names); i++) {
        const char *value;
        errno = 0;
        value = zmq_msg_gets (msg, names[i]);
        if (!value && errno == EINVAL)
            absent++;
        else
            printf ("  %s = %s %s\n", names[i], value ? masked (value) : "NULL",
                    t_errno (errno));
    }
    printf ("  %d of %zu names: NULL EINVAL\n", absent, T_COUNT (names));
}

static void take (void *sock, const char *label, zmq_msg_t *msg)
{
    zmq_msg_init (msg);
    if (zmq_msg_recv (msg, sock, 0) == -1)
        printf ("%s: %s\n", label, t_errno (errno));
    else
        look (label, msg);
}

static void transport (const char *proto, int in_type, int out_type, const char *id)
{
    void *in = t_socket (ctx, in_type), *out = t_socket (ctx, out_type);
    char endpoint[256];
    zmq_msg_t msg, copy;
    printf ("%s: %s to %s%s%s\n", proto, t_type_name (out_type), t_type_name (in_type),
            id ? ", named " : "", id ? id : "");
    if (id)
        t_set_str (out, ZMQ_ROUTING_ID, id);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    t_need (t_send (out, "one", "two", (char *) NULL) != -1);
    if (in_type == ZMQ_ROUTER && !id)
        t_need (zmq_recv (in, endpoint, sizeof endpoint, 0) == 5);
    else if (in_type == ZMQ_ROUTER) {
        take (in, "routing id", &msg);
        zmq_msg_close (&msg);
    }
    take (in, "part", &msg);
    zmq_msg_init (&copy);
    zmq_msg_copy (&copy, &msg);
    look ("copy", &copy);
    zmq_msg_close (&msg);
    zmq_msg_init (&msg);
    zmq_msg_move (&msg, &copy);
    zmq_msg_close (&msg);
    take (in, "part", &msg);
    zmq_msg_close (&msg);
    zmq_close (in);
    zmq_close (out);
}

/* A message from tcp goes on over inproc and over tcp. */
static void forwarded (const char *proto)
{
    void *source = t_socket (ctx, ZMQ_PUSH), *middle_in = t_socket (ctx, ZMQ_PULL);
    void *middle_out = t_socket (ctx, ZMQ_PUSH), *sink = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    zmq_msg_t msg;
    printf ("forwarded over %s\n", proto);
    t_need (t_bind_any (middle_in, endpoint, "tcp") == 0);
    t_need (zmq_connect (source, endpoint) == 0);
    t_need (t_bind_any (sink, endpoint, proto) == 0);
    t_need (zmq_connect (middle_out, endpoint) == 0);
    t_need (t_send (source, "message", (char *) NULL) != -1);
    zmq_msg_init (&msg);
    t_need (zmq_msg_recv (&msg, middle_in, 0) == 7);
    RC (zmq_msg_send (&msg, middle_out, 0));
    take (sink, "forwarded", &msg);
    zmq_msg_close (&msg);
    zmq_close (source);
    zmq_close (middle_in);
    zmq_close (middle_out);
    zmq_close (sink);
}

/* The properties outlive the connection and the sockets. */
static void outlive (void)
{
    void *in = t_socket (ctx, ZMQ_PULL), *out = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    zmq_msg_t msg;
    t_need (t_bind_any (in, endpoint, "tcp") == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    t_need (t_send (out, "kept", (char *) NULL) != -1);
    zmq_msg_init (&msg);
    t_need (zmq_msg_recv (&msg, in, 0) == 4);
    zmq_close (in);
    zmq_close (out);
    printf ("sockets closed: %s %s\n", zmq_msg_gets (&msg, "Socket-Type"),
            zmq_msg_gets (&msg, "Peer-Address"));
    zmq_msg_close (&msg);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    transport ("inproc", ZMQ_PULL, ZMQ_PUSH, NULL);
    transport ("tcp", ZMQ_PULL, ZMQ_PUSH, NULL);
    transport ("ipc", ZMQ_PULL, ZMQ_PUSH, NULL);
    transport ("tcp", ZMQ_DEALER, ZMQ_DEALER, "named");
    transport ("tcp", ZMQ_ROUTER, ZMQ_DEALER, "named");
    transport ("tcp", ZMQ_ROUTER, ZMQ_DEALER, NULL);
    transport ("tcp", ZMQ_REP, ZMQ_REQ, NULL);
    transport ("inproc", ZMQ_ROUTER, ZMQ_DEALER, "named");
    forwarded ("inproc");
    forwarded ("tcp");
    outlive ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
