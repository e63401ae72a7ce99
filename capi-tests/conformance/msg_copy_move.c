/*
 * zmq_msg_copy and zmq_msg_move: for small, large and foreign content; onto
 * messages that hold something, onto themselves; who shares memory afterwards,
 * and when a foreign block's free function runs.
 */
#include "../t.h"

static int freed;
static char block[300];

static void count_free (void *data, void *hint)
{
    freed++;
    printf ("    freed: data %s, hint \"%s\"\n", data == block ? "ok" : "?", (char *) hint);
}

enum { SMALL, LARGE, FOREIGN, FOREIGN_PLAIN, FORMS };

static const char *const names[FORMS] = {"small", "large", "foreign", "foreign without free"};

static void make (zmq_msg_t *msg, int form)
{
    switch (form) {
        case SMALL:
            zmq_msg_init_size (msg, 5);
            memcpy (zmq_msg_data (msg), "small", 5);
            break;
        case LARGE:
            zmq_msg_init_size (msg, 300);
            memset (zmq_msg_data (msg), 'L', 300);
            break;
        default:
            memset (block, 'F', sizeof block);
            zmq_msg_init_data (msg, block, sizeof block, form == FOREIGN ? count_free : NULL,
                               "a hint");
    }
}

static void look (const char *label, zmq_msg_t *msg)
{
    printf ("  %s: ", label);
    t_bytes (zmq_msg_data (msg), zmq_msg_size (msg));
    printf (" SHARED %d MORE %d\n", zmq_msg_get (msg, ZMQ_SHARED), zmq_msg_get (msg, ZMQ_MORE));
}

static void copy (int form, int onto)
{
    zmq_msg_t a, b, c;
    printf ("copy %s onto %s\n", names[form], onto < 0 ? "empty" : names[onto]);
    make (&a, form);
    look ("a", &a);
    if (onto < 0)
        zmq_msg_init (&b);
    else
        make (&b, onto);
    RC (zmq_msg_copy (&b, &a));
    look ("a", &a);
    look ("b", &b);
    printf ("  same memory %d\n", zmq_msg_data (&a) == zmq_msg_data (&b));
    zmq_msg_init (&c);
    RC (zmq_msg_copy (&c, &b));
    RC (zmq_msg_close (&a));
    look ("b, a closed", &b);
    RC (zmq_msg_close (&b));
    look ("c, a and b closed", &c);
    RC (zmq_msg_close (&c));
}

static void move (int form, int onto)
{
    zmq_msg_t a, b;
    void *data;
    printf ("move %s onto %s\n", names[form], onto < 0 ? "empty" : names[onto]);
    make (&a, form);
    data = zmq_msg_data (&a);
    if (onto < 0)
        zmq_msg_init (&b);
    else
        make (&b, onto);
    RC (zmq_msg_move (&b, &a));
    look ("a", &a);
    look ("b", &b);
    if (form != SMALL)
        printf ("  same memory %d\n", zmq_msg_data (&b) == data);
    RC (zmq_msg_move (&a, &b));
    look ("a, moved back", &a);
    RC (zmq_msg_close (&a));
    RC (zmq_msg_close (&b));
}

static void to_itself (int form)
{
    zmq_msg_t a;
    printf ("%s to itself\n", names[form]);
    make (&a, form);
    RC (zmq_msg_move (&a, &a));
    look ("moved", &a);
    RC (zmq_msg_close (&a));
}

/* Writing into a small copy must not change the original. */
static void independent (void)
{
    zmq_msg_t a, b;
    make (&a, SMALL);
    zmq_msg_init (&b);
    zmq_msg_copy (&b, &a);
    memcpy (zmq_msg_data (&b), "BIG", 3);
    look ("a", &a);
    look ("b", &b);
    zmq_msg_close (&a);
    zmq_msg_close (&b);
}

/* Copy and move of the parts of a received multipart message. */
static void received (void)
{
    void *ctx = zmq_ctx_new (), *in = t_socket (ctx, ZMQ_PAIR), *out = t_socket (ctx, ZMQ_PAIR);
    zmq_msg_t a, b, c;
    zmq_bind (in, "inproc://x");
    zmq_connect (out, "inproc://x");
    RC (t_send (out, "first", "second", (char *) NULL));
    zmq_msg_init (&a);
    zmq_msg_init (&b);
    zmq_msg_init (&c);
    RC (zmq_msg_recv (&a, in, 0));
    RC (zmq_msg_copy (&b, &a));
    look ("received", &a);
    look ("copied", &b);
    RC (zmq_msg_move (&c, &a));
    look ("moved", &c);
    look ("left", &a);
    RC (zmq_msg_recv (&c, in, 0));
    look ("received over it", &c);
    zmq_msg_close (&a);
    zmq_msg_close (&b);
    zmq_msg_close (&c);
    zmq_close (in);
    zmq_close (out);
    zmq_ctx_term (ctx);
}

int main (void)
{
    t_init ();
    for (int form = 0; form < FORMS; form++)
        for (int onto = -1; onto < FORMS; onto++)
            copy (form, onto);
    for (int form = 0; form < FORMS; form++)
        for (int onto = -1; onto < FORMS; onto++)
            move (form, onto);
    for (int form = 0; form < FORMS; form++)
        to_itself (form);
    independent ();
    received ();
    printf ("freed %d\n", freed);
    return 0;
}
