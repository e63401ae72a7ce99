/*
 * Z85: encode and decode good and bad input: every length, every character,
 * numbers that do not fit into 32 bits, and what is left in the buffer.
 */
#include "../t.h"

static void encode (size_t size)
{
    unsigned char data[64];
    char text[128];
    char *result;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char) (i * 37 + 200);
    memset (text, '?', sizeof text);
    errno = 0;
    result = zmq_z85_encode (text, data, size);
    printf ("encode %zu: %s %s", size, result ? result == text ? "text" : "other" : "NULL",
            result ? "" : t_errno (errno));
    if (result)
        printf ("\"%s\" next '%c'", text, text[strlen (text) + 1]);
    putchar ('\n');
}

static void decode (const char *label, const char *text)
{
    uint8_t data[128], *result;
    memset (data, '?', sizeof data);
    errno = 0;
    result = zmq_z85_decode (data, text);
    printf ("decode %s: %s %s ", label, result ? result == data ? "data" : "other" : "NULL",
            result ? "" : t_errno (errno));
    if (result) {
        t_hex (data, strlen (text) / 5 * 4);
        printf (" next %c", data[strlen (text) / 5 * 4]);
    }
    putchar ('\n');
}

int main (void)
{
    static const char example[] = "HelloWorld";
    char text[64];
    t_init ();
    for (size_t size = 0; size <= 33; size++)
        encode (size);
    decode ("HelloWorld", example);
    for (size_t length = 0; length <= sizeof example - 1; length++) {
        char label[32];
        snprintf (text, sizeof text, "%.*s", (int) length, example);
        snprintf (label, sizeof label, "of %zu", length);
        decode (label, text);
    }
    decode ("largest", "%nSc0");
    decode ("one more", "%nSc1");
    decode ("#####", "#####");
    decode ("00000", "00000");
    decode ("large second group", "00000#####");
    for (int c = 1; c < 256; c++) {
        char label[16];
        strcpy (text, "00000");
        text[4] = (char) c;
        snprintf (label, sizeof label, "char %d", c);
        decode (label, text);
    }
    return 0;
}
