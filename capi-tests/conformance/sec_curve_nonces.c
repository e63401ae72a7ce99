/*
 * The counts that CURVE puts into its short nonces (CVE-2014-7203: nobody looked
 * at them, so what was recorded could be said again). A count has to be higher
 * than all before it on the connection, in the handshake and after it; how much
 * higher does not matter. Also what else a MESSAGE may be made of.
 */
#include "../curve_sides.h"

#define DEALER "\xbSocket-Type\0\0\0\6" "DEALER"
#define LAST UINT64_MAX

static void handshake (const char *what, uint64_t hello, uint64_t initiate)
{
    struct side s;
    printf ("%s\n", what);
    side_server (&s);
    cr_hello (&s.raw, hello);
    if (cr_welcome (&s.raw))
        cr_initiate (&s.raw, initiate, DEALER, sizeof DEALER - 1);
    else
        puts ("  no WELCOME");
    if (side_event (&s)) {
        t_need (cr_ready (&s.raw));
        cr_message (&s.raw, initiate + 1, 0, "hello");
    }
    side_received (&s);
    side_still_good (&s);
    side_end (&s);
}

static void ready (const char *what, uint64_t count)
{
    struct side s;
    printf ("%s\n", what);
    side_client (&s);
    cr_say_ready (&s.raw, count, DEALER, sizeof DEALER - 1);
    if (side_event (&s))
        cr_message (&s.raw, count + 1, 0, "hello");
    side_received (&s);
    side_end (&s);
}

/* Everything up to the traffic; the library's peer has counted to `base`. */
static void shake (struct side *s, bool server, uint64_t base)
{
    if (server) {
        side_server (s);
        t_need (cr_hello (&s->raw, 1) && cr_welcome (&s->raw));
        cr_initiate (&s->raw, base, DEALER, sizeof DEALER - 1);
        t_need (cr_ready (&s->raw));
    } else {
        side_client (s);
        cr_say_ready (&s->raw, base, DEALER, sizeof DEALER - 1);
    }
    t_need (t_event_wait (s->mon, ZMQ_EVENT_HANDSHAKE_SUCCEEDED));
}

/* Messages with these counts after a handshake that ended with 10. */
static void traffic (const char *what, const uint64_t *counts, size_t n)
{
    for (int server = 1; server >= 0; server--) {
        struct side s;
        char text[32];
        printf ("to a %s: %s\n", server ? "server" : "client", what);
        shake (&s, server, 10);
        for (size_t i = 0; i < n; i++) {
            snprintf (text, sizeof text, "message %zu", i);
            cr_message (&s.raw, counts[i], 0, text);
        }
        side_received (&s);
        side_closed (&s);
        if (server)
            side_still_good (&s);
        side_end (&s);
    }
}

#define TRAFFIC(what, ...)                                                     \
    do {                                                                       \
        static const uint64_t counts[] = {__VA_ARGS__};                        \
        traffic (what, counts, T_COUNT (counts));                              \
    } while (0)

/* One box with these frame flags and this inside, then a good message. */
static void box (const char *what, int frame_flags, const char *text, size_t len)
{
    struct side s;
    printf ("%s\n", what);
    shake (&s, true, 2);
    cr_box (&s.raw, frame_flags, 3, text, len);
    cr_message (&s.raw, 4, 0, "after it");
    side_received (&s);
    side_closed (&s);
    side_still_good (&s);
    side_end (&s);
}

#define BOX(what, flags, text) box (what, flags, text, sizeof (text) - 1)

/* Bytes in the place of a MESSAGE. */
static void frame (const char *what, int flags, const char *body, size_t len)
{
    struct side s;
    printf ("%s\n", what);
    shake (&s, true, 2);
    w_frame (s.raw.fd, flags, body, len);
    cr_message (&s.raw, 4, 0, "after it");
    side_received (&s);
    side_closed (&s);
    side_still_good (&s);
    side_end (&s);
}

#define FRAME(what, flags, text) frame (what, flags, text, sizeof (text) - 1)

static void answers (void)
{
    struct side s;
    puts ("PING in a box, twice, and a message");
    shake (&s, true, 2);
    cr_message (&s.raw, 3, CR_COMMAND, "\4PING\1\1context");
    cr_print (&s.raw, "  peer");
    cr_message (&s.raw, 4, CR_COMMAND, "\4PING\1\1context");
    cr_print (&s.raw, "  peer");
    t_send (s.sock, "hello", "part 2", (char *) NULL);
    cr_print (&s.raw, "  peer");
    cr_print (&s.raw, "  peer");
    side_end (&s);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    cr_init ();
    ctx = zmq_ctx_new ();
    puts ("-- HELLO and INITIATE");
    handshake ("1, 2", 1, 2);
    handshake ("0, 1", 0, 1);
    handshake ("1, 1000000", 1, 1000000);
    handshake ("2^63, 2^63 + 1", 1ull << 63, (1ull << 63) + 1);
    puts ("-- READY");
    ready ("0", 0);
    ready ("1", 1);
    ready ("1000000", 1000000);
    ready ("2^63", 1ull << 63);
    puts ("-- MESSAGE");
    TRAFFIC ("one after the other", 11, 12, 13);
    TRAFFIC ("that of the handshake", 10);
    TRAFFIC ("lower than that of the handshake", 9);
    TRAFFIC ("0", 0);
    TRAFFIC ("the same again", 11, 11, 12);
    TRAFFIC ("a step back", 11, 12, 11);
    TRAFFIC ("gaps", 12, 100, 1ull << 32, 1ull << 63);
    TRAFFIC ("a gap is not filled", 11, 100, 50);
    TRAFFIC ("the last one there is", LAST);
    TRAFFIC ("the last one, and from the start", LAST, 0, 11);
    puts ("-- what is in the box");
    BOX ("nothing, not even flags", 0, "");
    BOX ("flags alone", 0, "\0");
    BOX ("reserved flags", 0, "\xfc" "body");
    BOX ("MORE, then the end", 0, "\1part 1");
    BOX ("an unknown command", 0, "\2\5HELLO");
    BOX ("a frame that says it is long", W_LONG, "\0body");
    puts ("-- no box");
    FRAME ("a message in clear", 0, "hello");
    FRAME ("an empty frame", 0, "");
    FRAME ("a command in clear", W_COMMAND, "\4PING\0\0");
    FRAME ("MESSAGE and nothing else", 0, "\7MESSAGE");
    FRAME ("32 octets", 0, "\7MESSAGE" "\0\0\0\0\0\0\0\3" "0123456789abcdef");
    FRAME ("33 octets that are no box", 0, "\7MESSAGE" "\0\0\0\0\0\0\0\3" "0123456789abcdefg");
    FRAME ("HELLO again", W_COMMAND, "\5HELLO");
    FRAME ("ERROR", W_COMMAND, "\5ERROR\3" "400");
    answers ();
    zmq_ctx_term (ctx);
    return 0;
}
