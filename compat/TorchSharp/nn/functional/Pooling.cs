namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                Ops.max_pool2d.Call(input, kernel_size, strides ?? kernel_size, padding ?? zeros2, dilation ?? ones2, ceil_mode);

            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Twice(kernel_size), Twice(stride), Twice(padding), Twice(dilation), ceil_mode);

            public static Tensor max_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernel_size)!, Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                Ops.avg_pool2d.Call(input, kernel_size, stride ?? kernel_size, padding ?? zeros2, ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, Twice(kernel_size), Twice(stride), Twice(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, Pair(kernel_size)!, Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Ops.adaptive_avg_pool2d.Call(input, output_size);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, Twice(output_size));

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => adaptive_avg_pool2d(input, Pair(output_size)!);

            /// <summary>Sliding blocks as columns: [N, C, H, W] -> [N, C kH kW, L].</summary>
            public static Tensor unfold(Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                Ops.im2col.Call(input, Pair(kernel_size)!, Pair(dilation) ?? ones2, Pair(padding) ?? zeros2, Pair(stride) ?? ones2);

            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

            /// <summary>The adjoint of <c>unfold</c>: adds the blocks up.</summary>
            public static Tensor fold(Tensor input, (long, long) output_size, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                Ops.col2im.Call(input, Pair(output_size)!, Pair(kernel_size)!, Pair(dilation) ?? ones2, Pair(padding) ?? zeros2, Pair(stride) ?? ones2);

            public static Tensor fold(Tensor input, long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                fold(input, (output_size, output_size), (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

            internal static long[] Twice(long value) => [value, value];

            internal static long[]? Twice(long? value) => value is { } v ? [v, v] : null;

            internal static long[]? Pair((long, long)? value) => value is { } v ? [v.Item1, v.Item2] : null;
        }
    }
}
