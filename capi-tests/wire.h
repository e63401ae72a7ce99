/*
 * wire.h: a ZMTP peer made by hand, for the programs that show wire bytes.
 *
 * The raw side is a plain descriptor (t_raw_connect, t_accept). These helpers
 * know just enough of ZMTP to read whole units (a greeting, one frame), so that
 * what is printed never depends on how the bytes were cut into segments.
 *
 *   w_dial       a connection to a socket; w_dialled: one that the socket makes
 *   w_greet      the two-step greeting of ZMTP 3.x as a client of any version
 *   w_ready      a READY command for a socket type, with optional Identity
 *   w_frame      write one frame of ZMTP 2.0 / 3.x
 *   w_print      read one frame and print it
 *   w_closed     print whether the other side closes
 *
 * Everything is read with a limit of 2 s, which is reached only on failure.
 */
#ifndef WIRE_H
#define WIRE_H

#include "t.h"

#define W_MORE 1
#define W_LONG 2
#define W_COMMAND 4

/* Stop monitoring and close the reader, in this order: a reader that goes
   first makes the monitored side wait for it. */
T_FN void w_unmonitor (void *sock, void *mon)
{
    zmq_socket_monitor (sock, NULL, 0);
    zmq_close (mon);
}

/* Write a literal that may hold zero bytes. */
#define W_LITERAL(fd, text) t_write (fd, text, sizeof (text) - 1)

/* Read exactly len bytes (fewer at EOF) and print them in hex. */
T_FN size_t w_hex (int fd, const char *label, size_t len)
{
    unsigned char bytes[512];
    t_need (len <= sizeof bytes);
    len = t_read (fd, bytes, len, T_TIMEOUT_MS);
    printf ("%s: ", label);
    t_hex (bytes, len);
    putchar ('\n');
    return len;
}

/* Our 64-byte greeting. */
T_FN void w_greeting (unsigned char out[64], int minor, const char *mechanism)
{
    memset (out, 0, 64);
    out[0] = 0xff;
    out[9] = 0x7f;
    out[10] = 3;
    out[11] = (unsigned char) minor;
    strncpy ((char *) out + 12, mechanism, 20);
}

/* Send the greeting of ZMTP 3.<minor> and swallow the other side's. */
T_FN bool w_greet (int fd, int minor, const char *mechanism)
{
    unsigned char ours[64], theirs[64];
    w_greeting (ours, minor, mechanism);
    return t_write (fd, ours, 64)
           && t_read (fd, theirs, 64, T_TIMEOUT_MS) == 64;
}

/* Write one frame with a short or long length as the body demands. */
T_FN bool w_frame (int fd, int flags, const void *body, size_t len)
{
    unsigned char head[9];
    if (len < 256 && !(flags & W_LONG)) {
        head[0] = (unsigned char) flags;
        head[1] = (unsigned char) len;
        return t_write (fd, head, 2) && t_write (fd, body, len);
    }
    head[0] = (unsigned char) (flags | W_LONG);
    for (int i = 0; i < 8; i++)
        head[1 + i] = (unsigned char) ((uint64_t) len >> (56 - 8 * i));
    return t_write (fd, head, 9) && t_write (fd, body, len);
}

T_FN bool w_text (int fd, int flags, const char *body)
{
    return w_frame (fd, flags, body, strlen (body));
}

/* A command frame: name and data. */
T_FN bool w_command (int fd, const char *name, const void *data, size_t len)
{
    unsigned char body[2048];
    size_t n = strlen (name);
    t_need (1 + n + len <= sizeof body);
    body[0] = (unsigned char) n;
    memcpy (body + 1, name, n);
    if (len)
        memcpy (body + 1 + n, data, len);
    return w_frame (fd, W_COMMAND, body, 1 + n + len);
}

/* One metadata property; returns its length. */
T_FN size_t w_property (unsigned char *out, const char *name, const char *value)
{
    size_t n = strlen (name), v = strlen (value);
    out[0] = (unsigned char) n;
    memcpy (out + 1, name, n);
    memset (out + 1 + n, 0, 2);
    out[3 + n] = (unsigned char) (v >> 8);
    out[4 + n] = (unsigned char) v;
    memcpy (out + 5 + n, value, v);
    return 5 + n + v;
}

/* READY with Socket-Type and, when not NULL, Identity. */
T_FN bool w_ready (int fd, const char *type, const char *identity)
{
    unsigned char data[512];
    size_t len = w_property (data, "Socket-Type", type);
    if (identity)
        len += w_property (data + len, "Identity", identity);
    return w_command (fd, "READY", data, len);
}

/* Read one frame into body (at most size bytes); its flags, or -1 at EOF or
   after silence. */
T_FN int w_read (int fd, unsigned char *body, size_t size, size_t *len)
{
    unsigned char head[9];
    uint64_t n;
    if (t_read (fd, head, 2, T_TIMEOUT_MS) < 2)
        return -1;
    n = head[1];
    if (head[0] & W_LONG) {
        t_need (t_read (fd, head + 2, 7, T_TIMEOUT_MS) == 7);
        n = 0;
        for (int i = 1; i < 9; i++)
            n = n << 8 | head[i];
    }
    t_need (n <= size);
    *len = (size_t) n;
    return t_read (fd, body, *len, T_TIMEOUT_MS) == *len ? head[0] : -1;
}

/* Read one frame and print flags and body; false at its absence. */
T_FN bool w_print (int fd, const char *label)
{
    unsigned char body[70000];
    size_t len;
    int flags = w_read (fd, body, sizeof body, &len);
    if (flags == -1) {
        printf ("%s: no frame\n", label);
        return false;
    }
    printf ("%s: flags %02x ", label, flags);
    t_bytes (body, len);
    putchar ('\n');
    return true;
}

/* Greeting and READY both ways, for a program whose subject comes after them.
   The other side's READY is not printed. */
T_FN bool w_handshake (int fd, int minor, const char *type,
                       const char *identity)
{
    unsigned char body[512];
    size_t len;
    return w_greet (fd, minor, "NULL") && w_ready (fd, type, identity)
           && w_read (fd, body, sizeof body, &len) == W_COMMAND;
}

/* Connect to the endpoint of a bound socket and shake hands. */
T_FN int w_peer (const char *endpoint, int minor, const char *type,
                 const char *identity)
{
    int fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    t_need (w_handshake (fd, minor, type, identity));
    return fd;
}

/* Bind the socket over tcp and connect to it. */
T_FN int w_dial (void *sock)
{
    char endpoint[256];
    int fd;
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    return fd;
}

/* Let the socket connect to us; the listener, to be closed, is put into out. */
T_FN int w_dialled (void *sock, int *out)
{
    char endpoint[256];
    int fd;
    *out = t_tcp_listen (endpoint);
    t_need (zmq_connect (sock, endpoint) == 0);
    fd = t_accept (*out, T_TIMEOUT_MS);
    t_need (fd >= 0);
    return fd;
}

/* Close both ends, ours first. */
T_FN void w_end (void *sock, int fd)
{
    close (fd);
    zmq_close (sock);
}

/* Nothing comes within ms; print it when something does. */
T_FN void w_quiet (int fd, const char *label, int ms)
{
    unsigned char byte;
    if (!t_fd_poll (fd, POLLIN, ms))
        printf ("%s: quiet\n", label);
    else if (recv (fd, &byte, 1, MSG_PEEK) <= 0)
        printf ("%s: closed\n", label);
    else
        w_print (fd, label);
}

/* Print what comes until the other side closes (or `open` after ms of
   silence), in hex. */
T_FN bool w_closed (int fd, const char *label, int ms)
{
    unsigned char bytes[4096];
    size_t got = 0;
    bool closed = false;
    while (got < sizeof bytes && t_fd_poll (fd, POLLIN, ms)) {
        ssize_t n = recv (fd, bytes + got, sizeof bytes - got, 0);
        if (n <= 0) {
            closed = true;
            break;
        }
        got += (size_t) n;
    }
    printf ("%s: ", label);
    t_hex (bytes, got);
    printf ("%s%s\n", got ? " " : "", closed ? "closed" : "open");
    return closed;
}

#endif
