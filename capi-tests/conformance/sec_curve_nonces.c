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

/* What is said after the handshake. */
struct speech {
    void (*say) (struct cr_peer *peer, const struct speech *speech);
    uint64_t base;
    const uint64_t *counts; /* messages with these; or */
    size_t n;
    int flags; /* one frame with these flags and */
    const char *text;
    size_t len;
};

/* Says it to the library, and shows what becomes of it. The original may forget
   to close a connection while it tells a monitor why it does: so one connection
   shows how it ends, while nobody wants to know, and another one the event. */
static void meet (bool server, const struct speech *speech)
{
    struct side s;
    bool closed;
    int all = side_events;
    side_events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_MONITOR_STOPPED;
    shake (&s, server, speech->base);
    speech->say (&s.raw, speech);
    side_received (&s);
    closed = w_closed (s.raw.fd, "  then", 20);
    if (server)
        side_still_good (&s);
    side_end (&s);
    side_events = all;
    if (closed) {
        shake (&s, server, speech->base);
        speech->say (&s.raw, speech);
        side_event (&s);
        side_end (&s);
    }
}

static void say_messages (struct cr_peer *peer, const struct speech *speech)
{
    char text[32];
    for (size_t i = 0; i < speech->n; i++) {
        snprintf (text, sizeof text, "message %zu", i);
        cr_message (peer, speech->counts[i], 0, text);
    }
}

/* Messages with these counts after a handshake that ended with 10. */
static void traffic (const char *what, const uint64_t *counts, size_t n)
{
    struct speech speech = {say_messages, 10, .counts = counts, .n = n};
    for (int server = 1; server >= 0; server--) {
        printf ("to a %s: %s\n", server ? "server" : "client", what);
        meet (server, &speech);
    }
}

#define TRAFFIC(what, ...)                                                     \
    do {                                                                       \
        static const uint64_t counts[] = {__VA_ARGS__};                        \
        traffic (what, counts, T_COUNT (counts));                              \
    } while (0)

/* One box with these frame flags and this inside, then a good message. */
static void say_box (struct cr_peer *peer, const struct speech *speech)
{
    cr_box (peer, speech->flags, 3, speech->text, speech->len);
    cr_message (peer, 4, 0, "after it");
}

/* Bytes in the place of a MESSAGE, then a good one. */
static void say_frame (struct cr_peer *peer, const struct speech *speech)
{
    w_frame (peer->fd, speech->flags, speech->text, speech->len);
    cr_message (peer, 4, 0, "after it");
}

#define TO_SERVER(what, how, frame_flags, bytes)                               \
    do {                                                                       \
        struct speech speech = {how, 2, .flags = frame_flags, .text = bytes,   \
                                .len = sizeof (bytes) - 1};                    \
        puts (what);                                                           \
        meet (true, &speech);                                                  \
    } while (0)
#define BOX(what, flags, text) TO_SERVER (what, say_box, flags, text)
#define FRAME(what, flags, text) TO_SERVER (what, say_frame, flags, text)

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
