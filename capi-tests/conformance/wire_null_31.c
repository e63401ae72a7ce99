/*
 * ZMTP 3.1 with the NULL mechanism: a raw peer and every socket type; here
 * subscriptions travel as SUBSCRIBE and CANCEL commands.
 */
#define MINOR 1
#include "../wire_null.h"
