/*
 * Topics of a megabyte, subscribed to and given up again, in threads with 64 KiB
 * of stack: what keeps them must not go one call deeper for every byte
 * (CVE-2021-20236). Publisher and subscriber, by raw peers and by the socket
 * itself, and closing while such topics are there. (The original's SUB and XSUB
 * overflow their stack.)
 */
#include "../wire.h"

#define LONG_TOPIC (1 << 20)
#define STACK (64 * 1024)

static void *ctx;
static char *topic; /* a 1 or 0, then the topic */

/* Do it in a thread with a small stack; sockets may go from thread to thread. */
static void in_small_stack (void *(*work) (void *), void *arg)
{
    pthread_attr_t attr;
    pthread_t thread;
    t_need (pthread_attr_init (&attr) == 0);
    t_need (pthread_attr_setstacksize (&attr, STACK) == 0);
    t_need (pthread_create (&thread, &attr, work, arg) == 0);
    t_need (pthread_join (thread, NULL) == 0);
    pthread_attr_destroy (&attr);
}

/* Receive one subscription message of any length. */
static void subscription (void *sock, const char *label)
{
    zmq_msg_t msg;
    zmq_msg_init (&msg);
    if (zmq_msg_recv (&msg, sock, 0) == -1)
        printf ("%s: %s\n", label, t_errno (errno));
    else
        printf ("%s: %d, %zu bytes\n", label, *(char *) zmq_msg_data (&msg), zmq_msg_size (&msg));
    zmq_msg_close (&msg);
}

static void *close_it (void *sock)
{
    zmq_close (sock);
    return NULL;
}

static void *publisher_reads (void *sock)
{
    for (int i = 0; i < 2; i++)
        subscription (sock, "  xpub");
    t_need (zmq_send (sock, topic + 1, 4000, ZMQ_DONTWAIT) == 4000);
    return NULL;
}

/* A raw subscriber; the last topic is there when the connection ends. */
static void publisher (bool command)
{
    void *sock = t_socket (ctx, ZMQ_XPUB);
    char endpoint[256];
    int fd;
    printf ("XPUB, %s\n", command ? "commands" : "messages");
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    fd = w_peer (endpoint, command, "SUB", NULL);
    for (int round = 0; round < 2; round++) {
        for (int on = 1; on >= 0; on--) {
            topic[0] = (char) on;
            if (command) {
                size_t name = on ? 10 : 7, size = name + LONG_TOPIC;
                char *body = malloc (size);
                memcpy (body, on ? "\x9SUBSCRIBE" : "\6CANCEL", name);
                memcpy (body + name, topic + 1, LONG_TOPIC);
                w_frame (fd, W_COMMAND, body, size);
                free (body);
            } else
                w_frame (fd, 0, topic, 1 + LONG_TOPIC);
        }
        in_small_stack (publisher_reads, sock);
    }
    topic[0] = 1;
    w_frame (fd, 0, topic, 1 + LONG_TOPIC);
    subscription (sock, "  xpub");
    close (fd);
    subscription (sock, "  xpub, peer gone");
    in_small_stack (close_it, sock);
}

static void *subscribes (void *sock)
{
    for (int i = 0; i < 2; i++) {
        RC (zmq_setsockopt (sock, ZMQ_SUBSCRIBE, topic + 1, LONG_TOPIC));
        RC (zmq_setsockopt (sock, ZMQ_SUBSCRIBE, topic + 1, LONG_TOPIC / 2));
        RC (zmq_setsockopt (sock, ZMQ_UNSUBSCRIBE, topic + 1, LONG_TOPIC));
    }
    return NULL;
}

static void *receives (void *sock)
{
    zmq_msg_t msg;
    zmq_msg_init (&msg);
    printf ("  sub: %d\n", zmq_msg_recv (&msg, sock, 0));
    zmq_msg_close (&msg);
    return NULL;
}

static void subscriber (void)
{
    void *sock = t_socket (ctx, ZMQ_SUB);
    char endpoint[256];
    int fd;
    puts ("SUB");
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    in_small_stack (subscribes, sock);
    fd = w_peer (endpoint, 1, "PUB", NULL);
    w_frame (fd, 0, topic + 1, LONG_TOPIC / 2 - 1);
    w_frame (fd, 0, topic + 1, LONG_TOPIC);
    in_small_stack (receives, sock);
    in_small_stack (close_it, sock);
    close (fd);
}

static void *forwards (void *sock)
{
    topic[0] = 1;
    RC (zmq_send (sock, topic, 1 + LONG_TOPIC, 0));
    topic[0] = 0;
    RC (zmq_send (sock, topic, 1 + LONG_TOPIC, 0));
    topic[0] = 1;
    RC (zmq_send (sock, topic, 1 + LONG_TOPIC, 0));
    return NULL;
}

static void xsub (void)
{
    void *sock = t_socket (ctx, ZMQ_XSUB);
    char endpoint[256];
    puts ("XSUB");
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    in_small_stack (forwards, sock);
    in_small_stack (close_it, sock);
}

int main (void)
{
    t_init ();
    topic = malloc (1 + LONG_TOPIC);
    for (size_t i = 0; i <= LONG_TOPIC; i++)
        topic[i] = (char) ('a' + i % 25);
    ctx = zmq_ctx_new ();
    publisher (false);
    publisher (true);
    subscriber ();
    xsub ();
    zmq_ctx_term (ctx);
    free (topic);
    return 0;
}
