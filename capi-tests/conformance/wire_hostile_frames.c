/*
 * Hostile frames on a good connection: lengths without end, MAXMSGSIZE, broken
 * messages, commands that are unknown or have MORE set, reserved flag bits, and
 * connections that end in the middle of something.
 */
#include "../hostile.h"

#define CASE(title, bytes)                                                   \
    h_case (title, bytes, sizeof (bytes) - 1, H_HANDSHAKE)
#define CLOSING(title, bytes)                                                \
    h_case (title, bytes, sizeof (bytes) - 1, H_HANDSHAKE | H_CLOSE)

#define TEN "0123456789"

static void max_size (int64_t limit)
{
    RC (zmq_setsockopt (h_sock, ZMQ_MAXMSGSIZE, &limit, sizeof limit));
    h_bind_again ();
    /* the good client stays at the old listener */
}

int main (void)
{
    t_init ();
    h_open (ZMQ_PULL);
    puts ("\n== lengths");
    CASE ("2^63", "\x02\x80\0\0\0\0\0\0\0");
    CASE ("2^64 - 1", "\x02\xff\xff\xff\xff\xff\xff\xff\xff");
    CASE ("2^64 - 9", "\x02\xff\xff\xff\xff\xff\xff\xff\xf7");
    CASE ("2^63 - 1", "\x02\x7f\xff\xff\xff\xff\xff\xff\xff");
    CASE ("2^64 - 1, two bytes of body",
          "\x02\xff\xff\xff\xff\xff\xff\xff\xff" "ab");

    puts ("\n== messages");
    CASE ("reserved bits", "\xf8\x01x");
    CASE ("reserved bits and MORE", "\xf9\x01x\xf0\x01y");
    CASE ("six parts, five of them empty", "\x01\0\x01\0\x01\0\x01\0\x01\0\0\x03" "end");

    puts ("\n== commands");
    CASE ("unknown command", "\x04\x06\x05HELLO");
    CASE ("READY again", "\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PUSH");
    CASE ("ERROR", "\x04\x0a\x05" "ERROR\x03" "abc");
    CASE ("unknown command with MORE", "\x05\x06\x05HELLO\0\x01x");
    CASE ("PONG that nobody asked for", "\x04\x15\x04PONG" "0123456789abcdef");
    CASE ("PONG without context", "\x04\x05\x04PONG");
    CASE ("JOIN to a PULL", "\x04\x06\x04JOINx");

    puts ("\n== ends in the middle");
    CLOSING ("of a header", "\x02\0\0");
    CLOSING ("of a body", "\0\x05" "ab");
    CLOSING ("of a multipart message", "\x01\x01x");
    CLOSING ("of a command", "\x04\x06\x05HE");
    CLOSING ("after a message", "\0\x04last");

    puts ("\n== MAXMSGSIZE 40");
    max_size (40);
    CASE ("40 bytes", "\0\x28" TEN TEN TEN TEN);
    CASE ("41 bytes", "\0\x29" TEN TEN TEN TEN "x");
    CASE ("40 + 40 bytes in two parts",
          "\x01\x28" TEN TEN TEN TEN "\0\x28" TEN TEN TEN TEN);
    CASE ("41 bytes announced, none sent", "\0\x29");
    CASE ("41 bytes announced in the long form", "\x02\0\0\0\0\0\0\0\x29");
    CASE ("the second part too long", "\x01\x01x\0\x29" TEN TEN TEN TEN "x");
    CASE ("a command of 41 bytes",
          "\x04\x29\x04PING\0\0" TEN TEN TEN "1234");
    h_finish ();
    return 0;
}
