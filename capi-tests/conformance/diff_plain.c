/*
 * PLAIN where we leave libzmq: a connection whose handshake has failed is
 * closed, not left open; and a client understands the ERROR of the RFC, not
 * only the one that libzmq writes (its name is misspelt there).
 */
#include "../sec_wire.h"

int main (void)
{
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    puts ("-- without a handler");
    RUN (server, "HELLO", HELLO);
    zap_start (ctx, ZMQ_REP);
    puts ("-- the handler refuses");
    zap_reply ("1.0", "=", "300", "later", "", "", (char *) NULL);
    RUN (server, "300", HELLO);
    zap_reply ("1.0", "=", "400", "no", "", "", (char *) NULL);
    RUN (server, "400", HELLO);
    zap_reply ("1.0", "=", "500", "broken", "", "", (char *) NULL);
    RUN (server, "500", HELLO);
    zap_stop ();
    puts ("-- clients");
    RUN (client, "READY with cut metadata", WELCOME, {"READY", TEXT ("\xbSocket-Type\0\0\0\6" "DEAL")});
    RUN (client, "READY of a PUB", WELCOME, {"READY", TEXT ("\xbSocket-Type\0\0\0\3PUB")});
    RUN (client, "ERROR 300", {"ERROR", TEXT ("\3" "300")});
    RUN (client, "ERROR 400", {"ERROR", TEXT ("\3" "400")});
    RUN (client, "ERROR 500 instead of READY", WELCOME, {"ERROR", TEXT ("\3" "500")});
    RUN (client, "ERROR 401", {"ERROR", TEXT ("\3" "401")});
    client_odd_errors ();
    zmq_ctx_term (ctx);
    return 0;
}
