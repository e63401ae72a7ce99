/*
 * CURVE on the wire without any cryptography: commands of every wrong size, out
 * of turn, and boxes that nobody can open.
 */
#include "../sec_wire.h"

#define ZEROS8 "\0\0\0\0\0\0\0\0"
#define ZEROS32 ZEROS8 ZEROS8 ZEROS8 ZEROS8
#define ZEROS64 ZEROS32 ZEROS32
/* 194 bytes follow the name of a HELLO: version, padding, key, nonce, box. */
#define AFTER_VERSION ZEROS64 ZEROS64 ZEROS64

int main (void)
{
    t_init ();
    t_watchdog (60);
    mechanism = SEC_CURVE;
    ctx = zmq_ctx_new ();
    RUN (server, "HELLO of nothing", {"HELLO", TEXT ("")});
    RUN (server, "HELLO of version 1.0 alone", {"HELLO", TEXT ("\1\0")});
    RUN (server, "HELLO one byte short", {"HELLO", TEXT ("\1\0" ZEROS64 ZEROS64 ZEROS32 ZEROS8 ZEROS8 ZEROS8 "\0\0\0\0\0\0\0")});
    RUN (server, "HELLO one byte long", {"HELLO", TEXT ("\1\0" AFTER_VERSION "\0")});
    RUN (server, "HELLO of version 2.0", {"HELLO", TEXT ("\2\0" AFTER_VERSION)});
    RUN (server, "HELLO of version 1.1", {"HELLO", TEXT ("\1\1" AFTER_VERSION)});
    RUN (server, "HELLO with a key and a box of zeros", {"HELLO", TEXT ("\1\0" AFTER_VERSION)});
    RUN (server, "hello", {"hello", TEXT ("\1\0" AFTER_VERSION)});
    RUN (server, "an empty command", {NULL, TEXT ("")});
    RUN (server, "a name beyond the end", {NULL, TEXT ("\5HEL")});
    RUN (server, "INITIATE first", {"INITIATE", TEXT (AFTER_VERSION AFTER_VERSION)});
    RUN (server, "READY first", {"READY", TEXT (ZEROS64)});
    RUN (server, "MESSAGE first", {"MESSAGE", TEXT (ZEROS64)});
    RUN (server, "ERROR first", {"ERROR", TEXT ("\3" "400")});

    RUN (client, "WELCOME of nothing", {"WELCOME", TEXT ("")});
    RUN (client, "WELCOME one byte short", {"WELCOME", TEXT (ZEROS64 ZEROS64 ZEROS8 ZEROS8 ZEROS8 "\0\0\0\0\0\0\0")});
    RUN (client, "WELCOME one byte long", {"WELCOME", TEXT (ZEROS64 ZEROS64 ZEROS32 "\0")});
    RUN (client, "WELCOME of zeros", {"WELCOME", TEXT (ZEROS64 ZEROS64 ZEROS32)});
    RUN (client, "READY first", {"READY", TEXT (ZEROS64)});
    RUN (client, "MESSAGE first", {"MESSAGE", TEXT (ZEROS64)});
    RUN (client, "HELLO first", {"HELLO", TEXT ("\1\0" AFTER_VERSION)});
    RUN (client, "an empty command", {NULL, TEXT ("")});
    RUN (client, "a name beyond the end", {NULL, TEXT ("\7WEL")});
    RUN (client, "ERROR 300", {"ERROR", TEXT ("\3" "300")});
    RUN (client, "ERROR 400", {"ERROR", TEXT ("\3" "400")});
    RUN (client, "ERROR 500", {"ERROR", TEXT ("\3" "500")});
    RUN (client, "ERROR 401", {"ERROR", TEXT ("\3" "401")});
    RUN (client, "ERROR with a text", {"ERROR", TEXT ("\7nothing")});
    client_odd_errors ();
    zmq_ctx_term (ctx);
    return 0;
}
