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


class Ear:
    """What a subscriber hears, from the first greeting until every publisher has ended."""

    def __init__(self, me, prefixes, publishers):
        self.me, self.prefixes, self.publishers = me, prefixes, publishers
        self.greeted, self.ended, self.heard = set(), set(), []

    def open(self):
        return self.ended != self.publishers

    def take(self, message):
        if message[0] == CONTROL + b"hello":
            if message[1] not in self.greeted:
                self.greeted.add(message[1])
                if self.greeted == self.publishers:
                    self.me.tell("ready")
        elif message[0] == CONTROL + b"end":
            self.ended.add(message[1])
        else:
            self.heard.append(message)

    def check(self):
        check_news(self.heard, self.prefixes, self.publishers)
        self.me.say(f"heard {len(self.heard)} messages under {[p.decode() for p in self.prefixes]}")


def parts_of_reply(client, request):
    """What a worker of the asynchronous server answers: none to three messages, by the request's number."""
    return [[request, b"part %d" % part, client] for part in range(int(request) % 4)]


def shares(names):
    return ", ".join(f"{count} by {name}" for name, count in sorted(collections.Counter(names).items()))
