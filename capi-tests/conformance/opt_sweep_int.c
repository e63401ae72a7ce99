/*
 * Socket options, sweep 1: every option is set to many int values on every
 * socket type, and read back after each. Shows the ranges, the errnos, which
 * types know which option, and what a refused value leaves behind.
 */
#include "../opt.h"

static void *ctx;

static const int values[] = {INT_MIN, -1000000, -256, -3, -2, -1, 0, 1, 2, 3, 4, 5, 63, 64,
                             99, 100, 127, 128, 254, 255, 256, 511, 1000, 1023, 1024,
                             6553599, 6553600, 65534, 65535, 65536, 1000000, INT_MAX};

static void sweep (int option)
{
    if (option == ZMQ_USE_FD)
        return;
    for (int type = 0; type < 12; type++) {
        void *sock = opt_socket (ctx, type);
        opt_text text;
        text_start (&text, opt_table[type]);
        text_add (&text, "at first", opt_value (sock, option));
        for (size_t i = 0; i < T_COUNT (values); i++) {
            char trial[16];
            snprintf (trial, sizeof trial, "%d", values[i]);
            text_add (&text, trial, opt_set_get (sock, option, &values[i], sizeof (int)));
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
