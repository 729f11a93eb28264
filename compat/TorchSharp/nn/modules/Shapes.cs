using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    /// <summary>The largest value of each window.</summary>
    public sealed class MaxPool2d : ParameterLessModule<torch.Tensor, torch.Tensor>
    {
        internal MaxPool2d(long[] kernel, long[]? stride, long[]? padding, long[]? dilation, bool ceil) : base(nameof(MaxPool2d))
        {
            kernel_size = kernel;
            this.stride = stride ?? kernel;
            this.padding = padding ?? [0, 0];
            this.dilation = dilation ?? [1, 1];
            ceil_mode = ceil;
        }

        public long[] kernel_size { get; set; }

        public long[] stride { get; set; }

        public long[] padding { get; set; }

        public long[] dilation { get; set; }

        public bool ceil_mode { get; set; }

        public override torch.Tensor forward(torch.Tensor input) => F.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
    }

    /// <summary>The mean of each window.</summary>
    public sealed class AvgPool2d : ParameterLessModule<torch.Tensor, torch.Tensor>
    {
        internal AvgPool2d(long[] kernel, long[]? stride, long[]? padding, bool ceil, bool countPadding, long? divisor) : base(nameof(AvgPool2d))
        {
            kernel_size = kernel;
            this.stride = stride ?? kernel;
            this.padding = padding ?? [0, 0];
            ceil_mode = ceil;
            count_include_pad = countPadding;
            divisor_override = divisor;
        }

        public long[] kernel_size { get; set; }

        public long[] stride { get; set; }

        public long[] padding { get; set; }

        public bool ceil_mode { get; set; }

        public bool count_include_pad { get; set; }

        public long? divisor_override { get; set; }

        public override torch.Tensor forward(torch.Tensor input) => F.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
    }

    /// <summary>Means over windows chosen so that the output has the asked size.</summary>
    public sealed class AdaptiveAvgPool2d : ParameterLessModule<torch.Tensor, torch.Tensor>
    {
        internal AdaptiveAvgPool2d(long[] size) : base(nameof(AdaptiveAvgPool2d))
        {
            output_size = size;
        }

        public long[] output_size { get; set; }

        public override torch.Tensor forward(torch.Tensor input) => F.adaptive_avg_pool2d(input, output_size);
    }

    /// <summary>Joins dimensions into one.</summary>
    public sealed class Flatten : ParameterLessModule<torch.Tensor, torch.Tensor>
    {
        internal Flatten(long start, long end) : base(nameof(Flatten))
        {
            start_dim = start;
            end_dim = end;
        }

        public long start_dim { get; set; }

        public long end_dim { get; set; }

        public override torch.Tensor forward(torch.Tensor input) => input.flatten(start_dim, end_dim);
    }

    /// <summary>Channels to space.</summary>
    public sealed class PixelShuffle : ParameterLessModule<torch.Tensor, torch.Tensor>
    {
        internal PixelShuffle(long factor) : base(nameof(PixelShuffle))
        {
            upscale_factor = factor;
        }

        public long upscale_factor { get; set; }

        public override torch.Tensor forward(torch.Tensor input) => F.pixel_shuffle(input, upscale_factor);
    }

    /// <summary>Space to channels.</summary>
    public sealed class PixelUnshuffle : ParameterLessModule<torch.Tensor, torch.Tensor>
    {
        internal PixelUnshuffle(long factor) : base(nameof(PixelUnshuffle))
        {
            downscale_factor = factor;
        }

        public long downscale_factor { get; set; }

        public override torch.Tensor forward(torch.Tensor input) => F.pixel_unshuffle(input, downscale_factor);
    }

    /// <summary>Resizes [N, C, H, W] to a size or by factors.</summary>
    public sealed class Upsample : ParameterLessModule<torch.Tensor, torch.Tensor>
    {
        private readonly long[]? sides;
        private readonly double[]? factors;

        internal Upsample(long[]? size, double[]? factors, torch.UpsampleMode mode, bool? align, bool? recompute) : base(nameof(Upsample))
        {
            sides = size;
            this.factors = factors;
            this.mode = mode;
            align_corners = align;
            recompute_scale_factor = recompute;
        }

        public ReadOnlySpan<long> size => sides;

        public ReadOnlySpan<double> scale_factor => factors;

        public torch.UpsampleMode mode { get; }

        public bool? align_corners { get; }

        public bool? recompute_scale_factor { get; set; }

        public override torch.Tensor forward(torch.Tensor input) =>
            F.interpolate(input, sides, factors, (torch.InterpolationMode)(int)mode, align_corners, recompute_scale_factor ?? false);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new(F.Twice(kernel_size), F.Twice(stride), F.Twice(padding), F.Twice(dilation), ceil_mode);

            public static Modules.MaxPool2d MaxPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                new(F.Pair(kernel_size)!, F.Pair(stride), F.Pair(padding), F.Pair(dilation), ceil_mode);

            public static Modules.MaxPool2d MaxPool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            public static Modules.AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(F.Twice(kernel_size), F.Twice(stride), F.Twice(padding), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool2d AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(F.Pair(kernel_size)!, F.Pair(stride), F.Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool2d AvgPool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new(F.Twice(output_size));

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new(F.Pair(output_size)!);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

            public static Modules.Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

            public static Modules.PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);

            public static Modules.PixelUnshuffle PixelUnshuffle(long downscale_factor) => new(downscale_factor);

            public static Modules.Upsample Upsample(long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool? align_corners = null, bool? recompute_scale_factor = null) =>
                new(size, scale_factor, mode, align_corners, recompute_scale_factor);
        }
    }
}
