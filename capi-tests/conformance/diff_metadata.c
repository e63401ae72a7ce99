/*
 * READY metadata where ours reads RFC 37 and the original does not: property
 * names are case-insensitive, a routing id must not begin with a zero byte, and
 * a property may not break off after its name.
 */
#include "../wire.h"

static void *ctx;

/* Connect to a ROUTER with the properties; what it calls us. */
static void claim (const char *title, const void *properties, size_t len)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    unsigned char body[256], id[64];
    char endpoint[256];
    size_t n;
    int fd, size;
    bool generated;
    t_need (t_bind_any (router, endpoint, "tcp") == 0);
    t_timeouts (router, 200);
    fd = t_raw_connect (endpoint);
    t_need (w_greet (fd, 1, "NULL"));
    t_need (w_read (fd, body, sizeof body, &n) == W_COMMAND);
    w_command (fd, "READY", properties, len);
    w_text (fd, 0, "hello");
    printf ("%s: ", title);
    size = zmq_recv (router, id, sizeof id, 0);
    generated = size == 5 && id[0] == 0 && memcmp (id + 1, "abcd", 4);
    if (strstr (title, "zero") && (size == -1 || generated))
        puts ("not taken"); /* refused or given another id: both will do */
    else if (size == -1)
        puts ("refused");
    else if (generated)
        puts ("a generated id");
    else {
        t_bytes (id, (size_t) size);
        putchar ('\n');
    }
    close (fd);
    zmq_close (router);
}

#define CLAIM(title, bytes) claim (title, bytes, sizeof (bytes) - 1)
#define DEALER "\x0bSocket-Type\0\0\0\x06" "DEALER"

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    CLAIM ("Identity", DEALER "\x08Identity\0\0\0\x02me");
    CLAIM ("identity", DEALER "\x08identity\0\0\0\x02me");
    CLAIM ("IDENTITY", DEALER "\x08IDENTITY\0\0\0\x02me");
    CLAIM ("SOCKET-TYPE wrong", "\x0bSOCKET-TYPE\0\0\0\x03SUB");
    CLAIM ("socket-type right", "\x0bsocket-type\0\0\0\x03REQ");
    CLAIM ("Identity of zero and abcd", DEALER "\x08Identity\0\0\0\x05\0" "abcd");
    CLAIM ("Identity of one zero", DEALER "\x08Identity\0\0\0\x01\0");
    CLAIM ("broken off after the name", DEALER "\x08Identity");
    zmq_ctx_term (ctx);
    return 0;
}
