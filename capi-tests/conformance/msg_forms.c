/*
 * Making, looking at and closing messages: all forms of init, sizes around the
 * limits of what fits into the 64 bytes, properties, sizes that cannot be
 * allocated, a second close, and memory that never was a message (the original
 * aborts when such a thing is sent or asked for its size, so that is left out).
 */
#include "../t.h"

static void look (const char *label, zmq_msg_t *msg)
{
    printf ("%s: size %zu, data %s, more %d, MORE %d, SHARED %d, SRCFD %s", label,
            zmq_msg_size (msg), t_ptr (zmq_msg_data (msg)), zmq_msg_more (msg),
            zmq_msg_get (msg, ZMQ_MORE), zmq_msg_get (msg, ZMQ_SHARED),
            zmq_msg_get (msg, ZMQ_SRCFD) >= 0 ? "fd" : "-1");
    putchar ('\n');
}

static void sizes (void)
{
    static const size_t list[] = {0,  1,  2,  28, 29, 30, 31,  32,  33,  34,   35,    36,   40,
                                  48, 55, 56, 57, 63, 64, 65, 254, 255, 256, 8191, 8192, 8193, 65536,
                                  1 << 20};
    for (size_t i = 0; i < T_COUNT (list); i++) {
        char label[32];
        zmq_msg_t msg;
        snprintf (label, sizeof label, "init_size %zu", list[i]);
        t_need (zmq_msg_init_size (&msg, list[i]) == 0);
        memset (zmq_msg_data (&msg), 'm', list[i]);
        look (label, &msg);
        t_need (zmq_msg_close (&msg) == 0);
    }
}

static void too_large (void)
{
    static const size_t list[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 40, SIZE_MAX - 64,
                                  SIZE_MAX / 2, (size_t) 1 << 60};
    for (size_t i = 0; i < T_COUNT (list); i++) {
        zmq_msg_t msg;
        int rc;
        zmq_msg_init (&msg);
        errno = 0;
        rc = zmq_msg_init_size (&msg, list[i]);
        printf ("init_size, too large %zu -> %d %s\n", i, rc, t_errno (errno));
        if (rc == 0)
            zmq_msg_close (&msg);
    }
}

static void foreign (void)
{
    static char text[] = "text";
    zmq_msg_t msg;
    RC (zmq_msg_init_data (&msg, text, 4, NULL, NULL));
    look ("init_data without a free function", &msg);
    printf ("same memory %d\n", zmq_msg_data (&msg) == text);
    RC (zmq_msg_close (&msg));
    RC (zmq_msg_init_data (&msg, text, 0, NULL, NULL));
    look ("init_data of length 0", &msg);
    RC (zmq_msg_close (&msg));
    RC (zmq_msg_init_data (&msg, NULL, 0, NULL, NULL));
    look ("init_data of NULL", &msg);
    RC (zmq_msg_close (&msg));
}

static void properties (void)
{
    static const int wild[] = {-1, 0, 4, 5, 100};
    zmq_msg_t msg;
    zmq_msg_init (&msg);
    look ("init", &msg);
    for (size_t i = 0; i < T_COUNT (wild); i++)
        RC (zmq_msg_get (&msg, wild[i]));
    for (int property = -1; property <= 4; property++)
        for (int value = -1; value <= 1; value++)
            RC (zmq_msg_set (&msg, property, value));
    RP (zmq_msg_gets (&msg, "Socket-Type"));
    RP (zmq_msg_gets (&msg, ""));
    RP (zmq_msg_gets (&msg, "no such thing"));
    RC (zmq_msg_close (&msg));
}

/* A message that was closed, or memory that never was one. */
static void no_message (const char *what, zmq_msg_t *msg)
{
    zmq_msg_t good, saved = *msg;
    printf ("%s\n", what);
    RC (zmq_msg_close (msg));
    *msg = saved;
    zmq_msg_init_size (&good, 3);
    RC (zmq_msg_copy (&good, msg));
    RC (zmq_msg_move (&good, msg));
    printf ("good one: size %zu\n", zmq_msg_size (&good));
    *msg = saved;
    RC (zmq_msg_copy (msg, &good));
    *msg = saved;
    RC (zmq_msg_move (msg, &good));
    printf ("good one: size %zu\n", zmq_msg_size (&good));
    zmq_msg_close (&good);
}

static void not_messages (void)
{
    zmq_msg_t msg;
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_PAIR);
    zmq_msg_init (&msg);
    zmq_msg_close (&msg);
    no_message ("closed", &msg);
    memset (&msg, 0, sizeof msg);
    no_message ("zeros", &msg);
    memset (&msg, 0xff, sizeof msg);
    no_message ("ones", &msg);
    memset (&msg, 0, sizeof msg);
    RC (zmq_msg_recv (&msg, sock, 0));
    RC (zmq_msg_recv (&msg, sock, ZMQ_DONTWAIT));
    RC (zmq_recvmsg (sock, &msg, 0));
    RC (zmq_msg_more (&msg));
    RC (zmq_msg_get (&msg, ZMQ_SHARED));
    RP (zmq_msg_gets (&msg, "Socket-Type"));
    zmq_close (sock);
    zmq_ctx_term (ctx);
}

int main (void)
{
    t_init ();
    printf ("sizeof %zu, alignof %zu\n", sizeof (zmq_msg_t), _Alignof (zmq_msg_t));
    properties ();
    sizes ();
    too_large ();
    foreign ();
    not_messages ();
    return 0;
}
