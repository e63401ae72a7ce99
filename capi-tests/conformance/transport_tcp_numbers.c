/*
 * tcp ports that are no numbers, or too large ones: which of them bind and
 * connect refuse, and which are read with the leniency of atoi().
 */
#include "../wire.h"

int main (void)
{
    static const char *const ports[] = {"00",     "-1",          "+0",  "+1",
                                        "65535",  "65536",       "0x0", "1e3",
                                        "655360", "99999999999", "0 ",  "1.5"};
    void *ctx;
    t_init ();
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < T_COUNT (ports); i++) {
        char text[64];
        void *sock = t_socket (ctx, ZMQ_PULL);
        int rc;
        snprintf (text, sizeof text, "tcp://127.0.0.1:%s", ports[i]);
        printf ("\"%s\"\n", ports[i]);
        rc = zmq_connect (sock, text);
        printf ("   connect %s\n", rc ? t_errno (errno) : "ok");
        if (atoi (ports[i]) == 0 || strchr ("-69", ports[i][0])) {
            rc = zmq_bind (sock, text);
            printf ("   bind    %s\n",
                    rc && errno != EADDRINUSE ? t_errno (errno) : "ok");
        }
        zmq_close (sock);
    }
    zmq_ctx_term (ctx);
    return 0;
}
