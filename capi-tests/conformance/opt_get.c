/*
 * zmq_getsockopt on untouched sockets: every option and socket type with
 * buffers of many sizes. Shows the defaults, which options can be read, which
 * need an exact buffer and which a large enough one, and the size returned.
 */
#include "../opt.h"

static void *ctx;

static const size_t rooms[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 32, 33,
                               39, 40, 41, 42, 64, 255, 256, 257, 512};

static void sweep (int option)
{
    for (int type = 0; type < 12; type++) {
        void *sock = opt_socket (ctx, type);
        opt_text text;
        text_start (&text, opt_table[type]);
        for (size_t i = 0; i < T_COUNT (rooms); i++) {
            char trial[16];
            snprintf (trial, sizeof trial, "%zu", rooms[i]);
            text_add (&text, trial, opt_get (sock, option, rooms[i]));
        }
        t_need (zmq_close (sock) == 0);
    }
    table_print (option, "");
}

int main (void)
{
    t_init ();
    ctx = opt_context ();
    opt_each (sweep);
    RC (zmq_ctx_term (ctx));
    return 0;
}
