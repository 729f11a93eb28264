using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Modules;

/// <summary>What the convolutions share: weight, bias and geometry.</summary>
public abstract class Convolution : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    public Parameter _weight;
    public Parameter? _bias;
    public long[] _reversed_padding_repeated_twice;

    protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, torch.Device? device = null, torch.ScalarType? dtype = null) : base(name)
    {
        if (groups <= 0 || in_channels % groups != 0 || out_channels % groups != 0)
        {
            throw new ArgumentException($"{in_channels} inputs and {out_channels} outputs can not be divided into {groups} groups", nameof(groups));
        }
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.padding_type = padding_type;
        this.dilation = dilation;
        this.transposed = transposed;
        this.output_padding = output_padding;
        this.groups = groups;
        this.padding_mode = padding_mode;
        _reversed_padding_repeated_twice = padding_type == Padding.Same
            ? [.. dilation.Zip(kernel_size, (d, k) => d * (k - 1)).Reverse().SelectMany(total => new[] { total / 2, total - total / 2 })]
            : [.. padding.Reverse().SelectMany(p => new[] { p, p })];
        long[] shape = transposed ? [in_channels, out_channels / groups, .. kernel_size] : [out_channels, in_channels / groups, .. kernel_size];
        var values = torch.empty(shape, dtype: dtype, device: device);
        _bias = bias ? new Parameter(torch.empty([out_channels], dtype: dtype, device: device)) : null;
        torch.nn.init.Default(values, _bias);
        _weight = new Parameter(Layout.Weight(values));
        register_parameter("weight", _weight);
        register_parameter("bias", _bias!);
    }

    public long in_channels { get; }

    public long out_channels { get; }

    public long[] kernel_size { get; set; }

    public long[] stride { get; set; }

    public long[] padding { get; }

    public Padding? padding_type { get; }

    public long[] dilation { get; set; }

    public bool transposed { get; }

    public long[] output_padding { get; set; }

    public long groups { get; set; }

    public PaddingModes padding_mode { get; set; }

    public Parameter weight
    {
        get => _weight;
        set
        {
            _weight = value;
            ConditionallyRegisterParameter("weight", value);
        }
    }

    [AllowNull]
    public Parameter bias
    {
        get => _bias!;
        set
        {
            _bias = value;
            ConditionallyRegisterParameter("bias", value);
        }
    }

    /// <summary>PyTorch's initial values: uniform within 1/sqrt(fan in).</summary>
    public void reset_parameters() => torch.nn.init.Default(_weight, _bias);
}
