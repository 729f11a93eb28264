namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Resizes [N, C, H, W] to a size or by factors; <paramref name="antialias"/> (bilinear, bicubic) averages when it shrinks.</summary>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                if (x.ndim != 4)
                {
                    throw new ArgumentException($"Expected [N, C, H, W] but the input has {x.ndim} dimensions", nameof(x));
                }
                if (size is null == scale_factor is null)
                {
                    throw new ArgumentException("Either size or scale_factor is needed, and not both", nameof(size));
                }
                if (antialias && mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                {
                    throw new ArgumentException("Anti-alias option is only supported for bilinear and bicubic modes", nameof(antialias));
                }
                if (align_corners is not null && mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                {
                    throw new ArgumentException("align_corners option can only be set with bilinear and bicubic modes", nameof(align_corners));
                }
                if ((size?.Length ?? scale_factor!.Length) != 2)
                {
                    throw new ArgumentException("Expected two values, for height and width", size is null ? nameof(scale_factor) : nameof(size));
                }
                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = [(long)Math.Floor(x.shape[2] * scale_factor[0]), (long)Math.Floor(x.shape[3] * scale_factor[1])];
                    scale_factor = null;
                }
                var corners = align_corners ?? false;
                return mode switch
                {
                    InterpolationMode.Nearest => Ops.upsample_nearest2d_vec.Call(x, size, scale_factor),
                    InterpolationMode.NearestExact => Ops._upsample_nearest_exact2d_vec.Call(x, size, scale_factor),
                    InterpolationMode.Bilinear => (antialias ? Ops._upsample_bilinear2d_aa_vec : Ops.upsample_bilinear2d_vec).Call(x, size, corners, scale_factor),
                    InterpolationMode.Bicubic => (antialias ? Ops._upsample_bicubic2d_aa_vec : Ops.upsample_bicubic2d_vec).Call(x, size, corners, scale_factor),
                    InterpolationMode.Area => adaptive_avg_pool2d(x, size!),
                    _ => throw new ArgumentException($"Mode {mode} does not fit an input of 4 dimensions", nameof(mode)),
                };
            }

            /// <summary>Pads from the last dimension backwards: left, right, top, bottom, ...</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Constant or PaddingModes.Zeros => Ops.constant_pad_nd.Call(input, pad, value),
                PaddingModes.Reflect => Ops.pad.Call(input, pad, "reflect", (double?)null),
                PaddingModes.Replicate => Ops.pad.Call(input, pad, "replicate", (double?)null),
                PaddingModes.Circular => Ops.pad.Call(input, pad, "circular", (double?)null),
                _ => throw new ArgumentException($"Unknown mode {mode}", nameof(mode)),
            };

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, pad.ToArray(), mode, value);

            /// <summary>Pads every side of every dimension alike, batch and channels included, as the published package does.</summary>
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [.. Enumerable.Repeat(pad, 2 * (int)input.ndim)], mode, value);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>Reads [N, C, H, W] at the points of a grid [N, h, w, 2] whose x and y run from -1 to 1.</summary>
            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear, GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                // libtorch counts bilinear 0, nearest 1 and zeros 0, border 1, reflection 2
                var interpolation = mode == GridSampleMode.Bilinear ? 0L : 1L;
                var outside = padding_mode switch { GridSamplePaddingMode.Border => 1L, GridSamplePaddingMode.Reflection => 2L, _ => 0L };
                return Ops.grid_sampler.Call(input, grid, interpolation, outside, align_corners ?? false);
            }

            /// <summary>The grid of an affine map theta [N, 2, 3] for an output of size [N, C, H, W].</summary>
            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                Ops.affine_grid_generator.Call(theta, size ?? throw new ArgumentNullException(nameof(size)), align_corners);

            /// <summary>[N, C r r, H, W] -> [N, C, H r, W r].</summary>
            public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Ops.pixel_shuffle.Call(input, upscale_factor);

            /// <summary>[N, C, H r, W r] -> [N, C r r, H, W].</summary>
            public static Tensor pixel_unshuffle(Tensor input, long downscale_factor) => Ops.pixel_unshuffle.Call(input, downscale_factor);
        }
    }
}
