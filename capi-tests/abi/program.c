/* A small program for C and C++ that uses libzmq as any other would; install.sh builds it against what was installed. */
#include <zmq.h>
#include <stdio.h>
#include <string.h>

static int freed = 0;

#ifdef __cplusplus
extern "C" {
#endif
static void count_free (void *data, void *hint)
{
    (void) data;
    ++*(int *) hint;
}
#ifdef __cplusplus
}
#endif

static int check (int condition, const char *what)
{
    if (!condition)
        fprintf (stderr, "%s: %s\n", what, zmq_strerror (zmq_errno ()));
    return condition;
}

int main (void)
{
    static char text[] = "a body that is too long to be kept inside of the 64 bytes of a message";
    int major, minor, patch, good;
    void *context = zmq_ctx_new ();
    void *left = zmq_socket (context, ZMQ_PAIR), *right = zmq_socket (context, ZMQ_PAIR);
    zmq_msg_t msg;

    zmq_version (&major, &minor, &patch);
    good = check (ZMQ_MAKE_VERSION (major, minor, patch) == ZMQ_VERSION, "the library has the header's version")
        && check (zmq_bind (left, "inproc://program") == 0, "zmq_bind")
        && check (zmq_connect (right, "inproc://program") == 0, "zmq_connect")
        && check (zmq_msg_init_data (&msg, text, sizeof text, count_free, &freed) == 0, "zmq_msg_init_data")
        && check (zmq_msg_send (&msg, right, 0) == (int) sizeof text, "zmq_msg_send")
        && check (zmq_msg_init (&msg) == 0, "zmq_msg_init")
        && check (zmq_msg_recv (&msg, left, 0) == (int) sizeof text, "zmq_msg_recv")
        && check (memcmp (zmq_msg_data (&msg), text, sizeof text) == 0, "the message")
        && check (zmq_msg_close (&msg) == 0, "zmq_msg_close")
        && check (freed == 1, "the free function")
        && check (zmq_close (left) == 0 && zmq_close (right) == 0, "zmq_close")
        && check (zmq_ctx_term (context) == 0, "zmq_ctx_term");
    printf ("%d.%d.%d %s\n", major, minor, patch, good ? "works" : "fails");
    return !good;
}
