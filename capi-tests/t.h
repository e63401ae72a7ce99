/*
 * t.h: the small helper library of the C conformance programs.
 *
 * Each program in conformance/ uses the public C interface and prints what it
 * sees. The same binary runs with two libraries and the two outputs must be
 * equal byte for byte, so nothing that varies from run to run may be printed:
 *
 *   - ports are printed as PORT and temporary directories as DIR (t_mask),
 *   - pointers as "ptr" or "NULL" (t_ptr), descriptors and times not at all,
 *   - errno by name (t_errno), and only when a call has failed (RC).
 *
 * Every program begins with t_init(): stdout is buffered and flushed at the
 * end, also when the program crashes or when the watchdog (20 s) ends it.
 * Sockets from t_socket() have 2 s timeouts and no linger: nothing hangs.
 *
 * All functions are static, C11 with GNU extensions of the C library only.
 */
#ifndef T_H
#define T_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define T_FN __attribute__ ((unused)) static
#define T_TIMEOUT_MS (2000 * t_patience ()) /* RCVTIMEO and SNDTIMEO of t_socket */
#define T_WATCHDOG_S 20
#define T_COUNT(array) (sizeof (array) / sizeof ((array)[0]))

/* ---- start, end and failure ------------------------------------------- */

/* How many times longer than usual to wait for what shall happen: T_PATIENCE in
   the environment, where tools make everything slow; else 1. */
T_FN int t_patience (void)
{
    const char *times = getenv ("T_PATIENCE");
    return times && atoi (times) > 0 ? atoi (times) : 1;
}

static char t_dir[64]; /* our temporary directory, empty until needed */
static pid_t t_pid;    /* the process that owns it */

T_FN void t_on_signal (int sig)
{
    fflush_unlocked (stdout);
    if (sig == SIGALRM) {
        if (write (STDOUT_FILENO, "TIMEOUT\n", 8) < 0)
            _exit (98);
        _exit (99);
    }
    signal (sig, SIG_DFL);
    raise (sig);
}

T_FN void t_cleanup (void)
{
    char command[128];
    if (!t_dir[0] || t_pid != getpid ())
        return;
    snprintf (command, sizeof command, "rm -rf '%s'", t_dir);
    if (system (command) != 0)
        fprintf (stderr, "cannot remove %s\n", t_dir);
}

/* First call of every main(). */
T_FN void t_init (void)
{
    setvbuf (stdout, NULL, _IOFBF, 1 << 16);
    signal (SIGPIPE, SIG_IGN);
    signal (SIGALRM, t_on_signal);
    signal (SIGSEGV, t_on_signal);
    signal (SIGABRT, t_on_signal);
    signal (SIGBUS, t_on_signal);
    t_pid = getpid ();
    atexit (t_cleanup);
    alarm ((unsigned) (T_WATCHDOG_S * t_patience ()));
}

/* Another limit than the default 20 s. */
T_FN void t_watchdog (int seconds)
{
    alarm ((unsigned) (seconds * t_patience ()));
}

/* Stop the program: something that the test itself relies on failed. */
#define t_need(cond)                                                         \
    do {                                                                     \
        if (!(cond)) {                                                       \
            printf ("NEEDED at line %d: %s [%s]\n", __LINE__, #cond,         \
                    t_errno (errno));                                        \
            exit (97);                                                       \
        }                                                                    \
    } while (0)

/* Wait some milliseconds: for background work that cannot be observed. */
T_FN void t_settle (int ms)
{
    struct timespec ts = {ms / 1000, (ms % 1000) * 1000000L};
    while (nanosleep (&ts, &ts) == -1 && errno == EINTR)
        ;
}

T_FN long t_now_ms (void)
{
    struct timespec ts;
    clock_gettime (CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

/* ---- printing ---------------------------------------------------------- */

T_FN const char *t_errno (int e)
{
    const char *name;
    switch (e) {
        case EFSM:
            return "EFSM";
        case ENOCOMPATPROTO:
            return "ENOCOMPATPROTO";
        case ETERM:
            return "ETERM";
        case EMTHREAD:
            return "EMTHREAD";
        case 0:
            return "0";
    }
    name = strerrorname_np (e);
    return name ? name : "UNKNOWN-ERRNO";
}

T_FN const char *t_ptr (const void *p)
{
    return p ? "ptr" : "NULL";
}

T_FN long t_rc (const char *what, long rc)
{
    int e = errno;
    if (rc == -1)
        printf ("%s -> -1 %s\n", what, t_errno (e));
    else
        printf ("%s -> %ld\n", what, rc);
    errno = e;
    return rc;
}

/* Print a call, its result and, when it is -1, the errno; its value is rc.
   RC_AS takes another text than the source of the call. */
#define RC(expr) RC_AS (#expr, expr)
#define RC_AS(what, expr) t_rc (what, (errno = 0, (long) (expr)))

T_FN void *t_rp (const char *what, void *p)
{
    int e = errno;
    if (p)
        printf ("%s -> ptr\n", what);
    else
        printf ("%s -> NULL %s\n", what, t_errno (e));
    return p;
}

/* The same for a call which returns a pointer. */
#define RP(expr) t_rp (#expr, (errno = 0, (void *) (expr)))

T_FN void t_hex (const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++)
        printf ("%02x", p[i]);
}

/* [length]"text", with \xNN for unprintable bytes; of a long one the first
   24 bytes and an FNV-1a hash of all. */
T_FN void t_bytes (const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    size_t shown = len > 100 ? 24 : len;
    printf ("[%zu]\"", len);
    for (size_t i = 0; i < shown; i++) {
        if (p[i] == '"' || p[i] == '\\')
            printf ("\\%c", p[i]);
        else if (p[i] >= 32 && p[i] < 127)
            putchar (p[i]);
        else
            printf ("\\x%02x", p[i]);
    }
    putchar ('"');
    if (shown < len) {
        uint64_t hash = 14695981039346656037u;
        for (size_t i = 0; i < len; i++)
            hash = (hash ^ p[i]) * 1099511628211u;
        printf ("...#%016llx", (unsigned long long) hash);
    }
}

/* An endpoint or peer address without what varies: the port of a tcp or udp
   address becomes PORT, our temporary directory DIR. One of four static buffers. */
T_FN const char *t_mask (const char *text)
{
    static char buffers[4][512];
    static unsigned next;
    char *out = buffers[next++ % 4];
    const char *colon;
    size_t dir = strlen (t_dir);
    const char *at = dir ? strstr (text, t_dir) : NULL;

    if (at) {
        snprintf (out, sizeof buffers[0], "%.*sDIR%s", (int) (at - text),
                  text, at + dir);
        return out;
    }
    snprintf (out, sizeof buffers[0], "%s", text);
    if (strncmp (text, "ipc:", 4) == 0 || strncmp (text, "inproc:", 7) == 0)
        return out;
    colon = strrchr (text, ':');
    if (colon && colon[1] && strspn (colon + 1, "0123456789") == strlen (colon + 1)
        && atoi (colon + 1) > 1)
        snprintf (out, sizeof buffers[0], "%.*s:PORT", (int) (colon - text),
                  text);
    return out;
}

/* ---- sockets and options ----------------------------------------------- */

T_FN const int t_types[12] = {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ,
                              ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER, ZMQ_PULL,
                              ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM};

T_FN const char *t_type_name (int type)
{
    static const char *const names[12] = {"PAIR", "PUB", "SUB", "REQ",
                                          "REP", "DEALER", "ROUTER", "PULL",
                                          "PUSH", "XPUB", "XSUB", "STREAM"};
    return type >= 0 && type < 12 ? names[type] : "?";
}

T_FN int t_set_int (void *sock, int option, int value)
{
    return zmq_setsockopt (sock, option, &value, sizeof value);
}

T_FN int t_set_str (void *sock, int option, const char *text)
{
    return zmq_setsockopt (sock, option, text, strlen (text));
}

/* The value, or INT_MIN when the call fails. */
T_FN int t_get_int (void *sock, int option)
{
    int value = -1;
    size_t size = sizeof value;
    return zmq_getsockopt (sock, option, &value, &size) == 0 ? value
                                                             : INT_MIN;
}

T_FN void t_timeouts (void *sock, int ms)
{
    t_set_int (sock, ZMQ_RCVTIMEO, ms);
    t_set_int (sock, ZMQ_SNDTIMEO, ms);
}

/* A socket with timeouts of 2 s and linger 0. */
T_FN void *t_socket (void *ctx, int type)
{
    void *sock = zmq_socket (ctx, type);
    t_need (sock != NULL);
    t_timeouts (sock, T_TIMEOUT_MS);
    t_set_int (sock, ZMQ_LINGER, 0);
    return sock;
}

/* The program's own temporary directory, removed at exit. */
T_FN const char *t_tmpdir (void)
{
    if (!t_dir[0]) {
        strcpy (t_dir, "/tmp/zmqconf-XXXXXX");
        t_need (mkdtemp (t_dir) != NULL);
    }
    return t_dir;
}

T_FN const char *t_last_endpoint (void *sock, char out[256])
{
    size_t size = 256;
    out[0] = 0;
    t_need (zmq_getsockopt (sock, ZMQ_LAST_ENDPOINT, out, &size) == 0);
    return out;
}

/* Bind where nobody else is: proto is "tcp", "ipc" or "inproc". The endpoint
   to connect to is put into out. Returns the result of zmq_bind. */
T_FN int t_bind_any (void *sock, char out[256], const char *proto)
{
    static int counter;
    char endpoint[256];
    int rc, e;
    if (strcmp (proto, "tcp") == 0)
        snprintf (endpoint, sizeof endpoint, "tcp://127.0.0.1:*");
    else if (strcmp (proto, "ipc") == 0)
        snprintf (endpoint, sizeof endpoint, "ipc://%s/s%d", t_tmpdir (),
                  ++counter);
    else
        snprintf (endpoint, sizeof endpoint, "%s://t%d", proto, ++counter);
    rc = zmq_bind (sock, endpoint);
    e = errno;
    out[0] = 0;
    if (rc == 0)
        t_last_endpoint (sock, out);
    errno = e;
    return rc;
}

/* Wait up to ms for something to read or write; the socket's revents. */
T_FN int t_poll_for (void *sock, int events, int ms)
{
    zmq_pollitem_t item = {sock, 0, (short) events, 0};
    return zmq_poll (&item, 1, ms) < 0 ? -1 : item.revents;
}

T_FN int t_poll_in (void *sock, int ms)
{
    return t_poll_for (sock, ZMQ_POLLIN, ms);
}

/* Returns when the only I/O thread of the context has seen all that peers on
   this machine said before the call: what it does about that, it has done. */
T_FN void t_fence (void *ctx)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    char endpoint[256];
    t_need (t_bind_any (a, endpoint, "tcp") == 0);
    t_need (zmq_connect (b, endpoint) == 0);
    for (int i = 0; i < 2; i++) {
        t_timeouts (a, 10 * T_TIMEOUT_MS);
        t_need (zmq_send (b, "", 0, 0) == 0);
        t_need (zmq_recv (a, NULL, 0, 0) == 0);
    }
    zmq_close (a);
    zmq_close (b);
}

/* ---- messages ----------------------------------------------------------- */

/* t_send (sock, "a", "b", (char *) NULL): one multipart message of C strings.
   Returns the result of the last zmq_send, or -1 at the first failure. */
T_FN __attribute__ ((sentinel)) int t_send (void *sock, ...)
{
    va_list args;
    const char *part, *next;
    int rc = -1;
    va_start (args, sock);
    for (part = va_arg (args, const char *); part; part = next) {
        next = va_arg (args, const char *);
        rc = zmq_send (sock, part, strlen (part), next ? ZMQ_SNDMORE : 0);
        if (rc == -1)
            break;
    }
    va_end (args);
    return rc;
}

/* Receive one message with flags and print all its parts as
   `label: [1]"a" [1]"b"`, or the errno. Returns the number of parts or -1. */
T_FN int t_recv_flags (void *sock, const char *label, int flags)
{
    int parts = 0, more = 1;
    printf ("%s:", label);
    while (more) {
        zmq_msg_t msg;
        zmq_msg_init (&msg);
        if (zmq_msg_recv (&msg, sock, flags) == -1) {
            printf (" %s\n", t_errno (errno));
            zmq_msg_close (&msg);
            return -1;
        }
        putchar (' ');
        t_bytes (zmq_msg_data (&msg), zmq_msg_size (&msg));
        more = zmq_msg_more (&msg);
        zmq_msg_close (&msg);
        parts++;
    }
    putchar ('\n');
    return parts;
}

T_FN int t_recv_print (void *sock, const char *label)
{
    return t_recv_flags (sock, label, 0);
}

/* Show that nothing arrives within ms (or print what does). */
T_FN void t_recv_none (void *sock, const char *label, int ms)
{
    if (t_poll_in (sock, ms) & ZMQ_POLLIN)
        t_recv_flags (sock, label, ZMQ_DONTWAIT);
    else
        printf ("%s: nothing\n", label);
}

/* ---- socket monitor ------------------------------------------------------ */

T_FN const char *t_event_name (int event)
{
    switch (event) {
        case ZMQ_EVENT_CONNECTED:
            return "CONNECTED";
        case ZMQ_EVENT_CONNECT_DELAYED:
            return "CONNECT_DELAYED";
        case ZMQ_EVENT_CONNECT_RETRIED:
            return "CONNECT_RETRIED";
        case ZMQ_EVENT_LISTENING:
            return "LISTENING";
        case ZMQ_EVENT_BIND_FAILED:
            return "BIND_FAILED";
        case ZMQ_EVENT_ACCEPTED:
            return "ACCEPTED";
        case ZMQ_EVENT_ACCEPT_FAILED:
            return "ACCEPT_FAILED";
        case ZMQ_EVENT_CLOSED:
            return "CLOSED";
        case ZMQ_EVENT_CLOSE_FAILED:
            return "CLOSE_FAILED";
        case ZMQ_EVENT_DISCONNECTED:
            return "DISCONNECTED";
        case ZMQ_EVENT_MONITOR_STOPPED:
            return "MONITOR_STOPPED";
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            return "HANDSHAKE_FAILED_NO_DETAIL";
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            return "HANDSHAKE_SUCCEEDED";
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            return "HANDSHAKE_FAILED_PROTOCOL";
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            return "HANDSHAKE_FAILED_AUTH";
    }
    return "?";
}

/* Start monitoring a socket; returns the PAIR socket that gets the events. End
   it with t_monitor_end: the original blocks (a call, or its I/O thread) when an
   event comes while nobody is there to read it. */
T_FN void *t_monitor (void *ctx, void *sock, int events)
{
    static int counter;
    char endpoint[64];
    void *mon = t_socket (ctx, ZMQ_PAIR);
    snprintf (endpoint, sizeof endpoint, "inproc://t-monitor-%d", ++counter);
    t_need (zmq_socket_monitor (sock, endpoint, events) == 0);
    t_need (zmq_connect (mon, endpoint) == 0);
    return mon;
}

/* Next event within ms: its number, or 0 for none. value and address (256
   bytes) may be NULL. */
T_FN int t_event (void *mon, int ms, uint32_t *value, char *address)
{
    unsigned char head[16];
    char text[256];
    uint16_t event;
    int n;
    if (!(t_poll_in (mon, ms) & ZMQ_POLLIN))
        return 0;
    n = zmq_recv (mon, head, sizeof head, 0);
    t_need (n == 6 && t_get_int (mon, ZMQ_RCVMORE) == 1);
    memcpy (&event, head, 2);
    if (value)
        memcpy (value, head + 2, 4);
    n = zmq_recv (mon, text, sizeof text - 1, 0);
    t_need (n >= 0 && n < (int) sizeof text && t_get_int (mon, ZMQ_RCVMORE) == 0);
    text[n] = 0;
    if (address)
        strcpy (address, text);
    return event;
}

/* Wait for one certain event and drop those before it; false when it does not
   come within 2 s. Prints nothing. */
T_FN bool t_event_wait (void *mon, int wanted)
{
    int event;
    do
        event = t_event (mon, T_TIMEOUT_MS, NULL, NULL);
    while (event && event != wanted);
    return event == wanted;
}

/* Close a monitored socket, then its monitor. */
T_FN void t_monitor_end (void *sock, void *mon)
{
    zmq_close (sock);
    for (int i = 0; i < 20 && t_event (mon, 100, NULL, NULL) != ZMQ_EVENT_MONITOR_STOPPED; i++)
        ;
    zmq_close (mon);
}

/* Print the next event's name and masked address; the value only when it is
   no descriptor and no interval. Returns the event, 0 after 2 s of silence. */
T_FN int t_event_print (void *mon, const char *label)
{
    uint32_t value = 0;
    char address[256];
    int event = t_event (mon, T_TIMEOUT_MS, &value, address);
    if (!event) {
        printf ("%s: no event\n", label);
        return 0;
    }
    printf ("%s: %s %s", label, t_event_name (event), t_mask (address));
    switch (event) {
        case ZMQ_EVENT_BIND_FAILED:
        case ZMQ_EVENT_ACCEPT_FAILED:
        case ZMQ_EVENT_CLOSE_FAILED:
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            printf (" %s", t_errno ((int) value));
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            printf (" 0x%08x", value);
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        case ZMQ_EVENT_CONNECT_DELAYED:
        case ZMQ_EVENT_MONITOR_STOPPED:
            printf (" %u", value);
            break;
    }
    putchar ('\n');
    return event;
}

/* ---- raw descriptors: a peer without the library ------------------------- */

/* Wait for poll events on a descriptor; revents or 0. */
T_FN int t_fd_poll (int fd, int events, int ms)
{
    struct pollfd item = {fd, (short) events, 0};
    int rc;
    do
        rc = poll (&item, 1, ms > 0 ? ms * t_patience () : ms);
    while (rc == -1 && errno == EINTR);
    return rc > 0 ? item.revents : 0;
}

/* Listen on 127.0.0.1 at a free port; the endpoint is put into out. */
T_FN int t_tcp_listen (char out[256])
{
    struct sockaddr_in addr = {.sin_family = AF_INET};
    socklen_t len = sizeof addr;
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    addr.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    t_need (fd >= 0);
    t_need (bind (fd, (struct sockaddr *) &addr, sizeof addr) == 0);
    t_need (listen (fd, 16) == 0);
    t_need (getsockname (fd, (struct sockaddr *) &addr, &len) == 0);
    snprintf (out, 256, "tcp://127.0.0.1:%d", ntohs (addr.sin_port));
    return fd;
}

/* Small writes go out at once, not when the peer has confirmed those before. */
static int t_at_once (int fd)
{
    int one = 1;
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* Accept within ms, or -1. */
T_FN int t_accept (int listener, int ms)
{
    return t_fd_poll (listener, POLLIN, ms) ? t_at_once (accept (listener, NULL, NULL)) : -1;
}

/* Connect to "tcp://a.b.c.d:port" or "ipc://path"; -1 on failure. */
T_FN int t_raw_connect (const char *endpoint)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_un un;
    } addr;
    socklen_t len;
    int fd;
    memset (&addr, 0, sizeof addr);
    if (strncmp (endpoint, "ipc://", 6) == 0) {
        addr.un.sun_family = AF_UNIX;
        t_need (strlen (endpoint + 6) < sizeof addr.un.sun_path);
        strcpy (addr.un.sun_path, endpoint + 6);
        if (addr.un.sun_path[0] == '@')
            addr.un.sun_path[0] = 0;
        len = (socklen_t) (offsetof (struct sockaddr_un, sun_path)
                           + strlen (endpoint + 6));
    } else {
        char host[64];
        const char *colon = strrchr (endpoint, ':');
        t_need (strncmp (endpoint, "tcp://", 6) == 0 && colon);
        snprintf (host, sizeof host, "%.*s", (int) (colon - endpoint - 6),
                  endpoint + 6);
        addr.in.sin_family = AF_INET;
        addr.in.sin_port = htons ((uint16_t) atoi (colon + 1));
        t_need (inet_pton (AF_INET, host, &addr.in.sin_addr) == 1);
        len = sizeof addr.in;
    }
    fd = socket (addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    t_need (fd >= 0);
    if (connect (fd, &addr.any, len) == -1) {
        int e = errno;
        close (fd);
        errno = e;
        return -1;
    }
    return t_at_once (fd);
}

/* Write all; false when the peer is gone. */
T_FN bool t_write (int fd, const void *bytes, size_t len)
{
    const char *p = bytes;
    while (len > 0) {
        ssize_t n = send (fd, p, len, MSG_NOSIGNAL);
        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t) n;
    }
    return true;
}

/* Read len bytes; fewer at end of file or when ms have passed in silence. */
T_FN size_t t_read (int fd, void *bytes, size_t len, int ms)
{
    char *p = bytes;
    size_t got = 0;
    while (got < len && t_fd_poll (fd, POLLIN, ms)) {
        ssize_t n = recv (fd, p + got, len - got, 0);
        if (n <= 0)
            break;
        got += (size_t) n;
    }
    return got;
}

/* Read and drop until the peer closes; true when it does so within ms of its
   last byte. */
T_FN bool t_read_eof (int fd, int ms)
{
    char drop[4096];
    while (t_fd_poll (fd, POLLIN, ms)) {
        ssize_t n = recv (fd, drop, sizeof drop, 0);
        if (n <= 0)
            return true;
    }
    return false;
}

#endif
