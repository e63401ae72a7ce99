/*
 * Socket options, sweep 2: every option is set with values of many sizes on
 * every socket type, and read back. Three fillings: letters, zeros, and a
 * little-endian 1. Shows which sizes an option takes (numbers, strings with
 * their limits, binary keys, Z85 keys) and what it makes of them. A
 * fresh socket after each success.
 */
#include "../opt.h"

static void *ctx;
static unsigned char filling[3][1024];

static const char *const filling_name[3] = {"letters", "zeros", "one"};

static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33,
                               39, 40, 41, 42, 63, 64, 254, 255, 256, 257, 500};

static void sweep_filling (int option, int f)
{
    for (int type = 0; type < 12; type++) {
        void *sock = opt_socket (ctx, type);
        opt_text text;
        text_start (&text, opt_table[type]);
        for (size_t i = 0; i < T_COUNT (sizes); i++) {
            const char *result = opt_set_get (sock, option, filling[f], sizes[i]);
            char trial[16];
            snprintf (trial, sizeof trial, "%zu", sizes[i]);
            text_add (&text, trial, result);
            if (result[0] == 'o') {
                t_need (zmq_close (sock) == 0);
                sock = opt_socket (ctx, type);
            }
        }
        t_need (zmq_close (sock) == 0);
    }
    table_print (option, filling_name[f]);
}

static void sweep (int option)
{
    if (option == ZMQ_USE_FD)
        return;
    for (int f = 0; f < 3; f++)
        sweep_filling (option, f);
}

int main (void)
{
    t_init ();
    for (size_t i = 0; i < sizeof filling[0]; i++)
        filling[0][i] = (unsigned char) ('a' + i % 26);
    filling[2][0] = 1;
    ctx = opt_context ();
    opt_each (sweep);
    RC (zmq_ctx_term (ctx));
    return 0;
}
