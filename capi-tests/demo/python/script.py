"""What the roles of both variants share: the news that publishers send, and the checks on what was heard."""
import collections

from stage import expect

CONTROL = b"~"  # prefix of the publishers' own signals: hello until the cue, end at the end
TOPICS = [b"weather.berlin", b"weather.lima", b"weathervane", b"sport.chess", b"sport", b"stocks"]
ROUNDS = 20


def news_from(publisher):
    for number in range(ROUNDS):
        for topic in TOPICS:
            yield [topic, publisher.encode(), b"%d" % number]


def check_news(heard, prefixes, publishers):
    """Each publisher's messages under the prefixes, all of them, in order, once, and no others."""
    for publisher in publishers:
        wanted = [m for m in news_from(publisher.decode()) if m[0].startswith(tuple(prefixes))]
        expect(f"news from {publisher}", [m for m in heard if m[1] == publisher], wanted)


def parts_of_reply(client, request):
    """What a worker of the asynchronous server answers: none to three messages, by the request's number."""
    return [[request, b"part %d" % part, client] for part in range(int(request) % 4)]


def shares(names):
    return ", ".join(f"{count} by {name}" for name, count in sorted(collections.Counter(names).items()))
