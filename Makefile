# oxizmq: builds, tests and installs libzmq.so.5.
#
#   make                    the release library: target/release/libzmq.so and libzmq.a
#   make test               every check there is; installs the Debian packages it needs if it may
#   make test BACKEND=poll  the conformance suite on the poll(2) backend
#   make valgrind | sanitize  the conformance suite under memcheck | under the thread and address sanitizers (nightly Rust);
#                           ONLY="flow_ poll_" picks programs, SANITIZER=thread one of the two
#   make demo | bench       unmodified programs on our library | its speed beside the system's libzmq
#   make bench QUICK=1      the same within two minutes; ONLY=regex picks cases
#   make install            PREFIX=/usr/local, DESTDIR, LIBDIR, INCLUDEDIR, BINDIR
#   make header | lint | clean

CARGO ?= cargo
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BINDIR ?= $(PREFIX)/bin
BACKEND ?=
QUICK ?=
ONLY ?=
SANITIZER ?=

# Version of libzmq whose interface this is, and of the shared library as libzmq counts it.
VERSION = 4.3.5
SO_VERSION = 5.2.5
SO_MAJOR = 5

BUILT = target/release
ifeq ($(shell uname -s),Darwin)
SHARED = libzmq.dylib
SONAME = libzmq.$(SO_MAJOR).dylib
SHARED_FILE = libzmq.$(SO_VERSION).dylib
else
SHARED = libzmq.so
SONAME = libzmq.so.$(SO_MAJOR)
SHARED_FILE = libzmq.so.$(SO_VERSION)
endif

# What a static link needs besides libzmq.a, as rustc says it.
NATIVE_LIBS = $(shell mkdir -p target && echo | rustc --crate-type staticlib --crate-name native --print native-static-libs \
	--out-dir target - 2>&1 | sed -n 's/.*native-static-libs: //p')

# Paths of the CMake package relative to the prefix, and the way back from its directory.
empty :=
space := $(empty) $(empty)
LIB_SUB = $(patsubst $(PREFIX)/%,%,$(LIBDIR))
INCLUDE_SUB = $(patsubst $(PREFIX)/%,%,$(INCLUDEDIR))
CMAKE_UP = $(subst $(space),/,$(foreach part,$(subst /, ,$(LIB_SUB)/cmake/ZeroMQ),..))
FILL = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|g' \
	-e 's|@VERSION@|$(VERSION)|g' -e 's|@SONAME@|$(SONAME)|g' -e 's|@SHARED_FILE@|$(SHARED_FILE)|g' \
	-e 's|@LIB_SUB@|$(LIB_SUB)|g' -e 's|@INCLUDE_SUB@|$(INCLUDE_SUB)|g' -e 's|@CMAKE_UP@|$(CMAKE_UP)|g'

.PHONY: all test valgrind sanitize demo bench install header lint clean

all:
	$(CARGO) build --release

test:
	BACKEND=$(BACKEND) capi-tests/test.sh

valgrind: all
	ONLY="$(ONLY)" capi-tests/valgrind.sh

sanitize:
	ONLY="$(ONLY)" SANITIZER="$(SANITIZER)" capi-tests/sanitize.sh

demo: all
	python3 capi-tests/demo/run.py $(BUILT)/$(SHARED)

bench: all
	QUICK=$(QUICK) ONLY="$(ONLY)" python3 capi-tests/bench/run.py $(BUILT)/$(SHARED)

header:
	UPDATE_HEADER=1 $(CARGO) test --quiet --test header

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings

clean:
	$(CARGO) clean

$(BUILT)/$(SHARED) $(BUILT)/libzmq.a $(BUILT)/curve_keygen:
	$(CARGO) build --release

install: $(BUILT)/$(SHARED) $(BUILT)/libzmq.a $(BUILT)/curve_keygen
	install -d "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(LIBDIR)/cmake/ZeroMQ" "$(DESTDIR)$(INCLUDEDIR)" "$(DESTDIR)$(BINDIR)"
	install -m 755 $(BUILT)/$(SHARED) "$(DESTDIR)$(LIBDIR)/$(SHARED_FILE)"
	ln -sf $(SHARED_FILE) "$(DESTDIR)$(LIBDIR)/$(SONAME)"
	ln -sf $(SHARED_FILE) "$(DESTDIR)$(LIBDIR)/$(SHARED)"
	install -m 644 $(BUILT)/libzmq.a "$(DESTDIR)$(LIBDIR)/libzmq.a"
	install -m 644 include/zmq.h include/zmq_utils.h "$(DESTDIR)$(INCLUDEDIR)"
	install -m 755 $(BUILT)/curve_keygen "$(DESTDIR)$(BINDIR)/curve_keygen"
	$(FILL) -e 's|@NATIVE_LIBS@|$(NATIVE_LIBS)|' pkgconfig/libzmq.pc.in > "$(DESTDIR)$(LIBDIR)/pkgconfig/libzmq.pc"
	for name in ZeroMQConfig ZeroMQConfigVersion ZeroMQTargets; do \
		$(FILL) -e 's|@NATIVE_LIBS@|$(subst $(space),;,$(strip $(NATIVE_LIBS)))|' pkgconfig/$$name.cmake.in \
			> "$(DESTDIR)$(LIBDIR)/cmake/ZeroMQ/$$name.cmake" || exit 1; \
	done
