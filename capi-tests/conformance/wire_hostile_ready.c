/*
 * Hostile bytes after a good NULL greeting, where READY is due: wrong socket
 * type, missing and bad metadata, other commands, frames in its place, lengths
 * that do not fit, and the ERROR command.
 */
#include "../hostile.h"

#define CASE(title, bytes) h_case (title, bytes, sizeof (bytes) - 1, H_GREET)

#define TYPE_PUSH "\x0bSocket-Type\0\0\0\x04PUSH" /* 20 bytes */

int main (void)
{
    t_init ();
    h_open (ZMQ_PULL);
    puts ("\n== Socket-Type");
    CASE ("PULL", "\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PULL");
    CASE ("PUB", "\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03PUB");
    CASE ("NOSUCH", "\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06NOSUCH");
    CASE ("push in small letters",
          "\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04push");
    CASE ("PUSHX", "\x04\x1b\x05READY\x0bSocket-Type\0\0\0\x05PUSHX");
    CASE ("PUS", "\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03PUS");
    CASE ("empty", "\x04\x16\x05READY\x0bSocket-Type\0\0\0\0");
    CASE ("twice, the second one wrong",
          "\x04\x2e\x05READY" TYPE_PUSH "\x0bSocket-Type\0\0\0\x04PULL");

    puts ("\n== metadata");
    CASE ("none at all", "\x04\x06\x05READY");
    CASE ("unknown name only", "\x04\x0d\x05READY\x01X\0\0\0\x01y");
    CASE ("empty value", "\x04\x20\x05READY" TYPE_PUSH "\x01X\0\0\0\0");
    CASE ("empty name", "\x04\x20\x05READY" TYPE_PUSH "\0\0\0\0\x01y");
    CASE ("one byte at the end", "\x04\x1b\x05READY" TYPE_PUSH "\x01");
    CASE ("a zero at the end", "\x04\x1b\x05READY" TYPE_PUSH "\0");
    CASE ("half a value length", "\x04\x1e\x05READY" TYPE_PUSH "\x01X\0\0");
    CASE ("name longer than the body", "\x04\x1c\x05READY" TYPE_PUSH "\xffX");
    CASE ("value longer than the body",
          "\x04\x21\x05READY" TYPE_PUSH "\x01X\0\0\0\x09y");
    CASE ("value length 2^32 - 1",
          "\x04\x21\x05READY" TYPE_PUSH "\x01X\xff\xff\xff\xffy");
    CASE ("value length 2^31",
          "\x04\x21\x05READY" TYPE_PUSH "\x01X\x80\0\0\0y");

    puts ("\n== other things than READY");
    CASE ("empty command", "\x04\0");
    CASE ("command without a name", "\x04\x01\0");
    CASE ("name longer than the command", "\x04\x03\x05RE");
    CASE ("REDAY", "\x04\x1a\x05REDAY" TYPE_PUSH);
    CASE ("ready", "\x04\x1a\x05ready" TYPE_PUSH);
    CASE ("READYX", "\x04\x1b\x06READYX" TYPE_PUSH);
    CASE ("HELLO", "\x04\x08\x05HELLO\0\0");
    CASE ("PING", "\x04\x07\x04PING\0\0");
    CASE ("SUBSCRIBE", "\x04\x0a\x09SUBSCRIBE");
    CASE ("a message", "\0\x05hello");
    CASE ("READY that is no command", "\0\x1a\x05READY" TYPE_PUSH);
    CASE ("READY with MORE", "\x05\x1a\x05READY" TYPE_PUSH);
    CASE ("READY with reserved bits", "\xfc\x1a\x05READY" TYPE_PUSH);
    CASE ("READY in the long form",
          "\x06\0\0\0\0\0\0\0\x1a\x05READY" TYPE_PUSH);
    CASE ("a command of 2^63 bytes", "\x06\x80\0\0\0\0\0\0\0");
    CASE ("a command of 2^64 - 1 bytes", "\x06\xff\xff\xff\xff\xff\xff\xff\xff");

    puts ("\n== ERROR");
    CASE ("with a reason", "\x04\x0a\x05" "ERROR\x03" "abc");
    CASE ("empty reason", "\x04\x07\x05" "ERROR\0");
    CASE ("no reason", "\x04\x06\x05" "ERROR");
    CASE ("reason longer than the command", "\x04\x0a\x05" "ERROR\x09" "abc");
    CASE ("reason 300", "\x04\x0a\x05" "ERROR\x03" "300");
    CASE ("reason 400", "\x04\x0a\x05" "ERROR\x03" "400");
    h_finish ();
    return 0;
}
