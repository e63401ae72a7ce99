/*
 * opt.h: shared parts of the socket option sweeps (conformance/opt_*.c).
 *
 * A sweep tries one thing with every option and each of the twelve socket
 * types. It writes one text per type into a table; table_print() prints the
 * table with equal texts joined, so that the usual option takes one line.
 * Within a text, neighbouring trials with the same result are joined too:
 * `-9..-1: EINVAL; 0..7: ok`; `first..last` stands for all trials in between.
 */
#ifndef OPT_H
#define OPT_H

#include "t.h"

enum { OPT_LAST_STABLE = 92, OPT_TEXT = 1 << 16 };

/* Numbers that are no option anywhere. Those from 93 to 130 belong to the
   draft interface or to later versions and have a program of their own. */
T_FN const int opt_wild[] = {-1, -100, 131, 255, 256, 1000, 65535, INT_MAX, INT_MIN};

T_FN const char *opt_name (int option)
{
#define OPT(name)                                                            \
    case ZMQ_##name:                                                         \
        return #name;
    switch (option) {
        OPT (AFFINITY)
        OPT (ROUTING_ID)
        OPT (SUBSCRIBE)
        OPT (UNSUBSCRIBE)
        OPT (RATE)
        OPT (RECOVERY_IVL)
        OPT (SNDBUF)
        OPT (RCVBUF)
        OPT (RCVMORE)
        OPT (FD)
        OPT (EVENTS)
        OPT (TYPE)
        OPT (LINGER)
        OPT (RECONNECT_IVL)
        OPT (BACKLOG)
        OPT (RECONNECT_IVL_MAX)
        OPT (MAXMSGSIZE)
        OPT (SNDHWM)
        OPT (RCVHWM)
        OPT (MULTICAST_HOPS)
        OPT (RCVTIMEO)
        OPT (SNDTIMEO)
        OPT (IPV4ONLY)
        OPT (LAST_ENDPOINT)
        OPT (ROUTER_MANDATORY)
        OPT (TCP_KEEPALIVE)
        OPT (TCP_KEEPALIVE_CNT)
        OPT (TCP_KEEPALIVE_IDLE)
        OPT (TCP_KEEPALIVE_INTVL)
        OPT (TCP_ACCEPT_FILTER)
        OPT (IMMEDIATE)
        OPT (XPUB_VERBOSE)
        OPT (ROUTER_RAW)
        OPT (IPV6)
        OPT (MECHANISM)
        OPT (PLAIN_SERVER)
        OPT (PLAIN_USERNAME)
        OPT (PLAIN_PASSWORD)
        OPT (CURVE_SERVER)
        OPT (CURVE_PUBLICKEY)
        OPT (CURVE_SECRETKEY)
        OPT (CURVE_SERVERKEY)
        OPT (PROBE_ROUTER)
        OPT (REQ_CORRELATE)
        OPT (REQ_RELAXED)
        OPT (CONFLATE)
        OPT (ZAP_DOMAIN)
        OPT (ROUTER_HANDOVER)
        OPT (TOS)
        OPT (IPC_FILTER_PID)
        OPT (IPC_FILTER_UID)
        OPT (IPC_FILTER_GID)
        OPT (CONNECT_ROUTING_ID)
        OPT (GSSAPI_SERVER)
        OPT (GSSAPI_PRINCIPAL)
        OPT (GSSAPI_SERVICE_PRINCIPAL)
        OPT (GSSAPI_PLAINTEXT)
        OPT (HANDSHAKE_IVL)
        OPT (SOCKS_PROXY)
        OPT (XPUB_NODROP)
        OPT (BLOCKY)
        OPT (XPUB_MANUAL)
        OPT (XPUB_WELCOME_MSG)
        OPT (STREAM_NOTIFY)
        OPT (INVERT_MATCHING)
        OPT (HEARTBEAT_IVL)
        OPT (HEARTBEAT_TTL)
        OPT (HEARTBEAT_TIMEOUT)
        OPT (XPUB_VERBOSER)
        OPT (CONNECT_TIMEOUT)
        OPT (TCP_MAXRT)
        OPT (THREAD_SAFE)
        OPT (MULTICAST_MAXTPDU)
        OPT (VMCI_BUFFER_SIZE)
        OPT (VMCI_BUFFER_MIN_SIZE)
        OPT (VMCI_BUFFER_MAX_SIZE)
        OPT (VMCI_CONNECT_TIMEOUT)
        OPT (USE_FD)
        OPT (GSSAPI_PRINCIPAL_NAMETYPE)
        OPT (GSSAPI_SERVICE_PRINCIPAL_NAMETYPE)
        OPT (BINDTODEVICE)
    }
#undef OPT
    return "";
}

/* A text that is being written: trials, neighbours with equal results joined. */
typedef struct {
    char *out;
    size_t len;
    size_t first_end; /* where the first of the joined trials ends */
    char last[1024];  /* their result */
} opt_text;

T_FN void text_start (opt_text *text, char *out)
{
    text->out = out;
    text->len = 0;
    text->last[0] = 0;
    out[0] = 0;
}

T_FN void text_add (opt_text *text, const char *trial, const char *result)
{
    bool first = text->len == 0;
    bool same = !first && strcmp (text->last, result) == 0;
    const char *before = first ? "" : same ? ".." : "; ";
    size_t room;
    int n;
    if (same)
        text->len = text->first_end;
    else
        text->first_end = text->len + strlen (before) + strlen (trial);
    room = OPT_TEXT - text->len;
    n = snprintf (text->out + text->len, room, "%s%s: %s", before, trial, result);
    t_need (n >= 0 && (size_t) n < room);
    text->len += (size_t) n;
    snprintf (text->last, sizeof text->last, "%s", result);
}

/* The texts of the twelve types for one option. */
static char opt_table[12][OPT_TEXT];

T_FN void table_print (int option, const char *what)
{
    bool done[12] = {false};
    printf ("%d%s%s%s%s\n", option, *opt_name (option) ? " " : "", opt_name (option),
            *what ? " " : "", what);
    for (int i = 0; i < 12; i++) {
        int members = 0;
        if (done[i])
            continue;
        for (int j = i; j < 12; j++)
            members += strcmp (opt_table[i], opt_table[j]) == 0;
        if (members == 12)
            printf ("  all");
        else
            printf (" ");
        for (int j = i; j < 12; j++)
            if (strcmp (opt_table[i], opt_table[j]) == 0) {
                done[j] = true;
                if (members != 12)
                    printf (" %s", t_type_name (j));
            }
        printf (" | %s\n", opt_table[i]);
    }
}

/* A fresh socket. Closed ones give their slots back a little later only, so a
   context with few slots may have to be asked again. */
T_FN void *opt_socket (void *ctx, int type)
{
    void *sock = zmq_socket (ctx, type);
    for (int tries = 0; !sock && errno == EMFILE && tries < 10000; tries++) {
        usleep (100);
        sock = zmq_socket (ctx, type);
    }
    t_need (sock != NULL);
    return sock;
}

T_FN void *opt_context (void)
{
    void *ctx = zmq_ctx_new ();
    t_need (ctx != NULL && zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 200) == 0);
    return ctx;
}

/* What zmq_getsockopt says with a buffer of `room` bytes: the errno, or the
   size and the value. A changed size that comes with an error is shown too.
   The result is one of sixteen buffers in turn. */
T_FN const char *opt_get (void *sock, int option, size_t room)
{
    static char results[16][1024];
    static unsigned next;
    char *result = results[next++ % 16];
    unsigned char buffer[1024];
    size_t size = room, n;
    int rc, e;
    memset (buffer, 0xee, sizeof buffer);
    errno = 0;
    rc = zmq_getsockopt (sock, option, buffer, &size);
    e = errno;
    if (rc != 0) {
        if (size == room)
            return t_errno (e);
        snprintf (result, sizeof results[0], "%s, size %zu", t_errno (e), size);
        return result;
    }
    if (option == ZMQ_FD)
        snprintf (result, sizeof results[0], "size %zu, a descriptor", size);
    else if (size == sizeof (int)) {
        int value;
        memcpy (&value, buffer, sizeof value);
        snprintf (result, sizeof results[0], "int %d", value);
    } else if (size == sizeof (int64_t)) {
        int64_t value;
        memcpy (&value, buffer, sizeof value);
        snprintf (result, sizeof results[0], "long %lld", (long long) value);
    } else {
        n = (size_t) snprintf (result, sizeof results[0], "size %zu ", size);
        for (size_t i = 0; i < size && i < 64; i++)
            n += (size_t) snprintf (result + n, sizeof results[0] - n,
                                    buffer[i] > 32 && buffer[i] < 127 ? "%c" : "\\%02x",
                                    buffer[i]);
        if (size > 64)
            strcpy (result + n, "...");
    }
    return result;
}

/* The value, whatever its size: most of the numbers want an exact buffer, the
   others (strings among them) one that is large enough. */
T_FN const char *opt_value (void *sock, int option)
{
    static const size_t rooms[] = {512, sizeof (int), sizeof (int64_t), 32};
    const char *result = "";
    for (size_t i = 0; i < T_COUNT (rooms); i++) {
        result = opt_get (sock, option, rooms[i]);
        if (result[0] != 'E')
            return result;
    }
    return result;
}

/* Set, then get back: "EINVAL > int 5"; "ok, kept" when what was set is got,
   "ok, kept with NUL" when it is followed by a NUL. */
T_FN const char *opt_set_get (void *sock, int option, const void *value, size_t size)
{
    static char result[1024];
    unsigned char got[512];
    size_t got_size;
    int rc, e;
    errno = 0;
    rc = zmq_setsockopt (sock, option, value, size);
    e = errno;
    for (size_t extra = 0; extra < 2 && rc == 0 && size > 0; extra++) {
        got_size = size + extra;
        if (got_size <= sizeof got
            && zmq_getsockopt (sock, option, got, &got_size) == 0
            && got_size == size + extra && memcmp (got, value, size) == 0
            && (extra == 0 || got[size] == 0))
            return extra ? "ok, kept with NUL" : "ok, kept";
    }
    snprintf (result, sizeof result, "%.20s > %.1000s", rc == 0 ? "ok" : t_errno (e),
              opt_value (sock, option));
    return result;
}

/* Set the ints one after another on a socket of every type; print what came of it. */
T_FN void opt_sweep_ints (void *ctx, int option, const int *values, size_t count)
{
    for (int type = 0; type < 12; type++) {
        void *sock = opt_socket (ctx, type);
        opt_text text;
        text_start (&text, opt_table[type]);
        text_add (&text, "at first", opt_value (sock, option));
        for (size_t i = 0; i < count; i++) {
            char trial[16];
            snprintf (trial, sizeof trial, "%d", values[i]);
            text_add (&text, trial, opt_set_get (sock, option, &values[i], sizeof (int)));
        }
        t_need (zmq_close (sock) == 0);
    }
    table_print (option, "");
}

/* GSSAPI has a program of its own, opt_gssapi: not every build has it. */
T_FN bool opt_is_gssapi (int option)
{
    return (option >= ZMQ_GSSAPI_SERVER && option <= ZMQ_GSSAPI_PLAINTEXT)
           || option == ZMQ_GSSAPI_PRINCIPAL_NAMETYPE
           || option == ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE;
}

/* Call one(option) for all the stable option numbers and the wild ones. */
T_FN void opt_each (void (*one) (int option))
{
    for (int option = 0; option <= OPT_LAST_STABLE; option++)
        if (!opt_is_gssapi (option))
            one (option);
    for (size_t i = 0; i < T_COUNT (opt_wild); i++)
        one (opt_wild[i]);
}

#endif
