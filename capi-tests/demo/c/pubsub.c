/* Publish and subscribe in C: one publisher, three subscribers, each with a prefix of its own.
 *
 * "~" is the publisher's own topic: it greets under it until every subscriber has heard it, and says under it when it ends.
 */
#include "stage.h"

#include <string.h>
#include <unistd.h>

#define CONTROL "~"
#define ROUNDS 100

static const char *topics[] = {"weather.berlin", "weather.lima", "weathervane", "sport.chess", "sport"};
#define TOPICS (sizeof topics / sizeof topics[0])

static void publisher (struct me *me)
{
    void *pub = open_bound (me, ZMQ_PUB, me->address[0]);
    while (!cued (me)) {
        send_text (pub, 0, CONTROL "hello");
        usleep (10000);
    }
    for (int round = 0; round < ROUNDS; round++)
        for (size_t t = 0; t < TOPICS; t++) {
            send_text (pub, ZMQ_SNDMORE, "%s", topics[t]);
            send_text (pub, 0, "%d", round);
        }
    send_text (pub, 0, CONTROL "end");
}

static void hear_greeting (void *sub, struct me *me)
{
    recv_expected (sub, CONTROL "hello");
    tell (me, "ready");
}

/* The next message that is no greeting. */
static void recv_news (void *sub, char text[WORD])
{
    do
        recv_text (sub, text);
    while (!strcmp (text, CONTROL "hello"));
}

static void subscriber (struct me *me)
{
    const char *prefix = me->address[1];
    char text[WORD];
    int count = 0;
    void *sub = open_socket (me, ZMQ_SUB, me->address[0]);
    MUST (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, prefix, strlen (prefix)));
    MUST (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, CONTROL, 1)); /* last: who hears it has the other in force too */
    hear_greeting (sub, me);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t t = 0; t < TOPICS; t++) {
            if (strncmp (topics[t], prefix, strlen (prefix)))
                continue;
            recv_news (sub, text);
            if (strcmp (text, topics[t]))
                fail ("FAILED: got topic '%s', wanted '%s'", text, topics[t]);
            recv_expected (sub, "%d", round);
            count++;
        }
    recv_news (sub, text);
    if (strcmp (text, CONTROL "end"))
        fail ("FAILED: got '%s' after the last message", text);
    say (me->name, "heard %d messages under '%s'", count, prefix);
}

int main (void)
{
    char endpoint[WORD], word[WORD];
    struct actor source = start (publisher, "publisher", 0, TCP, NULL);
    heard (&source, endpoint);
    struct actor subscribers[] = {
      start (subscriber, "weather", 0, endpoint, "weather."),
      start (subscriber, "sport", 0, endpoint, "sport"),
      start (subscriber, "all", 0, endpoint, ""),
    };
    for (int i = 0; i < 3; i++)
        heard (&subscribers[i], word);
    cue (&source);
    return finish ();
}
