/*
 * hostile.h: a bound socket, a good client that stays connected, and one bad
 * client a case. After each case the good client and a new good client send a
 * message, which must arrive.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "wire.h"

#define H_CLOSE 1     /* the bad client closes after its bytes */
#define H_HANDSHAKE 2 /* it shakes hands first, properly */
#define H_GREET 4     /* it sends a proper greeting first */
#define H_STEPS 8     /* its bytes are a greeting: wait after the first 11 */

/* What PULL has answered, all told, to the first len bytes of a greeting. */
#define H_ANSWER(len) ((len) < 10 ? 10 : (len) < 11 ? 11 : (len) < 64 ? 64 : 92)

#define H_SILENCE_MS 80 /* an open connection is told by this much silence */

static void *h_ctx, *h_sock, *h_mon, *h_good;
static char h_endpoint[256];
static const char *h_peer_type = "PUSH";

static void h_open (int type)
{
    h_ctx = zmq_ctx_new ();
    h_sock = t_socket (h_ctx, type);
    t_need (t_bind_any (h_sock, h_endpoint, "tcp") == 0);
    h_good = t_socket (h_ctx, ZMQ_PUSH);
    t_need (zmq_connect (h_good, h_endpoint) == 0);
    t_send (h_good, "before", (char *) NULL);
    t_recv_print (h_sock, "good client");
    h_mon = t_monitor (h_ctx, h_sock, ZMQ_EVENT_ALL);
}

/* Options reach new listeners only. */
T_FN void h_bind_again (void)
{
    w_unmonitor (h_sock, h_mon);
    t_need (t_bind_any (h_sock, h_endpoint, "tcp") == 0);
    h_mon = t_monitor (h_ctx, h_sock, ZMQ_EVENT_ALL);
}

/* Events of the bad client's connection, up to its end if it has ended. */
static void h_events (bool closed)
{
    for (;;) {
        uint32_t value = 0;
        int event = t_event (h_mon, closed ? T_TIMEOUT_MS : 20, &value, NULL);
        if (!event)
            break;
        if (event == ZMQ_EVENT_ACCEPTED)
            continue;
        printf ("   %s", t_event_name (event));
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)
            printf (" 0x%08x", value);
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
            printf (" %s", t_errno ((int) value));
        putchar ('\n');
        if (event == ZMQ_EVENT_DISCONNECTED)
            break;
    }
}

/* Both good clients are served; what else arrives is printed, too. */
static void h_still_good (void)
{
    static int number;
    char text[2][32];
    void *fresh = t_socket (h_ctx, ZMQ_PUSH);
    int missing = 3;
    snprintf (text[0], sizeof text[0], "good %d", ++number);
    snprintf (text[1], sizeof text[1], "fresh %d", number);
    t_send (h_good, text[0], (char *) NULL);
    t_need (zmq_connect (fresh, h_endpoint) == 0);
    t_send (fresh, text[1], (char *) NULL);
    while (missing) {
        char got[64];
        int n = zmq_recv (h_sock, got, sizeof got - 1, 0);
        if (n == -1) {
            printf ("   GOOD CLIENT NOT SERVED: %s\n", t_errno (errno));
            break;
        }
        got[n < (int) sizeof got ? n : (int) sizeof got - 1] = 0;
        if (strcmp (got, text[0]) == 0)
            missing &= ~1;
        else if (strcmp (got, text[1]) == 0)
            missing &= ~2;
        else {
            printf ("   received ");
            t_bytes (got, (size_t) n < sizeof got ? (size_t) n : sizeof got);
            puts (t_get_int (h_sock, ZMQ_RCVMORE) ? " more" : "");
        }
    }
    zmq_close (fresh);
    do
        missing = t_event (h_mon, T_TIMEOUT_MS, NULL, NULL);
    while (missing && missing != ZMQ_EVENT_DISCONNECTED);
}

/* The bad client is connected and has got as far as wanted. */
static int h_connect (int flags)
{
    int fd = t_raw_connect (h_endpoint);
    t_need (fd >= 0);
    if (flags & H_GREET) {
        unsigned char ready[256];
        size_t len;
        t_need (w_greet (fd, 1, "NULL"));
        t_need (w_read (fd, ready, sizeof ready, &len) == W_COMMAND);
    }
    if (flags & H_HANDSHAKE) {
        t_need (w_handshake (fd, 1, h_peer_type, NULL));
        t_need (t_event_wait (h_mon, ZMQ_EVENT_HANDSHAKE_SUCCEEDED));
    }
    return fd;
}

/* Send the bytes and tell what happens. */
static void h_case (const char *title, const void *bytes, size_t len, int flags)
{
    int fd = h_connect (flags);
    unsigned char drop[128];
    bool closed = true;
    printf ("-- %s\n", title);
    if (!(flags & (H_GREET | H_HANDSHAKE)))
        t_read (fd, drop, 10, T_TIMEOUT_MS);
    if (flags & H_STEPS) {
        t_write (fd, bytes, 11);
        t_read (fd, drop, 54, T_TIMEOUT_MS);
        t_write (fd, (const char *) bytes + 11, len - 11);
    } else
        t_write (fd, bytes, len);
    if (flags & H_CLOSE) {
        if (!(flags & H_HANDSHAKE)) /* nothing unread: no reset is sent */
            t_read (fd, drop, H_ANSWER (len) - 10, T_TIMEOUT_MS);
        close (fd);
    } else
        closed = w_closed (fd, "   answer", H_SILENCE_MS);
    h_events (closed);
    if (!closed) {
        h_still_good ();
        close (fd);
        while (t_event (h_mon, T_TIMEOUT_MS, NULL, NULL)
               != ZMQ_EVENT_DISCONNECTED)
            ;
    }
    if (!(flags & H_CLOSE))
        close (fd);
    h_still_good ();
}

/* A greeting after which a proper client goes on and is served. */
T_FN void h_good_greeting (const char *title, const unsigned char greeting[64])
{
    unsigned char theirs[64];
    int fd = t_raw_connect (h_endpoint);
    printf ("-- %s\n", title);
    t_need (fd >= 0);
    t_write (fd, greeting, 64);
    t_read (fd, theirs, 64, T_TIMEOUT_MS);
    w_print (fd, "   answer");
    w_ready (fd, h_peer_type, NULL);
    w_text (fd, 0, "odd one");
    t_recv_print (h_sock, "   received");
    close (fd);
    h_events (true);
}

static void h_finish (void)
{
    w_unmonitor (h_sock, h_mon);
    zmq_close (h_good);
    zmq_close (h_sock);
    zmq_ctx_term (h_ctx);
}

#endif
