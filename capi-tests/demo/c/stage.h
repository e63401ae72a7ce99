/* The stage for the C demo programs: one process per role, each proving its library, cues between them, checked calls.
 *
 * A play starts its roles with start(); each runs in a process of its own, forked before any context exists. A role gets
 * `struct me`: its context, its line to the director. Whatever goes wrong ends the process with exit code 1, and
 * finish() fails the play when one process failed.
 */
#ifndef DEMO_STAGE_H
#define DEMO_STAGE_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>
#include <zmq.h>

#define TCP "tcp://127.0.0.1:*"
#define IPC "ipc://*"
#define WORD 256 /* no message and no endpoint of the demo is longer */

struct me {
    const char *name;
    const char *address[2]; /* what the play gave to the role */
    int number;
    void *context;
    int line; /* descriptor to the director: readable once the cue is given */
};

typedef void role_fn (struct me *me);

struct actor {
    const char *name;
    pid_t pid;
    int line;
};

/* Director's side. */
struct actor start (role_fn *role, const char *name, int number, const char *address, const char *second);
void heard (const struct actor *actor, char word[WORD]); /* what the role tells next: an endpoint, "ready", … */
void cue (const struct actor *actor);
int finish (void); /* waits for all; 0 when all went well */

/* Role's side. */
void prove (const char *name);
void tell (struct me *me, const char *word);
int cued (const struct me *me);
void *open_socket (struct me *me, int type, const char *connect_to);
void *open_bound (struct me *me, int type, const char *address); /* tells the endpoint */
void send_text (void *socket, int flags, const char *format, ...) __attribute__ ((format (printf, 3, 4)));
int recv_text (void *socket, char text[WORD]); /* returns whether more parts follow */
void recv_expected (void *socket, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
void say (const char *name, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
void fail (const char *format, ...) __attribute__ ((format (printf, 1, 2), noreturn));

/* A call that must not fail. */
#define MUST(call) must ((call), #call)
int must (int rc, const char *call);

#endif
