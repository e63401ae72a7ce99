/*
 * Malformed and misplaced commands on a good connection. RFC 37 asks to close
 * the connection on a malformed one; the original ignores some of them and
 * hands some to the application as if they were messages. Ours closes on the
 * malformed ones, and drops SUBSCRIBE and CANCEL where nobody publishes.
 */
#include "../hostile.h"

#define CASE(title, bytes)                                                   \
    h_case (title, bytes, sizeof (bytes) - 1, H_HANDSHAKE)

int main (void)
{
    t_init ();
    h_open (ZMQ_PULL);
    puts ("\n== malformed: to be closed");
    CASE ("empty command", "\x04\0");
    CASE ("name of length 0", "\x04\x01\0");
    CASE ("name longer than the command", "\x04\x03\x05RE");
    CASE ("name length 255", "\x04\x05\xffPING");
    CASE ("PING without a TTL", "\x04\x05\x04PING");
    CASE ("PING with half a TTL", "\x04\x06\x04PING\0");
    CASE ("PONG with 17 octets of context", "\x04\x16\x04PONG" "0123456789abcdefg");
    puts ("\n== misplaced: to be ignored");
    CASE ("SUBSCRIBE to a PULL", "\x04\x0b\x09SUBSCRIBEx");
    CASE ("CANCEL to a PULL", "\x04\x08\x06" "CANCELx");
    h_finish ();
    return 0;
}
