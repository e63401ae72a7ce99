/*
 * sec_wire.h: a raw client and a raw server say commands of `mechanism`, PLAIN
 * unless the program sets another, step by step; every frame that they get is
 * printed, and the event at the end.
 */
#ifndef SEC_WIRE_H
#define SEC_WIRE_H

#include "sec.h"

static void *ctx;
static int mechanism = SEC_PLAIN;

struct step {
    const char *name;
    const void *data;
    size_t len;
};

#define TEXT(text) text, sizeof (text) - 1
#define METADATA "\xbSocket-Type\0\0\0\6" "DEALER\x8Identity\0\0\0\0"
#define HELLO {"HELLO", TEXT ("\4user\6secret")}
#define WELCOME {"WELCOME", TEXT ("")}
#define INITIATE {"INITIATE", TEXT (METADATA)}
#define READY {"READY", TEXT (METADATA)}

/* Say the steps one after the other and print each answer, then the event. */
static void say (int fd, void *mon, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool said = steps[i].name ? w_command (fd, steps[i].name, steps[i].data, steps[i].len)
                                  : w_frame (fd, W_COMMAND, steps[i].data, steps[i].len);
        if (!said)
            break;
        if (i + 1 < count)
            w_print (fd, "  peer");
    }
    w_closed (fd, "  then", 150);
    if (t_poll_in (mon, 300) & ZMQ_POLLIN)
        t_event_print (mon, "  event");
    else
        puts ("  event: none");
    zap_print ();
    close (fd);
}

T_FN void server (const char *what, const struct step *steps, size_t count)
{
    void *sock = t_socket (ctx, ZMQ_DEALER), *mon;
    char endpoint[256];
    int fd;
    printf ("server: %s\n", what);
    sec_server (sock, mechanism);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    mon = t_monitor (ctx, sock, sec_events);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0 && w_greet (fd, 0, sec_names[mechanism]));
    say (fd, mon, steps, count);
    t_monitor_end (sock, mon);
}

/* The HELLO of CURVE is never the same: print its size alone. */
static void first_command (int fd)
{
    unsigned char body[512];
    size_t len;
    if (mechanism != SEC_CURVE)
        w_print (fd, "  peer");
    else if (w_read (fd, body, sizeof body, &len) == W_COMMAND)
        printf ("  peer: %zu bytes of %.*s\n", len, body[0], body + 1);
}

T_FN void client (const char *what, const struct step *steps, size_t count)
{
    void *sock = t_socket (ctx, ZMQ_DEALER), *mon;
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), fd;
    printf ("client: %s\n", what);
    sec_client (sock, mechanism);
    t_set_int (sock, ZMQ_RECONNECT_IVL, -1);
    mon = t_monitor (ctx, sock, sec_events);
    t_need (zmq_connect (sock, endpoint) == 0);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (fd >= 0 && w_greet (fd, 0, sec_names[mechanism]));
    first_command (fd);
    say (fd, mon, steps, count);
    close (listener);
    t_monitor_end (sock, mon);
}

#define RUN(side, what, ...)                                                   \
    do {                                                                       \
        static const struct step steps[] = {__VA_ARGS__};                      \
        side (what, steps, T_COUNT (steps));                                   \
    } while (0)

/* What ends a client's handshake and holds no reason, or not the one it says. */
T_FN void client_odd_errors (void)
{
    RUN (client, "ERROR without reason", {"ERROR", TEXT ("\0")});
    RUN (client, "ERROR of nothing", {"ERROR", TEXT ("")});
    RUN (client, "ERROR cut short", {"ERROR", TEXT ("\4" "400")});
    RUN (client, "ERROR with too much", {"ERROR", TEXT ("\3" "400!")});
}

#endif
