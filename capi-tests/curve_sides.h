/*
 * curve_sides.h: a library socket with CURVE and a raw peer at its other end,
 * ready for the step of the handshake that a program is about; and how such a
 * meeting ends. For sec_curve_metadata.c and sec_curve_nonces.c.
 */
#ifndef CURVE_SIDES_H
#define CURVE_SIDES_H

#include "curve_raw.h"

static void *ctx;

/* What the monitor of a side tells. */
static int side_events = sec_events | ZMQ_EVENT_DISCONNECTED;

struct side {
    void *sock, *mon;
    struct cr_peer raw;
    char endpoint[256];
    int listener;
};

/* The library is the server; the raw client has had its greeting. */
T_FN void side_server (struct side *s)
{
    memset (s, 0, sizeof *s);
    s->listener = -1;
    s->sock = t_socket (ctx, ZMQ_DEALER);
    sec_curve_server (s->sock);
    t_need (t_bind_any (s->sock, s->endpoint, "tcp") == 0);
    s->mon = t_monitor (ctx, s->sock, side_events);
    s->raw.fd = t_raw_connect (s->endpoint);
    t_need (s->raw.fd >= 0 && w_greet (s->raw.fd, 1, "CURVE"));
}

/* The library is the client; the raw server has its INITIATE. */
T_FN void side_client (struct side *s)
{
    memset (s, 0, sizeof *s);
    s->raw.server = true;
    s->listener = t_tcp_listen (s->endpoint);
    s->sock = t_socket (ctx, ZMQ_DEALER);
    sec_curve_client (s->sock);
    t_set_int (s->sock, ZMQ_RECONNECT_IVL, -1);
    s->mon = t_monitor (ctx, s->sock, side_events);
    t_need (zmq_connect (s->sock, s->endpoint) == 0);
    s->raw.fd = t_accept (s->listener, T_TIMEOUT_MS);
    t_need (s->raw.fd >= 0 && w_greet (s->raw.fd, 1, "CURVE"));
    t_need (cr_await_hello (&s->raw) && cr_say_welcome (&s->raw) && cr_await_initiate (&s->raw));
}

/* The next event: of the handshake, or that the connection ended without one.
   True if it succeeded. */
T_FN bool side_event (struct side *s)
{
    return t_event_print (s->mon, "  event") == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
}

/* What the socket got of all that the peer has said, up to silence. */
T_FN void side_received (struct side *s)
{
    t_fence (ctx);
    t_timeouts (s->sock, 20);
    while (t_recv_print (s->sock, "  received") != -1)
        ;
}

/* A good client of the library is served by the same server. */
T_FN void side_still_good (struct side *s)
{
    void *good = t_socket (ctx, ZMQ_DEALER);
    sec_curve_client (good);
    t_timeouts (s->sock, T_TIMEOUT_MS);
    t_need (zmq_connect (good, s->endpoint) == 0);
    t_send (good, "good", (char *) NULL);
    t_recv_print (s->sock, "  good client");
    zmq_close (good);
}

T_FN void side_end (struct side *s)
{
    close (s->raw.fd);
    if (s->listener >= 0)
        close (s->listener);
    t_monitor_end (s->sock, s->mon);
}

#endif
