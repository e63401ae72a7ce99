"""Proof of identity: which file do this process's zmq_* calls really end in?

With LD_PRELOAD over a wheel the wheel's bundled libzmq stays mapped, and both libraries may name the same version.
So neither the list of mapped files nor zmq.zmq_version() proves anything. What does: the slots that the dynamic loader
filled in pyzmq's compiled modules. Every undefined zmq_* symbol there has a slot holding the address that a call jumps
to; the memory map tells the file behind that address. One function that falls through to another library is found too.

64-bit Linux; the loader must have bound every symbol already (LD_BIND_NOW=1).
"""
import bisect
import ctypes
import os
import struct

PT_LOAD, PT_DYNAMIC = 1, 2
DT_PLTRELSZ, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_JMPREL = 2, 5, 6, 7, 8, 23
SYM_SIZE = RELA_SIZE = 24


def mapped_files():
    """The process's memory map: a sorted list of (start, end, offset in file, path)."""
    found = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            fields = line.rstrip("\n").split(None, 5)
            if len(fields) == 6 and fields[5].startswith("/"):
                start, end = (int(x, 16) for x in fields[0].split("-"))
                found.append((start, end, int(fields[2], 16), fields[5]))
    return sorted(found)


def file_behind(address, maps):
    """The file mapped at an address, or None."""
    at = bisect.bisect_right(maps, (address, 1 << 64)) - 1
    return maps[at][3] if at >= 0 and maps[at][0] <= address < maps[at][1] else None


def imported_symbols(path, start):
    """(name, address now in its slot) for each undefined symbol of the module that is mapped from `start` on."""
    with open(path, "rb") as module:
        head = module.read(64)
        if head[:5] != b"\x7fELF\x02":
            return
        table, = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        module.seek(table)
        segments = [struct.unpack("<IIQQQQQQ", module.read(size)[:56]) for _ in range(count)]
        bias = start - min(s[3] for s in segments if s[0] == PT_LOAD)
        _, _, offset, _, _, length, _, _ = next(s for s in segments if s[0] == PT_DYNAMIC)
        module.seek(offset)
        dynamic = dict(struct.iter_unpack("<QQ", module.read(length)))
    for where, size in ((DT_RELA, DT_RELASZ), (DT_JMPREL, DT_PLTRELSZ)):
        if where not in dynamic:
            continue
        relocations = ctypes.string_at(bias + dynamic[where], dynamic[size])
        for slot, info, _ in struct.iter_unpack("<QQq", relocations):
            symbol = ctypes.string_at(bias + dynamic[DT_SYMTAB] + (info >> 32) * SYM_SIZE, SYM_SIZE)
            name, _, _, section = struct.unpack_from("<IBBH", symbol)
            if info >> 32 and section == 0:
                text = ctypes.string_at(bias + dynamic[DT_STRTAB] + name)
                yield text.decode(), ctypes.c_uint64.from_address(bias + slot).value


def zmq_calls():
    """{zmq function that a pyzmq module imports: real path of the file that serves it}."""
    maps = mapped_files()
    served = {}
    for start, _, offset, path in maps:
        if offset == 0 and "/zmq/" in path and path.endswith(".so"):
            for name, address in imported_symbols(path, start):
                if name.startswith("zmq_"):
                    served[name] = os.path.realpath(file_behind(address, maps) or "nowhere")
    return served


def prove(library):
    """Fail unless every zmq_* function that pyzmq calls is served by `library`; tell how many there are."""
    served = zmq_calls()
    strangers = {name: path for name, path in served.items() if path != os.path.realpath(library)}
    if strangers or not served:
        raise SystemExit(f"NOT our library: {sorted(strangers.items())[:3] or 'no zmq_ import found'}")
    return len(served)
