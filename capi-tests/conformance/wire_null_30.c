/*
 * ZMTP 3.0 with the NULL mechanism: a raw peer and every socket type; here
 * subscriptions travel as messages that begin with 0x01 or 0x00.
 */
#define MINOR 0
#include "../wire_null.h"
