/*
 * Hostile greetings: garbage, half a greeting, an unknown or a wrong mechanism,
 * bytes where zeros belong, silence until HANDSHAKE_IVL ends: what the bound
 * socket answers, whether it closes, the events of its monitor, and that a good
 * client is served before, meanwhile and afterwards.
 */
#include "../hostile.h"

int main (void)
{
    unsigned char g[64];
    t_init ();
    h_open (ZMQ_PULL);

    h_case ("closed at once", "", 0, H_CLOSE);
    h_case ("one byte, then closed", "\xff", 1, H_CLOSE);
    h_case ("half a signature, then closed", "\xff\0\0\0\0", 5, H_CLOSE);
    w_greeting (g, 1, "NULL");
    h_case ("11 bytes, then closed", g, 11, H_CLOSE);
    h_case ("63 bytes, then closed", g, 63, H_CLOSE);
    h_case ("the greeting, then closed", g, 64, H_CLOSE);

    h_case ("HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35, 0);
    h_case ("TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11, 0);
    h_case ("64 zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                        "\0\0\0\0\0\0\0\0\0\0",
            64, 0);
    memset (g, 0xff, 64);
    h_case ("64 bytes of ff", g, 64, H_STEPS);

    w_greeting (g, 1, "PLAIN");
    h_case ("mechanism PLAIN", g, 64, H_STEPS);
    w_greeting (g, 1, "CURVE");
    h_case ("mechanism CURVE", g, 64, H_STEPS);
    w_greeting (g, 1, "NOSUCH");
    h_case ("mechanism NOSUCH", g, 64, H_STEPS);
    w_greeting (g, 1, "null");
    h_case ("mechanism null", g, 64, H_STEPS);
    w_greeting (g, 1, "");
    h_case ("mechanism empty", g, 64, H_STEPS);
    w_greeting (g, 1, "NULLNULLNULLNULLNULL");
    h_case ("mechanism of 20 letters", g, 64, H_STEPS);
    w_greeting (g, 1, "NULL");
    g[17] = 'x';
    h_case ("mechanism NULL, zero, x", g, 64, H_STEPS);

    puts ("\n== odd, but let in");
    w_greeting (g, 1, "NULL");
    g[32] = 1;
    h_good_greeting ("as-server", g);
    g[32] = 7;
    memset (g + 33, 0xaa, 31);
    h_good_greeting ("as-server 7, filler not zero", g);
    w_greeting (g, 1, "NULL");
    memset (g + 1, 0x55, 8);
    h_good_greeting ("signature padding 55", g);

    puts ("\n== silence, HANDSHAKE_IVL 60 ms");
    t_set_int (h_sock, ZMQ_HANDSHAKE_IVL, 60);
    h_bind_again ();
    w_greeting (g, 1, "NULL");
    h_case ("nothing sent", "", 0, 0);
    h_case ("half a greeting", g, 20, 0);
    h_case ("no READY", g, 64, 0);
    h_finish ();
    return 0;
}
