/*
 * sec.h: a ZAP handler for the programs whose subject is security, and sockets
 * that use each mechanism.
 *
 * The handler runs in a thread of its own and answers every request with what
 * zap_reply was last given. What it was asked is kept as text, for the main
 * thread to print when the connection has come to its end: two threads that
 * print would not do so in the same order each time.
 */
#ifndef SEC_H
#define SEC_H

#include "wire.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_FRAMES 12

enum { ZAP_ANSWERS, ZAP_IS_SILENT, ZAP_CLOSES };

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    void *sock, *control, *far_control;
    int type;
    int manner;                       /* one of the three above */
    int count;                        /* frames of a reply */
    const char *frames[ZAP_FRAMES];   /* "=" stands for the request's id */
    const void *metadata;             /* replaces the last frame if not NULL */
    size_t metadata_len;
    char asked[2048];
    int requests;
} zap = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* What the handler says from now on: its frames, NULL at the end. */
T_FN __attribute__ ((sentinel)) void zap_reply (const char *first, ...)
{
    va_list args;
    pthread_mutex_lock (&zap.lock);
    zap.count = 0;
    zap.metadata = NULL;
    zap.manner = ZAP_ANSWERS;
    va_start (args, first);
    for (const char *f = first; f; f = va_arg (args, const char *)) {
        t_need (zap.count < ZAP_FRAMES);
        zap.frames[zap.count++] = f;
    }
    va_end (args);
    pthread_mutex_unlock (&zap.lock);
}

T_FN void zap_metadata (const void *bytes, size_t len)
{
    pthread_mutex_lock (&zap.lock);
    zap.metadata = bytes;
    zap.metadata_len = len;
    pthread_mutex_unlock (&zap.lock);
}

T_FN void zap_manner (int manner)
{
    pthread_mutex_lock (&zap.lock);
    zap.manner = manner;
    pthread_mutex_unlock (&zap.lock);
}

/* Adds one frame of a request to the text; an ipc peer's address, which holds
   its process id, as a word. */
static void zap_note (const unsigned char *data, size_t len)
{
    size_t at = strlen (zap.asked);
    char *out = zap.asked + at, *end = zap.asked + sizeof zap.asked - 8;
    bool text = true;
    if (len > 10 && memcmp (data, "localhost:", 10) == 0)
        data = (const unsigned char *) "[ipc]", len = 5;
    for (size_t i = 0; i < len; i++)
        text = text && data[i] >= 32 && data[i] < 127;
    out += snprintf (out, (size_t) (end - out), " [%zu]", len);
    for (size_t i = 0; i < len && out < end; i++)
        out += snprintf (out, 4, text ? "%c" : "%02x", data[i]);
    *out = 0;
}

static void zap_serve (void)
{
    unsigned char id[256], route[256];
    size_t id_len = 0, route_len = 0;
    int part = 0, more = 1, first = zap.type == ZMQ_ROUTER ? -2 : 0;
    pthread_mutex_lock (&zap.lock);
    zap.asked[0] = 0;
    zap.requests++;
    for (; more; part++) {
        zmq_msg_t msg;
        unsigned char *data;
        size_t len;
        zmq_msg_init (&msg);
        if (zmq_msg_recv (&msg, zap.sock, 0) == -1)
            break;
        data = zmq_msg_data (&msg);
        len = zmq_msg_size (&msg);
        more = zmq_msg_more (&msg);
        if (first + part == -2) {
            memcpy (route, data, len);
            route_len = len;
        } else {
            if (first + part == 1) {
                memcpy (id, data, len);
                id_len = len;
            }
            zap_note (data, len);
        }
        zmq_msg_close (&msg);
    }
    if (zap.manner == ZAP_ANSWERS) {
        if (zap.type == ZMQ_ROUTER)
            zmq_send (zap.sock, route, route_len, ZMQ_SNDMORE);
        for (int i = 0; i < zap.count; i++) {
            int flags = i + 1 < zap.count ? ZMQ_SNDMORE : 0;
            if (strcmp (zap.frames[i], "=") == 0)
                zmq_send (zap.sock, id, id_len, flags);
            else if (!flags && zap.metadata)
                zmq_send (zap.sock, zap.metadata, zap.metadata_len, 0);
            else
                zmq_send (zap.sock, zap.frames[i], strlen (zap.frames[i]), flags);
        }
    }
    pthread_mutex_unlock (&zap.lock);
}

static void *zap_run (void *arg)
{
    zmq_pollitem_t items[2] = {{zap.sock, 0, ZMQ_POLLIN, 0},
                               {zap.control, 0, ZMQ_POLLIN, 0}};
    (void) arg;
    for (;;) {
        if (zmq_poll (items, 2, -1) == -1)
            continue;
        if (items[1].revents)
            break;
        if (items[0].revents)
            zap_serve ();
        if (zap.manner == ZAP_CLOSES)
            break;
    }
    zmq_close (zap.sock);
    zmq_close (zap.control);
    return NULL;
}

/* The name may be that of a socket which was closed a moment ago. */
static void zap_bind (void *sock, const char *endpoint)
{
    int rc = -1;
    for (int i = 0; i < 100 && rc == -1; i++) {
        rc = zmq_bind (sock, endpoint);
        if (rc == -1)
            t_settle (10);
    }
    t_need (rc == 0);
}

/* Start the handler: type is ZMQ_REP or ZMQ_ROUTER. Its first answer is 200. */
T_FN void zap_start (void *ctx, int type)
{
    zap.type = type;
    zap.requests = 0;
    zap.sock = t_socket (ctx, type);
    zap.control = t_socket (ctx, ZMQ_PAIR);
    zap.far_control = t_socket (ctx, ZMQ_PAIR);
    zap_bind (zap.sock, ZAP_ENDPOINT);
    zap_bind (zap.control, "inproc://zap-control");
    t_need (zmq_connect (zap.far_control, "inproc://zap-control") == 0);
    if (type == ZMQ_REP)
        zap_reply ("1.0", "=", "200", "OK", "the user", "", (char *) NULL);
    else
        zap_reply ("", "1.0", "=", "200", "OK", "the user", "", (char *) NULL);
    t_need (pthread_create (&zap.thread, NULL, zap_run, NULL) == 0);
}

T_FN void zap_stop (void)
{
    zmq_send (zap.far_control, "", 0, ZMQ_DONTWAIT);
    pthread_join (zap.thread, NULL);
    zmq_close (zap.far_control);
    t_settle (50); /* for a while the original still asks a closed handler */
}

/* Print the last request, once. */
T_FN void zap_print (void)
{
    pthread_mutex_lock (&zap.lock);
    if (zap.asked[0])
        printf ("  handler was asked:%s\n", zap.asked);
    zap.asked[0] = 0;
    pthread_mutex_unlock (&zap.lock);
}

/* The events of a handshake's end. */
static const int sec_events = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                              | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                              | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
                              | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                              | ZMQ_EVENT_MONITOR_STOPPED;

/* Give every CURVE test the same keys: they are printed in requests. */
static const char sec_server_public[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
static const char sec_server_secret[] = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
static const char sec_client_public[] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
static const char sec_client_secret[] = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

T_FN void sec_curve_server (void *sock)
{
    t_need (t_set_int (sock, ZMQ_CURVE_SERVER, 1) == 0);
    t_need (t_set_str (sock, ZMQ_CURVE_SECRETKEY, sec_server_secret) == 0);
}

T_FN void sec_curve_client (void *sock)
{
    t_need (t_set_str (sock, ZMQ_CURVE_SERVERKEY, sec_server_public) == 0);
    t_need (t_set_str (sock, ZMQ_CURVE_PUBLICKEY, sec_client_public) == 0);
    t_need (t_set_str (sock, ZMQ_CURVE_SECRETKEY, sec_client_secret) == 0);
}

T_FN void sec_plain_client (void *sock, const char *user, const char *password)
{
    t_need (t_set_str (sock, ZMQ_PLAIN_USERNAME, user) == 0);
    t_need (t_set_str (sock, ZMQ_PLAIN_PASSWORD, password) == 0);
}

/* For programs that go through all mechanisms, by number. */
enum { SEC_NULL, SEC_PLAIN, SEC_CURVE, SEC_MECHANISMS };
static const char *const sec_names[] = {"NULL", "PLAIN", "CURVE"};

/* The server's side; with NULL it has a domain, so that the handler is asked. */
T_FN void sec_server (void *sock, int mechanism)
{
    if (mechanism == SEC_NULL)
        t_need (t_set_str (sock, ZMQ_ZAP_DOMAIN, "domain") == 0);
    if (mechanism == SEC_PLAIN)
        t_need (t_set_int (sock, ZMQ_PLAIN_SERVER, 1) == 0);
    if (mechanism == SEC_CURVE)
        sec_curve_server (sock);
}

/* The client's side, with good credentials. */
T_FN void sec_client (void *sock, int mechanism)
{
    if (mechanism == SEC_PLAIN)
        sec_plain_client (sock, "user", "secret");
    if (mechanism == SEC_CURVE)
        sec_curve_client (sock);
}

#endif
