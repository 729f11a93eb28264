using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => After(disposeAfter, Aten.to_dtype.Call(this, type, non_blocking, copy));
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to_type(type, copy, disposeAfter, non_blocking);
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => After(disposeAfter, Aten.to_device.Call(this, device, type, non_blocking, copy));
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(dtype, device, copy, disposeAfter, non_blocking);
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(new Device(device), copy, disposeAfter, non_blocking);
        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);
        public Tensor type(ScalarType dtype) => to_type(dtype);
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);
        public Tensor cpu() => to(CPU);
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);
        public Tensor @float() => to_type(ScalarType.Float32);
        public Tensor @double() => to_type(ScalarType.Float64);
        public Tensor half() => to_type(ScalarType.Float16);
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);
        public Tensor @byte() => to_type(ScalarType.Byte);
        public Tensor @bool() => to_type(ScalarType.Bool);
        public Tensor @short() => to_type(ScalarType.Int16);
        public Tensor @int() => to_type(ScalarType.Int32);
        public Tensor @long() => to_type(ScalarType.Int64);

        /// <summary>A 4-D tensor with channels innermost in memory; itself (another handle) where it is so already.</summary>
        internal Tensor ChannelsLast() => Aten.contiguous.Call(this, MemoryFormatChannelsLast);

        internal const int MemoryFormatContiguous = 0, MemoryFormatPreserve = 1, MemoryFormatChannelsLast = 2;

        private Tensor After(bool dispose, Tensor made)
        {
            if (dispose) Dispose();
            return made;
        }

        internal Tensor Grad(bool wanted) => wanted ? requires_grad_() : this;

        private Tensor To(ScalarType? wanted) => wanted is { } given && given != dtype ? to_type(given, disposeAfter: true) : this;

        private static string? Mode(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();

        private (Tensor, Tensor, Tensor) Unique(bool sorted, bool inverse, bool counts, int? dim) => dim is { } given ? Aten.unique_dim.Triple(this, given, sorted, inverse, counts) : Aten._unique2.Triple(this, sorted, inverse, counts);

        /// <summary>Gives the native tensor away; this object is as if disposed of.</summary>
        public nint DecoupleFromNativeHandle()
        {
            var taken = Handle;
            handle = 0;
            Interlocked.Decrement(ref live);
            if (OwningDisposeScope is { } scope) scope.MarkAsDisposed(this);
            else DisposeScopeManager.ThreadSingleton.StatisticsInstance.DisposedOutsideScopeCount++;
            GC.SuppressFinalize(this);
            return taken;
        }

        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        /// <summary>The one element.</summary>
        public Scalar ToScalar()
        {
            Native.Value value;
            Native.Check(Native.odm_item(Handle, &value));
            return new Scalar(value.Tag, value.Bits);
        }

        /// <summary>The one element, of the tensor's own type.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException("The number of elements in the tensor must be 1");
            if (is_cpu()) return data<T>()[0];
            using var here = cpu();
            return here.data<T>()[0];
        }

        /// <summary>The elements in order, for reading and writing; CPU only. The type must be the tensor's own.</summary>
        public Utils.TensorAccessor<T> data<T>() where T : unmanaged => new(this);

        /// <summary>The memory of a contiguous CPU tensor.</summary>
        public Span<byte> bytes
        {
            get
            {
                if (!is_cpu()) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                if (!is_contiguous()) throw new NotImplementedException("Bytes() called on non-contiguous tensor.");
                return new Span<byte>((void*)DataPointer, checked((int)(NumberOfElements * ElementSize)));
            }
            set
            {
                if (value.Length != NumberOfElements * ElementSize) throw new ArgumentException("Mismatched data sizes in Tensor.set_bytes().");
                value.CopyTo(bytes);
            }
        }

        /// <summary>Where the first element lies; 0 for an empty tensor.</summary>
        internal nint DataPointer => NumberOfElements == 0 ? 0 : Native.Check(Native.odm_data(Handle));

        /// <summary>The elements of a contiguous CPU tensor as a span, for the engine's own loops.</summary>
        internal Span<T> AsSpan<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

        public static explicit operator float(Tensor value) => value.ToSingle();
        public static explicit operator double(Tensor value) => value.ToDouble();
        public static explicit operator int(Tensor value) => value.ToInt32();
        public static explicit operator long(Tensor value) => value.ToInt64();
        public static explicit operator byte(Tensor value) => value.ToByte();
        public static explicit operator bool(Tensor value) => value.ToBoolean();
        public static implicit operator Tensor(Scalar scalar) => full([], scalar, scalar.Type == ScalarType.Float64 ? ScalarType.Float32 : scalar.Type);
        public static implicit operator Tensor(bool value) => tensor(value);
        public static implicit operator Tensor(int value) => tensor(value);
        public static implicit operator Tensor(long value) => tensor(value);
        public static implicit operator Tensor(float value) => tensor(value);
        public static implicit operator Tensor(double value) => tensor(value);
    }
}
