/*
 * A peer that does not wait: greeting, READY and a message in one segment, cut
 * at every interesting place. The original refuses it where READY and message
 * are read together before its own READY is out; ours takes the message.
 */
#include "../wire.h"

int main (void)
{
    static const size_t cuts[] = {0, 10, 11, 12, 63, 64, 66, 92, 95};
    unsigned char bytes[256];
    size_t len = 66;
    void *ctx;
    t_init ();
    ctx = zmq_ctx_new ();
    w_greeting (bytes, 1, "NULL");
    memcpy (bytes + len, "\x05READY", 6);
    len += 6;
    len += w_property (bytes + len, "Socket-Type", "PUSH");
    bytes[64] = W_COMMAND;
    bytes[65] = (unsigned char) (len - 66);
    memcpy (bytes + len, "\x01\x01x\x00\x01y", 6);
    len += 6;
    for (unsigned i = 0; i < T_COUNT (cuts); i++) {
        void *pull = t_socket (ctx, ZMQ_PULL);
        int fd;
        t_timeouts (pull, 200);
        fd = w_dial (pull);
        t_write (fd, bytes, cuts[i]);
        t_settle (30);
        t_write (fd, bytes + cuts[i], len - cuts[i]);
        printf ("cut after %zu: ", cuts[i]);
        t_recv_print (pull, "pull");
        close (fd);
        zmq_close (pull);
    }
    zmq_ctx_term (ctx);
    return 0;
}
