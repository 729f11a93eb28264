namespace TorchSharp;

// Only so that Odm.Data compiles before nn is there: delete this file with the first real nn.functional.
public static partial class torch
{
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
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = 0, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false) =>
                antialias && mode == InterpolationMode.Bilinear ? new Op("_upsample_bilinear2d_aa.vec").Call(x, size, align_corners ?? false, scale_factor) : throw new NotSupportedException();
        }
    }
}
