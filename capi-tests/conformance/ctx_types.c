/*
 * Socket types that zmq_socket knows beyond the twelve ordinary ones (12 to 20
 * belong to the draft interface), and those that it does not.
 */
#include "../t.h"

int main (void)
{
    static const int wild[] = {-1, 21, 22, 100, 255, 256, INT_MAX, INT_MIN};
    void *ctx, *sock;
    t_init ();
    ctx = zmq_ctx_new ();
    for (int type = 12; type <= 20; type++) {
        errno = 0;
        sock = zmq_socket (ctx, type);
        printf ("type %d: %s %s", type, t_ptr (sock), t_errno (errno));
        if (sock) {
            printf (", TYPE %d, THREAD_SAFE %d", t_get_int (sock, ZMQ_TYPE),
                    t_get_int (sock, ZMQ_THREAD_SAFE));
            zmq_close (sock);
        }
        putchar ('\n');
    }
    for (size_t i = 0; i < T_COUNT (wild); i++) {
        errno = 0;
        sock = zmq_socket (ctx, wild[i]);
        printf ("type %d: %s %s\n", wild[i], t_ptr (sock), t_errno (errno));
    }
    RC (zmq_ctx_destroy (ctx));
    return 0;
}
