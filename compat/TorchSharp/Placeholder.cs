#pragma warning disable CS8981, CS1591
namespace TorchSharp;

// Only so that Odm.Data's public types compile before the engine is there: delete this file with the first real Tensor.
public class DisposeScope : IDisposable
{
    public void Dispose() => GC.SuppressFinalize(this);
}

public static partial class torch
{
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        Bool = 11,
        BFloat16 = 15,
    }

    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => throw new NotSupportedException();

    public static DisposeScope NewDisposeScope() => throw new NotSupportedException();

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => throw new NotSupportedException();

    public static Tensor tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => throw new NotSupportedException();

    public enum InterpolationMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = 0, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false) => throw new NotSupportedException();
        }
    }

    public partial class Tensor : IDisposable
    {
        public Span<byte> bytes { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public ScalarType dtype => throw new NotSupportedException();

        public long[] shape => throw new NotSupportedException();

        public long numel() => throw new NotSupportedException();

        public long element_size() => throw new NotSupportedException();

        public Tensor detach() => throw new NotSupportedException();

        public Tensor cpu() => throw new NotSupportedException();

        public Tensor contiguous() => throw new NotSupportedException();

        public Tensor view(params long[] shape) => throw new NotSupportedException();

        public Tensor MoveToOuterDisposeScope() => throw new NotSupportedException();

        public Device device => throw new NotSupportedException();

        public static Tensor operator -(Tensor left, Tensor right) => throw new NotSupportedException();

        public static Tensor operator /(Tensor left, Tensor right) => throw new NotSupportedException();

        public void Dispose() => GC.SuppressFinalize(this);
    }
}
