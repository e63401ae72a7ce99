/*
 * curve_raw.h: a CURVE peer made by hand (RFC 26), for programs that say what
 * the library never would: any nonce, any metadata, any flag. Either role.
 *
 * The primitives are libsodium's, which the original needs too, so it is there
 * wherever the suite runs; it is opened by name, since only the programs with
 * this header want it. The keys are those of sec.h.
 *
 * A client says cr_hello, cr_welcome, cr_initiate, cr_ready; a server
 * cr_await_hello, cr_say_welcome, cr_await_initiate, cr_say_ready. Then both
 * cr_message.
 */
#ifndef CURVE_RAW_H
#define CURVE_RAW_H

#include "sec.h"

#include <dlfcn.h>

#define CR_KEY 32
#define CR_TAG 16
#define CR_MORE 1    /* flags within a MESSAGE */
#define CR_COMMAND 2

typedef unsigned char cr_octet;

struct cr_peer {
    int fd;
    bool server;
    cr_octet public[CR_KEY], secret[CR_KEY]; /* transient */
    cr_octet far[CR_KEY];                    /* the other side's transient key */
    cr_octet shared[CR_KEY];                 /* of the two transient pairs */
    cr_octet cookie[96];
};

static struct {
    int (*keypair) (cr_octet *public, cr_octet *secret);
    int (*shared) (cr_octet *out, const cr_octet *public, const cr_octet *secret);
    int (*seal) (cr_octet *out, const cr_octet *text, unsigned long long len,
                 const cr_octet *nonce, const cr_octet *shared);
    int (*open) (cr_octet *out, const cr_octet *box, unsigned long long len,
                 const cr_octet *nonce, const cr_octet *shared);
    cr_octet server_public[CR_KEY], server_secret[CR_KEY];
    cr_octet client_public[CR_KEY], client_secret[CR_KEY];
} cr;

static void *cr_symbol (void *library, const char *name)
{
    void *found = dlsym (library, name);
    t_need (found != NULL);
    return found;
}

T_FN void cr_init (void)
{
    void *sodium = dlopen ("libsodium.so.23", RTLD_NOW);
    t_need (sodium != NULL);
    *(void **) &cr.keypair = cr_symbol (sodium, "crypto_box_keypair");
    *(void **) &cr.shared = cr_symbol (sodium, "crypto_box_beforenm");
    *(void **) &cr.seal = cr_symbol (sodium, "crypto_box_easy_afternm");
    *(void **) &cr.open = cr_symbol (sodium, "crypto_box_open_easy_afternm");
    t_need (zmq_z85_decode (cr.server_public, sec_server_public) != NULL);
    t_need (zmq_z85_decode (cr.server_secret, sec_server_secret) != NULL);
    t_need (zmq_z85_decode (cr.client_public, sec_client_public) != NULL);
    t_need (zmq_z85_decode (cr.client_secret, sec_client_secret) != NULL);
}

static void cr_count (cr_octet out[8], uint64_t count)
{
    for (int i = 0; i < 8; i++)
        out[i] = (cr_octet) (count >> (56 - 8 * i));
}

static void cr_short_nonce (cr_octet nonce[24], const char *prefix, uint64_t count)
{
    memcpy (nonce, prefix, 16);
    cr_count (nonce + 16, count);
}

/* The random part may be constant: the keys of this program guard nothing. */
static void cr_long_nonce (cr_octet nonce[24], const char *prefix)
{
    memcpy (nonce, prefix, 8);
    memset (nonce + 8, 'n', 16);
}

/* ---- a client ----------------------------------------------------------- */

T_FN bool cr_hello (struct cr_peer *p, uint64_t count)
{
    cr_octet data[194] = "\1", nonce[24], key[CR_KEY], zeros[64] = "";
    t_need (cr.keypair (p->public, p->secret) == 0);
    t_need (cr.shared (key, cr.server_public, p->secret) == 0);
    memcpy (data + 74, p->public, CR_KEY);
    cr_count (data + 106, count);
    cr_short_nonce (nonce, "CurveZMQHELLO---", count);
    cr.seal (data + 114, zeros, 64, nonce, key);
    return w_command (p->fd, "HELLO", data, sizeof data);
}

T_FN bool cr_welcome (struct cr_peer *p)
{
    cr_octet body[512], nonce[24], text[128], key[CR_KEY];
    size_t len;
    if (w_read (p->fd, body, sizeof body, &len) != W_COMMAND || len != 168)
        return false;
    memcpy (nonce, "WELCOME-", 8);
    memcpy (nonce + 8, body + 8, 16);
    t_need (cr.shared (key, cr.server_public, p->secret) == 0);
    t_need (cr.open (text, body + 24, 144, nonce, key) == 0);
    memcpy (p->far, text, CR_KEY);
    memcpy (p->cookie, text + CR_KEY, sizeof p->cookie);
    t_need (cr.shared (p->shared, p->far, p->secret) == 0);
    return true;
}

T_FN bool cr_initiate (struct cr_peer *p, uint64_t count, const void *metadata, size_t len)
{
    size_t size = 9 + 96 + 8 + CR_TAG + 128 + len;
    cr_octet *body = malloc (size), *text = malloc (128 + len), nonce[24], vouched[64], key[CR_KEY];
    bool said;
    memcpy (vouched, p->public, CR_KEY);
    memcpy (vouched + CR_KEY, cr.server_public, CR_KEY);
    cr_long_nonce (nonce, "VOUCH---");
    t_need (cr.shared (key, p->far, cr.client_secret) == 0);
    memcpy (text, cr.client_public, CR_KEY);
    memcpy (text + 32, nonce + 8, 16);
    cr.seal (text + 48, vouched, sizeof vouched, nonce, key);
    memcpy (text + 128, metadata, len);
    memcpy (body, "\x08INITIATE", 9);
    memcpy (body + 9, p->cookie, 96);
    cr_count (body + 105, count);
    cr_short_nonce (nonce, "CurveZMQINITIATE", count);
    cr.seal (body + 113, text, 128 + len, nonce, p->shared);
    said = w_frame (p->fd, W_COMMAND, body, size);
    free (text);
    free (body);
    return said;
}

/* Whether a READY came that opens. */
T_FN bool cr_ready (struct cr_peer *p)
{
    cr_octet body[512], text[512], nonce[24];
    size_t len;
    if (w_read (p->fd, body, sizeof body, &len) != W_COMMAND || len < 30 || memcmp (body, "\5READY", 6))
        return false;
    memcpy (nonce, "CurveZMQREADY---", 16);
    memcpy (nonce + 16, body + 6, 8);
    return cr.open (text, body + 14, len - 14, nonce, p->shared) == 0;
}

/* ---- a server ----------------------------------------------------------- */

T_FN bool cr_await_hello (struct cr_peer *p)
{
    cr_octet body[512];
    size_t len;
    if (w_read (p->fd, body, sizeof body, &len) != W_COMMAND || len != 200)
        return false;
    memcpy (p->far, body + 80, CR_KEY);
    t_need (cr.keypair (p->public, p->secret) == 0);
    t_need (cr.shared (p->shared, p->far, p->secret) == 0);
    return true;
}

/* The cookie is of no use: this server has a memory. */
T_FN bool cr_say_welcome (struct cr_peer *p)
{
    cr_octet data[160], text[128], nonce[24], key[CR_KEY];
    memcpy (text, p->public, CR_KEY);
    memset (text + CR_KEY, 'c', 96);
    t_need (cr.shared (key, p->far, cr.server_secret) == 0);
    cr_long_nonce (nonce, "WELCOME-");
    memcpy (data, nonce + 8, 16);
    cr.seal (data + 16, text, sizeof text, nonce, key);
    return w_command (p->fd, "WELCOME", data, sizeof data);
}

T_FN bool cr_await_initiate (struct cr_peer *p)
{
    cr_octet body[1024], text[1024], nonce[24];
    size_t len;
    if (w_read (p->fd, body, sizeof body, &len) != (W_COMMAND | W_LONG) || len < 257)
        return false;
    memcpy (nonce, "CurveZMQINITIATE", 16);
    memcpy (nonce + 16, body + 105, 8);
    return cr.open (text, body + 113, len - 113, nonce, p->shared) == 0;
}

T_FN bool cr_say_ready (struct cr_peer *p, uint64_t count, const void *metadata, size_t len)
{
    size_t size = 6 + 8 + CR_TAG + len;
    cr_octet *body = malloc (size), nonce[24];
    bool said;
    memcpy (body, "\5READY", 6);
    cr_count (body + 6, count);
    cr_short_nonce (nonce, "CurveZMQREADY---", count);
    cr.seal (body + 14, metadata, len, nonce, p->shared);
    said = w_frame (p->fd, W_COMMAND, body, size);
    free (body);
    return said;
}

/* ---- both ---------------------------------------------------------------- */

/* A MESSAGE whose box holds `text`: the flags octet and the body. */
T_FN bool cr_box (struct cr_peer *p, int frame_flags, uint64_t count, const void *text, size_t len)
{
    size_t size = 8 + 8 + CR_TAG + len;
    cr_octet *body = malloc (size), nonce[24];
    bool said;
    memcpy (body, "\7MESSAGE", 8);
    cr_count (body + 8, count);
    cr_short_nonce (nonce, p->server ? "CurveZMQMESSAGES" : "CurveZMQMESSAGEC", count);
    cr.seal (body + 16, text, len, nonce, p->shared);
    said = w_frame (p->fd, frame_flags, body, size);
    free (body);
    return said;
}

T_FN bool cr_message (struct cr_peer *p, uint64_t count, int flags, const char *text)
{
    cr_octet plain[256];
    size_t len = strlen (text);
    t_need (len < sizeof plain);
    plain[0] = (cr_octet) flags;
    memcpy (plain + 1, text, len);
    return cr_box (p, 0, count, plain, 1 + len);
}

/* Read a MESSAGE, print its count, flags and body. */
T_FN void cr_print (struct cr_peer *p, const char *label)
{
    cr_octet body[4096], text[4096], nonce[24];
    size_t len;
    int flags = w_read (p->fd, body, sizeof body, &len);
    if (flags == -1 || len < 33 || memcmp (body, "\7MESSAGE", 8)) {
        printf ("%s: no MESSAGE\n", label);
        return;
    }
    memcpy (nonce, p->server ? "CurveZMQMESSAGEC" : "CurveZMQMESSAGES", 16);
    memcpy (nonce + 16, body + 8, 8);
    if (cr.open (text, body + 16, len - 16, nonce, p->shared)) {
        printf ("%s: a MESSAGE that does not open\n", label);
        return;
    }
    printf ("%s: frame flags %02x, count %d, flags %02x ", label, flags, body[15], text[0]);
    t_bytes (text + 1, len - 33);
    putchar ('\n');
}

#endif
