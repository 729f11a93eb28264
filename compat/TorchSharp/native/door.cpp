// The generic door: any ATen operator by name and overload, called boxed through libtorch's dispatcher, so that autograd,
// CUDA and every kernel registered later come with it. The file compiles unchanged against libtorch 1.13 to 2.x; what is
// no operator (gradients, data pointers, generators, threads, devices) lies in tensor.cpp and runtime.cpp.
#include "door.h"
#include "guard.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/Generator.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>

#include <string>
#include <utility>
#include <vector>

namespace {

// c10::optional up to libtorch 2.2, std::optional since.
using OptionalTensor = decltype(std::declval<c10::IValue&>().toOptional<at::Tensor>());

/// An operator and what is needed to fill its stack.
struct Operator {
    c10::OperatorHandle handle;
    std::vector<char> wants_double;      // an int given where the schema says float is widened
    std::vector<char> optional_tensors;  // Tensor?[]
};

bool is_float(const c10::TypePtr& type) {
    if (type->kind() == c10::TypeKind::FloatType) return true;
    auto optional = type->cast<c10::OptionalType>();
    return optional && optional->getElementType()->kind() == c10::TypeKind::FloatType;
}

bool is_optional_tensor_list(const c10::TypePtr& type) {
    auto list = type->cast<c10::ListType>();
    return list && list->getElementType()->kind() == c10::TypeKind::OptionalType;
}

c10::IValue unpack_tensors(const DoorValue& value, bool optional) {
    auto handles = static_cast<void**>(value.p);
    if (optional) {
        c10::List<OptionalTensor> list;
        list.reserve(value.length);
        for (int i = 0; i < value.length; i++)
            list.push_back(handles[i] ? OptionalTensor(borrow(handles[i])) : OptionalTensor());
        return list;
    }
    c10::List<at::Tensor> list;
    list.reserve(value.length);
    for (int i = 0; i < value.length; i++) list.push_back(borrow(handles[i]));
    return list;
}

template <typename T, typename S>
c10::IValue unpack_list(const DoorValue& value) {
    c10::List<T> list;
    list.reserve(value.length);
    auto items = static_cast<const S*>(value.p);
    for (int i = 0; i < value.length; i++) list.push_back(static_cast<T>(items[i]));
    return list;
}

c10::IValue unpack(const DoorValue& value, bool wants_double, bool optional_tensors) {
    switch (value.tag) {
        case DOOR_NONE: return c10::IValue();
        case DOOR_TENSOR: return borrow(value.p);
        case DOOR_INT: return wants_double ? c10::IValue(static_cast<double>(value.i)) : c10::IValue(value.i);
        case DOOR_DOUBLE: return value.d;
        case DOOR_BOOL: return value.i != 0;
        case DOOR_INTS: return unpack_list<int64_t, int64_t>(value);
        case DOOR_DOUBLES: return unpack_list<double, double>(value);
        case DOOR_BOOLS: return unpack_list<bool, int64_t>(value);
        case DOOR_TENSORS: return unpack_tensors(value, optional_tensors);
        case DOOR_STRING: return std::string(static_cast<const char*>(value.p), value.length);
        case DOOR_DEVICE: return device_from(value.i);
        case DOOR_GENERATOR: return *static_cast<at::Generator*>(value.p);
    }
    TORCH_CHECK(false, "unknown tag ", value.tag);
}

DoorValue pack(c10::IValue&& value) {
    DoorValue result{DOOR_NONE, 0, {0}};
    if (value.isTensor()) {
        auto tensor = std::move(value).toTensor();
        if (tensor.defined()) {
            result.tag = DOOR_TENSOR;
            result.p = release(std::move(tensor));
        }
    } else if (value.isDouble()) {
        result.tag = DOOR_DOUBLE;
        result.d = value.toDouble();
    } else if (value.isInt()) {
        result.tag = DOOR_INT;
        result.i = value.toInt();
    } else if (value.isBool()) {
        result.tag = DOOR_BOOL;
        result.i = value.toBool();
    } else if (value.isTensorList()) {
        auto tensors = value.toTensorVector();
        auto handles = new void*[tensors.size() + 1];
        for (size_t i = 0; i < tensors.size(); i++) handles[i] = release(std::move(tensors[i]));
        result.tag = DOOR_TENSORS;
        result.length = static_cast<int32_t>(tensors.size());
        result.p = handles;
    } else if (!value.isNone()) {
        TORCH_CHECK(false, "a result of type ", value.tagKind(), " cannot pass the door");
    }
    return result;
}

}  // namespace

extern "C" {

/// The operator `name` (with its namespace) and `overload`, or null with an error. Never freed: there are as many as names.
DOOR_API void* odm_operator(const char* name, const char* overload) {
    return guarded([&]() -> void* {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        auto result = new Operator{handle, {}, {}};
        for (auto& argument : handle.schema().arguments()) {
            result->wants_double.push_back(is_float(argument.type()));
            result->optional_tensors.push_back(is_optional_tensor_list(argument.type()));
        }
        return result;
    }, nullptr);
}

/// Calls an operator. Arguments left out at the end take the schema's defaults. Returns the number of results written
/// (at most `capacity`), or -1 with an error. Handles in the results belong to the caller.
DOOR_API int32_t odm_call(void* op, const DoorValue* arguments, int32_t count, DoorValue* results, int32_t capacity) {
    return guarded([&]() -> int32_t {
        auto& called = *static_cast<Operator*>(op);
        auto& schema = called.handle.schema().arguments();
        TORCH_CHECK(static_cast<size_t>(count) <= schema.size(), called.handle.schema().name(), " takes ", schema.size(), " arguments, not ", count);
        torch::jit::Stack stack;
        stack.reserve(std::max<size_t>(schema.size(), 4));
        for (int i = 0; i < count; i++) stack.push_back(unpack(arguments[i], called.wants_double[i], called.optional_tensors[i]));
        for (size_t i = count; i < schema.size(); i++) {
            TORCH_CHECK(schema[i].default_value().has_value(), called.handle.schema().name(), " needs its argument ", schema[i].name());
            stack.push_back(*schema[i].default_value());
        }
        called.handle.callBoxed(&stack);
        TORCH_CHECK(stack.size() <= static_cast<size_t>(capacity), called.handle.schema().name(), " returns ", stack.size(), " values");
        for (size_t i = 0; i < stack.size(); i++) results[i] = pack(std::move(stack[i]));
        return static_cast<int32_t>(stack.size());
    }, -1);
}

/// Frees the array (not the handles) of a DOOR_TENSORS result.
DOOR_API void odm_free_list(void* handles) { delete[] static_cast<void**>(handles); }

}  // extern "C"
