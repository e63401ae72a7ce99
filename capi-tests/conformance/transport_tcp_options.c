/*
 * Options that touch the tcp descriptor: accept filters (good, refusing, bad
 * texts), TOS, keep-alive, buffers, BINDTODEVICE, BACKLOG, CONNECT_TIMEOUT and
 * MAXRT. The descriptor of an accepted connection is found through ZMQ_SRCFD of
 * a message and read with getsockopt().
 */
#include "../wire.h"

static void *ctx;

static void filter_texts (void)
{
    static const char *const all[] = {"127.0.0.1",    "127.0.0.0/8", "lo",
                                      "127.0.0.1/33", "127.0.0.1/",  "::1",
                                      "127.0.0.1/-1", "nonsense",    "*",
                                      "127.0.0.1/8x", "0.0.0.0/0",   " "};
    puts ("== accept filter texts");
    for (unsigned i = 0; i < T_COUNT (all); i++) {
        void *sock = t_socket (ctx, ZMQ_PULL);
        int rc = t_set_str (sock, ZMQ_TCP_ACCEPT_FILTER, all[i]);
        printf ("\"%s\": %s\n", all[i], rc ? t_errno (errno) : "ok");
        zmq_close (sock);
    }
    {
        void *sock = t_socket (ctx, ZMQ_PULL);
        char value[8];
        size_t size = sizeof value;
        RC (zmq_setsockopt (sock, ZMQ_TCP_ACCEPT_FILTER, NULL, 0));
        RC (zmq_setsockopt (sock, ZMQ_TCP_ACCEPT_FILTER, "", 0));
        RC (zmq_setsockopt (sock, ZMQ_TCP_ACCEPT_FILTER, NULL, 3));
        RC (zmq_getsockopt (sock, ZMQ_TCP_ACCEPT_FILTER, value, &size));
        zmq_close (sock);
    }
}

static void filter (const char *first, const char *second, bool reset)
{
    void *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256], byte;
    int fd;
    t_need (t_set_str (pull, ZMQ_TCP_ACCEPT_FILTER, first) == 0);
    if (second)
        t_need (t_set_str (pull, ZMQ_TCP_ACCEPT_FILTER, second) == 0);
    if (reset)
        t_need (zmq_setsockopt (pull, ZMQ_TCP_ACCEPT_FILTER, NULL, 0) == 0);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    printf ("filters %s %s%s: %s\n", first, second ? second : "",
            reset ? " taken back" : "",
            t_read (fd, &byte, 1, T_TIMEOUT_MS) ? "let in" : "kept out");
    close (fd);
    zmq_close (pull);
}

/* The value that the kernel has for an accepted connection's descriptor. */
static int kernel (int fd, int level, int option)
{
    int value = 0;
    socklen_t len = sizeof value;
    return getsockopt (fd, level, option, &value, &len) == 0 ? value : -1;
}

/* A pair of sockets with one option set on both. */
static int connected (int option, int value, void **push, void **pull)
{
    char endpoint[256];
    zmq_msg_t msg;
    int fd;
    *push = t_socket (ctx, ZMQ_PUSH);
    *pull = t_socket (ctx, ZMQ_PULL);
    if (option) {
        t_need (t_set_int (*push, option, value) == 0);
        t_need (t_set_int (*pull, option, value) == 0);
    }
    if (option == ZMQ_TCP_KEEPALIVE_CNT || option == ZMQ_TCP_KEEPALIVE_IDLE
        || option == ZMQ_TCP_KEEPALIVE_INTVL)
        t_set_int (*pull, ZMQ_TCP_KEEPALIVE, 1);
    t_need (t_bind_any (*pull, endpoint, "tcp") == 0);
    t_need (zmq_connect (*push, endpoint) == 0);
    t_send (*push, "x", (char *) NULL);
    zmq_msg_init (&msg);
    t_need (zmq_msg_recv (&msg, *pull, 0) == 1);
    fd = zmq_msg_get (&msg, ZMQ_SRCFD);
    zmq_msg_close (&msg);
    return fd;
}

static void on_descriptor (const char *name, int option, int value, int level,
                           int kernel_option)
{
    void *push, *pull;
    int fd = connected (option, value, &push, &pull);
    int got = kernel (fd, level, kernel_option);
    if (option == ZMQ_RCVBUF || option == ZMQ_SNDBUF)
        printf ("%s %d: %s\n", name, value,
                got == 2 * value ? "doubled by the kernel" : "another");
    else
        printf ("%s %d: the kernel says %d\n", name, value, got);
    zmq_close (push);
    zmq_close (pull);
}

static void descriptors (void)
{
    void *push, *pull;
    int fd = connected (0, 0, &push, &pull);
    puts ("\n== accepted descriptors");
    printf ("nodelay %d, non-blocking %d, close-on-exec %d, keep-alive %d\n",
            kernel (fd, IPPROTO_TCP, TCP_NODELAY) != 0,
            (fcntl (fd, F_GETFL) & O_NONBLOCK) != 0,
            (fcntl (fd, F_GETFD) & FD_CLOEXEC) != 0,
            kernel (fd, SOL_SOCKET, SO_KEEPALIVE));
    zmq_close (push);
    zmq_close (pull);
    on_descriptor ("TOS", ZMQ_TOS, 0x28, IPPROTO_IP, IP_TOS);
    on_descriptor ("KEEPALIVE", ZMQ_TCP_KEEPALIVE, 1, SOL_SOCKET,
                   SO_KEEPALIVE);
    on_descriptor ("KEEPALIVE", ZMQ_TCP_KEEPALIVE, 0, SOL_SOCKET,
                   SO_KEEPALIVE);
    on_descriptor ("KEEPALIVE_CNT", ZMQ_TCP_KEEPALIVE_CNT, 7, IPPROTO_TCP,
                   TCP_KEEPCNT);
    on_descriptor ("KEEPALIVE_IDLE", ZMQ_TCP_KEEPALIVE_IDLE, 77, IPPROTO_TCP,
                   TCP_KEEPIDLE);
    on_descriptor ("KEEPALIVE_INTVL", ZMQ_TCP_KEEPALIVE_INTVL, 9, IPPROTO_TCP,
                   TCP_KEEPINTVL);
    on_descriptor ("RCVBUF", ZMQ_RCVBUF, 20000, SOL_SOCKET, SO_RCVBUF);
    on_descriptor ("SNDBUF", ZMQ_SNDBUF, 20000, SOL_SOCKET, SO_SNDBUF);
    on_descriptor ("MAXRT", ZMQ_TCP_MAXRT, 5000, IPPROTO_TCP,
                   TCP_USER_TIMEOUT);
}

static void device (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256], name[32];
    size_t size = sizeof name;
    puts ("\n== BINDTODEVICE");
    RC (t_set_str (pull, ZMQ_BINDTODEVICE, "lo"));
    RC (zmq_getsockopt (pull, ZMQ_BINDTODEVICE, name, &size));
    printf ("[%zu] %s\n", size, name);
    RC (t_set_str (push, ZMQ_BINDTODEVICE, "lo"));
    RC (t_bind_any (pull, endpoint, "tcp"));
    RC (zmq_connect (push, endpoint));
    t_send (push, "by lo", (char *) NULL);
    t_recv_print (pull, "pull");
    zmq_close (pull);
    zmq_close (push);
    pull = t_socket (ctx, ZMQ_PULL);
    RC (t_set_str (pull, ZMQ_BINDTODEVICE, "nosuchif0"));
    RC (t_bind_any (pull, endpoint, "tcp"));
    RC (zmq_setsockopt (pull, ZMQ_BINDTODEVICE, "", 0));
    RC (t_bind_any (pull, endpoint, "tcp"));
    zmq_close (pull);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    filter_texts ();
    puts ("\n== accept filters");
    filter ("127.0.0.1", NULL, false);
    filter ("127.0.0.0/8", NULL, false);
    filter ("127.0.0.2", NULL, false);
    filter ("192.0.2.0/24", NULL, false);
    filter ("192.0.2.0/24", "127.0.0.1", false);
    filter ("127.0.0.3/31", "126.0.0.0/8", false);
    filter ("0.0.0.0/0", NULL, false);
    filter ("192.0.2.0/24", NULL, true);
    descriptors ();
    device ();
    zmq_ctx_term (ctx);
    return 0;
}
