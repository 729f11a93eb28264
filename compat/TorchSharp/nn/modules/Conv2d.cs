using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    /// <summary>[N, C, H, W] -> [N, D, H', W'].</summary>
    public sealed class Conv2d : Convolution
    {
        internal Conv2d(long inChannels, long outChannels, long[] kernel, long[] stride, long[] padding, Padding? type, long[] dilation, PaddingModes mode, long groups, bool bias, torch.Device? device, torch.ScalarType? dtype)
            : base(nameof(Conv2d), inChannels, outChannels, kernel, stride, padding, type, dilation, false, [0, 0], groups, bias, mode, device, dtype)
        {
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            if (padding_mode is not (PaddingModes.Zeros or PaddingModes.Constant))
            {
                using var padded = F.pad(input, _reversed_padding_repeated_twice, padding_mode);
                return F.conv2d(padded, _weight, _bias, stride, [0, 0], dilation, groups);
            }
            return padding_type is { } type
                ? F.conv2d_padding(input, _weight, _bias, stride, type, dilation, groups)
                : F.conv2d(input, _weight, _bias, stride, padding, dilation, groups);
        }
    }

    public abstract class ConvolutionTranspose : Convolution
    {
        protected ConvolutionTranspose(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, torch.Device? device = null, torch.ScalarType? dtype = null)
            : base(name, in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, transposed, output_padding, groups, bias, padding_mode, device, dtype)
        {
            if (padding_mode != PaddingModes.Zeros)
            {
                throw new ArgumentException("A transposed convolution pads with zeros only", nameof(padding_mode));
            }
        }

        public override torch.Tensor forward(torch.Tensor input) => F.conv_transpose2d(input, _weight, _bias, stride, padding, output_padding, dilation, groups);
    }

    /// <summary>The adjoint of a convolution: [N, C, H, W] -> [N, D, (H - 1) stride - 2 padding + dilation (kernel - 1) + output padding + 1, ...].</summary>
    public sealed class ConvTranspose2d : ConvolutionTranspose
    {
        internal ConvTranspose2d(long inChannels, long outChannels, long[] kernel, long[] stride, long[] padding, long[] outputPadding, long[] dilation, PaddingModes mode, long groups, bool bias, torch.Device? device, torch.ScalarType? dtype)
            : base(nameof(ConvTranspose2d), inChannels, outChannels, kernel, stride, padding, null, dilation, true, outputPadding, groups, bias, mode, device, dtype)
        {
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            private static readonly long[] ones = [1, 1];
            private static readonly long[] noughts = [0, 0];

            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, F.Twice(kernel_size), F.Twice(stride), F.Twice(padding), null, F.Twice(dilation), padding_mode, groups, bias, device, dtype);

            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, F.Pair(kernel_size)!, F.Pair(stride) ?? ones, F.Pair(padding) ?? noughts, null, F.Pair(dilation) ?? ones, padding_mode, groups, bias, device, dtype);

            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, F.Twice(kernel_size), F.Twice(stride), noughts, padding, F.Twice(dilation), padding_mode, groups, bias, device, dtype);

            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, F.Pair(kernel_size)!, F.Pair(stride) ?? ones, noughts, padding, F.Pair(dilation) ?? ones, padding_mode, groups, bias, device, dtype);

            public static Modules.ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, F.Twice(kernel_size), F.Twice(stride), F.Twice(padding), F.Twice(output_padding), F.Twice(dilation), padding_mode, groups, bias, device, dtype);

            public static Modules.ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, F.Pair(kernel_size)!, F.Pair(stride) ?? ones, F.Pair(padding) ?? noughts, F.Pair(output_padding) ?? noughts, F.Pair(dilation) ?? ones, padding_mode, groups, bias, device, dtype);
        }
    }
}
