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
    if (option != ZMQ_USE_FD)
        opt_sweep_ints (ctx, option, values, T_COUNT (values));
}

int main (void)
{
    t_init ();
    ctx = opt_context ();
    opt_each (sweep);
    RC (zmq_ctx_term (ctx));
    return 0;
}
