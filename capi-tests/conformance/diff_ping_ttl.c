/*
 * PING with a TTL of 65.6 s or more: in tenths of a second it fits into the two
 * bytes, in milliseconds it does not. The original cuts the connection after the
 * remainder; ours waits as long as it was told.
 */
#include "../wire.h"

int main (void)
{
    static const int tenths[] = {0, 655, 656, 657, 6554, 65535};
    void *ctx;
    t_init ();
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < T_COUNT (tenths); i++) {
        void *pull = t_socket (ctx, ZMQ_PULL);
        unsigned char data[2] = {(unsigned char) (tenths[i] >> 8),
                                 (unsigned char) tenths[i]};
        char endpoint[256];
        int fd;
        t_need (t_bind_any (pull, endpoint, "tcp") == 0);
        fd = w_peer (endpoint, 1, "PUSH", NULL);
        w_command (fd, "PING", data, 2);
        printf ("TTL %d.%d s: ", tenths[i] / 10, tenths[i] % 10);
        w_print (fd, "answer");
        w_quiet (fd, "   then", 350);
        close (fd);
        zmq_close (pull);
    }
    zmq_ctx_term (ctx);
    return 0;
}
