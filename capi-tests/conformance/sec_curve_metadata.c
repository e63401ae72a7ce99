/*
 * The metadata within CURVE's INITIATE and READY, of every shape and far larger
 * than any peer has reason to send (CVE-2019-13132: a fixed buffer for it on the
 * stack of a server, before the client is known). Good ones pass, bad ones end
 * that connection with the event, good clients are served.
 */
#include "../curve_sides.h"

#define DEALER "\xbSocket-Type\0\0\0\6" "DEALER"

struct metadata {
    const char *what;
    const char *text;
    size_t len;
    size_t value; /* then an X-large property with as many octets */
};

#define META(what, text) {what, text, sizeof (text) - 1, 0}
#define LARGE(what, value) {what, DEALER, sizeof (DEALER) - 1, value}

static const struct metadata all[] = {
    META ("proper", DEALER),
    META ("none", ""),
    META ("of a PUB", "\xbSocket-Type\0\0\0\3PUB"),
    META ("one stray octet", DEALER "\1"),
    META ("a zero at the end", DEALER "\0"),
    META ("half a value length", DEALER "\1X\0\0"),
    META ("a name beyond the end", DEALER "\xffX"),
    META ("a value beyond the end", DEALER "\1X\0\0\0\x9y"),
    META ("a value of 2^31 octets", DEALER "\1X\x80\0\0\0y"),
    META ("a value of 2^31 - 1 octets", DEALER "\1X\x7f\xff\xff\xffy"),
    META ("a value of 2^32 - 1 octets", DEALER "\1X\xff\xff\xff\xffy"),
    META ("broken off in a name", DEALER "\x8Ident"),
    META ("zeros", "\0\0\0\0\0\0\0\0\0\0"),
    LARGE ("255 octets", 255),
    LARGE ("256 octets", 256),
    LARGE ("512 octets", 512),
    LARGE ("1000 octets", 1000),
    LARGE ("8192 octets", 8192),
    LARGE ("60000 octets", 60000),
};

/* The wire form; to be freed. */
static unsigned char *wire (const struct metadata *m, size_t *len)
{
    unsigned char *out = malloc (m->len + 16 + m->value), *p = out + m->len;
    memcpy (out, m->text, m->len);
    if (m->value) {
        memcpy (p, "\7X-large\0", 9);
        p[9] = (unsigned char) (m->value >> 16);
        p[10] = (unsigned char) (m->value >> 8);
        p[11] = (unsigned char) m->value;
        memset (p + 12, 'v', m->value);
        p += 12 + m->value;
    }
    *len = (size_t) (p - out);
    return out;
}

static void to_server (const unsigned char *data, size_t len)
{
    struct side s;
    side_server (&s);
    t_need (cr_hello (&s.raw, 1) && cr_welcome (&s.raw));
    cr_initiate (&s.raw, 2, data, len);
    if (side_event (&s)) {
        t_need (cr_ready (&s.raw));
        cr_message (&s.raw, 3, 0, "hello");
    } else
        w_closed (s.raw.fd, "  then", 100);
    side_received (&s);
    side_still_good (&s);
    side_end (&s);
}

static void to_client (const unsigned char *data, size_t len)
{
    struct side s;
    side_client (&s);
    cr_say_ready (&s.raw, 1, data, len);
    if (side_event (&s))
        cr_message (&s.raw, 2, 0, "hello");
    else
        w_closed (s.raw.fd, "  then", 100);
    side_received (&s);
    side_end (&s);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    cr_init ();
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < T_COUNT (all); i++) {
        size_t len;
        unsigned char *data = wire (&all[i], &len);
        printf ("INITIATE, %s\n", all[i].what);
        to_server (data, len);
        printf ("READY, %s\n", all[i].what);
        to_client (data, len);
        free (data);
    }
    zmq_ctx_term (ctx);
    return 0;
}
