/*
 * Handshakes that take their time: one byte now and then, for ever. Each byte is
 * a sign of life, but a handshake has one deadline for all of it, in every step
 * and mechanism.
 */
#include "../sec.h"

static void *ctx;

static const int events = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                          | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_MONITOR_STOPPED;

static void *serve (int mechanism, char endpoint[256])
{
    void *sock = t_socket (ctx, ZMQ_PULL);
    if (mechanism != SEC_NULL) /* which would ask the handler */
        sec_server (sock, mechanism);
    t_set_int (sock, ZMQ_HANDSHAKE_IVL, 300);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    return sock;
}

/* The greeting is said at once if `greeted`; then come bytes that would take
   ten times the handshake's time. */
static void slow (int mechanism, bool greeted)
{
    char endpoint[256];
    void *sock = serve (mechanism, endpoint), *mon = t_monitor (ctx, sock, events);
    unsigned char bytes[64 + 300];
    int fd = t_raw_connect (endpoint), said = 0;
    t_need (fd >= 0);
    printf ("%s, %s\n", sec_names[mechanism], greeted ? "after the greeting" : "from the first byte");
    w_greeting (bytes, 1, sec_names[mechanism]);
    memset (bytes + 64, 0, 300);
    bytes[64] = W_COMMAND;
    bytes[65] = 200;
    memcpy (bytes + 66, mechanism == SEC_NULL ? "\5READY" : "\5HELLO", 6);
    if (greeted) {
        t_need (w_greet (fd, 1, sec_names[mechanism]));
        said = 64;
    }
    while (said < 64 + 190 && !(t_poll_in (mon, 15) & ZMQ_POLLIN))
        if (!t_write (fd, bytes + said++, 1))
            break;
    t_event_print (mon, "  event");
    printf ("  closed: %d\n", t_read_eof (fd, T_TIMEOUT_MS));
    close (fd);
    t_monitor_end (sock, mon);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    for (int m = 0; m < SEC_MECHANISMS; m++) {
        slow (m, false);
        slow (m, true);
    }
    zmq_ctx_term (ctx);
    return 0;
}
