/* SPDX-License-Identifier: MPL-2.0
 *
 * What used to be here is in zmq.h. This file is kept for programs that still include it.
 */
#ifndef __ZMQ_UTILS_H_INCLUDED__
#define __ZMQ_UTILS_H_INCLUDED__

#include "zmq.h"

#if defined _MSC_VER || defined __GNUC__ || defined __clang__
#pragma message("zmq_utils.h is deprecated: its functions are in zmq.h")
#endif

#endif
