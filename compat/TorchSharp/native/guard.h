// What the files of the door share: handles, and exceptions turned into a message kept for the caller.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>
#include <utility>

#define DOOR_API __attribute__((visibility("default")))

/// The last error of this thread, one line.
std::string& last_error();

inline void set_error(const std::string& message) { last_error() = message.substr(0, message.find('\n')); }

/// Runs `body`; an exception leaves its first line in last_error and yields `failed`.
template <typename F, typename R>
auto guarded(F&& body, R failed) -> decltype(body()) {
    try {
        return body();
    } catch (const c10::Error& error) {
        set_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        set_error(error.what());
    }
    return failed;
}

/// A handle is a TensorImpl with one reference owned by the caller: no allocation besides libtorch's.
inline at::Tensor borrow(void* handle) {
    auto impl = static_cast<c10::TensorImpl*>(handle);
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl));
}

inline void* release(at::Tensor&& tensor) { return tensor.unsafeReleaseTensorImpl(); }

inline c10::Device device_from(int64_t bits) {
    return c10::Device(static_cast<c10::DeviceType>(bits >> 8), static_cast<c10::DeviceIndex>(static_cast<int8_t>(bits & 255)));
}

inline int64_t device_bits(c10::Device device) {
    return (static_cast<int64_t>(device.type()) << 8) | (static_cast<int64_t>(device.index()) & 255);
}
