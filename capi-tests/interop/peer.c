/*
 * peer.c: one end of an interoperation test; run.py runs two, each with another
 * libzmq.
 *
 *   peer bind|connect MECHANISM server|client|neither named|nameless TYPE first|second
 *
 * The end that binds prints its endpoint; the other one reads it from stdin.
 * The first end sends every message of `script`; the second one checks it and,
 * if the socket types go both ways, sends it back. A publisher repeats a
 * greeting until its stdin says that the subscriber has heard it; who sends one
 * way ends when its stdin does. Every end has its place for a routing id, which
 * a ROUTER must see. A server asks a ZAP handler, neither end of a protocol too
 * old for it does; peers of such a protocol do not name their socket type.
 * Exit status 0: everything came, whole, in order, from whom it should.
 */
#include "../sec.h"

struct kind {
    const char *name;
    int type;
    bool publishes, subscribes, both_ways;
};

static const struct kind kinds[] = {
    {"PAIR", ZMQ_PAIR, false, false, true},   {"PUSH", ZMQ_PUSH, false, false, false},
    {"PULL", ZMQ_PULL, false, false, false},  {"PUB", ZMQ_PUB, true, false, false},
    {"SUB", ZMQ_SUB, false, true, false},     {"XPUB", ZMQ_XPUB, true, false, false},
    {"XSUB", ZMQ_XSUB, false, true, false},   {"REQ", ZMQ_REQ, false, false, true},
    {"REP", ZMQ_REP, false, false, true},     {"DEALER", ZMQ_DEALER, false, false, true},
    {"ROUTER", ZMQ_ROUTER, false, false, true},
};

/* Messages: sizes of their parts, -1 at the end. */
static const long script[][8] = {
    {0, -1},          {1, -1},    {32, -1},        {33, -1},   {222, -1},
    {255, -1},        {256, -1},  {8192, -1},      {65536, -1}, {1 << 20, -1},
    {0, 0, 0, -1},    {1, 33, 255, 256, 8192, 0, -1}, {300000, 0, 1, 300000, -1}, {5, -1},
};

static const struct kind *kind;
static const char *mechanism, *peer_id;
static bool server, named;
static void *ctx, *sock;

static void fail (const char *what, unsigned message, int part)
{
    fprintf (stderr, "%s %s: %s, message %u part %d [%s]\n", mechanism, kind->name, what, message, part,
             t_errno (errno));
    exit (1);
}

/* What a part must hold. */
static void fill (unsigned char *body, long size, unsigned message, int part)
{
    for (long i = 0; i < size; i++)
        body[i] = (unsigned char) (i * 7 + i / 251 + message * 31 + part * 13);
}

static void send_part (const void *body, size_t size, int more, unsigned message, int part)
{
    /* A ROUTER cannot speak to whom it does not know yet. */
    while (zmq_send (sock, body, size, more ? ZMQ_SNDMORE : 0) == -1) {
        if (errno != EHOSTUNREACH)
            fail ("send", message, part);
        t_settle (2);
    }
}

/* What goes before a message of the first end; NULL: nothing. */
static const char *envelope (void)
{
    if (kind->type == ZMQ_DEALER)
        return ""; /* REP wants what REQ sends */
    return kind->type == ZMQ_ROUTER ? peer_id : NULL;
}

static void send_message (unsigned message)
{
    static unsigned char body[1 << 20];
    const char *before = envelope ();
    if (before)
        send_part (before, strlen (before), 1, message, -1);
    for (int part = 0; script[message][part] >= 0; part++) {
        fill (body, script[message][part], message, part);
        send_part (body, (size_t) script[message][part], script[message][part + 1] >= 0, message, part);
    }
}

/* The peer that a secured server knows by name. */
static void check_sender (zmq_msg_t *msg, unsigned message)
{
    const char *user = zmq_msg_gets (msg, "User-Id"), *type = zmq_msg_gets (msg, "Socket-Type");
    const char *wanted = server ? "joe" : NULL;
    if ((user == NULL) != (wanted == NULL) || (user && strcmp (user, wanted) != 0))
        fail (user ? user : "no User-Id", message, -1);
    if ((type != NULL) != named)
        fail (type ? "a Socket-Type" : "no Socket-Type", message, -1);
}

static void check_part (zmq_msg_t *msg, const void *wanted, size_t size, unsigned message, int part)
{
    if (zmq_msg_size (msg) != size)
        fail ("wrong size", message, part);
    if (size && memcmp (wanted, zmq_msg_data (msg), size) != 0)
        fail ("wrong bytes", message, part);
}

static void receive_message (unsigned message)
{
    static unsigned char wanted[1 << 20];
    const char *before = envelope ();
    for (int part = before ? -1 : 0, more = 1; more; part++) {
        zmq_msg_t msg;
        zmq_msg_init (&msg);
        if (zmq_msg_recv (&msg, sock, 0) == -1)
            fail ("receive", message, part);
        if (part < 0) {
            check_part (&msg, before, strlen (before), message, part);
        } else {
            long size = script[message][part];
            if (size < 0)
                fail ("too many parts", message, part);
            fill (wanted, size, message, part);
            check_part (&msg, wanted, (size_t) size, message, part);
        }
        check_sender (&msg, message);
        more = zmq_msg_more (&msg);
        zmq_msg_close (&msg);
        if (!more && part >= 0 && script[message][part + 1] >= 0)
            fail ("too short", message, part);
    }
}

/* Sends back what comes, with whatever envelope it has; checks the last parts. */
static void echo (unsigned message)
{
    zmq_msg_t parts[16];
    int count = 0, own = 0, more = 1;
    while (script[message][own] >= 0)
        own++;
    while (more) {
        if (count == 16)
            fail ("too many parts", message, count);
        zmq_msg_init (&parts[count]);
        if (zmq_msg_recv (&parts[count], sock, 0) == -1)
            fail ("receive", message, count);
        more = zmq_msg_more (&parts[count++]);
    }
    if (count < own)
        fail ("too short", message, count);
    if (kind->type == ZMQ_ROUTER)
        check_part (&parts[0], peer_id, strlen (peer_id), message, -1);
    for (int i = 0; i < own; i++) {
        static unsigned char wanted[1 << 20];
        zmq_msg_t *msg = &parts[count - own + i];
        fill (wanted, script[message][i], message, i);
        check_part (msg, wanted, (size_t) script[message][i], message, i);
        check_sender (msg, message);
    }
    for (int i = 0; i < count; i++)
        if (zmq_msg_send (&parts[i], sock, i + 1 < count ? ZMQ_SNDMORE : 0) == -1)
            fail ("echo", message, i);
}

/* Greets until stdin says that it was heard. */
static void until_heard (void)
{
    while (!t_fd_poll (STDIN_FILENO, POLLIN, 5))
        send_part ("greeting", 8, 0, 0, -1);
    send_part ("begin", 5, 0, 0, -1);
}

/* Tells that the greeting came, and takes the rest of it. */
static void hear (void)
{
    char word[16];
    for (bool told = false;; told = true) {
        int n = zmq_recv (sock, word, sizeof word, 0);
        if (n == -1)
            fail ("greeting", 0, -1);
        if (!told) {
            puts ("heard");
            fflush (stdout);
        }
        if (n == 5)
            return;
    }
}

static void secure (void)
{
    if (strcmp (mechanism, "PLAIN") == 0 && server)
        t_need (t_set_int (sock, ZMQ_PLAIN_SERVER, 1) == 0);
    else if (strcmp (mechanism, "PLAIN") == 0)
        sec_plain_client (sock, "user", "secret");
    else if (strcmp (mechanism, "CURVE") == 0 && server)
        sec_curve_server (sock);
    else if (strcmp (mechanism, "CURVE") == 0)
        sec_curve_client (sock);
    else if (server)
        t_need (t_set_str (sock, ZMQ_ZAP_DOMAIN, "domain") == 0);
}

static void open_socket (bool binds, const char *id)
{
    char endpoint[256];
    sock = t_socket (ctx, kind->type);
    t_need (t_set_str (sock, ZMQ_ROUTING_ID, id) == 0);
    t_timeouts (sock, 10000);
    /* A subscriber of the original lingers to the end, for nothing. */
    t_set_int (sock, ZMQ_LINGER, kind->subscribes ? 0 : 10000);
    if (kind->type == ZMQ_ROUTER)
        t_need (t_set_int (sock, ZMQ_ROUTER_MANDATORY, 1) == 0);
    secure ();
    if (kind->type == ZMQ_SUB)
        t_need (zmq_setsockopt (sock, ZMQ_SUBSCRIBE, "", 0) == 0);
    if (binds) {
        t_need (t_bind_any (sock, endpoint, "tcp") == 0);
        puts (endpoint);
        fflush (stdout);
    } else {
        t_need (fgets (endpoint, sizeof endpoint, stdin) != NULL);
        endpoint[strcspn (endpoint, "\n")] = 0;
        t_need (zmq_connect (sock, endpoint) == 0);
    }
    if (kind->type == ZMQ_XSUB)
        send_part ("\1", 1, 0, 0, -1);
}

int main (int argc, char **argv)
{
    bool first;
    t_init ();
    setvbuf (stdin, NULL, _IONBF, 0);
    t_watchdog (40);
    t_need (argc == 7);
    mechanism = argv[2];
    server = strcmp (argv[3], "server") == 0;
    named = strcmp (argv[4], "named") == 0;
    for (unsigned i = 0; i < T_COUNT (kinds); i++)
        if (strcmp (kinds[i].name, argv[5]) == 0)
            kind = &kinds[i];
    t_need (kind != NULL);
    first = strcmp (argv[6], "first") == 0;
    peer_id = first ? "second" : "first";
    ctx = zmq_ctx_new ();
    if (server) {
        zap_start (ctx, ZMQ_REP);
        zap_reply ("1.0", "=", "200", "OK", "joe", "", (char *) NULL);
    }
    open_socket (strcmp (argv[1], "bind") == 0, argv[6]);
    if (kind->publishes)
        until_heard ();
    if (kind->subscribes)
        hear ();
    for (unsigned i = 0; i < T_COUNT (script); i++) {
        if (first)
            send_message (i);
        if (first && kind->both_ways)
            receive_message (i);
        if (!first && kind->both_ways)
            echo (i);
        if (!first && !kind->both_ways)
            receive_message (i);
    }
    /* What is queued still needs the handshake, and that the handler; and a
       socket of the original that is closed while its handler is asked may
       forget what is queued. */
    while (first && !kind->both_ways && fgetc (stdin) != EOF)
        ;
    zmq_close (sock);
    if (server)
        zap_stop ();
    zmq_ctx_term (ctx);
    return 0;
}
