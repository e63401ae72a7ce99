/*
 * PLAIN on the wire, bytes and events: a raw client and a raw server say every
 * command well and badly, out of turn and twice. What libzmq leaves open after
 * it failed, and the ERROR of the RFC, are in diff_plain.c.
 */
#include "../sec_wire.h"

int main (void)
{
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    zap_start (ctx, ZMQ_REP);
    puts ("-- with a handler");
    RUN (server, "all is well", HELLO, INITIATE);
    RUN (server, "HELLO of nothing", {"HELLO", TEXT ("")});
    RUN (server, "HELLO with empty name and password", {"HELLO", TEXT ("\0\0")});
    RUN (server, "HELLO, user cut short", {"HELLO", TEXT ("\4use")});
    RUN (server, "HELLO without password", {"HELLO", TEXT ("\4user")});
    RUN (server, "HELLO, password cut short", {"HELLO", TEXT ("\4user\6secre")});
    RUN (server, "HELLO with too much", {"HELLO", TEXT ("\4user\6secret!")});
    RUN (server, "hello", {"hello", TEXT ("\4user\6secret")});
    RUN (server, "an empty command", {NULL, TEXT ("")});
    RUN (server, "a name beyond the end", {NULL, TEXT ("\5HEL")});
    RUN (server, "INITIATE first", INITIATE);
    RUN (server, "READY first", READY);
    RUN (server, "ERROR first", {"ERROR", TEXT ("\3" "400")});
    RUN (server, "HELLO twice", HELLO, HELLO);
    RUN (server, "INITIATE without metadata", HELLO, {"INITIATE", TEXT ("")});
    RUN (server, "INITIATE with cut metadata", HELLO, {"INITIATE", TEXT ("\xbSocket-Type\0\0\0\6" "DEAL")});
    RUN (server, "INITIATE with a stray byte", HELLO, {"INITIATE", TEXT (METADATA "x")});
    RUN (server, "INITIATE of a PUB", HELLO, {"INITIATE", TEXT ("\xbSocket-Type\0\0\0\3PUB")});
    zap_stop ();

    puts ("-- clients");
    RUN (client, "all is well", WELCOME, READY);
    RUN (client, "WELCOME with data", {"WELCOME", TEXT ("x")});
    RUN (client, "READY first", READY);
    RUN (client, "HELLO first", HELLO);
    RUN (client, "an empty command", {NULL, TEXT ("")});
    RUN (client, "WELCOME twice", WELCOME, WELCOME);
    RUN (client, "READY without metadata", WELCOME, {"READY", TEXT ("")});
    puts ("-- clients, with the ERROR of libzmq's PLAIN");
    RUN (client, "300", {NULL, TEXT ("^RROR\3" "300")});
    RUN (client, "400", {NULL, TEXT ("^RROR\3" "400")});
    RUN (client, "500 instead of READY", WELCOME, {NULL, TEXT ("^RROR\3" "500")});
    RUN (client, "401", {NULL, TEXT ("^RROR\3" "401")});
    RUN (client, "a text", {NULL, TEXT ("^RROR\7nothing")});
    RUN (client, "no reason", {NULL, TEXT ("^RROR\0")});
    RUN (client, "cut short", {NULL, TEXT ("^RROR\4" "400")});
    RUN (client, "nothing", {NULL, TEXT ("^RROR")});
    RUN (client, "too much", {NULL, TEXT ("^RROR\3" "400!")});
    RUN (server, "ERROR of a client", {NULL, TEXT ("^RROR\3" "400")});
    RUN (client, "ERROR after READY", WELCOME, READY, {"ERROR", TEXT ("\3" "400")});
    zmq_ctx_term (ctx);
    return 0;
}
