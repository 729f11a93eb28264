// The C ABI between the assembly and libtorch. Native.cs mirrors it.
#pragma once
#include <cstdint>

extern "C" {

/// A tagged value. What `bits` holds depends on the tag; lists are borrowed by a call and copied.
struct DoorValue {
    int32_t tag;
    int32_t length;
    union {
        int64_t i;
        double d;
        void* p;
    };
};

enum DoorTag : int32_t {
    DOOR_NONE = 0,
    DOOR_TENSOR = 1,        // p: handle
    DOOR_INT = 2,           // also dtype, layout and memory format
    DOOR_DOUBLE = 3,
    DOOR_BOOL = 4,
    DOOR_INTS = 5,          // p: int64_t[length]
    DOOR_DOUBLES = 6,       // p: double[length]
    DOOR_TENSORS = 7,       // p: handle[length]; a null handle only where the operator takes optional tensors
    DOOR_STRING = 8,        // p: UTF-8, length bytes
    DOOR_DEVICE = 9,        // i: type << 8 | index & 255
    DOOR_GENERATOR = 10,    // p: generator
    DOOR_BOOLS = 11,        // p: int64_t[length]
};

}  // extern "C"
